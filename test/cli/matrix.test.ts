/** `matrix` and `min-kernel`: what they say of programs, in every format, and their exit codes. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MatrixJson } from '../../server/src/cli/matrix.js';
import type { MinKernelReport } from '../../server/src/cli/minKernel.js';
import { textTable } from '../../server/src/cli/reporters/table.js';
import { csvTable, markdownTable } from '../../server/src/features/text/table.js';
import { builtCli, Workspace } from './support.js';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const program = (section: string, name: string, body: string, context = 'xdp_md'): string => `SEC("${section}")\nint ${name}(struct ${context} *ctx)\n{\n\treturn ${body};\n}\n`;
const LTS = ['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18'];

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});

function matrix(text: string, ...options: string[]): { code: number | null; stderr: string; report: MatrixJson } {
  ws.write('a.c', text);
  const { code, stdout, stderr } = ws.run('matrix', '--format', 'json', ...options, 'a.c');
  return { code, stderr, report: JSON.parse(stdout) as MatrixJson };
}
/** A row's cells, one letter each: `+` runs, `-` refused, `?` unknown. */
const cells = (report: MatrixJson, row = 0): string => (report.files[0]?.programs[row]?.cells ?? []).map((c) => ({ runs: '+', refused: '-', unknown: '?' })[c.status]).join('');

describe('a cell', () => {
  it.each([
    ['a plain program', program('xdp', 'f', '2'), '+++++++'],
    ['a newer helper', program('xdp', 'f', 'bpf_loop(1, 0, 0, 0)'), '---++++'],
    ['a helper that the type never has', program('xdp', 'f', 'bpf_probe_write_user(0, 0, 0)'), '-------'],
    ['a newer section', program('xdp.frags', 'f', '2'), '---++++'],
    ['a newer map type', `struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");\n${program('xdp', 'f', 'bpf_ringbuf_query(&rb, 0)')}`, '-++++++'],
    ['a guarded helper', program('xdp', 'f', 'bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) ? bpf_loop(1, 0, 0, 0) : 2'), '+++++++'],
    ['a field of another attach type', program('xdp', 'f', 'ctx->egress_ifindex'), '-------'],
    ['what loaders rewrite', program('kprobe/x', 'f', 'bpf_probe_read_kernel(0, 0, 0)', 'pt_regs'), '+++++++'],
    ['a section that is not known', program('xpd', 'f', '2'), '???????'],
  ])('of %s', (_, text, expected) => expect(cells(matrix(text + LICENSE).report)).toBe(expected));

  it('is unknown where no fact answers', () => {
    const { report } = matrix(program('lsm.s/bprm_committed_creds', 'f', 'bpf_copy_from_user(0, 0, 0)', 'linux_binprm') + LICENSE);
    expect(cells(report)).toBe('-??++++');
    expect(report.files[0]?.programs[0]?.cells[1]).toEqual({
      kernel: '5.10', status: 'unknown',
      reasons: [{ status: 'unknown', feature: 'bpf_copy_from_user', message: 'Whether this kernel lets the program call `bpf_copy_from_user` is not known.', line: 4, column: 9 }],
    });
  });

  it('says why, with the place, and nothing where it runs', () => {
    const { report } = matrix(program('xdp.frags', 'f', 'bpf_loop(1, 0, 0, 0)') + LICENSE);
    const [first, , , fourth] = report.files[0]?.programs[0]?.cells ?? [];
    expect(first).toEqual({
      kernel: '5.4', status: 'refused',
      reasons: [
        { status: 'refused', feature: 'bpf_loop', rule: 'helper-newer-than-target', message: expect.stringContaining('upstream since Linux 5.17'), line: 4, column: 9 },
        { status: 'refused', feature: 'xdp.frags', message: '`xdp.frags` is upstream since Linux 5.18.', line: 1, column: 6 },
      ],
    });
    expect(fourth).toEqual({ kernel: '6.1', status: 'runs', reasons: [] });
  });

  it('needs a guard where only newer calls are refused', () => {
    const { report } = matrix(program('xdp', 'f', 'bpf_loop(1, 0, 0, 0)') + program('xdp.frags', 'g', 'bpf_loop(1, 0, 0, 0)') + LICENSE);
    const flags = report.files[0]?.programs.map((p) => p.cells.map((c) => c.needsGuard ?? false));
    expect(flags).toEqual([[true, true, true, false, false, false, false], Array(7).fill(false)]);
    expect(report.summary).toMatchObject({ refused: 6 });
  });

  it('names the header in which the reason stands', () => {
    ws.write('inc/n.h', 'static int note(void)\n{\n\treturn bpf_loop(1, 0, 0, 0);\n}\n');
    const { report } = matrix(`#include "inc/n.h"\n${program('xdp', 'f', 'note()')}${LICENSE}`);
    expect(report.files[0]?.programs[0]?.cells[0]?.reasons).toEqual([expect.objectContaining({ path: 'inc/n.h', line: 3, column: 9 })]);
  });
});

describe('a matrix', () => {
  const TEXT = program('xdp', 'a', '2') + program('xdp', 'b', 'bpf_loop(1, 0, 0, 0)') + LICENSE;

  it('describes programs, and counts', () => {
    const { code, stderr, report } = matrix(TEXT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report).toMatchObject({ version: 1, target: null, kernels: LTS, summary: { files: 1, programs: 2, runs: 11, refused: 3, unknown: 0 } });
    expect(report.files[0]?.programs[1]).toMatchObject({ name: 'b', section: 'xdp', programType: 'BPF_PROG_TYPE_XDP', attachType: 'BPF_XDP', line: 7, column: 5, minKernel: { version: '5.17' } });
  });

  it.each([
    ['6.1', 0, LTS],
    ['5.10', 1, LTS],
    ['5.16', 1, ['5.4', '5.10', '5.15', '5.16', '6.1', '6.6', '6.12', '6.18']],
    ['5.17..6.2', 0, ['5.4', '5.10', '5.15', '5.17', '6.1', '6.2', '6.6', '6.12', '6.18']],
    ['4.9,6.1', 1, ['4.9', ...LTS]],
  ])('for %s ends with %i and has these columns', (kernel, exit, kernels) => {
    const { code, report } = matrix(TEXT, '--kernel', kernel);
    expect({ code, kernels: report.kernels }).toEqual({ code: exit, kernels });
  });

  it('as text: a table, and each reason once with its kernels', () => {
    ws.write('a.c', TEXT);
    const { code, stdout, stderr } = ws.run('matrix', 'a.c');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'file  program  section  5.4          5.10         5.15         6.1   6.6   6.12  6.18',
      'a.c   a        xdp      runs         runs         runs         runs  runs  runs  runs',
      'a.c   b        xdp      needs guard  needs guard  needs guard  runs  runs  runs  runs',
      '',
      expect.stringMatching(/^a\.c:9:9: b refused on 5\.4, 5\.10, 5\.15: `bpf_loop` .* upstream since Linux 5\.17/),
      '',
    ]);
  });

  it('as Markdown and CSV', () => {
    ws.write('a,b_c.c', TEXT);
    expect(ws.run('matrix', '-f', 'markdown', 'a,b_c.c').stdout.split('\n').slice(0, 3)).toEqual([
      '| file | program | section | 5.4 | 5.10 | 5.15 | 6.1 | 6.6 | 6.12 | 6.18 |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| a,b\\_c.c | a | xdp | runs | runs | runs | runs | runs | runs | runs |',
    ]);
    expect(ws.run('matrix', '-f', 'csv', 'a,b_c.c').stdout).toBe(
      'file,program,section,5.4,5.10,5.15,6.1,6.6,6.12,6.18\n"a,b_c.c",a,xdp,runs,runs,runs,runs,runs,runs,runs\n"a,b_c.c",b,xdp,needs guard,needs guard,needs guard,runs,runs,runs,runs\n',
    );
  });

  it('of nothing is a head, and of what cannot be read an error beside the rest', () => {
    ws.write('user/main.c', 'int main(void) { return 0; }');
    expect(ws.run('matrix', '-f', 'csv', 'user')).toEqual({ code: 0, stdout: 'file,program,section,5.4,5.10,5.15,6.1,6.6,6.12,6.18\n', stderr: expect.stringContaining('no C file with a SEC') });
    ws.write('a.c', TEXT);
    const { code, stdout, stderr } = ws.run('matrix', '-f', 'json', 'gone.c', 'a.c');
    expect(code).toBe(2);
    expect(stderr).toContain('gone.c: no such file');
    expect((JSON.parse(stdout) as MatrixJson).files.map((f) => [f.path, f.error, f.programs.length])).toEqual([['gone.c', 'no such file or directory', 0], ['a.c', undefined, 2]]);
  });
});

describe('min-kernel', () => {
  const TEXT = program('xdp', 'a', '2') + program('xdp.frags', 'long_name', 'bpf_loop(1, 0, 0, 0)') + LICENSE;

  it('gives file, programs and what forces them', () => {
    ws.write('a.c', TEXT);
    expect(ws.run('min-kernel', 'a.c')).toEqual({
      code: 0, stderr: '',
      stdout: 'a.c: 5.18\n  a          4.8   BPF_PROG_TYPE_XDP, line 1\n  long_name  5.18  xdp.frags, line 6\n',
    });
  });

  it('sums several files up', () => {
    ws.write('a.c', TEXT);
    ws.write('b.c', program('xdp', 'b', 'bpf_ringbuf_query(0, 0)') + LICENSE);
    ws.write('c.c', 'int x;\n');
    const { stdout } = ws.run('min-kernel', 'a.c', 'b.c', 'c.c');
    expect(stdout).toMatch(/^b\.c: 5\.8\n/m);
    expect(stdout).toMatch(/^c\.c: no eBPF programs\nall 3 files: 5\.18\n$/m);
  });

  it('as JSON', () => {
    ws.write('a.c', TEXT);
    const { code, stdout } = ws.run('min-kernel', '-f', 'json', '-k', '5.10..6.1', 'a.c', 'gone.c');
    const report = JSON.parse(stdout) as MinKernelReport;
    expect(code).toBe(2);
    expect(report).toMatchObject({ version: 1, target: { min: '5.10', max: '6.1' }, minKernel: { version: '5.18' }, files: [{ path: 'a.c', minKernel: { version: '5.18' } }, { path: 'gone.c', error: 'no such file or directory', programs: [] }] });
    expect(report.files[0]?.programs.map((p) => [p.name, p.section, p.line, p.minKernel.reasons[0]?.feature])).toEqual([['a', 'xdp', 2, expect.any(String)], ['long_name', 'xdp.frags', 7, 'xdp.frags']]);
  });

  it.each([
    ['5.18', 0],
    ['5.18..6.12', 0],
    ['5.17', 1],
    ['5.10..6.12', 1],
    ['6.12,5.4', 1],
  ])('with --kernel %s ends with %i', (kernel, code) => {
    ws.write('a.c', TEXT);
    expect(ws.run('min-kernel', '--kernel', kernel, 'a.c').code).toBe(code);
  });
});

describe('tables', () => {
  const table = [['a', 'b'], ['x|y*_<b>', 'ä漢'], ['', '"q", z\r\n']];
  it('as text keep columns for wide characters', () => expect(textTable([['漢', 'b'], ['x', 'y']])).toBe('漢  b\nx   y\n'));
  it('as text hold no control characters', () => expect(textTable([['a\u001b[1m', 'b\nc']])).toBe('a·[1m  b·c\n'));
  it('as Markdown escape', () => expect(markdownTable(table)).toBe('| a | b |\n| --- | --- |\n| x\\|y\\*\\_\\<b\\> | ä漢 |\n|  | "q", z·· |\n'));
  it('as CSV quote', () => expect(csvTable(table)).toBe('a,b\nx|y*_<b>,ä漢\n,"""q"", z\r\n"\n'));
});
