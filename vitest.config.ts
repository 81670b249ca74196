// Unit, LSP, command line and data tests; the VS Code run has a runner of its own (test/e2e).
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest start first, so that none is left running alone at the end. */
const LONG = [
  'fuzz/texts', 'fuzz/edits', 'fuzz/extremes', 'cli/npmPackage', 'features/newProgram', 'data/gates', 'rules/matrix', 'clang/programs', 'cli/manyFiles', 'bench/budget', 'model/edits',
  'cli/check', 'syntax/robustness', 'fuzz/traffic', 'lsp/trouble', 'features/consistency', 'data/distributionThings', 'syntax/corpus', 'security/isolated', 'cli/git',
];
const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
  return at < 0 ? LONG.length : at;
};
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
// `--sequence.shuffle.files` tries another order: files share their modules and must not mind.
const shuffled = process.argv.some((arg) => arg.startsWith('--sequence.shuffle'));

/** Files that measure the whole process's memory, or put other modules into the place of ours; each has a process of its own. */
const ALONE = ['test/fuzz/soak.test.ts', 'test/client/neighbour.test.ts'];
const elsewhere = ['test/e2e/**', 'node_modules/**'];
const common = {
  // How fast something is belongs to the benchmarks; the limits only end what hangs, on the slowest and busiest machine.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
  setupFiles: ['test/support/everyFile.ts'],
};

export default defineConfig({
  test: {
    // CI adds up what the suites write.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    sequence: shuffled ? {} : { sequencer: LongFirst },
    // Loading the server costs more than most files' tests: two threads keep modules, parser and facts from file to file, and each takes the next
    // file when it is done with one.
    poolOptions: { threads: { maxThreads: 2, minThreads: 1, isolate: false }, forks: { maxForks: 1, minForks: 1, isolate: true } },
    projects: [
      { test: { ...common, name: 'shared', include: ['test/**/*.test.ts'], exclude: [...elsewhere, ...ALONE], pool: 'threads' } },
      { test: { ...common, name: 'alone', include: ALONE, exclude: elsewhere, pool: 'forks' } },
    ],
  },
});
