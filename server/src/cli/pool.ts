/** `--jobs`: threads that check inputs, this one among them. What goes wrong with a thread costs time, not results. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { failedCheck } from './checked.js';
import { Checker, type CheckTask, type CheckerOptions, type CheckerResult } from './checker.js';
import { reasonOf } from './readText.js';
import type { Task, TaskResult } from './workerThread.js';

/** Tasks that wait in a thread, so that it never waits for this one. */
const AHEAD = 4;

interface Job {
  readonly task: Task;
  readonly settle: (result: CheckerResult) => void;
  /** Threads that ended while they had it. */
  deaths: number;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

/** Threads beside this one, which takes what they have no room for. */
export class Pool {
  private readonly threads = new Set<Thread>();
  private readonly queue: Job[] = [];
  private readonly waiting: (() => void)[] = [];
  private here: Promise<Checker> | undefined;
  private nextId = 0;
  /** What is to be told about threads, once. */
  private trouble: string | undefined;
  /** True while this thread checks. */
  private helping = false;

  /** @param count threads beside this one */
  constructor(count: number, private readonly options: CheckerOptions) {
    for (let i = 0; i < count && this.trouble === undefined; i++) this.addThread();
  }

  /** Checks an input. @returns its result; never rejects */
  check(task: CheckTask): Promise<CheckerResult> {
    return new Promise((settle) => {
      this.queue.push({ task: { id: this.nextId++, ...task }, settle, deaths: 0 });
      this.pump();
    });
  }

  /** Waits until there is room for one more task. */
  async room(): Promise<void> {
    while (this.queue.length > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Ends the threads; where the run failed, with what nobody waits for any more. @returns what is to be told about threads */
  async close(): Promise<readonly string[]> {
    this.queue.length = 0;
    const threads = [...this.threads];
    this.threads.clear();
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    (await this.here?.catch(() => undefined))?.dispose();
    return this.trouble === undefined ? [] : [this.trouble];
  }

  private addThread(): void {
    try {
      const worker = new Worker(join(this.options.assetDir, 'cliWorker.js'), { workerData: this.options });
      const thread: Thread = { worker, jobs: new Map() };
      worker.on('message', (result: TaskResult) => this.finished(thread, result));
      worker.on('error', (error) => this.ended(thread, reasonOf(error)));
      worker.on('exit', () => this.ended(thread, 'a thread ended'));
      this.threads.add(thread);
    } catch (error) {
      this.trouble = `--jobs: no threads (${reasonOf(error)}); this takes longer`;
    }
  }

  private finished(thread: Thread, { id, ...result }: TaskResult): void {
    const job = thread.jobs.get(id);
    thread.jobs.delete(id);
    job?.settle(result);
    this.pump();
  }

  /** Gives its tasks to others; the one it was at may be what ended it, so that one is not tried for ever. */
  private ended(thread: Thread, reason: string): void {
    if (!this.threads.delete(thread)) return;
    this.trouble ??= `--jobs: a thread failed (${reason}); the others take over`;
    const [first] = thread.jobs.values();
    if (first !== undefined) first.deaths++;
    for (const job of [...thread.jobs.values()].reverse()) {
      if (job.deaths > 1) job.settle({ checked: failedCheck(job.task.path, `could not be analysed: ${reason}`), notes: [] });
      else this.queue.unshift(job);
    }
    this.pump();
  }

  private pump(): void {
    for (let job = this.queue[0]; job !== undefined; job = this.queue[0]) {
      const thread = [...this.threads].sort((a, b) => a.jobs.size - b.jobs.size)[0];
      if (thread === undefined || thread.jobs.size >= AHEAD) return this.help();
      this.queue.shift();
      thread.jobs.set(job.task.id, job);
      thread.worker.postMessage(job.task);
    }
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Checks in this thread as long as others have no room. */
  private help(): void {
    if (this.helping) return;
    this.helping = true;
    this.here ??= Checker.start(this.options);
    void this.here.then(
      async (checker) => {
        for (let job = await this.nextHere(); job !== undefined; job = await this.nextHere()) job.settle(checker.check(job.task));
      },
      (error: unknown) => {
        // What keeps this thread from starting keeps the others, too.
        for (const { task, settle } of this.queue.splice(0)) settle({ checked: failedCheck(task.path, `could not be analysed: ${reasonOf(error)}`), notes: [] });
        this.helping = false;
        this.wake();
      },
    );
  }

  /** The next job for this thread, when the others have been given theirs. */
  private async nextHere(): Promise<Job | undefined> {
    this.wake();
    // What the others have finished comes first.
    await new Promise((resolve) => setImmediate(resolve));
    // What may have ended a thread is left to another, while there is one.
    const at = this.queue.findIndex((job) => job.deaths === 0 || this.threads.size === 0);
    this.helping = at >= 0;
    return this.helping ? this.queue.splice(at, 1)[0] : undefined;
  }
}
