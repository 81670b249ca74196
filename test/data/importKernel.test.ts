/** Reading a kernel's source tree, and what is new or different against data/. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFiles, type DataFiles } from '../../data/build/dataFiles.js';
import { enumMembers, helperNumbers, kfuncs, licences, readKernelTree, versionOf, type KernelTree } from '../../data/build/import/kernelTree.js';
import { compareKernel } from '../../data/build/importKernel.js';

const UAPI = `
enum bpf_map_type {
	BPF_MAP_TYPE_UNSPEC,
	BPF_MAP_TYPE_HASH, /* first, second */
	BPF_MAP_TYPE_BRAND_NEW,
	__MAX_BPF_MAP_TYPE
};
#define ___BPF_FUNC_MAPPER(FN, ctx...)			\\
	FN(unspec, 0, ##ctx)				\\
	FN(map_lookup_elem, 1, ##ctx)			\\
	FN(brand_new, 212, ##ctx)			\\
	/* keep the order */
#define __BPF_FUNC_MAPPER_APPLY(name, value, FN) FN(name),
`;
const HELPERS = `
const struct bpf_func_proto bpf_map_lookup_elem_proto = {
	.func		= bpf_map_lookup_elem,
	.gpl_only	= true, /* FN(no) */
};
static const struct bpf_func_proto bpf_a_proto = { .func = bpf_a, .gpl_only = true };
static const struct bpf_func_proto bpf_a_free_proto = { .func = bpf_a, .gpl_only = false };
switch (func_id) {
case BPF_FUNC_map_lookup_elem:
	return &bpf_map_lookup_elem_proto;
case BPF_FUNC_a:
case BPF_FUNC_b:
	return multi ? &bpf_a_free_proto : &bpf_a_proto;
default:
	return &bpf_map_lookup_elem_proto;
}
`;
const KFUNCS = `
BTF_KFUNCS_START(ids)
BTF_ID_FLAGS(func, bpf_task_acquire, KF_ACQUIRE | KF_BRAND_NEW)
BTF_ID_FLAGS(func, bpf_brand_new)
BTF_KFUNCS_END(ids)
BTF_SET8_START(lonely)
BTF_ID_FLAGS(func, bpf_never_registered)
BTF_SET8_END(lonely)
static const struct btf_kfunc_id_set kset = { .owner = THIS_MODULE, .set = &ids, };
ret = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &kset);
ret = ret ?: register_btf_kfunc_id_set(BPF_PROG_TYPE_SOCKET_FILTER,
				       &kset);
`;

describe('a kernel tree', () => {
  it('numbers its helpers, today and before 6.2', () => {
    expect([...helperNumbers(UAPI)]).toEqual([['bpf_map_lookup_elem', 1], ['bpf_brand_new', 212]]);
    expect([...helperNumbers('#define __BPF_FUNC_MAPPER(FN)\\\n\tFN(unspec),\\\n\tFN(a),\\\n\tFN(b),\\\n\t/* end */\nFN(c),\n')]).toEqual([['bpf_a', 1], ['bpf_b', 2]]);
    expect(() => helperNumbers('int x;')).toThrow('BPF_FUNC_MAPPER');
  });

  it('has licences by the prototypes that its switches return', () => {
    expect([...licences(new Map([['a.c', HELPERS]]))].map(([name, values]) => [name, [...values].sort()])).toEqual([
      ['bpf_map_lookup_elem', [true]],
      ['bpf_a', [false, true]],
      ['bpf_b', [false, true]],
    ]);
  });

  it('has kfuncs where a set of them is registered', () => {
    expect([...kfuncs(new Map([['net/x.c', KFUNCS]]))]).toEqual([
      ['bpf_task_acquire', { flags: ['KF_ACQUIRE', 'KF_BRAND_NEW'], programTypes: ['BPF_PROG_TYPE_SOCKET_FILTER', 'BPF_PROG_TYPE_XDP'], file: 'net/x.c' }],
      ['bpf_brand_new', { flags: [], programTypes: ['BPF_PROG_TYPE_SOCKET_FILTER', 'BPF_PROG_TYPE_XDP'], file: 'net/x.c' }],
    ]);
  });

  it('has enums without their marks, and a version', () => {
    expect(enumMembers('enum e { A_UNSPEC, A_X = 3, A_Y, __MAX_A };', 'e')).toEqual(['A_X', 'A_Y']);
    expect(enumMembers('', 'e')).toEqual([]);
    expect(versionOf('# x\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\n')).toBe('6.1.192');
    expect(() => versionOf('all:')).toThrow('VERSION');
  });
});

describe('against data/', () => {
  let dir: string;
  let files: DataFiles;
  let tree: KernelTree;
  const part = (title: string): readonly string[] => compareKernel(tree, files).find((p) => p.title === title)!.lines;
  beforeAll(async () => {
    files = (await readDataFiles(fileURLToPath(new URL('../../data', import.meta.url)))).files!;
    dir = await mkdtemp(path.join(os.tmpdir(), 'ebpf-lens-kernel-'));
    for (const [file, text] of [['Makefile', 'VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\n'], ['include/uapi/linux/bpf.h', UAPI], ['kernel/a.c', HELPERS], ['net/deep/x.c', KFUNCS]] as const) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), text);
    }
    tree = await readKernelTree(dir);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('names what is new', () => {
    expect(part('new helpers')).toEqual(['bpf_brand_new']);
    expect(part('new kfuncs')).toEqual(['bpf_brand_new']);
    expect(part('new map types')).toEqual(['BPF_MAP_TYPE_BRAND_NEW']);
  });

  it('names what is missing, but not what has gone or has another name', () => {
    expect(part('helpers that data/ expects and the tree lacks')).toContain('bpf_redirect: data/ says since 4.4');
    const maps = part('map types that data/ expects and the tree lacks').join('\n');
    expect(maps).toContain('BPF_MAP_TYPE_ARRAY:');
    expect(maps).not.toMatch(/DEPRECATED|UNSPEC/);
    expect(part('kfuncs that data/ expects and the tree lacks').join('\n')).not.toContain('hid_bpf_attach_prog');
  });

  it('names what differs', () => {
    expect(part('helpers with another gpl_only')).toEqual(['bpf_map_lookup_elem: true, data/ has false']);
    expect(part('kfuncs with other flags than the newest kernel').join()).toMatch(/^bpf_task_acquire: \+KF_BRAND_NEW -KF_RCU/);
    expect(part('kfuncs registered for other program types than listed').join()).toContain('bpf_task_acquire: BPF_PROG_TYPE_SOCKET_FILTER');
    expect(part('helpers with another number')).toEqual([]);
  });

  it('names what it has before data/ says so', () => {
    const older: KernelTree = { ...tree, version: '5.0.1' };
    expect(compareKernel(older, files).find((p) => p.title === 'kfuncs that data/ dates later')!.lines).toEqual(['bpf_task_acquire: data/ says since 6.2']);
  });

  it('does not take any folder for a kernel', async () => {
    await expect(readKernelTree(os.tmpdir())).rejects.toThrow('bpf.h');
  });
});
