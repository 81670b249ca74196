/** What work costs a processor, in this thread alone: others may be using the machine, and other threads the process. */
import { readFileSync } from 'node:fs';

/** Milliseconds of processor time that the calling thread has had: Linux counts them per thread; elsewhere the process's time is what there is. */
function used(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
}

/** Milliseconds of processor time that `work` takes. */
export function threadTime(work: () => void): number {
  const start = used();
  work();
  return used() - start;
}
