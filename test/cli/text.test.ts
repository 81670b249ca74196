/** The text report drawn from literals: excerpts, carets, colours, the minimum kernel's line. */
import { describe, expect, it } from 'vitest';
import type { FileJson, FindingJson, ReasonJson } from '../../server/src/cli/report.js';
import { TextReporter } from '../../server/src/cli/reporters/text.js';

const finding = (over: Partial<FindingJson>): FindingJson => ({
  rule: 'helper-not-allowed', severity: 'error', message: 'no', line: 1, column: 1, endLine: 1, endColumn: 2, programs: [], ...over,
});
const PROGRAM = { name: 'f' } as FileJson['programs'][number];
const file = (over: Partial<FileJson>): FileJson => ({ path: 'a.c', minKernel: { version: null, reasons: [] }, programs: [PROGRAM], maps: [], findings: [], ...over });
const draw = (f: FileJson, source = '', colour = false): string => new TextReporter(colour).file(f, () => source.split('\n'));
/** Line with the carets of one finding in one line of source. */
const carets = (source: string, column: number, endColumn: number, over: Partial<FindingJson> = {}): string | undefined =>
  draw(file({ findings: [finding({ column, endColumn, ...over })] }), source).split('\n')[2]?.slice('      | '.length);

describe('carets', () => {
  it('stand under the finding', () => expect(carets('  abc(x);', 3, 6)).toBe('  ^~~'));
  it('keep tabs', () => expect(carets('\t\tabc', 3, 6)).toBe('\t\t^~~'));
  it('count cells of wide and combining characters', () => {
    expect(carets('漢字abc', 3, 6)).toBe('    ^~~');
    expect(carets('e\u0301abc', 3, 6)).toBe(' ^~~');
  });
  it('end with the line when the finding goes on', () => expect(carets('abc\ndef', 2, 2, { endLine: 2 })).toBe(' ^~'));
  it('show an empty range', () => expect(carets('abc', 2, 2)).toBe(' ^'));
  it('are left out where the source is not there', () => expect(draw(file({ findings: [finding({ line: 9, endLine: 9 })] }), 'abc')).not.toContain('^'));
  it('cut a long line around the finding, and leave it out where what was kept of the line ends before', () => {
    const long = `abc${'x'.repeat(5000)}`;
    expect(draw(file({ findings: [finding({ endColumn: 4 })] }), long).split('\n')[1]?.length).toBeLessThan(250);
    expect(carets(long, 4000, 4004)).toBe(`${' '.repeat(31)}^~~~`);
    expect(draw(file({ findings: [finding({ column: 6000, endColumn: 6004 })] }), long)).not.toContain('^');
  });
});

describe('a finding', () => {
  it('in a header names both files', () => {
    const text = draw(file({ findings: [finding({ path: 'inc/x.h', line: 2, endLine: 2 })] }), 'a\nb');
    expect(text).toMatch(/^inc\/x\.h:2:1: error: no \[helper-not-allowed\]\n {4}\(included by a\.c\)\n {4}2 \| b\n/);
  });
  it('names its fixes', () => expect(draw(file({ findings: [finding({ fixes: [{ title: 'Write xdp', edits: [] }] })] }), 'a')).toContain('    fix: Write xdp\n'));
  it('names the targets that fail', () => expect(draw(file({ findings: [finding({ targets: ['5.4..5.10', '6.1'] })] }), 'a')).toContain('    fails on: 5.4..5.10, 6.1\n'));
  it('is coloured only when asked', () => {
    expect(draw(file({ findings: [finding({})] }), 'a', true)).toContain('\u001b[1;31merror:\u001b[0m');
    expect(draw(file({ findings: [finding({ message: '\u001b[31m' })] }), 'a')).not.toContain('\u001b');
  });
  it('stays when the file has an error besides', () => expect(draw(file({ error: 'a rule failed', findings: [finding({})] }), 'a')).toMatch(/helper-not-allowed[^]*a\.c: error: a rule failed/));
});

describe('the minimum kernel', () => {
  const reason = (feature: string, since: string, over: Partial<ReasonJson> = {}): ReasonJson => ({ feature, kind: 'helper', since, line: 3, column: 1, ...over });
  it.each([
    [file({ programs: [] }), 'a.c: no eBPF programs\n'],
    [file({ dialect: 'windows' }), 'a.c: C for eBPF for Windows, which is not judged\n'],
    [file({ dialect: 'bcc', programs: [] }), 'a.c: C for bcc, which is not judged\n'],
    [file({}), 'a.c: no minimum kernel known\n'],
    [file({ minKernel: { version: '5.8', reasons: [reason('bpf_x', '5.8'), reason('bpf_y', '5.1')] } }), 'a.c: needs Linux 5.8 or newer (bpf_x, line 3)\n'],
    [file({ minKernel: { version: '5.8', max: '6.2', reasons: [] } }), 'a.c: needs Linux 5.8 or newer, up to 6.2\n'],
    [file({ minKernel: { version: '6.1', reasons: [reason('bpf_x', '6.1', { after: '5.10' })] } }), 'a.c: needs Linux 6.1 or newer, or an earlier one after 5.10 (bpf_x, line 3)\n'],
    [file({ minKernel: { version: '5.8', reasons: [reason('bpf_x', '5.8', { guarded: true }), reason('bpf_y', '5.8'), reason('bpf_y', '5.8', { line: 9 })] } }), 'a.c: needs Linux 5.8 or newer (bpf_y, line 3)\n'],
    [file({ minKernel: { version: '5.8', reasons: ['a', 'b', 'c', 'd', 'e'].map((f) => reason(f, '5.8')) } }), 'a.c: needs Linux 5.8 or newer (a, line 3; b, line 3; c, line 3; 2 more)\n'],
  ])('%#', (f, text) => expect(draw(f)).toBe(text));
});

describe('the summary', () => {
  it('counts by rule where there is much', () => {
    const text = new TextReporter(false);
    const many = [...Array(9)].map((_, i) => finding({ line: i + 1 }));
    text.file(file({ findings: many }), () => []);
    text.file(file({ findings: [finding({ rule: 'unknown-section' }), finding({ rule: 'missing-license' })] }), () => []);
    expect(text.summary(counts, null)).toBe('by rule: 9 helper-not-allowed, 1 missing-license, 1 unknown-section\n1 file, 2 programs: 1 error, 0 warnings, 3 notes\n');
  });
  const counts = { files: 1, programs: 2, errors: 1, warnings: 0, infos: 3 };
  const sum = (target: { min: string; max: string } | null): string => new TextReporter(false).summary(counts, target);
  it('counts', () => expect(sum(null)).toBe('1 file, 2 programs: 1 error, 0 warnings, 3 notes\n'));
  it('names the target', () => {
    expect(sum({ min: '6.1', max: '6.1' })).toContain(' for Linux 6.1:');
    expect(sum({ min: '5.4', max: '6.8' })).toContain(' for Linux 5.4 to 6.8:');
    expect(new TextReporter(false).summary(counts, { min: '5.4', max: '6.1' }, [{ min: '5.4', max: '5.10' }, { min: '6.1', max: '6.1' }])).toContain(' for Linux 5.4 to 5.10, 6.1:');
  });
});
