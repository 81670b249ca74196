/** Nothing that the sources name is missing, every entry has words and a source, and `explain` says something whole about each. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { coverageRows, coverageTable, readWanted, type Wanted } from '../../data/build/coverage.js';
import { coveragePage, readCounts, type Counts } from '../../data/build/generateCoverage.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { explain, explanationText } from '../../server/src/features/explain.js';
import { entries, KIND_TITLES, type EntryKind } from '../../server/src/features/reference/entries.js';
import { loadTestFacts } from '../support/facts.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const REFERENCE = path.join(root, '../shared/reference');

describe('coverage', () => {
  let facts: FactBook;
  let counts: Counts;
  let wanted: Wanted | undefined;
  beforeAll(async () => {
    facts = await loadTestFacts();
    counts = await readCounts(path.join(root, 'data'));
    wanted = await readWanted(REFERENCE, facts);
    console.log(coverageTable(coverageRows(facts, counts)));
  });

  it('is what docs/COVERAGE.md says', async () => {
    expect(await readFile(path.join(root, 'docs/COVERAGE.md'), 'utf8')).toBe(coveragePage(facts, counts));
  });

  it('leaves out nothing that a source names', () => {
    for (const row of coverageRows(facts, counts)) {
      expect(row.entries, row.kind).toBeGreaterThanOrEqual(Math.max(1, row.wanted ?? 0));
      const names = wanted?.[row.kind]?.names;
      if (names === undefined) continue;
      expect(names.length, `${row.kind}: data/coverage.yaml is out of date`).toBe(counts[row.kind]?.count);
      const known = new Set(entries(facts).filter((entry) => entry.kind === row.kind).map((entry) => entry.name));
      expect(names.filter((name) => !known.has(name)), row.kind).toEqual([]);
    }
  });

  it('counts what the issue asks for', () => {
    const least: Partial<Record<EntryKind, number>> = { helper: 211, 'program-type': 32, section: 116, 'attach-type': 62, 'map-type': 37, 'link-type': 16, driver: 45, concept: 17, macro: 125 };
    for (const row of coverageRows(facts, counts)) expect(row.entries, row.kind).toBeGreaterThanOrEqual(least[row.kind] ?? 1);
  });

  it('has words and a source for each', () => {
    for (const row of coverageRows(facts, counts)) expect([row.withText, row.withSource], row.kind).toEqual([row.entries, row.entries]);
  });

  it.each(Object.keys(KIND_TITLES) as EntryKind[])('explains every %s without a gap', (kind) => {
    for (const entry of entries(facts).filter((e) => e.kind === kind)) {
      const word = kind === 'section' ? `SEC("${entry.name}")` : entry.name;
      const answer = explain(word, facts, []);
      expect(answer.known, word).toBe(true);
      const text = explanationText(answer, 10_000);
      expect(text.length, word).toBeGreaterThan(60);
      expect(text, word).not.toMatch(/\bundefined(?! behaviour|, and| symbol)|\bNaN\b|\[object/);
      // A label without a value.
      expect(text.split('\n').filter((line) => /^(Since|Allowed in|Licence|Better|Capability|Kernel configuration|Flags|Module|Context|Sections|Attach types|Program types?|Header|Where|Others|Calls|Kernel|libbpf|Needs):\s*$/.test(line)), word).toEqual([]);
    }
  });
});
