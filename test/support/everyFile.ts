/** Set-up of every test file: the runner is heard between two tests, what is random is the same in every run, and who starts processes may try twice in CI. */
import fc from 'fast-check';
import { afterEach, beforeAll, expect, type RunnerTestSuite } from 'vitest';
import { breathe } from './breathe.js';
import { SEED } from './seed.js';

// A random failure tells its seed, and `EBPF_LENS_FUZZ_SEED=N` repeats it.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
afterEach(breathe);

/** Folders whose tests start processes or have a protocol's two ends work at once. No other test has a reason to fail by chance. */
const OUTSIDE = /\/test\/(?:bench|clang|cli|fuzz|lsp|security)\//;

function tryTwice({ tasks }: RunnerTestSuite): void {
  for (const task of tasks) {
    if (task.type === 'suite') tryTwice(task);
    else task.retry ??= 1;
  }
}
// Each that needed it is named at the end (.ci/sum.mjs), and more than a few are a failure of the run.
if (process.env['CI'] !== undefined && OUTSIDE.test(expect.getState().testPath ?? '')) beforeAll((file) => tryTwice(file as RunnerTestSuite));
