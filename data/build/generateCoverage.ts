/**
 * Writes docs/COVERAGE.md: what the book holds of what there is. The counts of the sources stand in data/coverage.yaml, which
 * `--reference DIR` brings up to date; everything else is counted in data/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { KIND_TITLES, type EntryKind } from '../../server/src/features/reference/entries.js';
import { buildFacts } from './buildFacts.js';
import { coverageRows, coverageTable, readWanted } from './coverage.js';
import { formatProblem } from './problems.js';

const PAGE = 'docs/COVERAGE.md';
export type Counts = Partial<Record<EntryKind, { by: string; count: number }>>;

/** Counts of the sources as committed. @throws an Error where the file is not of this shape. */
export async function readCounts(dataDir: string): Promise<Counts> {
  const value = (parse(await readFile(path.join(dataDir, 'coverage.yaml'), 'utf8')) ?? {}) as Record<string, { by?: unknown; count?: unknown }>;
  for (const [kind, { by, count }] of Object.entries(value)) {
    if (!(kind in KIND_TITLES) || typeof by !== 'string' || typeof count !== 'number') throw new Error(`data/coverage.yaml: ${kind} is no kind with "by" and "count"`);
  }
  return value as Counts;
}

/** The command. @returns the exit code: 1 if the page is out of date (`check`) or data/ is not valid. */
export async function generateCoverage(root: string, reference: string | undefined, check: boolean): Promise<number> {
  const dataDir = path.join(root, 'data');
  const { json, problems } = await buildFacts(dataDir);
  for (const problem of problems) console.error(formatProblem(problem));
  if (problems.length > 0) return 1;
  const facts = loadFactBook(JSON.parse(json));
  if (reference !== undefined) await writeCounts(dataDir, reference, facts);
  const text = coveragePage(facts, await readCounts(dataDir));
  const old = await readFile(path.join(root, PAGE), 'utf8').catch(() => '');
  if (check && old !== text) console.error(`${PAGE} is not what data/ says; run: node data/build/run.mjs coverage`);
  if (check) return old === text ? 0 : 1;
  await writeFile(path.join(root, PAGE), text);
  console.log(`${PAGE}: ${old === text ? 'unchanged' : 'written'}`);
  return 0;
}

async function writeCounts(dataDir: string, reference: string, facts: FactBook): Promise<void> {
  const wanted = await readWanted(reference, facts);
  if (wanted === undefined) throw new Error(`${reference} does not hold the sources`);
  const lines = Object.entries(wanted).map(([kind, { by, names }]) => `${kind}: { count: ${names.length}, by: ${JSON.stringify(by)} }`);
  await writeFile(path.join(dataDir, 'coverage.yaml'), `# How many of each kind the sources name; written by \`node data/build/run.mjs coverage --reference DIR\`.\n${lines.join('\n')}\n`);
}

/** The whole page. */
export function coveragePage(facts: FactBook, counts: Counts): string {
  return `<!-- Generated from data/ by \`node data/build/run.mjs coverage\`; edit the data, not this page. -->

# What the fact book holds

Every name that a source lists is an entry, or \`test/data/coverage.test.ts\` fails. More entries than the source names are legacy
names, entries of older or newer releases, and words without arguments. Each entry has a page in the editor (“Search eBPF
Reference”) and an answer of \`ebpf-lens explain\`.

${coverageTable(coverageRows(facts, counts))}
`;
}
