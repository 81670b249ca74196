/** Runs `check` over the inputs: what is in the cache comes from there, few files are checked in this thread, many in several. */
import { availableParallelism } from 'node:os';
import { buildIdentity, CacheKeys } from './cacheKey.js';
import type { ResultCache } from './cache.js';
import { Checker, type CheckTask, type CheckerOptions, type CheckerResult } from './checker.js';
import { failedCheck } from './checked.js';
import type { CheckPlan } from './checkPlan.js';
import { Headers } from './headers.js';
import type { CliHost } from './host.js';
import type { InputFile } from './inputs.js';
import { Pool } from './pool.js';
import type { PlainChecked } from './reporters/reporter.js';

/** Fewer files are done before threads have started. */
const FEW = 24;
/** Results that wait for an earlier one. */
const MAX_WAITING = 512;

export interface RunOptions {
  /** What an input is analysed with. */
  planFor(path: string): CheckPlan;
  /** Threads at most; as many as there are cores if not given. */
  readonly jobs?: number;
  readonly cache?: ResultCache;
}

/** What is done with a run's results. */
export interface RunSink {
  /** Called for each input, in the order of the inputs. */
  take(checked: PlainChecked): void;
  /** What is to be told beside results, each thing once. */
  note(text: string): void;
}

/** Runs over the inputs, in their order. */
export async function runChecks(inputs: Iterable<InputFile>, options: RunOptions, host: CliHost, sink: RunSink): Promise<void> {
  const { assetDir, version } = host;
  const run = new Run({ assetDir, ...(options.cache === undefined ? {} : { build: buildIdentity(assetDir, version) }) }, options, sink);
  try {
    for (const input of inputs) await run.add(input);
    await run.finish();
  } finally {
    await run.close();
  }
}

class Run {
  /** Results that wait for those before them, by the place of their inputs. */
  private readonly waiting = new Map<number, PlainChecked>();
  private given = 0;
  private added = 0;
  private readonly jobs: number;
  /** The first files that are not in the cache, until it is known whether there are many. */
  private few: { readonly slot: number; readonly task: CheckTask }[] | undefined;
  private pool: Pool | undefined;
  private checker: Checker | undefined;
  private readonly told = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;
  private readonly lookUp: { readonly keys: CacheKeys; readonly headers: Headers } | undefined;

  constructor(private readonly threads: CheckerOptions, private readonly options: RunOptions, private readonly sink: RunSink) {
    this.jobs = options.jobs ?? availableParallelism();
    this.few = this.jobs > 1 ? [] : undefined;
    if (threads.build !== undefined) this.lookUp = { keys: new CacheKeys(threads.build), headers: new Headers() };
  }

  async add({ path, read }: InputFile): Promise<void> {
    const slot = this.added++;
    const result = read();
    if ('error' in result) return this.settle(slot, failedCheck(path, result.error));
    const task = { path, text: result.text, plan: this.options.planFor(path) };
    const known = this.cached(task);
    if (known !== undefined) return this.settle(slot, known);
    if (this.few !== undefined) {
      if (this.few.push({ slot, task }) >= FEW) this.startPool(this.few);
    } else if (this.pool !== undefined) await this.hand(this.pool, slot, task);
    else await this.checkHere(slot, task);
  }

  async finish(): Promise<void> {
    for (const { slot, task } of this.few ?? []) await this.checkHere(slot, task);
    await Promise.all(this.running);
    this.throwFailure();
  }

  async close(): Promise<void> {
    for (const note of (await this.pool?.close()) ?? []) this.note(note);
    this.checker?.dispose();
    for (const note of this.options.cache?.finish() ?? []) this.note(note);
  }

  private startPool(few: readonly { readonly slot: number; readonly task: CheckTask }[]): void {
    this.few = undefined;
    this.pool = new Pool(this.jobs - 1, this.threads);
    for (const { slot, task } of few) this.start(this.pool, slot, task);
  }

  /** Gives a file to the threads, not too far ahead of what is done. */
  private async hand(pool: Pool, slot: number, task: CheckTask): Promise<void> {
    while (this.added - this.given > MAX_WAITING && this.running.size > 0) await Promise.race(this.running);
    this.start(pool, slot, task);
    await pool.room();
    this.throwFailure();
  }

  private start(pool: Pool, slot: number, task: CheckTask): void {
    const done = pool
      .check(task)
      .then((result) => {
        this.running.delete(done);
        if (this.failure === undefined) this.finished(slot, result);
      })
      // Whoever waits hears of it; until then nobody does, and node would end the process.
      .catch((error: unknown) => void (this.failure ??= { error }));
    this.running.add(done);
  }

  /** @throws what the sink threw for a result of the pool */
  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private async checkHere(slot: number, task: CheckTask): Promise<void> {
    this.checker ??= await Checker.start(this.threads);
    this.finished(slot, this.checker.check(task));
  }

  private finished(slot: number, { checked, notes, key }: CheckerResult): void {
    if (key !== undefined) this.options.cache?.put(key, checked);
    for (const note of notes) this.note(note);
    this.settle(slot, checked);
  }

  private cached({ path, text, plan }: CheckTask): PlainChecked | undefined {
    if (this.lookUp === undefined) return undefined;
    const { keys, headers } = this.lookUp;
    const key = keys.keyOf(headers.collect(path, text, plan.settings), plan);
    headers.trim();
    for (const note of headers.takeNotes()) this.note(note);
    return key === undefined ? undefined : this.options.cache?.get(key);
  }

  private note(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.sink.note(text);
  }

  private settle(slot: number, checked: PlainChecked): void {
    this.waiting.set(slot, checked);
    for (let next = this.waiting.get(this.given); next !== undefined; next = this.waiting.get(this.given)) {
      this.waiting.delete(this.given++);
      this.sink.take(next);
    }
  }
}
