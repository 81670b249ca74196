/** The page's tables come out of the bench's JSON, between marks, whatever was measured. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { exponent, limit, replaceBetween, verdict } from './report.mjs';

const REPORT = {
  date: '2026-11-22T05:00:00.000Z', seconds: 61.2, quick: false,
  machine: { cpus: 2, model: 'Some CPU', memory: 7.6, system: 'Linux 6.1', node: 'v20.1.0', loadBefore: [0.1, 0.2, 0.3], loadAfter: [1, 1, 1], commit: 'abc' },
  parts: [{
    name: 'x', title: 'A part', note: 'A note.', tables: [{ title: 'A table', head: ['ms', 'ours'], rows: [['open', '1.5']] }],
    limits: [limit('start ÷ echo', '60 lines', 1.43, 1.35), limit('open', '60 lines', 2, 40, '×', true), limit('edit', '5 lines', 1, 3, 'ms'), limit('hover', '5 lines', NaN, 3, 'ms')], data: {},
  }],
};
const run = (...args: string[]) => spawnSync(process.execPath, [path.join(import.meta.dirname, 'report.mjs'), ...args], { encoding: 'utf8' });

it('writes machine, date, load, limits and tables between the marks, and leaves the rest alone', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-report-'));
  try {
    const [json, page] = [path.join(dir, 'b.json'), path.join(dir, 'page.md')];
    writeFileSync(json, JSON.stringify(REPORT));
    writeFileSync(page, 'before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n');
    expect(run('--markdown', json, '--write', page)).toMatchObject({ status: 0, stdout: '' });
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/^before\n<!-- bench -->\nMeasured on 2026-11-22 05:00 UTC in 61 s: 2 processors \(Some CPU\), 8 GiB, .*0\.1, 0\.2, 0\.3; at the end: 1\.0/);
    expect(text).toMatch(/<!-- \/bench -->\nafter\n$/);
    expect(text).not.toContain('old');
    expect(text).toContain('4 limits, 2 missed.');
    expect(text).toMatch(/\| start ÷ echo +\| +60 lines \| +1\.43 × \| +≤ 1\.35 × \| +missed \|/);
    expect(text).toMatch(/\| hover +\| +5 lines \| not measured \|/);
    expect(text).toContain('### A part\n\nA note.\n\nA table:\n\n| ms ');
    expect(run('--markdown', json, '--write', page).status).toBe(0);
    expect(readFileSync(page, 'utf8')).toBe(text);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('does not touch a page without its marks, or with two of them', () => {
  for (const page of ['nothing', '<!-- /bench --> <!-- bench -->', '<!-- bench --> <!-- bench --> <!-- /bench -->']) expect(() => replaceBetween(page, 'x')).toThrow('once, in this order');
});

it('tells what is met, and how steep something grows', () => {
  expect([limit('', '', 1, 1), limit('', '', 1.01, 1), limit('', '', 1, 1, '', true), limit('', '', 0.99, 1, '', true), limit('', '', NaN, 1)].map(verdict)).toEqual(['met', 'missed', 'met', 'missed', undefined]);
  expect(exponent([1, 10, 100], [3, 30, 300])).toBeCloseTo(1);
  expect(exponent([1, 10, 100], [5, 500, 50_000])).toBeCloseTo(2);
});
