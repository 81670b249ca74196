// Unit, LSP, command line and data tests; the VS Code run has a runner of its own (test/e2e).
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest start first, so that none is left running alone at the end. */
const LONG = ['fuzz/edits', 'cli/manyFiles', 'clang/programs', 'fuzz/soak', 'bench/budget', 'cli/npmPackage', 'fuzz/texts', 'cli/check', 'lsp/trouble', 'fuzz/traffic'];
const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
  return at < 0 ? LONG.length : at;
};
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Folders whose tests call pure functions: nothing that one leaves behind can matter to the next, so they share modules, parser and facts. */
const PURE = ['btf', 'data', 'features', 'layout', 'model', 'object', 'project', 'rules', 'syntax', 'syntaxes', 'verifier'].map((folder) => `test/${folder}/**/*.test.ts`);
const elsewhere = ['test/e2e/**', 'node_modules/**'];
// How fast something is belongs to the benchmarks; the limits only end what hangs, on the slowest machine.
const common = { testTimeout: 180_000, hookTimeout: 120_000, expect: { poll: { timeout: 120_000 } } };

export default defineConfig({
  test: {
    // CI adds up what the suites write.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    sequence: { sequencer: LongFirst },
    // The two pools run side by side: one thread for what is pure, two processes for what starts processes, measures memory or makes mocks.
    poolOptions: { threads: { maxThreads: 1, minThreads: 1, isolate: false }, forks: { maxForks: 2, minForks: 1, isolate: true } },
    projects: [
      { test: { ...common, name: 'pure', include: PURE, exclude: elsewhere, pool: 'threads' } },
      { test: { ...common, name: 'process', include: ['test/**/*.test.ts'], exclude: [...elsewhere, ...PURE], pool: 'forks', setupFiles: ['test/support/betweenTests.ts'] } },
    ],
  },
});
