/** The committed table of Linux 6.12's programs that must not load, compared wherever their source is on the machine. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { failuresPage, FAILURES_PAGE } from '../../data/build/generateFailures.js';

const CORPUS = process.env['EBPF_LENS_CORPUS_612'] ?? '.cache/linux-source-6.12';

test('nine of ten are found, and each miss has its reason', () => {
  const rows = readFileSync(FAILURES_PAGE, 'utf8').split('\n').filter((line) => /^\| \S+\.c \|/.test(line));
  const found = rows.filter((row) => /\| line \d+: `[a-z-]+` \|$/.test(row));
  expect(rows.length).toBeGreaterThan(40);
  expect(found.length / rows.length).toBeGreaterThanOrEqual(0.9);
  for (const row of rows) if (!found.includes(row)) expect(row).toMatch(/\| missed: (?!not explained).+ \|$/);
});

// Where the corpus is not there nothing can be compared; continuous integration downloads it.
test.runIf(existsSync(CORPUS))('the page is what the analysis finds', async () => {
  const { text, unexplained } = await failuresPage(process.cwd(), CORPUS);
  expect(unexplained).toEqual([]);
  expect(text).toBe(readFileSync(FAILURES_PAGE, 'utf8'));
}, 120_000);
