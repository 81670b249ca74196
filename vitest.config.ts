// Unit, LSP, command line and data tests; the VS Code run has a runner of its own (test/e2e).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    // How fast something is belongs to the benchmarks; this only ends what hangs, on the slowest machine.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // CI adds up what the suites write.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    pool: 'threads',
    poolOptions: { threads: { maxThreads: 2 } },
  },
});
