/** Build files and includes that are wrong, huge or change while they are read: a sensible result, and no hang. */
import { describe, expect, it } from 'vitest';
import { setUpClangd } from '../../server/src/project/clangdSetup.js';
import { collectInput } from '../../server/src/model/includes.js';
import { removeFlags } from '../../server/src/project/compileFlags.js';
import { Projects } from '../../server/src/project/projectFlags.js';
import { unit } from '../support/unit.js';

const flagsOf = (files: Record<string, string>, file = '/p/src/a.bpf.c') => new Projects().flagsOf(file, (path) => files[path]);
const collect = (files: Record<string, string>, main = '/p/a.c') => collectInput(main, files[main]!, (path) => files[path], []);

describe('Remove in a .clangd', () => {
  it('takes flags from the compile database, by name, by beginning and whole', () => {
    const args = ['clang', '-I', 'x', '-Iy', '-include', 'pre.h', '-DA', '-DB=1', '-mfoo', '--target=x86_64', '-O2', '-DKEEP'];
    expect(removeFlags(args, ['-I', '-m*', '-DA', '-O2', '-target'])).toEqual(['clang', '-include', 'pre.h', '-DB=1', '-DKEEP']);
    expect(removeFlags(args, ['-include', '-D'])).toEqual(['clang', '-I', 'x', '-Iy', '-mfoo', '--target=x86_64', '-O2']);
    expect(removeFlags(['-I'], ['-I'])).toEqual([]);
  });

  it('counts only where its condition fits, and leaves alone what a .clangd adds', () => {
    const commands = JSON.stringify([{ directory: '/p', file: 'src/a.bpf.c', arguments: ['clang', '-Ione', '-DX', '-DY'] }]);
    const clangd = 'CompileFlags:\n  Remove: [-I, -DX]\n  Add: -Itwo\n---\nIf: {PathMatch: other/.*}\nCompileFlags: {Remove: -DY}\n';
    const { paths, defines } = flagsOf({ '/p/.clangd': clangd, '/p/compile_commands.json': commands });
    expect(paths).toEqual(['/p/two']);
    expect([...defines.keys()]).toEqual(['Y']);
  });
});

describe('a compile_commands.json', () => {
  it.each(['null', '{}', '"x"', '[', '[[[]]]', '[null, 1, {"file": 3}, {"file": "a.bpf.c"}, {"file": "/p/src/a.bpf.c", "command": 7}]', '\u0000'])('with nonsense (%j) gives no flags, at most a sentence', (text) => {
    const { problems, paths } = flagsOf({ '/p/compile_commands.json': text });
    expect(paths).toEqual([]);
    expect(problems.length).toBeLessThanOrEqual(1);
  });

  it('of many thousand entries is read once, however often it is asked', () => {
    const entries = Array.from({ length: 40_000 }, (_, i) => ({ directory: '/p', file: `src/d${i % 300}/f${i}.c`, command: `cc -Iinc${i} -DN=${i} -c src/f${i}.c` }));
    const text = JSON.stringify([...entries, { directory: '/p', file: 'src/a.bpf.c', command: 'clang -target bpf -Ilast' }]);
    const projects = new Projects();
    const ask = (file: string): readonly string[] => projects.flagsOf(file, (path) => (path === '/p/compile_commands.json' ? text : undefined)).paths;
    expect(ask('/p/src/a.bpf.c')).toEqual(['/p/last']);
    for (let i = 0; i < 200; i++) expect(ask('/p/src/new.bpf.c')).toEqual(['/p/last']);
  });
});

describe('includes', () => {
  it('that go round, or to the file itself, end', () => {
    const { files } = collect({ '/p/a.c': '#include "a.c"\n#include "b.h"\n', '/p/b.h': '#include "c.h"\n', '/p/c.h': '#include "b.h"\n#include "a.c"\n' });
    expect([...files.keys()]).toEqual(['/p/a.c', '/p/b.h', '/p/c.h']);
  });

  it('through a loop of links end: every name is another file to them', () => {
    // /p/loop leads to /p: the same header under ever longer names.
    const read = (path: string): string | undefined => (/^\/p(?:\/loop)*\/h\.h$/.test(path) ? '#include "loop/h.h"\n' : undefined);
    const { files } = collectInput('/p/a.c', '#include "h.h"\n', read, []);
    expect(files.size).toBeGreaterThan(1);
    expect(files.size).toBeLessThanOrEqual(200);
  });

  it('that fan out without end stop at a number of files', () => {
    const read = (path: string): string => Array.from({ length: 20 }, (_, i) => `#include "${path.slice(path.lastIndexOf('/') + 1, -2)}${i}.h"\n`).join('');
    expect(collectInput('/p/a.c', '#include "x.h"\n', read, []).files.size).toBeLessThanOrEqual(200);
  });

  it('that are missing, empty, no C or have long lines leave the rest alone', async () => {
    const main = '#include "missing.h"\n#include ""\n#include MACRO\n#include "image.h"\n#include "long.h"\nSEC("xdp") int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n';
    const { findings, failures } = await unit(main, { files: { 'image.h': '\u0001\u0002PNG{{{((("\'\\\n#define SEC(', 'long.h': `int a[] = {${'1,'.repeat(200_000)}};\n` } });
    expect(failures).toEqual([]);
    expect(findings.map((f) => f.rule)).toContain('helper-not-allowed');
  });

  it('that change between two reads give one text each', () => {
    let reads = 0;
    const { files } = collectInput('/p/a.c', '#include "h.h"\n#include "b.h"\n', (path) => (path === '/p/h.h' ? `int v${reads++};\n` : path === '/p/b.h' ? '#include "h.h"\n' : undefined), []);
    expect(files.get('/p/h.h')).toBe('int v0;\n');
    expect(reads).toBe(1);
  });
});

it.each(['[', '{a: ', '- '])('a .clangd with %j, ten thousand times over, is a sentence and not the end of the process', (piece) => {
  const text = piece.repeat(10_000);
  const { problems } = new Projects().flagsOf('/p/src/a.bpf.c', (path) => (path === '/p/.clangd' ? text : undefined));
  expect(problems).toEqual(['/p/.clangd is not used: values are nested more than 64 levels deep']);
  expect(setUpClangd(text, { arch: 'x86', includeDirs: [] })).toEqual({ error: expect.stringContaining('nested more than 64') as string });
});
