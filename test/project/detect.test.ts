/** What a project's files say for its project file: what is sure, what is offered only, and what is left alone. */
import { describe, expect, it } from 'vitest';
import { bpf2goFlags, makefileFlags } from '../../server/src/project/buildFlags.js';
import { detect, type Detected } from '../../server/src/project/detect.js';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';
import { starter } from '../../server/src/project/starter.js';

const PROGRAM = 'SEC("xdp") int f(void *ctx) { return 2; }\nchar LICENSE[] SEC("license") = "GPL";\n';

function look(files: Readonly<Record<string, string>>): Detected {
  const paths = Object.keys(files);
  return detect({ paths, ebpf: paths.filter((path) => path.endsWith('.bpf.c')), text: (path) => files[path] });
}

const keys = (files: Readonly<Record<string, string>>): string[] => look(files).keys.map(({ name, value, sure }) => `${sure ? '' : '# '}${name}: ${value}`);

describe('include folders', () => {
  it('are those of recipes for eBPF, with the variables of the Makefile, as far as they are there', () => {
    const makefile = 'INC := ../include\nCFLAGS = -I../user -DUSER\nBPF_CFLAGS := -I$(INC) -isystem ../libbpf/src \\\n\t-I$(OUTPUT) -I/usr/include -I../../above\n%.o: %.c\n\tclang -target bpf $(BPF_CFLAGS) -I ../gone -c $<\n';
    const files = { 'bpf/Makefile': makefile, 'bpf/a.bpf.c': PROGRAM, 'include/a.h': '', 'user/u.h': '', 'libbpf/src/bpf.h': '' };
    expect(keys(files)).toEqual(['includePaths: [include, libbpf/src]']);
    expect(look(files).keys[0]!.from).toBe('bpf/Makefile');
  });

  it('come from bpf2go too, where all of its lines say the same', () => {
    const go = (flags: string): string => `package main\n\n//go:generate go run github.com/cilium/ebpf/cmd/bpf2go -tags linux bpf a.bpf.c -- ${flags}\n`;
    const base = { 'a/a.bpf.c': PROGRAM, 'headers/x.h': '', 'other/y.h': '' };
    expect(keys({ ...base, 'a/main.go': go('-I../headers'), 'b/main.go': go('-I../headers') })).toEqual(['includePaths: [headers]']);
    expect(keys({ ...base, 'a/main.go': go('-I../headers'), 'b/main.go': go('-I../other') })).toEqual(['# includePaths: [headers, other]']);
  });

  it('have the one vmlinux.h; of several nobody knows which', () => {
    expect(keys({ 'a.bpf.c': PROGRAM, 'types/vmlinux.h': '' })).toEqual(['includePaths: [types]']);
    const many = look({ 'a.bpf.c': PROGRAM, 'x86/vmlinux.h': '', 'arm64/vmlinux.h': '' });
    expect([many.keys, many.notes.at(-1)]).toEqual([[], 'vmlinux.h is in x86, arm64: say in includePaths which one counts.']);
  });

  it('leave out the folder that the files lie in', () => {
    expect(keys({ 'bpf/Makefile': 'x:\n\tclang --target=bpf -I. -c a.bpf.c\n', 'bpf/a.bpf.c': PROGRAM, 'bpf/a.h': '' })).toEqual([]);
  });
});

describe('CMake', () => {
  const base = { 'bpf/a.bpf.c': PROGRAM, 'bpf/inc/a.h': '', 'common/c.h': '', 'types/x86/vmlinux.h': '', 'types/arm64/vmlinux.h': '', 'user/u.h': '' };
  const cmake = (...lines: string[]): readonly string[] => keys({ ...base, 'CMakeLists.txt': 'project(p C)\n', 'bpf/CMakeLists.txt': lines.join('\n') });

  it('is read in commands that are run for eBPF, and in those only', () => {
    expect(cmake(
      'set(INC "-I${CMAKE_SOURCE_DIR}/common") # -I${CMAKE_SOURCE_DIR}/user',
      '#[[ add_custom_command(COMMAND clang -target bpf -DOLD) ]]',
      'add_custom_command(OUTPUT a.bpf.o COMMAND gcc -I${CMAKE_SOURCE_DIR}/user -DUSER COMMAND clang -g -target bpf ${INC} -isystem "${CMAKE_CURRENT_SOURCE_DIR}/inc"',
      '  -D__TARGET_ARCH_x86 -DN=4 -D${UNSET} -Irelative -I/usr/include -I${CMAKE_CURRENT_BINARY_DIR} -c a.bpf.c DEPENDS -DNOT)',
      'target_include_directories(loader PRIVATE ../user)',
    )).toEqual(['includePaths: [common, bpf/inc]', "# macros: [__TARGET_ARCH_x86, 'N=4']"]);
  });

  it('is read where a command is run in a folder that is known', () => {
    expect(cmake('add_custom_target(x COMMAND clang --target=bpf -I ../common -c a.bpf.c WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})')).toEqual(['includePaths: [common]']);
    expect(cmake('add_custom_target(x COMMAND clang --target=bpf -I ../common -c a.bpf.c)')).toEqual([]);
  });

  it('is read in variables, macros and targets for eBPF', () => {
    expect(cmake('set(BPF_C_FLAGS ${BPF_C_FLAGS} "-I${PROJECT_SOURCE_DIR}/common -DA")', 'list(APPEND BPF_C_FLAGS -DB)')).toEqual(['includePaths: [common]', '# macros: [A, B]']);
    expect(cmake('Bpf_Object(a a.bpf.c FLAGS -I${CMAKE_SOURCE_DIR}/common -DA)')).toEqual(['includePaths: [common]', '# macros: [A]']);
    expect(cmake('add_library(a OBJECT a.bpf.c)', 'target_include_directories(a SYSTEM PRIVATE inc ${CMAKE_SOURCE_DIR}/common)', 'target_compile_definitions(a PRIVATE A=1 -DB)')).toEqual(['includePaths: [bpf/inc, common]', "# macros: ['A=1', B]"]);
    expect(cmake('set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -target bpf")', 'include_directories(../common)', 'add_definitions(-DA)')).toEqual(['includePaths: [common]', '# macros: [A]']);
    expect(cmake('include_directories(../common)', 'add_definitions(-DA)')).toEqual([]);
  });

  it('leaves alone what a condition chooses, and what a function is called with', () => {
    const arch = 'if(X)\nset(ARCH x86)\nelseif(Y)\nset(ARCH arm64)\nendif()\n';
    expect(cmake(`${arch}set(BPF_FLAGS -D__TARGET_ARCH_\${ARCH} -I\${CMAKE_SOURCE_DIR}/types/\${ARCH} -DA)`)).toEqual(['# macros: [A]']);
    expect(cmake('set(ARCH x86)', 'set(BPFOBJECT_VMLINUX_H ${CMAKE_SOURCE_DIR}/types/${ARCH}/vmlinux.h)')).toEqual(['includePaths: [types/x86]']);
    expect(cmake(`${arch}set(BPFOBJECT_VMLINUX_H \${CMAKE_SOURCE_DIR}/types/\${ARCH}/vmlinux.h)`)).toEqual([]);
    expect(cmake('function(f dir)', 'add_custom_command(COMMAND clang -target bpf -I${CMAKE_CURRENT_SOURCE_DIR}/inc -I${dir} -I${CMAKE_SOURCE_DIR}/common)', 'endfunction()')).toEqual(['includePaths: [common]']);
    expect(keys({ ...base, 'CMakeLists.txt': '', 'cmake/Bpf.cmake': 'add_custom_command(COMMAND clang -target bpf -I${CMAKE_CURRENT_SOURCE_DIR} -I${CMAKE_CURRENT_LIST_DIR}/../common)' })).toEqual(['includePaths: [common]']);
  });

  it('does not leave the project, and ends soon', () => {
    expect(cmake('set(BPF_FLAGS -I${CMAKE_SOURCE_DIR}/../up -I${CMAKE_SOURCE_DIR}/bpf/../../etc -DA -DBAD(x))')).toEqual(['# macros: [A, BAD]']);
    const doubling = Array.from({ length: 200 }, () => 'set(BPF_FLAGS ${BPF_FLAGS} ${BPF_FLAGS} -DA)').join('\n');
    for (const text of [doubling, '"'.repeat(50_001), '('.repeat(50_000), '#[['.repeat(30_000), '[['.repeat(30_000), '${BPF_FLAGS} '.repeat(15_000)]) expect(cmake(text, 'set(BPF_FLAGS -DA)').length).toBeLessThan(2);
    expect(cmake(doubling)).toEqual(['# macros: [A]']);
  });
});

describe('Meson', () => {
  const base = { 'src/bpf/a.bpf.c': PROGRAM, 'src/bpf/inc/a.h': '', 'common/c.h': '', 'x86/x.h': '', 'arm64/x.h': '' };
  const meson = (...lines: string[]): readonly string[] => keys({ ...base, 'meson.build': "project('p', 'c')\n", 'src/bpf/meson.build': lines.join('\n') });

  it('is read in lists for eBPF and in commands', () => {
    expect(meson(
      "flags = ['-target', 'bpf', '-DA', # '-DOLD'", "  '-I' + meson.current_source_dir() / 'inc',", "  '-I@SOURCE_ROOT@/common', '-Irelative', '-D__TARGET_ARCH_@0@'.format(arch)]",
      "user_flags = ['-DUSER', '-I' + meson.project_source_root() / 'x86']",
      "bpf_args = ['-DB']",
      "o = custom_target('o', input : 'a.bpf.c', output : 'a.o', command : [clang, flags, bpf_args, '-DC', '-I', join_paths(meson.source_root(), 'x86'), '-c', '@INPUT@'])",
    )).toEqual(['includePaths: [src/bpf/inc, common, x86]', '# macros: [A, B, C]']);
  });

  it('goes on with what is added, and leaves alone what a condition chooses', () => {
    expect(meson("cmd = []", "if c", "  cmd += [clang, '-target', 'bpf']", 'endif', "cmd += ['-DA', x == 1 ? '-DB' : '-DC', '-DD']", "cmd += '-DE'")).toEqual(['# macros: [A, D, E]']);
    expect(meson("if a", "  arch = 'x86'", "else", "  arch = 'arm64'", 'endif', "bpf_flags = ['-I' + meson.project_source_root() / arch, '-D__TARGET_ARCH_' + arch, '-DA']")).toEqual(['# macros: [A]']);
    expect(meson("d = { 'a' : ['-DX'], 'b' : ['-DY'] }", "bpf_flags = d.get(m, ['-D__@0@__'.format(m)]) + ['-DA']", "if cc.has_argument('-DZ') and '''-DQ''' == d['a']", 'endif')).toEqual(['# macros: [A]']);
  });

  it('ends soon, and does not leave the project', () => {
    expect(meson("bpf_flags = ['-I@SOURCE_ROOT@/../up', '-I' + meson.project_source_root() + '/../../etc', '-DA']")).toEqual(['# macros: [A]']);
    const doubling = `bpf_flags = ['-DA']\n${'bpf_flags += bpf_flags\n'.repeat(200)}`;
    for (const text of ['['.repeat(50_000), "'".repeat(50_001), "'''".repeat(30_001), 'a(b[c{'.repeat(20_000), '+'.repeat(50_000), doubling]) expect(meson(text, "bpf_flags = ['-DA']").length).toBeLessThan(2);
    expect(meson(doubling)).toEqual(['# macros: [A]']);
  });
});

it('macros are offered only: conditions of the build choose between them', () => {
  expect(keys({ 'a.bpf.c': PROGRAM, Makefile: 'BPF_FLAGS = -D__TARGET_ARCH_x86 -DN=4 "-DQUOTED" -D$(X) -DBAD(x)\n' })).toEqual(["# macros: [__TARGET_ARCH_x86, 'N=4', QUOTED]"]);
});

it('macros for several processors are none to be set together', () => {
  expect(keys({ 'a.bpf.c': PROGRAM, Makefile: 'BPF_FLAGS = -D__TARGET_ARCH_x86 -DN=4\nBPF_FLAGS += -D__TARGET_ARCH_arm64\n' })).toEqual(["# macros: ['N=4']"]);
});

describe('libbpf', () => {
  const version = (major: number, minor: number): string => `#define LIBBPF_MAJOR_VERSION ${major}\n#define LIBBPF_MINOR_VERSION ${minor}\n`;
  it('is the one that lies in the project, or in its crate', () => {
    expect(keys({ 'a.bpf.c': PROGRAM, 'libbpf/src/libbpf_version.h': version(1, 4), 'libbpf/src/libbpf.map': 'LIBBPF_1.5.0 {\n};\n' })).toEqual(["libbpf: '1.4'"]);
    expect(keys({ 'a.bpf.c': PROGRAM, 'libbpf/src/libbpf.map': 'LIBBPF_0.0.1 {\n};\nLIBBPF_0.5.0 {\n};\n' })).toEqual(["libbpf: '0.5'"]);
    expect(keys({ 'a.bpf.c': PROGRAM, 'Cargo.lock': '[[package]]\nname = "libbpf-sys"\nversion = "1.6.2+v1.6.2"\n' })).toEqual(["libbpf: '1.6'"]);
  });

  it('is none where there are two, or where the crate holds a part of the project only', () => {
    expect(keys({ 'a.bpf.c': PROGRAM, 'x/libbpf/src/libbpf_version.h': version(1, 4), 'y/libbpf/src/libbpf_version.h': version(1, 2) })).toEqual([]);
    expect(keys({ 'a.bpf.c': PROGRAM, 'sub/Cargo.lock': 'name = "libbpf-sys"\nversion = "1.6.2+v1.6.2"\n' })).toEqual([]);
  });

  it('is offered only where another loader is in use, which is said', () => {
    const go = { 'a.bpf.c': PROGRAM, 'go.mod': 'require github.com/cilium/ebpf v0.17.1\n', 'libbpf/src/libbpf_version.h': version(1, 4) };
    expect(keys(go)).toEqual(["# libbpf: '1.4'"]);
    expect(look(go).notes).toContain('go.mod has cilium/ebpf: what only libbpf refuses may not matter.');
    expect(look({ 'Cargo.toml': '[dependencies]\naya = "0.13"\n' }).notes).toEqual(['No eBPF C was found.', 'Cargo.toml has aya: programs in Rust are checked as objects only.']);
  });
});

it('a licence is offered where some files say one and all of those the same', () => {
  const bare = PROGRAM.split('\n')[0]!;
  expect(keys({ 'a.bpf.c': PROGRAM, 'b.bpf.c': bare })).toEqual(['# license: GPL']);
  expect(keys({ 'a.bpf.c': PROGRAM, 'b.bpf.c': PROGRAM })).toEqual([]);
  expect(keys({ 'a.bpf.c': PROGRAM, 'b.bpf.c': PROGRAM.replace('GPL', 'Dual BSD/GPL'), 'c.bpf.c': bare })).toEqual([]);
});

it('submodules with eBPF C are left out; folders that are called so are offered', () => {
  expect(keys({ 'a.bpf.c': PROGRAM, '.gitmodules': '[submodule "bcc"]\n\tpath = deps/bcc\n\turl = x\n', 'deps/bcc/b.bpf.c': PROGRAM })).toEqual(["exclude: ['deps/bcc/**']"]);
  expect(keys({ 'a.bpf.c': PROGRAM, 'third_party/x/b.bpf.c': PROGRAM, 'third_party/y/c.bpf.c': PROGRAM })).toEqual(["# exclude: ['third_party/**']"]);
});

it('flags of clang and clangd that are read anyway are named', () => {
  expect(look({ 'a.bpf.c': PROGRAM, 'build/compile_commands.json': '[]', 'deep/compile_commands.json': '[]' }).notes).toEqual(['1 file with eBPF C in this folder.', 'The flags in build/compile_commands.json are used as they are.']);
});

describe('strange files', () => {
  it('end soon, and names cannot leave their line', () => {
    const loop = `A = $(B)$(B)$(B)$(B)\nB = $(A)$(A)$(A)$(A)\nBPF_FLAGS = $(A) -I${'x'.repeat(300)}\n`;
    expect(makefileFlags('Makefile', loop).macros).toEqual([]);
    expect(keys({ 'a.bpf.c': PROGRAM, 'x\nkernel: 6.1/vmlinux.h': '', 'y\u2028/b.bpf.c': PROGRAM })).toEqual([]);
    expect(bpf2goFlags('main.go', '//go:generate bpf2go a a.c -- -D1x -I')).toEqual({ folders: [], macros: [] });
    expect(makefileFlags('a/b/Makefile', 'BPF_FLAGS = -I../../../up -IC:/x -I../ok')).toEqual({ folders: ['a/ok'], macros: [] });
  });

  it('make a project file that reads as it was meant', () => {
    const detected = look({ 'a.bpf.c': PROGRAM, "it's here: [x]/vmlinux.h": '', Makefile: "BPF_FLAGS = -DA=1\n", 'third_party/b.bpf.c': PROGRAM, 'Cargo.lock': 'name = "libbpf-sys"\nversion = "1.6.2"\n' });
    const { mistakes, values } = readProjectFile(starter('5.4', detected), '/w/.ebpf-lens.yaml', { ruleIds: [], kernelProblem: () => undefined });
    expect(mistakes).toEqual([]);
    expect(values).toMatchObject({ targetKernel: '5.4', libbpfVersion: '1.6', includePaths: ["/w/it's here: [x]"] });
  });
});
