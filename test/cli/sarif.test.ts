/** `--format sarif`: held against sarif.schema.json, and what a schema cannot say: indexes, fingerprints, URIs, exit status. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FileJson, FindingJson } from '../../server/src/cli/report.js';
import { RULE_PAGES as EDITOR_PAGES } from '../../server/src/lsp/toProtocol.js';
import { RULE_PAGES, SarifReporter } from '../../server/src/cli/reporters/sarif.js';
import type { Origin, Silenced } from '../../server/src/cli/reporters/reporter.js';
import { plainPath, toUri } from '../../server/src/cli/reporters/uri.js';
import { reasonIn } from '../../server/src/model/suppressions.js';
import { RULES } from '../../server/src/rules/index.js';
import { builtCli, Workspace } from './support.js';

interface Place {
  readonly id?: number;
  readonly message?: { readonly text: string };
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }; readonly region?: object };
  readonly logicalLocations?: readonly { readonly name: string }[];
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [Place];
  readonly relatedLocations?: readonly Place[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly fixes?: readonly object[];
  readonly suppressions?: readonly { readonly kind: string; readonly justification?: string }[];
  readonly properties: object;
}
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly markdown: string }; readonly helpUri: string }[]; readonly notifications: readonly { readonly id: string }[] } };
  readonly invocations: readonly [{ readonly executionSuccessful: boolean; readonly exitCode: number; readonly toolExecutionNotifications: readonly { readonly descriptor: { readonly index: number; readonly id: string }; readonly level: string; readonly message: { readonly text: string }; readonly locations?: readonly Place[] }[] }];
  readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
  readonly results: readonly Result[];
  readonly properties: object;
}

const validate = new Ajv({ allErrors: true }).compile<{ runs: [Run] }>(JSON.parse(readFileSync(path.join(import.meta.dirname, 'sarif.schema.json'), 'utf8')));

/** The log's only run, once the log has been held against the schema. */
function parseLog(text: string): Run {
  const log: unknown = JSON.parse(text);
  if (!validate(log)) throw new Error(`the log breaks its schema:\n${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}`);
  return log.runs[0];
}

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const GOOD = `SEC("xdp")\nint good(struct xdp_md *ctx)\n{\n\treturn 2;\n}\n${LICENSE}`;
const BAD = `SEC("xdp")\nint bad(struct xdp_md *ctx)\n{\n\tbpf_probe_write_user(0, 0, 0);\n\treturn 2;\n}\n${LICENSE}`;

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});

function sarif(...args: string[]): { code: number | null; stderr: string; stdout: string; run: Run } {
  const ran = ws.run('check', '--format', 'sarif', ...args);
  return { ...ran, run: parseLog(ran.stdout) };
}

describe('a log', () => {
  it('gives rule, level, message, place, program and subject', () => {
    ws.write('a.c', BAD);
    const { code, stderr, run } = sarif('a.c');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(run.results).toEqual([
      {
        ruleId: 'helper-not-allowed',
        ruleIndex: RULES.findIndex((r) => r.id === 'helper-not-allowed'),
        level: 'error',
        message: { text: expect.stringContaining('`bpf_probe_write_user` is not allowed in XDP programs') },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: 'a.c', uriBaseId: '%SRCROOT%' }, region: { startLine: 4, startColumn: 2, endLine: 4, endColumn: 22 } },
            logicalLocations: [{ name: 'bad', kind: 'function' }],
          },
        ],
        partialFingerprints: { 'ebpfLensFinding/v1': expect.any(String) },
        properties: { subject: 'bpf_probe_write_user', programs: ['bad'] },
      },
    ]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1, toolExecutionNotifications: [] });
  });

  it('has every rule with its help, and indexes that fit', () => {
    ws.write('a.c', BAD + 'SEC("xpd") int g(struct xdp_md *ctx) { return 2; }\n');
    const { run } = sarif('a.c');
    const { rules } = run.tool.driver;
    expect(rules.map((r) => r.id)).toEqual(RULES.map((r) => r.id));
    for (const [i, rule] of rules.entries()) {
      expect(rule.helpUri).toBe(`${EDITOR_PAGES}${rule.id}.md`);
      expect(rule.help.markdown).toContain(`\`\`\`c\n${RULES[i]?.doc.bad.code.trimEnd()}\n\`\`\``);
    }
    expect(run.results.map((r) => [r.ruleId, rules[r.ruleIndex]?.id, r.level])).toEqual([
      ['helper-not-allowed', 'helper-not-allowed', 'error'],
      ['unknown-section', 'unknown-section', 'warning'],
    ]);
  });

  it('says where a shared function is called from', () => {
    ws.write('a.c', `static int note(void) { return bpf_probe_write_user(0, 0, 0); }\nSEC("xdp") int f(struct xdp_md *ctx) { return note(); }\n${LICENSE}`);
    expect(sarif('a.c').run.results[0]?.relatedLocations).toEqual([
      { id: 1, message: { text: 'called from `f` (XDP)' }, physicalLocation: { artifactLocation: { uri: 'a.c', uriBaseId: '%SRCROOT%' }, region: { startLine: 2, startColumn: 16, endLine: 2, endColumn: 17 } } },
    ]);
  });

  it('offers fixes', () => {
    ws.write('a.c', `SEC("xpd") int f(struct xdp_md *ctx) { return 2; }\n${LICENSE}`);
    expect(sarif('a.c').run.results[0]?.fixes).toEqual([
      {
        description: { text: 'Change to `SEC("xdp")`' },
        artifactChanges: [{ artifactLocation: { uri: 'a.c', uriBaseId: '%SRCROOT%' }, replacements: [{ deletedRegion: { startLine: 1, startColumn: 6, endLine: 1, endColumn: 9 }, insertedContent: { text: 'xdp' } }] }],
      },
    ]);
  });

  it('counts columns in UTF-16 units', () => {
    ws.write('a.c', BAD.replace('\tbpf', '/* 😀 */bpf'));
    expect(sarif('a.c').run.results[0]?.locations[0].physicalLocation.region).toMatchObject({ startLine: 4, startColumn: 9 });
  });

  it('is valid and says so where nothing was found', () => {
    ws.write('a.c', GOOD);
    ws.write('user/main.c', 'int main(void) { return 0; }');
    const good = sarif('a.c');
    expect({ code: good.code, results: good.run.results, artifacts: good.run.artifacts.map((a) => a.location.uri) }).toEqual({ code: 0, results: [], artifacts: ['a.c'] });
    const none = sarif('user');
    expect({ code: none.code, results: none.run.results, artifacts: none.run.artifacts }).toEqual({ code: 0, results: [], artifacts: [] });
    expect(none.run.invocations[0]).toMatchObject({ executionSuccessful: true, toolExecutionNotifications: [{ level: 'warning', message: { text: 'No C file with a SEC("…") was found.' } }] });
  });

  it('tells what could not be read, and reports the rest', () => {
    ws.write('b.c', BAD);
    const { code, stderr, run } = sarif('gone.c', 'b.c');
    expect(code).toBe(2);
    expect(stderr).toContain('gone.c: no such file');
    expect(run.results).toHaveLength(1);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
    const [notification, ...more] = run.invocations[0].toolExecutionNotifications;
    expect(more).toEqual([]);
    expect(notification).toMatchObject({ level: 'error', message: { text: 'no such file or directory' }, locations: [{ physicalLocation: { artifactLocation: { uri: 'gone.c' } } }] });
  });

  it('is the same twice, and names neither time nor machine', () => {
    ws.write('a.c', BAD);
    const { stdout } = sarif('a.c');
    expect(sarif('a.c').stdout).toBe(stdout);
    expect(stdout).not.toContain(ws.dir);
  });

  it('names targets', () => {
    ws.write('a.c', BAD.replace('bpf_probe_write_user(0, 0, 0)', 'bpf_loop(1, 0, 0, 0)'));
    const { run } = sarif('--kernel', '5.4..5.10,6.1', 'a.c');
    expect(run.properties).toEqual({ target: { min: '5.4', max: '6.1' }, targets: [{ min: '5.4', max: '5.10' }, { min: '6.1', max: '6.1' }] });
    expect(run.results.map((r) => r.properties)).toEqual([{ subject: 'bpf_loop', programs: ['bad'], targets: ['5.4..5.10'] }]);
  });

  it('has one result for a header that two files include', () => {
    ws.write('inc/note.h', 'static int note(void)\n{\n\treturn bpf_probe_write_user(0, 0, 0);\n}\n');
    for (const name of ['a', 'b']) ws.write(`${name}.c`, `#include "inc/note.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return note(); }\n${LICENSE}`);
    const { run } = sarif('a.c', 'b.c');
    expect(run.results.map((r) => [r.locations[0].physicalLocation.artifactLocation.uri, r.locations[0].logicalLocations?.map((l) => l.name)])).toEqual([['inc/note.h', ['a', 'b']]]);
  });
});

describe('fingerprints', () => {
  const prints = (text: string): string[] => {
    ws.write('a.c', text);
    return sarif('a.c').run.results.map((r) => r.partialFingerprints['ebpfLensFinding/v1'] ?? '');
  };
  const twice = BAD.replace('\treturn', '\tbpf_probe_write_user(0, 0, 0);\n\treturn');

  it('survive lines that come and go above, and another indentation', () => {
    const [print] = prints(BAD);
    expect(prints(`/* one */\n\n\nint x;\n${BAD}`)).toEqual([print]);
    expect(prints(BAD.replace('\tbpf', '\t\t    bpf').replace('(0, 0, 0)', '(0,   0, 0)'))).toEqual([print]);
  });
  it('tell equal lines apart by their number', () => {
    const [first, second, ...more] = prints(twice);
    expect(more).toEqual([]);
    expect(first).toBe(prints(BAD)[0]);
    expect(second).not.toBe(first);
  });
  it('change with the line, the program and the rule', () => {
    const [print] = prints(BAD);
    for (const other of [BAD.replace('(0, 0, 0)', '(0, 1, 0)'), BAD.replace('int bad', 'int worse'), BAD.replace('probe_write_user', 'skb_load_bytes')]) {
      const found = prints(other);
      expect(found).toHaveLength(1);
      expect(found).not.toEqual([print]);
    }
  });
});

describe('URIs', () => {
  it.each([
    ['a.c', 'a.c'],
    ['./src/../src/a.c', 'src/a.c'],
    ['with space/ä#?.c', 'with%20space/%C3%A4%23%3F.c'],
    ['c:x.c', 'c%3Ax.c'],
    ['a\\b|c<d>"e*.c', 'a%5Cb%7Cc%3Cd%3E%22e*.c'],
    ['100%.c', '100%25.c'],
    ['line\nbreak.c', 'line%0Abreak.c'],
    ['..x/a.c', '..x/a.c'],
    ['../other/a.c', 'file:///home/me/other/a.c'],
    ['/tmp/a b.c', 'file:///tmp/a%20b.c'],
    ['half\ud800.c', 'half%EF%BF%BD.c'],
  ])('%j', (given, uri) => expect(toUri(plainPath(given, '/home/me/project'))).toBe(uri));
  it('knows drives', () => expect(toUri('C:/a b/c.c')).toBe('file:///C:/a%20b/c.c'));
  it('of pages are those that the editor links to', () => expect(RULE_PAGES).toBe(EDITOR_PAGES));

  it('are right in a log of real files', () => {
    for (const name of ['with space.c', 'co:lon, %.c', 'ba\\ck.c']) ws.write(`src/${name}`, BAD);
    const { run } = sarif('./src');
    expect(run.results.map((r) => r.locations[0].physicalLocation.artifactLocation)).toEqual(
      ['src/ba%5Cck.c', 'src/co%3Alon%2C%20%25.c', 'src/with%20space.c'].map((uri) => ({ uri, uriBaseId: '%SRCROOT%' })),
    );
  });
});

/** The log of a file with these findings. */
function logOf(findings: readonly FindingJson[], origins: readonly Origin[] = [], silenced: readonly Silenced[] = []): Run {
  const entry: FileJson = { path: 'a.c', minKernel: { version: null, reasons: [] }, programs: [], maps: [], findings: [...findings] };
  const reporter = new SarifReporter(RULES, '1.2.3', '/work', silenced.length > 0);
  reporter.file({ entry, related: [], origins, silenced, headers: [], lines: () => [] });
  return parseLog(reporter.end({ version: 1, target: null, files: [entry], summary: { files: 1, programs: 0, errors: 0, warnings: 0, infos: 0 } }, 0));
}
const at = (line: number, over: Partial<FindingJson> = {}): FindingJson => ({ rule: 'helper-not-allowed', severity: 'info', message: 'no', line, column: 1, endLine: line, endColumn: 2, programs: [], ...over });

describe('text that SARIF reads otherwise', () => {
  it('is escaped: placeholders and halves of surrogate pairs', () => expect(logOf([at(1, { message: 'a {0} b {c} \ud800' })]).results[0]?.message.text).toBe('a {{0}} b {c} \ufffd'));
  it('makes a note of an info', () => expect(logOf([at(1)]).results[0]?.level).toBe('note'));
});

describe('code scanning', () => {
  const many = Array.from({ length: 25_010 }, (_, i) => at(i + 1));

  it('gets no more than it takes, the most severe', () => {
    const run = logOf([...many, at(30_000, { severity: 'error' })]);
    expect(run.results).toHaveLength(25_000);
    expect(run.results.at(-1)).toMatchObject({ level: 'error' });
    expect(run.invocations[0]).toMatchObject({ toolExecutionNotifications: [{ level: 'warning', message: { text: expect.stringMatching(/^11 results/) } }] });
    const { descriptor } = run.invocations[0].toolExecutionNotifications[0]!;
    expect(run.tool.driver.notifications[descriptor.index]?.id).toBe(descriptor.id);
  });

  it('loses what is suppressed before anything else', () => {
    const finding = at(30_000, { severity: 'error' });
    const run = logOf(many.slice(0, 25_000), [], [{ finding, related: [], origin: { lines: [] }, why: '' }]);
    expect(run.results).toHaveLength(25_000);
    expect(run.results.every((result) => result.suppressions?.length === 0)).toBe(true);
  });

  it('knows a finding again when another program calls its function', () => {
    const print = (programs: string[]): unknown => logOf([at(1, { programs })], [{ function: 'inner', lines: [] }]).results[0]?.partialFingerprints;
    expect(print(['a', 'b'])).toEqual(print(['a']));
  });
});

describe('--report-suppressed', () => {
  const CALL = '\tbpf_probe_write_user(0, 0, 0);\n';
  const SILENT = BAD.replace(CALL, `\t/* ebpf-lens: allow(helper-not-allowed): only our own kernel\n\t * loads it */\n${CALL}`);
  const suppressions = (run: Run): unknown[] => run.results.map((r) => r.suppressions);

  it('tells what a comment silences, with its words and its place', () => {
    ws.write('a.c', SILENT);
    const { code, run } = sarif('--report-suppressed', 'a.c');
    expect(code).toBe(0);
    expect(run.results.map((r) => [r.ruleId, r.level])).toEqual([['helper-not-allowed', 'error']]);
    expect(suppressions(run)).toEqual([
      [{ kind: 'inSource', justification: 'only our own kernel loads it', location: { physicalLocation: { artifactLocation: { uri: 'a.c', uriBaseId: '%SRCROOT%' }, region: { startLine: 4, startColumn: 2, endLine: 5, endColumn: 16 } } } }],
    ]);
  });

  it('tells what a baseline silences, and marks what nothing does', () => {
    ws.write('a.c', BAD);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c');
    ws.write('a.c', `${BAD}SEC("xdp") int other(struct xdp_md *ctx) { return bpf_probe_write_user(0, 0, 0); }\n`);
    const { code, run } = sarif('--baseline', 'base.json', '--report-suppressed', 'a.c');
    expect(code).toBe(1);
    expect(run.results.map((r) => [r.locations[0].logicalLocations?.[0]?.name, r.suppressions])).toEqual([['other', []], ['bad', [{ kind: 'external', justification: 'listed in base.json' }]]]);
  });

  it('gives a finding the fingerprint that it has without', () => {
    ws.write('a.c', SILENT.replace('\treturn 2', `${CALL}\treturn 2`));
    const prints = (run: Run): unknown[] => run.results.map((r) => r.partialFingerprints);
    const [active, ...none] = prints(sarif('a.c').run);
    expect(none).toEqual([]);
    const [first, second] = prints(sarif('--report-suppressed', 'a.c').run);
    expect(first).toEqual(active);
    expect(second).not.toEqual(active);
  });

  it('is needed for it: other runs and formats say nothing of it', () => {
    ws.write('a.c', SILENT);
    const { stdout, run } = sarif('a.c');
    expect(run.results).toEqual([]);
    expect(stdout).not.toContain('suppress');
    expect(ws.check('a.c').report.files[0]?.findings).toEqual([]);
    const refused = ws.run('check', '--report-suppressed', 'a.c');
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--format sarif') });
  });

  it('heeds --diff, headers and the cache', () => {
    ws.write('n.h', 'static int note(void)\n{\n\t// ebpf-lens: allow(helper-not-allowed)\n\treturn bpf_probe_write_user(0, 0, 0);\n}\n');
    for (const name of ['a', 'b']) ws.write(`${name}.c`, `#include "n.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return note(); }\n${LICENSE}`);
    for (let run = 0; run < 2; run++) {
      const { results } = sarif('--report-suppressed', '--cache=kept', 'a.c', 'b.c').run;
      expect(results.map((r) => [r.locations[0].physicalLocation.artifactLocation.uri, r.locations[0].logicalLocations?.map((l) => l.name), r.suppressions?.map((s) => [s.kind, s.justification])])).toEqual([['n.h', ['a', 'b'], [['inSource', undefined]]]]);
    }
    ws.write('empty.diff', '');
    expect(sarif('--report-suppressed', '--diff', 'empty.diff', 'a.c').run.results).toEqual([]);
  });
});

describe('the words of a comment beside what it allows', () => {
  it.each([
    ['/* ebpf-lens: allow(a) */', ''],
    ['// ebpf-lens: allow(a, b) -- vendor kernel', 'vendor kernel'],
    ['/** see #12. ebpf-lens: allow(a) **/', 'see #12.'],
    ['/*\n * ebpf-lens: allow(a)\n * two\n * lines\n */', 'two lines'],
    ['/* ebpf-lens: allow(a', 'ebpf-lens: allow(a'],
    ['/// ebpf-lens: allow(a): x', 'x'],
  ])('%j', (comment, reason) => expect(reasonIn(comment)).toBe(reason));
});
