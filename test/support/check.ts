/** The one harness of the rules' tests: carets say what must be found, and every fix must mend. */
import { expect } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import type { Finding } from '../../server/src/rules/rule.js';
import type { Settings } from '../../server/src/settings/settings.js';
import { expectations, type Expectation } from './carets.js';
import { unit } from './unit.js';

export interface CheckOptions {
  /** Target kernel, `5.15` or `5.4..6.8`; none if absent. */
  readonly kernel?: string;
  readonly settings?: Partial<Settings>;
}

/**
 * Analyses C source and holds that the findings are exactly those under the caret lines: rule, span, and severity and
 * message where the line names them; that every fix can be applied, parses no worse, and removes its finding.
 * @returns the unit, for what carets cannot say
 */
export async function check(code: string, options: CheckOptions = {}): Promise<Unit> {
  const analysed = await unit(code, options);
  const wanted = expectations(code);
  expect(analysed.failures).toEqual([]);
  expect(analysed.findings.map((f) => place(code, f.span, f.rule)).sort()).toEqual(wanted.map((w) => place(code, w, w.rule)).sort());
  for (const want of wanted) compare(want, find(analysed, want));
  for (const finding of analysed.findings) for (const fix of finding.fixes) await mends(code, analysed, finding, fix, options);
  return analysed;
}

/** The one finding of a unit, or of a rule in it. */
export function only(analysed: Unit, rule?: string): Finding {
  const found = analysed.findings.filter((f) => rule === undefined || f.rule === rule);
  expect(found).toHaveLength(1);
  return found[0] as Finding;
}

/** Applies a fix's edits to the text of the main file. */
export function applied(code: string, fix: Finding['fixes'][number]): string {
  const edits = [...fix.edits].sort((a, b) => b.span.start - a.span.start);
  return edits.reduce((text, e) => text.slice(0, e.span.start) + e.newText + text.slice(e.span.end), code);
}

/** "3:7 helper-not-allowed `bpf_x`", so that a failing comparison reads without counting offsets. */
function place(code: string, { start, end }: { readonly start: number; readonly end: number }, rule: string): string {
  const lines = code.slice(0, start).split('\n');
  return `${String(lines.length).padStart(3)}:${(lines.at(-1) ?? '').length + 1} ${rule} \`${code.slice(start, end)}\``;
}

function find(analysed: Unit, want: Expectation): Finding {
  const finding = analysed.findings.find((f) => f.rule === want.rule && f.span.start === want.start && f.span.end === want.end);
  expect(finding).toBeDefined();
  return finding as Finding;
}

function compare(want: Expectation, finding: Finding): void {
  if (want.severity) expect(finding.severity).toBe(want.severity);
  if (typeof want.message === 'string') expect(finding.message).toContain(want.message);
  else if (want.message) expect(finding.message).toMatch(want.message);
}

async function mends(code: string, before: Unit, finding: Finding, fix: Finding['fixes'][number], options: CheckOptions): Promise<void> {
  const after = await unit(applied(code, fix), options);
  expect(after.model.main.problems.length, fix.title).toBeLessThanOrEqual(before.model.main.problems.length);
  const same = (u: Unit): number => u.findings.filter((f) => f.rule === finding.rule && f.subject === finding.subject).length;
  expect(same(after), `${fix.title} removes the finding`).toBe(same(before) - 1);
}
