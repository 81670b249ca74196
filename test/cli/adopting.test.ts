/** `--baseline` and `--diff`: only what is new. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseUnifiedDiff } from '../../server/src/cli/changedLines.js';
import { builtCli, Workspace } from './support.js';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const bad = (name: string, body = 'bpf_probe_write_user(0, 0, 0);'): string => `SEC("xdp")\nint ${name}(struct xdp_md *ctx)\n{\n\t${body}\n\treturn 2;\n}\n`;

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});
const errors = (...args: string[]): { code: number | null; lines: (string | number)[]; stderr: string } => {
  const { code, report, stderr } = ws.check(...args);
  return { code, lines: report.files.flatMap((f) => f.findings.map((x) => `${x.path ?? f.path}:${x.line}`)), stderr };
};
const base = (name = 'base.json'): string => readFileSync(path.join(ws.dir, name), 'utf8');

describe('--baseline', () => {
  it('hides what it lists wherever that moved, and tells what is new', () => {
    ws.write('a.c', bad('one') + LICENSE);
    expect(ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c')).toMatchObject({ code: 0, stderr: 'ebpf-lens: base.json has 1 finding now\n' });
    expect(errors('--baseline', 'base.json', 'a.c')).toMatchObject({ code: 0, lines: [] });
    ws.write('a.c', `\n\nint x;\n${bad('two')}${bad('one').replace('\tbpf', '\t    bpf')}${LICENSE}`);
    const { code, lines, stderr } = errors('--baseline', 'base.json', 'a.c');
    expect({ code, lines }).toEqual({ code: 1, lines: ['a.c:7'] });
    expect(stderr).toBe('ebpf-lens: 1 finding known from base.json is not shown\n');
    expect(ws.check('--baseline', 'base.json', 'a.c').report.hidden).toEqual({ baseline: 1 });
  });
  it('counts equal ones', () => {
    ws.write('a.c', bad('f') + LICENSE);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c');
    ws.write('a.c', bad('f', 'bpf_probe_write_user(0, 0, 0);\n\tbpf_probe_write_user(0, 0, 0);') + LICENSE);
    expect(errors('--baseline', 'base.json', 'a.c').lines).toEqual(['a.c:5']);
  });
  it('counts a header once, however many see it, and its paths are those from its own folder', () => {
    ws.write('src/n.h', 'static int note(void) { return bpf_probe_write_user(0, 0, 0); }\n');
    for (const name of ['a', 'b']) ws.write(`src/${name}.c`, `#include "n.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return note(); }\n${LICENSE}`);
    expect(ws.run('check', '--baseline', 'ci/base.json', '--write-baseline', 'src').code).toBe(2);
    ws.write('ci/x', '');
    expect(ws.run('check', '--baseline', 'ci/base.json', '--write-baseline', 'src').code).toBe(0);
    const { findings } = JSON.parse(base('ci/base.json')) as { findings: object[] };
    expect(findings).toEqual([{ path: path.join(ws.dir, 'src/n.h'), rule: 'helper-not-allowed', subject: 'bpf_probe_write_user', function: 'note', code: expect.any(String) }]);
    expect(errors('--baseline', 'ci/base.json', 'src').lines).toEqual([]);
    expect(ws.shell('cd src && $CLI check -q --baseline ../ci/base.json .').code).toBe(0);
  });
  it('tells stale entries, of files that are gone too, and takes them out when asked', () => {
    for (const name of ['a', 'b', 'c']) ws.write(`${name}.c`, bad(name) + LICENSE);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', '.');
    ws.write('a.c', bad('a', ';') + LICENSE);
    ws.shell('rm b.c');
    const { code, stderr } = errors('--baseline', 'base.json', 'a.c');
    expect(code).toBe(0);
    expect(stderr).toContain('2 findings of base.json are mended');
    expect(stderr).toContain('  a.c: helper-not-allowed in a: bpf_probe_write_user(0, 0, 0);');
    // c.c was not looked at, so its entry stays.
    ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c');
    expect((JSON.parse(base()) as { findings: { path: string }[] }).findings.map((f) => f.path)).toEqual(['c.c']);
  });
  it('is the same twice, a line an entry', () => {
    ws.write('a.c', bad('a') + bad('b') + LICENSE);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c');
    const first = base();
    expect(first.split('\n').filter((l) => l.includes('"rule"'))).toHaveLength(2);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', 'a.c');
    expect(base()).toBe(first);
  });
  it.each([
    ['{ "version": 1, "findings": [\n  { "path": "a.c", }\n', /base\.json:\d+:\d+: is no JSON/],
    ['{ "version": 1,\n  "findings": [\n    { "path": "a.c", "rule": 7, "code": "" }\n] }', /base\.json:3:30: "rule" has to be a text/],
    ['{ "version": 1, "findings": [{ "path": "a.c", "rule": "x" }] }', /base\.json:1:30: the entry has no "code"/],
    ['{ "version": 1, "findings": [{ "path": "a.c", "rule": "x", "code": "", "lines": 3 }] }', /"lines" is not known/],
    ['{ "version": 1, "findings": [{ "path": "a.c", "rule": "x", "code": "", "count": -1 }] }', /"count" has to be a number above 0/],
    ['{ "version": 2, "findings": [] }', /base\.json:1:14: this build reads version 1 only/],
    ['{ "version": 1, "findings": {} }', /"findings" has to be a list/],
    ['[]', /a baseline is an object/],
    ['', /a baseline is an object/],
    ['<<<<<<< HEAD\n', /base\.json:1:1/],
  ])('that is broken ends with 2 and its place, and stays as it is: %j', (text, message) => {
    ws.write('a.c', bad('a') + LICENSE);
    ws.write('base.json', text);
    for (const more of [[], ['--write-baseline']]) {
      const ran = ws.run('check', '--baseline', 'base.json', ...more, 'a.c');
      expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    }
    expect(base()).toBe(text);
  });
  it('that is not there is no baseline', () => {
    expect(ws.run('check', '--baseline', 'base.json', '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('--write-baseline makes it') });
    expect(ws.run('check', '--write-baseline', '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('needs --baseline FILE') });
    expect(existsSync(path.join(ws.dir, 'base.json'))).toBe(false);
  });
});

describe('a unified diff', () => {
  it('gives the new lines of each file', () => {
    const diff = 'diff --git a/x.c b/x.c\nindex 1..2 100644\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,4 @@ int f\n keep\n+one\n+two\n-gone\n+three\n@@ -9 +12,0 @@\n-gone\n--- a/y.c\n+++ "b/t\\303\\244 \\".c"\t\n@@ -0,0 +1 @@\n++++ b/no.c\n\\ No newline at end of file\n';
    expect([...parseUnifiedDiff(diff)!]).toEqual([['b/x.c', [{ from: 2, to: 4 }, { from: 13, to: 13 }]], ['b/tä ".c', [{ from: 1, to: 1 }]]]);
  });
  it('may be empty, of CRLF, or about nothing that is text', () => {
    expect([...parseUnifiedDiff('')!]).toEqual([]);
    expect([...parseUnifiedDiff('--- a/x\r\n+++ b/x.c\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n')!]).toEqual([['b/x.c', [{ from: 1, to: 1 }]]]);
    expect([...parseUnifiedDiff('diff --git a/x b/x\nBinary files a/x and b/x differ\n')!]).toEqual([]);
    expect([...parseUnifiedDiff('--- a/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n')!]).toEqual([]);
    expect(parseUnifiedDiff('int main;\n')).toBeUndefined();
  });
});

describe('--diff', () => {
  const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: ws.dir, encoding: 'utf8' });
  it('keeps what concerns changed lines, as git writes them, from the top folder and below it', () => {
    ws.write('src/a.c', bad('one') + bad('two') + LICENSE);
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'x');
    ws.write('src/a.c', bad('one') + bad('two', 'bpf_probe_write_user(0, 0, 1);') + LICENSE);
    ws.write('d.diff', git('diff', '-U3', 'HEAD'));
    expect(errors('--diff', 'd.diff', 'src')).toMatchObject({ code: 1, lines: ['src/a.c:10'] });
    expect(ws.shell('git diff -U0 HEAD | $CLI check -f github --diff - src').stdout.match(/^::error /gm)).toHaveLength(1);
    expect(ws.shell('cd src && git diff -U0 HEAD | $CLI check --diff - a.c').stdout).toContain('a.c:10:');
    expect(ws.shell('cd src && git diff -U0 --relative --no-prefix HEAD | $CLI check --diff - a.c').stdout).toContain('a.c:10:');
    expect(ws.check('--diff', 'd.diff', 'src').report.hidden).toEqual({ diff: 1 });
    ws.write('d.diff', '');
    expect(errors('--diff', 'd.diff', 'src')).toMatchObject({ code: 0, lines: [] });
  });
  it('keeps what a changed section, or a new caller, makes of an old line', () => {
    const shared = 'static int note(void)\n{\n\treturn bpf_probe_write_user(0, 0, 0);\n}\n';
    const program = (section: string): string => `SEC("${section}")\nint f(void *ctx)\n{\n\treturn note();\n}\n`;
    ws.write('a.c', shared + program('xdp') + LICENSE);
    ws.write('d.diff', '--- a/a.c\n+++ b/a.c\n@@ -5 +5 @@\n-SEC("kprobe/x")\n+SEC("xdp")\n');
    expect(errors('--diff', 'd.diff', 'a.c').lines).toEqual(['a.c:3']);
  });
  it('refuses what is no diff', () => {
    ws.write('a.c', LICENSE);
    expect(ws.run('check', '--diff', 'a.c', 'a.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('a.c is no unified diff') });
    expect(ws.run('check', '--baseline', 'b.json', '--write-baseline', '--diff', 'a.c', 'a.c')).toMatchObject({ code: 2, stderr: expect.stringContaining('does not go with --diff') });
  });
});
