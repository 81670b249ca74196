/** `check` over files and folders: the report's content, order and places, and what bad input does to it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FindingJson } from '../../server/src/cli/report.js';
import { builtCli, Workspace } from './support.js';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const GOOD = `SEC("xdp")\nint good(struct xdp_md *ctx)\n{\n\treturn bpf_get_smp_processor_id() ? 2 : 1;\n}\n${LICENSE}`;
// bpf_probe_write_user is for tracing programs only, whatever the kernel.
const BAD = `SEC("xdp")\nint bad(struct xdp_md *ctx)\n{\n\tbpf_probe_write_user(0, 0, 0);\n\treturn 2;\n}\n${LICENSE}`;

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});

/** Writes files and checks them in the order of their names here. */
function check(files: Record<string, string | Uint8Array>, ...options: string[]) {
  for (const [name, text] of Object.entries(files)) ws.write(name, text);
  return ws.check(...options, ...Object.keys(files));
}
const short = (f: FindingJson): string => `${f.line}:${f.column}-${f.endLine}:${f.endColumn} ${f.rule}`;

describe('exit code', () => {
  it('is 0 without error findings', () => expect(check({ 'a.c': GOOD })).toMatchObject({ code: 0, stderr: '' }));
  it('is 1 with one', () => expect(check({ 'a.c': GOOD, 'b.c': BAD })).toMatchObject({ code: 1, stderr: '' }));
  it('is 0 when there are only warnings', () => {
    const { code, report } = check({ 'a.c': `SEC("xpd") int f(struct xdp_md *ctx) { return 2; }\n${LICENSE}` });
    expect(code).toBe(0);
    expect(report.summary).toMatchObject({ errors: 0, warnings: 1 });
  });
  it('is 2 when a file cannot be read, and the rest is still reported', () => {
    ws.write('b.c', BAD);
    const { code, report, stderr } = ws.check('gone.c', 'b.c');
    expect(code).toBe(2);
    expect(stderr).toContain('gone.c: no such file');
    expect(report.files.map((f) => [f.path, f.error])).toEqual([['gone.c', 'no such file or directory'], ['b.c', undefined]]);
    expect(report.files[1]?.findings).toHaveLength(1);
    expect(report.summary).toMatchObject({ files: 2, errors: 1 });
  });
});

describe('the report', () => {
  it('describes programs, maps, findings and the minimum kernel', () => {
    const { report } = check({
      'a.bpf.c': `struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
static int note(int x) { bpf_printk("%d", x); return bpf_get_smp_processor_id(); }
SEC("?xdp.frags/devmap")
int out(struct xdp_md *ctx)
{
	void *p = bpf_ringbuf_reserve(&rb, 8, 0);
	if (p) bpf_ringbuf_discard(p, 0);
	return note(ctx->egress_ifindex);
}
${LICENSE}`,
    });
    expect(report.version).toBe(1);
    expect(report.target).toBeNull();
    const [file] = report.files;
    expect(file?.programs).toEqual([
      expect.objectContaining({
        name: 'out',
        section: '?xdp.frags/devmap',
        programType: 'BPF_PROG_TYPE_XDP',
        attachType: 'BPF_XDP_DEVMAP',
        context: 'xdp_md',
        sleepable: false,
        license: 'GPL',
        line: 4,
        column: 5,
        helpers: expect.arrayContaining(['bpf_get_smp_processor_id', 'bpf_ringbuf_discard', 'bpf_ringbuf_reserve']),
        kfuncs: [],
      }),
    ]);
    expect(file?.programs[0]?.helpers).toEqual([...(file?.programs[0]?.helpers ?? [])].sort());
    expect(file?.maps).toEqual([{ name: 'rb', type: 'BPF_MAP_TYPE_RINGBUF', line: 1 }]);
    expect(file?.minKernel.version).toBe('5.18');
    expect(file?.minKernel.reasons.map((r) => r.feature)).toContain('bpf_ringbuf_reserve');
  });

  it('says whose C is not judged', () => {
    const { report } = check({ 'a.c': '#include "ebpf_nethooks.h"\nSEC("bind") int f(bind_md_t *ctx) { return 0; }\n', 'b.c': GOOD });
    expect(report.files.map((f) => f.dialect)).toEqual(['windows', undefined]);
  });

  it('gives the target', () => {
    expect(check({ 'a.c': GOOD }, '--kernel', '5.15').report.target).toEqual({ min: '5.15', max: '5.15' });
    expect(check({ 'a.c': GOOD }, '--kernel', '5.4..6.8').report.target).toEqual({ min: '5.4', max: '6.8' });
    const { target, targets } = check({ 'a.c': GOOD }, '--kernel', '5.4', '-k', '5.15..6.1').report;
    expect([target, targets]).toEqual([{ min: '5.4', max: '6.1' }, [{ min: '5.4', max: '5.4' }, { min: '5.15', max: '6.1' }]]);
  });

  it('finds what the target does not have', () => {
    const code = `SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\treturn bpf_loop(1, 0, 0, 0);\n}\n${LICENSE}`;
    const { code: exit, report } = check({ 'a.c': code }, '--kernel', '5.15');
    expect(exit).toBe(1);
    expect(report.files[0]?.findings).toEqual([
      expect.objectContaining({ rule: 'helper-newer-than-target', severity: 'error', subject: 'bpf_loop', programs: ['f'], line: 4, column: 9, endLine: 4, endColumn: 17 }),
    ]);
    expect(check({ 'a.c': code }, '--kernel', '5.17').code).toBe(0);
  });

  it('tells which of several targets fail', () => {
    const program = (name: string, body: string): string => `SEC("xdp")\nint ${name}(struct xdp_md *ctx)\n{\n\treturn ${body};\n}\n`;
    const text = program('a', 'bpf_loop(1, 0, 0, 0)') + program('b', 'bpf_probe_write_user(0, 0, 0)') + program('c', 'bpf_ktime_get_tai_ns()') + LICENSE;
    const { code, report } = check({ 'a.c': text }, '--kernel', '5.4..5.10,5.15,6.1');
    expect(code).toBe(1);
    expect({ target: report.target, targets: report.targets }).toEqual({
      target: { min: '5.4', max: '6.1' },
      targets: [{ min: '5.4', max: '5.10' }, { min: '5.15', max: '5.15' }, { min: '6.1', max: '6.1' }],
    });
    expect(report.files[0]?.findings.map((f) => [f.subject, f.targets])).toEqual([
      ['bpf_loop', ['5.4..5.10', '5.15']],
      ['bpf_probe_write_user', ['5.4..5.10', '5.15', '6.1']],
      ['bpf_ktime_get_tai_ns', ['5.4..5.10', '5.15']],
    ]);
    expect(report.files[0]?.findings[0]?.message).toContain('Linux 5.4 to 5.10 and 5.15 lack it');
  });

  it('lists no targets where there is one only', () => {
    expect(check({ 'a.c': BAD }, '--kernel', '6.1,6.1').report).toMatchObject({ target: { min: '6.1', max: '6.1' } });
    expect(check({ 'a.c': BAD }, '--kernel', '6.1').report).not.toHaveProperty('targets');
    expect(check({ 'a.c': BAD }, '--kernel', '6.1').report.files[0]?.findings[0]).not.toHaveProperty('targets');
  });

  it('takes the running kernel', () => {
    const running = /^\d+\.\d+/.exec(readFileSync('/proc/sys/kernel/osrelease', 'utf8'))?.[0];
    expect(check({ 'a.c': GOOD }, '--kernel', 'running').report.target).toEqual({ min: running, max: running });
  });

  it('keeps the order of the arguments, and names each file once', () => {
    for (const name of ['z.c', 'a.c', 'd/m.c', 'd/b.c']) ws.write(name, GOOD);
    const { report } = ws.check('z.c', 'd', 'a.c', './z.c', 'd/b.c');
    expect(report.files.map((f) => f.path)).toEqual(['z.c', 'd/b.c', 'd/m.c', 'a.c']);
  });

  it('is the same twice', () => {
    ws.write('a.c', BAD + BAD.replace('bad', 'worse'));
    expect(ws.check('a.c').stdout).toBe(ws.check('a.c').stdout);
  });

  it('offers fixes as edits', () => {
    const { report } = check({ 'a.c': `int x;\nSEC("xpd") int f(struct xdp_md *ctx) { return 2; }\n${LICENSE}` });
    expect(report.files[0]?.findings[0]).toMatchObject({ rule: 'unknown-section', subject: 'xpd', line: 2, column: 6, endLine: 2, endColumn: 9 });
    expect(report.files[0]?.findings[0]?.fixes?.[0]?.edits).toEqual([{ line: 2, column: 6, endLine: 2, endColumn: 9, newText: 'xdp' }]);
  });
});

describe('columns', () => {
  const call = (before: string, eol = '\n'): string => ['SEC("xdp")', 'int f(struct xdp_md *ctx)', '{', `${before}bpf_probe_write_user(0, 0, 0);`, '\treturn 2;', '}', LICENSE].join(eol);
  const NAME = 'bpf_probe_write_user'.length;
  it.each([
    ['a tab counts one', '\t', 2],
    ['UTF-16 units', '\t/* ä漢😀 */ ', 13],
    ['a combining mark counts', '/* e\u0301 */ ', 10],
  ])('%s', (_, before, column) => {
    const finding = check({ 'a.c': call(before) }).report.files[0]?.findings[0];
    expect(finding && short(finding)).toBe(`4:${column}-4:${column + NAME} helper-not-allowed`);
  });

  it.each(['\r\n', '\r'])('line ends %j', (eol) => {
    const finding = check({ 'a.c': call('\t', eol) }).report.files[0]?.findings[0];
    expect(finding && short(finding)).toBe(`4:2-4:${2 + NAME} helper-not-allowed`);
  });

  it('does not count a byte order mark', () => {
    const { report } = check({ 'a.c': `\ufeffSEC("xpd") int f(struct xdp_md *ctx) { return 2; }\n` });
    expect(report.files[0]?.findings[0]).toMatchObject({ line: 1, column: 6 });
  });
});

describe('headers', () => {
  const MAIN = `#include "lib/note.h"\nSEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\treturn note();\n}\n${LICENSE}`;
  const HEADER = 'static int note(void)\n{\n\treturn bpf_probe_write_user(0, 0, 0);\n}\n';

  it('put their findings into the file that includes them, with their path', () => {
    ws.write('src/lib/note.h', HEADER);
    const { report } = check({ 'src/a.c': MAIN });
    expect(report.files).toHaveLength(1);
    expect(report.files[0]?.findings).toEqual([expect.objectContaining({ path: 'src/lib/note.h', line: 3, column: 9, rule: 'helper-not-allowed', programs: ['f'] })]);
  });

  it('may be missing, or be folders, or include themselves', () => {
    ws.write('loop.h', '#include "loop.h"\n#include "a.c"\n');
    ws.write('folder.h/x', '');
    const { code, report } = check({ 'a.c': `#include "gone.h"\n#include "loop.h"\n#include "folder.h"\n#include <vmlinux.h>\n${GOOD}` });
    expect({ code, error: report.files[0]?.error, programs: report.summary.programs }).toEqual({ code: 0, error: undefined, programs: 1 });
  });

  it('get no entry of their own from a folder', () => {
    ws.write('src/lib/note.h', HEADER);
    ws.write('src/a.c', MAIN);
    expect(ws.check('src').report.files.map((f) => f.path)).toEqual(['src/a.c']);
  });
});

describe('bad input', () => {
  it.each([
    ['an empty file', ''],
    ['half a function', 'SEC("xdp") int f(struct xdp_md *ctx) { if (ctx->'],
    ['no end brace', `${GOOD}SEC("tc") int g(struct __sk_buff *skb) { return bpf_`],
    ['a SEC without a string', 'SEC() int f(void) { return 0; }\nSEC(xdp int g;\nSEC'],
    ['an unknown helper', `SEC("xdp") int f(struct xdp_md *ctx) { return bpf_no_such_helper(); }\n${LICENSE}`],
    ['only braces', '{'.repeat(5000)],
    ['only parentheses', '('.repeat(20000)],
    ['an open comment', '/* SEC("xdp")'],
    ['an open string', 'SEC("xdp'],
    ['lone surrogates', '\ud800 SEC("xdp") int f(struct xdp_md *ctx) { return 2; }'],
    ['a prototype chain name', 'SEC("__proto__") int constructor(struct xdp_md *ctx) { toString(); hasOwnProperty(); return ctx->constructor; }'],
  ])('%s: silence', (_, text) => {
    const { code, report, stderr } = check({ 'a.c': text });
    expect({ code, stderr, error: report.files[0]?.error, errors: report.summary.errors }).toEqual({ code: 0, stderr: '', error: undefined, errors: 0 });
  });

  it('macros that expand to themselves: no finding, and a note that they were left alone', () => {
    const { code, report, stderr } = check({ 'a.c': '#define A B\n#define B A A\n#define SECT(x) SEC(x A)\nSECT(B) int f(void) { return A; }' });
    expect({ code, errors: report.summary.errors }).toEqual({ code: 0, errors: 0 });
    expect(stderr).toMatch(/^ebpf-lens: [^\n]*macros[^\n]*\n$/);
  });

  it('binary bytes: an error for the file', () => {
    const { code, report } = check({ 'a.c': Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) % 256), 'b.c': GOOD });
    expect(code).toBe(2);
    expect(report.files[0]?.error).toMatch(/binary/);
    expect(report.files[1]?.programs).toHaveLength(1);
  });

  it('5 MB of C: a report', () => {
    const body = Array.from({ length: 40_000 }, (_, i) => `static int f${i}(int x)\n{\n\treturn x + ${i} + bpf_get_prandom_u32();\n}\n`).join('');
    const text = `${body}${'/* filler */\n'.repeat(Math.max(0, (5_000_000 - body.length) / 13))}${GOOD}`;
    const { code, report } = check({ 'a.c': text });
    expect({ code, programs: report.summary.programs }).toEqual({ code: 0, programs: 1 });
  });

  it('a pipe or device: an error, no waiting', () => {
    execFileSync('mkfifo', [path.join(ws.dir, 'pipe.c')]);
    const { code, report } = ws.check('pipe.c', '/dev/zero');
    expect(code).toBe(2);
    expect(report.files.map((f) => f.error)).toEqual(['not a regular file', 'not a regular file']);
  });

  it('a name like an option after --, and names with spaces and line breaks', () => {
    const { code, report } = check({ 'with space.c': GOOD, 'line\nbreak.c': GOOD, '-k.c': GOOD }, '--');
    expect(code).toBe(0);
    expect(report.files.map((f) => f.path)).toEqual(['with space.c', 'line\nbreak.c', '-k.c']);
  });
});

describe('folders', () => {
  it('may be empty of programs: exit 0 and a word about it', () => {
    ws.write('src/user.c', 'int main(void) { return 0; }');
    const { code, report, stderr } = ws.check('src');
    expect({ code, files: report.files }).toEqual({ code: 0, files: [] });
    expect(stderr).toMatch(/no C file with a SEC/);
  });

  it('may hold links that go round', () => {
    ws.write('src/a.c', GOOD);
    symlinkSync('..', path.join(ws.dir, 'src/up'));
    symlinkSync('me', path.join(ws.dir, 'src/me'));
    expect(ws.check('src').report.files.map((f) => f.path)).toEqual(['src/a.c']);
    const { code, report } = ws.check('src/me');
    expect({ code, error: report.files[0]?.error }).toEqual({ code: 2, error: 'too many symbolic links' });
  });
});

describe('text', () => {
  it('shows place, severity, message, rule, the line with carets, and sums up', () => {
    ws.write('a.c', BAD);
    const { code, stdout, stderr } = ws.run('check', 'a.c');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^a\.c:4:2: error: .*bpf_probe_write_user.* \[helper-not-allowed\]$/);
    expect(lines[1]).toBe('    4 | \tbpf_probe_write_user(0, 0, 0);');
    expect(lines[2]).toBe(`      | \t^${'~'.repeat('bpf_probe_write_user'.length - 1)}`);
    expect(stdout).toMatch(/^a\.c: needs Linux \d+\.\d+ or newer/m);
    expect(lines.at(-2)).toBe('1 file, 1 program: 1 error, 0 warnings, 0 notes');
    expect(stdout).not.toContain('\u001b');
  });

  it('says what could not be read', () => {
    const { code, stdout } = ws.run('check', 'gone.c');
    expect(code).toBe(2);
    expect(stdout).toContain('gone.c: error: no such file or directory');
  });

  it('sends nothing to the terminal that a file name brings along', () => {
    ws.write('a\u001b[31m.c', BAD);
    expect(ws.run('check', 'a\u001b[31m.c').stdout).not.toContain('\u001b');
  });

  it('bears a reader that closes the pipe', () => {
    for (let i = 0; i < 200; i++) ws.write(`src/${i}.c`, BAD);
    const { stdout, stderr, code } = ws.shell('set -o pipefail; $CLI check src | head -1');
    expect({ stderr, lines: stdout.split('\n').length }).toEqual({ stderr: '', lines: 2 });
    expect(code).toBe(1);
    expect(ws.shell('$CLI check --format json src | head -c 10').stderr).toBe('');
  });

  it('fails when the report cannot be written', () => {
    ws.write('a.c', GOOD);
    const { code, stderr } = ws.shell('$CLI check a.c > /dev/full');
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot write the report/);
  });

  it('comes out whole through a slow pipe', () => {
    for (let i = 0; i < 150; i++) ws.write(`src/${i}.c`, BAD);
    const { stdout } = ws.shell('$CLI check --format json src | (sleep 1; cat) | tail -c 3');
    expect(stdout).toBe('\n}\n');
  });
});
