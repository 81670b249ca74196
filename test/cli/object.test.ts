/** Compiled objects on the command line: found by their bytes, reported with the source lines that they kept. */
import { afterAll, describe, expect, it } from 'vitest';
import { ObjectEncoder, op } from '../support/objectEncoder.js';
import { Workspace } from './support.js';

/** `xdp` that calls bpf_loop and bpf_skb_load_bytes, compiled on lines 7 and 8 of prog.bpf.c below `folder`. */
function compiled(folder: string, lines = true): Uint8Array {
  const object = new ObjectEncoder();
  const map = object.map('counts', { type: 1, key_size: 4, value_size: 8, max_entries: 16 });
  const index = object.program('xdp', 'count', [op.wide(1), op.call(1), op.call(181), op.call(26), op.call(26), op.move(0, 2), op.exit()]);
  object.relocate(index, 0, map);
  object.license();
  if (lines) {
    const file = `${folder}/src/prog.bpf.c`;
    object.line('xdp', 0, file, 5, 0, 'int count(struct xdp_md *ctx)');
    object.line('xdp', 24, file, 7, 2, '\tbpf_loop(4, step, 0, 0);');
    object.line('xdp', 32, file, 8, 9, '\terror = bpf_skb_load_bytes(ctx, 0, &b, 1);');
  }
  return object.bytes();
}

/** Two ring buffers, of which one is used: in line 8 by a function that does not name it, in line 9 by its name. */
function ring(folder: string): Uint8Array {
  const object = new ObjectEncoder();
  const [events] = [object.map('events', { type: 27, max_entries: 4096 }), object.map('unused', { type: 27, max_entries: 4096 })];
  const index = object.program('xdp', 'count', [op.wide(1), op.wide(1), op.move(0, 2), op.exit()]);
  object.relocate(index, 0, events);
  object.relocate(index, 16, events);
  object.line('xdp', 0, `${folder}/src/ring.bpf.c`, 8, 2, '\tuse(map);');
  object.line('xdp', 16, `${folder}/src/ring.bpf.c`, 9, 2, '\tuse(&events);');
  return object.bytes();
}

const workspace = new Workspace({
  'bare.bpf.o': compiled('', false),
  'x86.o': new ObjectEncoder().bytes({ machine: 62 }),
  'cut.bpf.o': compiled('').subarray(0, 300),
  'lib.a': '!<arch>\nfoo.o/          ',
  'prog.bc': Uint8Array.from([0x42, 0x43, 0xc0, 0xde, 0, 0, 0, 0]),
  'ours.c': '#define SEC(x)\nSEC("xdp") int f(void *ctx) { return 2; }\n',
});
workspace.write('prog.bpf.o', compiled(workspace.dir));
workspace.write('ring.bpf.o', ring(workspace.dir));
afterAll(() => workspace.remove());

describe('check', () => {
  it('reports findings at the source lines, once each', () => {
    const { report, code } = workspace.check('--kernel', '5.10', 'prog.bpf.o');
    const [file] = report.files;
    expect(code).toBe(1);
    expect(file).toMatchObject({ path: 'prog.bpf.o', compiled: true, maps: [{ name: 'counts', type: 'BPF_MAP_TYPE_HASH', line: 1 }] });
    expect(file?.programs).toMatchObject([{ name: 'count', section: 'xdp', programType: 'BPF_PROG_TYPE_XDP', context: 'xdp_md', license: 'GPL', path: 'src/prog.bpf.c', line: 5, column: 5, helpers: ['bpf_loop', 'bpf_map_lookup_elem', 'bpf_skb_load_bytes'] }]);
    expect(file?.minKernel).toMatchObject({ version: '5.17' });
    expect(file?.findings.map(({ rule, subject, path, line, column, endColumn, programs }) => ({ rule, subject, path, line, column, endColumn, programs }))).toEqual([
      { rule: 'helper-newer-than-target', subject: 'bpf_loop', path: 'src/prog.bpf.c', line: 7, column: 2, endColumn: 10, programs: ['count'] },
      { rule: 'helper-not-allowed', subject: 'bpf_skb_load_bytes', path: 'src/prog.bpf.c', line: 8, column: 10, endColumn: 28, programs: ['count'] },
    ]);
    expect(file?.findings.every((f) => f.fixes === undefined)).toBe(true);
  });

  it('prints the lines that the object kept', () => {
    const { stdout } = workspace.run('check', '--kernel', '5.10', 'prog.bpf.o');
    expect(stdout).toContain('src/prog.bpf.c:7:2: error: `bpf_loop`');
    expect(stdout).toContain('    (compiled into prog.bpf.o)\n    7 | \tbpf_loop(4, step, 0, 0);\n      | \t^~~~~~~~\n');
  });

  it('names the instruction where there is no source line', () => {
    const { report } = workspace.check('--kernel', '5.10', 'bare.bpf.o');
    expect(report.files[0]?.findings.map(({ path, line, column, message }) => [path, line, column, /\([^()]*\)$/.exec(message)?.[0]])).toEqual([
      [undefined, 1, 1, '(xdp+0x18)'], [undefined, 1, 1, '(xdp+0x20)'], [undefined, 1, 1, '(xdp+0x28)'],
    ]);
  });

  it('puts what is wrong with a map where it is used first, and says so', () => {
    const { report } = workspace.check('--kernel', '5.4', 'ring.bpf.o');
    const [file] = report.files;
    expect(file?.maps).toEqual([{ name: 'events', type: 'BPF_MAP_TYPE_RINGBUF', line: 1 }, { name: 'unused', type: 'BPF_MAP_TYPE_RINGBUF', line: 1 }]);
    expect(file?.findings.map(({ rule, subject, path, line, column, endColumn }) => ({ rule, subject, path, line, column, endColumn }))).toEqual([
      { rule: 'map-type-newer-than-target', subject: 'events', path: 'src/ring.bpf.c', line: 9, column: 7, endColumn: 13 },
      { rule: 'map-type-newer-than-target', subject: 'unused', path: undefined, line: 1, column: 1, endColumn: 1 },
    ]);
    expect(file?.findings[0]?.message).toMatch(/ \(here `events` is used first\)$/);
    expect(file?.findings[1]?.message).not.toContain('used first');
    expect(file?.minKernel.reasons.find((r) => r.feature === 'BPF_MAP_TYPE_RINGBUF')).toMatchObject({ path: 'src/ring.bpf.c', line: 9 });
    expect(workspace.run('check', '--kernel', '5.4', 'ring.bpf.o').stdout).toContain('    9 | \tuse(&events);\n      | \t     ^~~~~~\n');
  });

  it('writes SARIF with the places of the sources', () => {
    const sarif = JSON.parse(workspace.run('check', '--kernel', '5.10', '--format', 'sarif', 'prog.bpf.o').stdout) as { runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[] }[] }[] };
    const places = sarif.runs[0]!.results.map((r) => r.locations[0]!.physicalLocation);
    expect(places.map((p) => [p.artifactLocation.uri, p.region.startLine])).toEqual([['src/prog.bpf.c', 7], ['src/prog.bpf.c', 8]]);
  });

  it.each([
    ['x86.o', 'is no object that can be checked: it is an ELF file for another machine (62), not for eBPF (247)'],
    ['cut.bpf.o', 'is no object that can be checked: its table of sections'],
    ['lib.a', 'is an archive'],
    ['prog.bc', 'is LLVM bitcode'],
  ])('says what %s is, and ends with 2', (name, error) => {
    const { report, code } = workspace.check(name);
    expect(code).toBe(2);
    expect(report.files[0]?.error).toContain(error);
  });

  it('takes objects by name and by glob, and no folder gives any', () => {
    expect(workspace.check('.').report.files.map((f) => f.path.replace(/^\.\//, ''))).toEqual(['ours.c']);
    expect(workspace.check('*.o').report.files.map((f) => f.path)).toEqual(['bare.bpf.o', 'cut.bpf.o', 'prog.bpf.o', 'ring.bpf.o']);
  });
});

it('min-kernel and matrix answer for objects too', () => {
  expect(workspace.run('min-kernel', 'prog.bpf.o').stdout).toContain('prog.bpf.o: 5.17');
  const matrix = workspace.run('matrix', 'prog.bpf.o').stdout;
  expect(matrix).toContain('src/prog.bpf.c:8:10: count refused on');
});
