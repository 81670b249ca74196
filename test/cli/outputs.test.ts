/** Several reports of one run, JUnit and Markdown, which severity fails, and which files are looked at. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseOutputs } from '../../server/src/cli/outputs.js';
import { UsageError } from '../../server/src/cli/host.js';
import { toJson } from '../../server/src/cli/reporters/json.js';
import { builtCli, parseReport, Workspace } from './support.js';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const GOOD = `SEC("xdp") int good(struct xdp_md *ctx) { return 2; }\n${LICENSE}`;
const BAD = `SEC("xdp") int bad(struct xdp_md *ctx) { bpf_probe_write_user(0, 0, 0); return 2; }\n${LICENSE}`;
const WARNS = `SEC("xpd") int typo(struct xdp_md *ctx) { return 2; }\n${LICENSE}`;

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});
const read = (name: string): string => readFileSync(path.join(ws.dir, name), 'utf8');
const paths = (...args: string[]): string[] => ws.check(...args).report.files.map((f) => f.path);

describe('--format and --output', () => {
  it.each([
    [[], [{ format: 'text' }]],
    [[{ format: 'json' }], [{ format: 'json' }]],
    [[{ format: 'json' }, { output: 'a' }], [{ format: 'json', file: 'a' }]],
    [[{ output: 'a' }, { format: 'json' }], [{ format: 'json', file: 'a' }]],
    [[{ output: 'a' }], [{ format: 'text', file: 'a' }]],
    [[{ format: 'text' }, { format: 'sarif' }, { output: 'a' }], [{ format: 'text' }, { format: 'sarif', file: 'a' }]],
    [[{ format: 'json' }, { output: 'a' }, { format: 'junit' }, { output: 'b' }, { format: 'text' }, { output: '-' }], [{ format: 'json', file: 'a' }, { format: 'junit', file: 'b' }, { format: 'text' }]],
  ])('%j', (options, outputs) => expect(parseOutputs(options)).toEqual(outputs));
  it.each([
    [[{ format: 'json' }, { format: 'sarif' }], /two formats go to standard output/],
    [[{ format: 'json' }, { output: 'a' }, { format: 'sarif' }, { output: 'a' }], /two formats go to a/],
    [[{ format: 'json' }, { output: 'a' }, { format: 'sarif' }, { output: './b/../a' }], /two formats go to \.\/b\/\.\.\/a/],
    [[{ output: 'a' }, { output: 'b' }], /no --format of its own/],
    [[{ output: 'prog.bpf.c' }], /not written over what looks like an input/],
    [[{ format: 'sarif' }, { output: 'build/prog.bpf.o' }], /not written over what looks like an input/],
    [[{ format: 'xml' }], /no format/],
  ])('%j is refused', (options, message) => expect(() => parseOutputs(options)).toThrow(message));

  it('writes each to its file and one to standard output', () => {
    ws.write('a.c', BAD);
    const ran = ws.run('check', '-f', 'text', '-f', 'json', '-o', 'r.json', '-f', 'sarif', '-o', 'r.sarif', '-f', 'junit', '-o', 'r.xml', '-f', 'markdown', '-o', 'r.md', 'a.c');
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(ran.stdout).toContain('1 file, 1 program: 1 error');
    expect(parseReport(read('r.json')).summary.errors).toBe(1);
    expect(JSON.parse(read('r.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(read('r.md')).toMatch(/^## ❌ eBPF Lens: 1 error/);
    expect(read('r.xml')).toMatch(/^<\?xml/);
    expect(readdirSync(ws.dir).sort()).toEqual(['a.c', 'r.json', 'r.md', 'r.sarif', 'r.xml']);
  });

  it('leaves nothing half-written, says where, and still prints the others', () => {
    ws.write('a.c', GOOD);
    mkdirSync(path.join(ws.dir, 'folder'));
    const ran = ws.run('check', '-f', 'text', '-f', 'json', '-o', 'gone/r.json', 'a.c');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toBe('ebpf-lens: --output gone/r.json: cannot be written: no such file or directory\n');
    expect(ran.stdout).toContain('1 file');
    expect(ws.run('check', '-f', 'json', '-o', 'folder', 'a.c').code).toBe(2);
    expect(readdirSync(ws.dir).sort()).toEqual(['a.c', 'folder']);
  });

  it('replaces what a link names, keeps its mode, and writes to devices as they are', () => {
    ws.write('a.c', GOOD);
    ws.write('real.json', 'old');
    chmodSync(path.join(ws.dir, 'real.json'), 0o640);
    symlinkSync('real.json', path.join(ws.dir, 'link.json'));
    expect(ws.run('check', '-f', 'json', '-o', 'link.json', 'a.c').code).toBe(0);
    expect(lstatSync(path.join(ws.dir, 'link.json')).isSymbolicLink()).toBe(true);
    expect(lstatSync(path.join(ws.dir, 'real.json')).mode & 0o777).toBe(0o640);
    parseReport(read('real.json'));
    expect(ws.run('check', '-f', 'json', '-o', '/dev/null', 'a.c')).toMatchObject({ code: 0, stdout: '' });
  });

  it.runIf(existsSync('/dev/full'))('ends with 2 when the disk is full', () => {
    ws.write('a.c', GOOD);
    expect(ws.run('check', '-f', 'json', '-o', '/dev/full', 'a.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('/dev/full: cannot be written') });
  });
});

it('a report that is longer than a string can be is said to be too long', () => {
  const text = 'x'.repeat(2 ** 20);
  expect(() => toJson(Array.from({ length: 520 }, () => text))).toThrow(UsageError);
});

describe('junit', () => {
  const junit = (...args: string[]): string => ws.run('check', '-f', 'junit', ...args).stdout;
  it('has a case a program, which fails where the run does', () => {
    ws.write('a.c', BAD + 'SEC("tc") int fine(struct __sk_buff *skb) { return 0; }\n' + WARNS.replace(LICENSE, ''));
    const xml = junit('a.c');
    expect(xml).toMatch(/<testsuites name="eBPF Lens" tests="3" failures="1" errors="0"/);
    expect(xml).toMatch(/<testcase name="bad" [^>]*line="1"[^>]*>\s*<failure message="[^"]*" type="helper-not-allowed">a\.c:1:/);
    expect(xml).toMatch(/<testcase name="fine" [^>]*\/>/);
    expect(xml).toMatch(/<testcase name="typo" [^>]*>\s*<system-out>a\.c:4:/);
    expect(junit('--fail-on', 'warning', 'a.c')).toMatch(/tests="3" failures="2"/);
  });
  it('is well-formed for hostile names', () => {
    ws.write('a<&"\u0001>.c', BAD);
    const xml = junit('.');
    expect(xml).toContain('name="a&#60;&#38;&#34;\ufffd&#62;.c"');
    const bare = xml.replace(/&#\d+;/g, '');
    expect([bare.includes('&'), bare.includes('\u0001')]).toEqual([false, false]);
    // Every element that is opened is closed, in order.
    const open: string[] = [];
    for (const [, close, name, alone] of xml.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!alone) open.push(name!);
    }
    expect(open).toEqual([]);
  });
  it('tells what could not be read', () => expect(junit('gone.c')).toMatch(/errors="1"[^]*<error message="no such file or directory"\/>/));
});

it.each(['text', 'github', 'markdown'])('%s tells a finding once where a file that is checked is included by another, and says so beside the counts', (format) => {
  ws.write('all.bpf.c', '#include "part.bpf.c"\nchar L[] SEC("license") = "GPL";\n');
  ws.write('part.bpf.c', 'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n');
  const { stdout } = ws.run('check', '-f', format, 'all.bpf.c', 'part.bpf.c');
  expect(stdout.match(/part\.bpf\.c[:,].*is not allowed in XDP programs/g)).toHaveLength(1);
  expect(stdout).toContain('2 errors, 0 warnings');
  expect(stdout).toMatch(/1 of (?:them|the findings) told for another file already/);
});

describe('markdown', () => {
  it('has findings once, what was not checked, and least kernels', () => {
    ws.write('n.h', 'static int note(void) { return bpf_probe_write_user(0, 0, 0); }\n');
    for (const name of ['a', 'b']) ws.write(`${name}.c`, `#include "n.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return note(); }\n${LICENSE}`);
    const { stdout } = ws.run('check', '-f', 'markdown', 'a.c', 'b.c', 'gone.c');
    expect(stdout.match(/n\.h:1:/g)).toHaveLength(1);
    expect(stdout).toMatch(/### Not checked\n\n\| File \| Why \|\n\| --- \| --- \|\n\| gone\.c \| no such file/);
    expect(stdout).toMatch(/<summary>Least kernels of 2 files<\/summary>/);
  });
  it('escapes what a name brings along', () => {
    ws.write('<img>|x`.c', BAD);
    expect(ws.run('check', '-f', 'markdown', '.').stdout).toContain('\\<img\\>\\|x\\`.c');
  });
});

describe('which severity fails', () => {
  it.each([['error', 0], ['warning', 1], ['info', 1], ['never', 0]])('--fail-on %s', (level, code) => {
    ws.write('a.c', WARNS);
    expect(ws.run('check', '--fail-on', level, 'a.c').code).toBe(code);
  });
  it('never hides trouble', () => expect(ws.run('check', '--fail-on', 'never', 'gone.c').code).toBe(2));
  it('refuses others', () => expect(ws.run('check', '--fail-on', 'fatal', '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('error, warning, info and never') }));
  it('--quiet tells errors and the sum', () => {
    ws.write('a.c', BAD);
    ws.write('b.c', WARNS);
    ws.write('c.c', GOOD);
    const { stdout } = ws.run('check', '-q', 'a.c', 'b.c', 'c.c');
    expect(stdout).toContain('helper-not-allowed');
    expect(stdout).not.toMatch(/unknown-section|needs Linux|b\.c|c\.c/);
    expect(stdout).toContain('3 files, 3 programs: 1 error, 1 warning, 0 notes');
  });
});

describe('which files', () => {
  it('respects .gitignore and .ignore, of the folder, those in it and those above up to the repository', () => {
    mkdirSync(path.join(ws.dir, '.git'));
    ws.write('.gitignore', '/out/\n*.gen.c\n');
    ws.write('src/.gitignore', '!keep.gen.c\n/local\n');
    ws.write('src/.ignore', 'third_party\n');
    for (const name of ['a.c', 'out/b.c', 'c.gen.c', 'src/keep.gen.c', 'src/other.gen.c', 'src/local/d.c', 'src/third_party/e.c', 'src/f.c', 'node_modules/x/g.c']) ws.write(name, GOOD);
    expect(paths('.')).toEqual(['./a.c', './src/f.c', './src/keep.gen.c']);
    expect(paths('src')).toEqual(['src/f.c', 'src/keep.gen.c']);
    expect(paths('out', 'c.gen.c')).toEqual(['out/b.c', 'c.gen.c']);
    expect(paths('--no-ignore', 'src')).toEqual(['src/f.c', 'src/keep.gen.c', 'src/local/d.c', 'src/other.gen.c', 'src/third_party/e.c']);
  });
  it('reads globs, of other endings too, and says when nothing fits', () => {
    for (const name of ['src/a.bpf.c', 'src/deep/b.bpf.c', 'src/c.c', 'src/d.txt']) ws.write(name, GOOD);
    expect(paths('src/**/*.bpf.c')).toEqual(['src/a.bpf.c', 'src/deep/b.bpf.c']);
    expect(paths('./src/*.{txt,c}')).toEqual(['src/a.bpf.c', 'src/c.c', 'src/d.txt']);
    expect(paths('*/[ab].bpf.c')).toEqual(['src/a.bpf.c']);
    const none = ws.run('check', 'src/**/*.zig');
    expect(none).toMatchObject({ code: 2, stdout: expect.stringContaining('no file fits this pattern') });
  });
  it('takes a file for a file, though its name looks like a glob', () => {
    ws.write('a[1].c', GOOD);
    expect(paths('a[1].c')).toEqual(['a[1].c']);
  });
  it('leaves out what --exclude names: a name anywhere, a folder, a path', () => {
    for (const name of ['a.c', 'x/a.c', 'x/b.c', 'test/c.c', 'x/test/d.c']) ws.write(name, GOOD);
    expect(paths('--exclude', 'test', '.')).toEqual(['./a.c', './x/a.c', './x/b.c']);
    expect(paths('-x', 'x/*.c', '-x', 'test/', '.')).toEqual(['./a.c']);
    expect(paths('-x', '/work', '-x', 'a.c', 'a.c', 'x')).toEqual(['x/b.c', 'x/test/d.c']);
  });
  it('takes what is named twice once, and goes through no links', () => {
    ws.write('s/a.c', GOOD);
    symlinkSync('.', path.join(ws.dir, 's/loop'));
    expect(paths('s', 's/a.c', './s', 's/**/*.c')).toEqual(['s/a.c']);
  });
  it('min-kernel and matrix take them the same way', () => {
    for (const name of ['src/a.bpf.c', 'src/b.bpf.c']) ws.write(name, GOOD);
    for (const command of ['min-kernel', 'matrix']) {
      const report: unknown = JSON.parse(ws.run(command, '-f', 'json', '-x', 'b.*', 'src/*.bpf.c').stdout);
      expect((report as { files: { path: string }[] }).files.map((f) => f.path)).toEqual(['src/a.bpf.c']);
    }
  });
});
