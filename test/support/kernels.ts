/** A kernel with types for tests: a few functions, hooks, tracepoints and structs, and no helpers, so that versions answer for those. */
import { readKernelTypes } from '../../server/src/btf/kernelTypes.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { kernelOfTypes, type Kernel, type KernelsByName } from '../../server/src/facts/kernel.js';
import { BtfEncoder } from './btfEncoder.js';

/** The name that targets in tests use for it. */
export const TEST_KERNEL = './vmlinux.btf';
/** The same without the types of its modules. */
export const LONE_KERNEL = './alone.btf';

export function testBtf(): Uint8Array {
  const e = new BtfEncoder();
  const int = e.int('int', 4, true);
  const mm = e.struct('mm_struct', 8, [{ name: 'pgd', type: int, offset: 0 }]);
  const mmPointer = e.pointer(mm);
  const inner = e.struct('', 8, [{ name: 'tgid', type: int, offset: 0 }]);
  e.struct('task_struct', 32, [
    { name: '__state', type: int, offset: 0 }, { name: 'pid', type: int, offset: 32 }, { name: 'mm', type: mmPointer, offset: 64 }, { name: '', type: inner, offset: 128 },
  ]);
  const proto = e.prototype(int, [['dfd', int]]);
  for (const name of ['do_unlinkat', 'do_unlinkat_other', 'tcp_connect', 'tcp_close', 'bpf_lsm_file_open', 'bpf_rcu_read_lock']) e.function(name, proto, 1);
  e.typedef('btf_trace_sched_switch', e.pointer(proto));
  return e.bytes();
}

const kernels = new WeakMap<FactBook, KernelsByName>();

/** What a host would find behind `./vmlinux.btf`, as in a folder with the types of all modules (none). */
export function testKernels(_target: string, facts: FactBook): KernelsByName {
  let known = kernels.get(facts);
  if (!known) {
    const types = readKernelTypes([{ name: 'vmlinux', bytes: testBtf() }]);
    if ('error' in types) throw new Error(types.error.message);
    const kernel = (name: string, whole: boolean): [string, Kernel] => [name, { ...kernelOfTypes(name, types, facts, 6008), bpf: 6008, whole }];
    kernels.set(facts, (known = new Map([kernel(TEST_KERNEL, true), kernel(LONE_KERNEL, false)])));
  }
  return known;
}
