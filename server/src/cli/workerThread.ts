/** A thread of `--jobs`: checks what it is sent and sends results back. */
import { parentPort, workerData } from 'node:worker_threads';
import { Checker, type CheckTask, type CheckerOptions, type CheckerResult } from './checker.js';

export interface Task extends CheckTask {
  readonly id: number;
}

export interface TaskResult extends CheckerResult {
  readonly id: number;
}

/** Serves until the main thread ends this one. */
export async function serveChecks(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this is no program of its own');
  const checker = await Checker.start(workerData as CheckerOptions);
  port.on('message', ({ id, ...task }: Task) => {
    const result: TaskResult = { id, ...checker.check(task) };
    port.postMessage(result);
  });
}
