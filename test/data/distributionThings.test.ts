/** What sources of distributions' kernels tell: trees of our own making against data/, and what the committed lists say of known kernels. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFiles, type DataFiles } from '../../data/build/dataFiles.js';
import { compareThings, readThingTree } from '../../data/build/import/distributionThings.js';
import { hasThing, type Kernel, type KernelThing } from '../../server/src/facts/kernel.js';
import { parseTarget } from '../../server/src/model/target.js';
import { loadTestFacts } from '../support/facts.js';

const facts = await loadTestFacts();

function kernel(name: string): Kernel {
  const parsed = parseTarget(name, facts);
  const found = 'target' in parsed ? parsed.target.kernel : undefined;
  if (!found) throw new Error(`${name} is no single kernel`);
  return found;
}

describe('kernels whose sources were read', () => {
  // By the release that vendors name for their BPF, or by the sources themselves.
  it.each<[string, KernelThing, string, boolean | undefined]>([
    ['rhel8.3', 'helper', 'bpf_ringbuf_reserve', false],
    ['rhel8.4', 'helper', 'bpf_ringbuf_reserve', true],
    ['rhel8.4', 'helper', 'bpf_get_current_task_btf', false],
    ['rhel8.10', 'helper', 'bpf_get_current_task_btf', true],
    ['rhel8.10', 'attach-type', 'BPF_SK_REUSEPORT_SELECT', false],
    ['rhel8.10', 'field', 'sk_reuseport_md.migrating_sk', false],
    ['rhel8.10', 'constant', 'BPF_TCP_BOUND_INACTIVE', true],
    ['rhel9.1', 'helper', 'bpf_loop', false],
    ['rhel9.2', 'helper', 'bpf_loop', true],
    ['rhel9.2', 'map-type', 'BPF_MAP_TYPE_USER_RINGBUF', false],
    ['rhel9.3', 'map-type', 'BPF_MAP_TYPE_USER_RINGBUF', true],
    ['rhel9.5', 'kfunc', 'bpf_cpumask_weight', true],
    ['rhel9.6', 'kfunc', 'scx_bpf_create_dsq', false],
    ['rhel10.0', 'kfunc', 'scx_bpf_create_dsq', true],
    ['rhel10.0', 'program-type', 'BPF_PROG_TYPE_NETFILTER', true],
    ['sles15sp6', 'helper', 'bpf_loop', undefined],
    ['rhel9.7', 'kfunc', 'scx_bpf_create_dsq', undefined],
  ])('%s, %s %s: %s', (name, kind, thing, has) => expect(hasThing(kernel(name), kind, thing, facts)).toBe(has));

  it('say nothing of what no release is known for', () => {
    expect(hasThing(kernel('rhel8.6'), 'helper', 'bpf_of_tomorrow', facts)).toBeUndefined();
    expect(hasThing(kernel('rhel8.6'), 'constant', 'IPPROTO_TCP', facts)).toBeUndefined();
  });
});

describe('a tree', () => {
  const data = fileURLToPath(new URL('../../data', import.meta.url));
  let root = '';
  let files: DataFiles;
  const tree = (name: string, { helpers, more = '', kernel: source = '' }: { helpers: readonly string[]; more?: string; kernel?: string }): Promise<string> => write(path.join(root, name), helpers, more, source);

  async function write(dir: string, helpers: readonly string[], more: string, source: string): Promise<string> {
    await mkdir(path.join(dir, 'include/uapi/linux'), { recursive: true });
    await mkdir(path.join(dir, 'kernel/bpf'), { recursive: true });
    const mapper = ['unspec', ...helpers].map((name) => `\tFN(${name.replace(/^bpf_/, '')}),\t\\`).join('\n');
    const members = (map: ReadonlyMap<string, { lifetime?: { since: string } }>): string => [...map].filter(([, { lifetime }]) => lifetime && /^(?:3\.|4\.[0-4]$)/.test(lifetime.since)).map(([name]) => `\t${name},`).join('\n');
    await writeFile(path.join(dir, 'include/uapi/linux/bpf.h'), `/* BPF_MAP_TYPE_ARENA in words only */
enum bpf_map_type {\n${members(files.mapTypes)}\n};\nenum bpf_prog_type {\n${members(files.programTypes)}\n};\nenum bpf_attach_type {\n};
#define __BPF_FUNC_MAPPER(FN)\t\\\n${mapper}\n\t/* */\nstruct xdp_md {\n\t__u32 data;\n\t__u32 data_end;\n};\n${more}`);
    await writeFile(path.join(dir, 'kernel/bpf/helpers.c'), source);
    return dir;
  }

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'things-'));
    files = (await readDataFiles(data)).files!;
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('answers by the numbers of helpers, members of enums, fields and sets of kfuncs, not by what comments mention', async () => {
    const read = await readThingTree(await tree('a', { helpers: ['bpf_map_lookup_elem', 'bpf_loop'], more: '#define BPF_F_LOCK 4\n', kernel: 'BTF_KFUNCS_START(set)\nBTF_ID_FLAGS(func, bpf_obj_new_impl, KF_ACQUIRE)\nBTF_KFUNCS_END(set)\nvoid bpf_obj_drop_impl(void);' }));
    expect([read.has('helper', 'bpf_loop'), read.has('helper', 'bpf_map_update_elem')]).toEqual([true, false]);
    expect([read.has('map-type', 'BPF_MAP_TYPE_HASH'), read.has('map-type', 'BPF_MAP_TYPE_ARENA')]).toEqual([true, false]);
    expect([read.has('field', 'xdp_md.data_end'), read.has('field', 'xdp_md.data_meta'), read.has('field', 'bpf_sock.family')]).toEqual([true, false, undefined]);
    expect([read.has('constant', 'BPF_F_LOCK'), read.has('constant', 'BPF_F_NUMA_NODE')]).toEqual([true, false]);
    expect([read.has('kfunc', 'bpf_obj_new_impl'), read.has('kfunc', 'bpf_obj_drop_impl'), read.has('kfunc', 'bpf_rbtree_first')]).toEqual([true, undefined, false]);
  });

  it('differs from a release by exceptions, and what its first and last kernel disagree on is open', async () => {
    const old = [...files.helpers].filter(([, { since }]) => ['3.18', '3.19', '4.1', '4.2', '4.3', '4.4'].includes(since)).map(([name]) => name);
    const first = await readThingTree(await tree('first', { helpers: [...old, 'bpf_loop'] }));
    const last = await readThingTree(await tree('last', { helpers: [...old, 'bpf_loop', 'bpf_strncmp'] }));
    const { things } = compareThings(first, last, files, '4.4');
    expect(things.helper?.more).toEqual(['bpf_loop']);
    expect(things.helper?.open).toEqual(['bpf_strncmp']);
    expect(things.field?.fewer ?? []).not.toContain('xdp_md.data');
  });
});
