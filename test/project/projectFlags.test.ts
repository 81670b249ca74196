/** What compile_commands.json and .clangd say about includes and macros, and what they do not get away with. */
import { describe, expect, it } from 'vitest';
import { collectInput, COMMAND_LINE } from '../../server/src/model/includes.js';
import { readFlags, splitCommand } from '../../server/src/project/compileFlags.js';
import { Projects } from '../../server/src/project/projectFlags.js';
import { unit } from '../support/unit.js';

const flagsOf = (files: Record<string, string>, file = '/p/src/a.bpf.c') => new Projects().flagsOf(file, (path) => files[path]);
const database = (...entries: object[]): string => JSON.stringify(entries);

describe('a command line', () => {
  it('is split as a shell does', () => {
    expect(splitCommand(`clang -DA="x y" '-I/a b' -DB=\\"q\\" c.c`)).toEqual(['clang', '-DA=x y', '-I/a b', '-DB="q"', 'c.c']);
    expect(splitCommand('clang "unfinished')).toEqual(['clang', 'unfinished']);
  });

  it('gives folders in the compiler\'s order, whole, and macros with their values', () => {
    const flags = readFlags(['clang', '-isystem', 'sys', '-I', 'inc', '-I../up', '-iquote', 'q', '-include', 'pre.h', '-DX', '-D', 'Y=2', '-DZ', '-UZ', '-DF(x)=x', '--target=bpf'], '/p/b');
    expect(flags).toEqual({ quote: ['/p/b/q'], paths: ['/p/b/inc', '/p/up', '/p/b/sys'], forced: ['/p/b/pre.h'], defines: new Map([['X', '1'], ['Y', '2']]), bpf: true });
    expect(readFlags(['-target', 'bpf'], '/').bpf).toBe(true);
    expect(readFlags(['--target=x86_64-linux-gnu', '-I'], '/').bpf).toBe(false);
  });
});

describe('compile_commands.json', () => {
  it('gives a file its own entry\'s flags, by command or arguments', () => {
    const files = { '/p/build/compile_commands.json': database(
      { directory: '/p', file: 'src/b.bpf.c', arguments: ['clang', '-Iother'] },
      { directory: '/p/build', file: '../src/a.bpf.c', command: 'clang -I../inc -D__TARGET_ARCH_x86 -c ../src/a.bpf.c' },
    ) };
    expect(flagsOf(files)).toMatchObject({ paths: ['/p/inc'], defines: new Map([['__TARGET_ARCH_x86', '1']]), problems: [] });
  });

  it('gives a file without one the flags of the nearest BPF program', () => {
    const files = { '/p/compile_commands.json': database(
      { directory: '/p', file: 'src/user.c', command: 'cc -Iuser' },
      { directory: '/p', file: 'far.bpf.c', command: 'clang -target bpf -Ifar' },
      { directory: '/p', file: 'src/x.bpf.c', command: 'clang -target bpf -Inear' },
    ) };
    expect(flagsOf(files, '/p/src/new.h').paths).toEqual(['/p/near']);
    expect(flagsOf(files, '/p/new.h').paths).toEqual(['/p/far']);
  });

  it('is noted, and no more, when it is nonsense', () => {
    for (const text of ['', '{', '{}', 'null', '42', '\u0000']) expect(flagsOf({ '/p/compile_commands.json': text })).toMatchObject({ paths: [], problems: [expect.stringMatching(/^\/p\/compile_commands\.json is not used: /)] });
    expect(flagsOf({ '/p/compile_commands.json': '[1, null, {}, {"file": 3}, {"file": "a"}, {"file": "/p/src/a.bpf.c", "arguments": [1, "-Ix"]}]' })).toMatchObject({ paths: ['/p/x'], problems: [] });
  });
});

describe('.clangd', () => {
  it('adds flags, from its folder on, where its condition holds', () => {
    const text = 'CompileFlags:\n  Add: [-Iinc, -DDEBUG]\n---\nIf:\n  PathMatch: src/.*\\.bpf\\.c\nCompileFlags:\n  Add: -Ibpf\n---\nIf: {PathExclude: "src/.*"}\nCompileFlags: {Add: -Ino}\n';
    expect(flagsOf({ '/p/.clangd': text })).toMatchObject({ paths: ['/p/inc', '/p/bpf'], defines: new Map([['DEBUG', '1']]) });
    expect(flagsOf({ '/p/.clangd': text, '/p/src/.clangd': 'CompileFlags:\n  Add: -I.\n' }).paths).toEqual(['/p/src', '/p/inc', '/p/bpf']);
  });

  it('is noted, and no more, when it is nonsense', () => {
    expect(flagsOf({ '/p/.clangd': 'a: [' })).toMatchObject({ paths: [], problems: [expect.stringMatching(/^\/p\/\.clangd is not used: /)] });
    const bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n';
    expect(flagsOf({ '/p/.clangd': bomb }).problems).toHaveLength(1);
    for (const text of ['', 'x', '- 1', 'CompileFlags: 3', 'CompileFlags: {Add: {a: 1}}', 'If: {PathMatch: "("}\nCompileFlags: {Add: -Ix}']) expect(flagsOf({ '/p/.clangd': text })).toMatchObject({ paths: [], problems: [] });
  });
});

describe('flags', () => {
  it('say where headers are and which macros are set', async () => {
    const files: Record<string, string> = { '/inc/a.h': '#define A 1\n', '/q/b.h': '', '/pre.h': '#include "c.h"\n', '/c.h': '', '/inc/linux/bpf.h': '' };
    const code = '#include <a.h>\n#include <b.h>\n#include "b.h"\n#include <linux/bpf.h>\n#if LEVEL > 2\nSEC("xdp") int prog(struct xdp_md *ctx) { return bpf_loop(1, 0, 0, 0); }\n#endif\n';
    const input = collectInput('/x/main.c', code, (path) => files[path], { includePaths: [], quote: ['/q'], paths: ['/inc'], forced: ['/pre.h'], defines: new Map([['LEVEL', '1']]) });
    expect([...input.files.keys()]).toEqual(['/x/main.c', '/pre.h', COMMAND_LINE, '/inc/a.h', '/q/b.h', '/c.h']);
    expect(input.files.get(COMMAND_LINE)).toBe('#define LEVEL 1\n');
    const at = async (level: number) => (await unit(code, { kernel: '5.4', files: { [COMMAND_LINE]: `#define LEVEL ${level}\n` } })).findings.map((f) => f.subject);
    expect(await at(1)).toEqual([]);
    expect(await at(3)).toEqual(['bpf_loop']);
  });
});
