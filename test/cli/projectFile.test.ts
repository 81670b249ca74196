/** Project files on the command line: which one counts, what counts more, and every mistake with its place. */
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';
import { Workspace } from './support.js';

const CODE = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n';
let work: Workspace;
beforeEach(() => {
  work = new Workspace({ 'src/a.bpf.c': CODE, 'src/new/b.bpf.c': CODE, 'vendor/v.bpf.c': CODE });
});
afterEach(() => work.remove());
const found = (...args: string[]): Record<string, string[]> => Object.fromEntries(work.check(...args).report.files.map((f) => [f.path, f.findings.map((x) => x.rule)]));

const TOO_NEW = ['helper-newer-than-target'];
const PROJECT = 'kernel: 5.10\ntargets: [{ files: src/new/**, kernel: ["6.1", 6.6] }]\nexclude: [vendor]\n';

it('says targets by glob and leaves files out that nobody names', () => {
  work.write('.ebpf-lens.yaml', PROJECT);
  const { report, code, stderr } = work.check('.');
  expect([code, stderr]).toEqual([1, '']);
  expect(Object.fromEntries(report.files.map((f) => [f.path, f.findings.map((x) => x.rule)]))).toEqual({ './src/a.bpf.c': TOO_NEW, './src/new/b.bpf.c': [] });
  expect([report.target, report.targets]).toEqual([{ min: '5.10', max: '6.6' }, [{ min: '5.10', max: '5.10' }, { min: '6.1', max: '6.1' }, { min: '6.6', max: '6.6' }]]);
  expect(found('vendor/v.bpf.c')).toEqual({ 'vendor/v.bpf.c': TOO_NEW });
});

it('options count more: --kernel, --no-config, --config with paths from the working folder', () => {
  work.write('.ebpf-lens.yaml', PROJECT);
  work.write('ci/strict.yaml', 'kernel: 6.6\ntargets: [{ files: src/new/**, kernel: 4.19 }]\n');
  expect(found('--kernel', '4.19', 'src')).toEqual({ 'src/a.bpf.c': TOO_NEW, 'src/new/b.bpf.c': TOO_NEW });
  expect(found('--no-config', '.')).toEqual({ './src/a.bpf.c': [], './src/new/b.bpf.c': [], './vendor/v.bpf.c': [] });
  expect(found('--config', 'ci/strict.yaml', 'src')).toEqual({ 'src/a.bpf.c': [], 'src/new/b.bpf.c': TOO_NEW });
});

it('takes the nearest one, up to the top of the repository', () => {
  work.write('.ebpf-lens.yaml', 'kernel: 5.10\n');
  work.write('src/new/.ebpf-lens.yaml', '# nothing\n');
  work.write('vendor/.git/HEAD', 'ref: refs/heads/main\n');
  expect(found('src', 'vendor')).toEqual({ 'src/a.bpf.c': TOO_NEW, 'src/new/b.bpf.c': [], 'vendor/v.bpf.c': [] });
});

it('takes macros, include folders, rules, the licence and programs from it', () => {
  work.write('.ebpf-lens.yaml', 'kernel: 5.10\nincludePaths: [inc]\nmacros: ["WHERE=\\"xdp\\""]\nrules: { helper-newer-than-target: warning }\n');
  work.write('inc/f.h', 'static int f(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx); }\n');
  work.write('src/a.bpf.c', '#include <f.h>\nSEC(WHERE) int p(struct xdp_md *ctx) { return f(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n');
  const { report, code } = work.check('src/a.bpf.c');
  expect(code).toBe(0);
  expect(report.files[0]?.findings.map((f) => [f.rule, f.severity, f.path?.replace(/.*\/inc/, 'inc')])).toEqual([['helper-newer-than-target', 'warning', 'inc/f.h']]);
});

it('min-kernel and matrix heed it', () => {
  work.write('.ebpf-lens.yaml', PROJECT);
  expect(work.run('min-kernel', '.').code).toBe(1);
  expect(work.run('min-kernel', '--kernel', '6.1', '.').code).toBe(0);
  expect(work.run('matrix', '.').stdout).not.toContain('vendor');
});

describe('mistakes', () => {
  it('are all listed, once, with exit code 2, and the rest counts', () => {
    work.write('.ebpf-lens.yaml', 'kernel: [5.10, soon]\nrule: {}\nincludePaths: [/usr]\n');
    for (const args of [['--jobs', '1'], ['--jobs', '2']]) {
      const { code, stderr, report } = work.check(...args, '.');
      expect(code).toBe(2);
      expect(stderr.split('\n').slice(0, -1)).toEqual([
        expect.stringMatching(/^\.ebpf-lens\.yaml:1:16: "kernel": .*soon/) as string,
        '.ebpf-lens.yaml:2:1: "rule" is no key of a .ebpf-lens.yaml; did you mean "rules"?',
        expect.stringMatching(/^\.ebpf-lens\.yaml:3:16: "\/usr" in "includePaths" must be relative/) as string,
      ]);
      expect(report.problems?.map((p) => [p.path, p.line, p.column])).toEqual([['.ebpf-lens.yaml', 1, 16], ['.ebpf-lens.yaml', 2, 1], ['.ebpf-lens.yaml', 3, 16]]);
      expect(report.files.map((f) => f.findings.length)).toEqual([1, 1, 1]);
    }
  });

  it('a file that is a folder, binary, or not there', () => {
    work.write('.ebpf-lens.yaml/x', '');
    expect(work.run('check', 'src')).toMatchObject({ code: 2, stderr: '.ebpf-lens.yaml:1:1: the file is a directory\n' });
    work.write('src/new/.ebpf-lens.yaml', new Uint8Array([107, 0, 1]));
    expect(work.run('check', 'src/new').stderr).toContain('src/new/.ebpf-lens.yaml:1:1: the file is a binary file');
    expect(work.run('check', '--config', 'nope.yaml', 'src')).toMatchObject({ code: 2, stderr: 'ebpf-lens: --config: nope.yaml: no such file or directory\n' });
  });
});

describe('init', () => {
  it('writes a file that says nothing but what was asked for, and never over one', () => {
    expect(work.run('init', '--kernel', '5.4..5.10,6.1').code).toBe(0);
    const file = path.join(work.dir, '.ebpf-lens.yaml');
    const text = readFileSync(file, 'utf8');
    const read = readProjectFile(text, file.replaceAll('\\', '/'), { ruleIds: [], kernelProblem: () => undefined });
    expect([read.mistakes, read.values]).toEqual([[], { targetKernel: '5.4..5.10,6.1' }]);
    const all = readProjectFile(text.replace(/^# (?=\w+: )/gm, '').replace(/^kernel.*\n/m, ''), '/w/.ebpf-lens.yaml', { ruleIds: ['unknown-section'], kernelProblem: () => undefined });
    expect(all.mistakes).toEqual([]);
    expect(Object.keys(all.values).length).toBeGreaterThan(5);
    work.write('.ebpf-lens.yaml', 'kernel: 5.4\n');
    expect(work.run('init')).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') as string });
    expect(readFileSync(file, 'utf8')).toBe('kernel: 5.4\n');
  });

  it('looks at what the folder says, writes that with where it stands, and tells of it', () => {
    const own = new Workspace({
      'bpf/a.bpf.c': '#include "shapes.h"\nSEC("xdp") int f(struct shape *ctx) { return 2; }\nchar LICENSE[] SEC("license") = "GPL";\n',
      'bpf/Makefile': 'a.o: a.bpf.c\n\tclang -target bpf -I../headers -DVERBOSE -c $< -o $@\n',
      'headers/shapes.h': 'struct shape;\n',
      'build/vmlinux.h': 'struct task_struct;\n',
    });
    const { code, stderr } = own.run('init', '--kernel', '5.4');
    expect(code).toBe(0);
    expect(stderr.split('\n').slice(1)).toEqual([
      '  1 file with eBPF C in bpf/.', '  includePaths: [headers] (bpf/Makefile)', '  only as a comment, macros: [VERBOSE] (bpf/Makefile)', '',
    ]);
    const text = readFileSync(path.join(own.dir, '.ebpf-lens.yaml'), 'utf8');
    expect(text).toMatch(/^# As found: bpf\/Makefile\.\nincludePaths: \[headers\]\n/m);
    expect(text).toMatch(/^# As found: bpf\/Makefile\.\n# macros: \[VERBOSE\]\n/m);
    expect(own.check('bpf').code).toBe(0);
    expect(own.run('init').code).toBe(2);
    expect(readFileSync(path.join(own.dir, '.ebpf-lens.yaml'), 'utf8')).toBe(text);
    own.remove();
  });

  it.each([
    ['bpf/CMakeLists.txt', 'add_custom_command(OUTPUT a.o COMMAND clang -target bpf -I${CMAKE_CURRENT_SOURCE_DIR}/../headers -c a.bpf.c)\n'],
    ['bpf/bpf.cmake', 'set(BPF_CFLAGS -I${CMAKE_CURRENT_LIST_DIR}/../headers)\n'],
    ['bpf/meson.build', "bpf_flags = ['-target', 'bpf', '-I' + meson.current_source_dir() / '../headers']\n"],
  ])('looks at %s', (file, text) => {
    const own = new Workspace({ 'bpf/a.bpf.c': 'SEC("xdp") int f(void *ctx) { return 2; }\n', 'headers/a.h': '', [file]: text });
    expect(own.run('init').stderr).toContain(`  includePaths: [headers] (${file})\n`);
    own.remove();
  });

  it('does not follow a link to nowhere, and refuses what is no folder', () => {
    symlinkSync('/tmp/ebpf-lens-nowhere', path.join(work.dir, 'src/.ebpf-lens.yaml'));
    expect(work.run('init', 'src').code).toBe(2);
    expect(work.run('init', 'src/a.bpf.c')).toMatchObject({ code: 2, stderr: 'ebpf-lens: src/a.bpf.c is no folder\n' });
    expect(work.run('init', '--kernel', 'soon').code).toBe(2);
  });
});
