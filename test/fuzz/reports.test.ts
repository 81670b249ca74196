/** Findings, files and kernels with hostile names in every format: documents stay valid, and nothing in them is a command, a link, markup or an escape. */
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CheckJson, FileJson, FindingJson } from '../../server/src/cli/report.js';
import { GithubReporter } from '../../server/src/cli/reporters/github.js';
import { renderJson } from '../../server/src/cli/reporters/json.js';
import { JunitReporter } from '../../server/src/cli/reporters/junit.js';
import { MarkdownReporter } from '../../server/src/cli/reporters/markdown.js';
import type { Checked, Reporter } from '../../server/src/cli/reporters/reporter.js';
import { SarifReporter } from '../../server/src/cli/reporters/sarif.js';
import { TextReporter } from '../../server/src/cli/reporters/text.js';
import { RULES } from '../../server/src/rules/index.js';
import { active, hostile, parseXml } from './markup.js';
import { runs, tell } from './support.js';

const validate = new Ajv({ allErrors: false }).compile(JSON.parse(readFileSync(new URL('../cli/sarif.schema.json', import.meta.url), 'utf8')) as object);

const range = fc.record({ line: fc.integer({ min: 1, max: 4 }), column: fc.integer({ min: 1, max: 9 }), endLine: fc.integer({ min: 1, max: 4 }), endColumn: fc.integer({ min: 1, max: 12 }) })
  .map((r) => (r.endLine > r.line || (r.endLine === r.line && r.endColumn > r.column) ? r : { ...r, endLine: r.line, endColumn: r.column + 3 }));
const path = fc.oneof(hostile, hostile.map((name) => `src/${name}.bpf.c`), fc.constantFrom('/abs/a.c', '../up.c', 'C:\\w\\a.c', '\\\\host\\share\\a.c', 'a b%20.c', 'a#b?c.c', 'ü/🐝.c', '::error::/a.c'));
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
/** Without the keys that have no value: optional means absent. */
const filled = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;

const finding = fc.record({
  place: range, rule: fc.constantFrom(...RULES.map((r) => r.id)), severity: fc.constantFrom('error', 'warning', 'info'), message: hostile, path: optional(path), subject: optional(hostile), programs: fc.array(hostile, { maxLength: 2 }), targets: optional(fc.array(hostile, { minLength: 1, maxLength: 2 })),
  fixes: optional(fc.array(fc.record({ title: hostile, edits: fc.array(fc.tuple(range, optional(path), hostile).map(([r, p, newText]) => filled({ ...r, path: p, newText })), { minLength: 1, maxLength: 2 }) }), { minLength: 1, maxLength: 2 })),
}).map(({ place, ...rest }) => filled({ ...rest, ...place }) as FindingJson);

const min = fc.record({ version: fc.constantFrom('5.18', null), reasons: fc.array(fc.record({ feature: hostile, kind: fc.constant('helper'), since: fc.constant('5.18'), line: fc.nat(9), column: fc.nat(9) }), { maxLength: 2 }) });
const file = fc.record({
  path, error: optional(hostile), minKernel: min, maps: fc.constant([]), findings: fc.array(finding, { maxLength: 3 }),
  programs: fc.array(fc.record({ name: hostile, section: hostile, programType: fc.constant(null), attachType: fc.constant(null), context: fc.constant(null), sleepable: fc.constant(false), license: optional(hostile).map((l) => l ?? null), minKernel: min, line: fc.nat(9), column: fc.nat(9), helpers: fc.constant([]), kfuncs: fc.constant([]) }), { maxLength: 2 }),
}).map((entry) => filled(entry) as unknown as FileJson);
const source = fc.array(hostile.map((text) => text.replace(/[\r\n]/g, '')), { minLength: 4, maxLength: 4 });
const target = optional(fc.record({ min: fc.constant('5.4'), max: fc.constant('6.8'), name: hostile }));

/** The whole output of a format, with its lines as a CI system's runner cuts them. */
function render(reporter: Reporter, checked: readonly Checked[], report: CheckJson): { readonly text: string; readonly lines: readonly string[] } {
  const text = checked.map((c) => reporter.file(c)).join('') + reporter.end(report, 1);
  return { text, lines: text.split(/\r\n|\r|\n/) };
}

// eslint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const BROKEN = /\p{Surrogate}/u;
const ANYWHERE = /##[\w-]*\[/;

it('every format, whatever things are called', () => {
  const parameters = runs(250, 40_000);
  let findings = 0;
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 3 }), source, target, (files, lines, aim) => {
      const checked = files.map((entry): Checked => ({ entry, related: entry.findings.map((f) => [{ ...f, message: f.message }]), origins: entry.findings.map(() => ({ lines: [] })), silenced: entry.findings.map((finding) => ({ finding, related: [], origin: { lines: [] }, why: finding.message, comment: finding })), headers: [], lines: () => lines }));
      findings += files.reduce((n, f) => n + f.findings.length, 0);
      const report: CheckJson = { version: 1, target: aim ?? null, files, summary: { files: files.length, programs: 0, errors: 1, warnings: 0, infos: 0 } };
      const text = new TextReporter(false, { columns: 80 });

      const json = renderJson(report);
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(report).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd'));
      expect(json).not.toMatch(ANYWHERE);

      const sarif = render(new SarifReporter(RULES, '1.0.0', '/w', true), checked, report).text;
      const log = JSON.parse(sarif) as object;
      if (!validate(log)) throw new Error(JSON.stringify(validate.errors?.slice(0, 3)));
      expect(sarif).not.toMatch(ANYWHERE);
      expect(JSON.stringify(log)).not.toMatch(/\\ud[89a-f]/);
      for (const [, uri] of sarif.matchAll(/"uri": ("(?:[^"\\]|\\.)*")/g)) expect(() => new URL(JSON.parse(uri!) as string, 'file:///w/')).not.toThrow();

      const github = render(new GithubReporter('/w'), checked, report);
      const last = github.lines.length - 2;
      github.lines.slice(0, last).forEach((line) => expect(line).toMatch(/^::(?:error|warning|notice) [\w=]+=[^:]*::/));
      expect(github.lines[last]).toMatch(/^\d+ files?, /);
      expect(github.text).not.toMatch(CONTROL);

      const junit = render(new JunitReporter('/w', (f) => f.severity === 'error'), checked, report).text;
      expect(junit).not.toMatch(BROKEN);
      expect(junit).not.toMatch(ANYWHERE);
      expect(parseXml(junit)).toHaveProperty('testsuites');

      const markdown = render(new MarkdownReporter('/w'), checked, report);
      expect(active(markdown.text)).toMatchObject({ links: [], images: [] });
      for (const html of active(markdown.text).html) expect(html.trim()).toMatch(/^(?:<details><summary>[\w ]+<\/summary>|<\/details>)$/);
      expect(markdown.text).not.toMatch(CONTROL);
      expect(markdown.lines.filter((line) => /^\s*::|##[\w-]*\[/.test(line))).toEqual([]);

      const plain = render({ file: ({ entry, lines: of, related }) => text.file(entry, of, related), end: (r) => text.summary(r.summary, r.target, r.targets) }, checked, report);
      expect(plain.text).not.toMatch(CONTROL);
      expect(plain.lines.filter((line) => /^\s*::|##[\w-]*\[/.test(line))).toEqual([]);
    }),
    parameters,
  );
  expect(findings).toBeGreaterThan(parameters.numRuns);
  tell('reports', { reports: parameters.numRuns, formats: 6, 'findings with hostile names': findings });
}, 3_600_000);
