/** Flags that helpers take for some map types only, as the maps' own operations in the kernel check them. */
import { entryOf } from '../text/entryOf.js';

const ARRAYS = ['BPF_MAP_TYPE_ARRAY', 'BPF_MAP_TYPE_PERCPU_ARRAY', 'BPF_MAP_TYPE_PROG_ARRAY', 'BPF_MAP_TYPE_PERF_EVENT_ARRAY', 'BPF_MAP_TYPE_CGROUP_ARRAY', 'BPF_MAP_TYPE_ARRAY_OF_MAPS'];
const DEVICES = ['BPF_MAP_TYPE_DEVMAP', 'BPF_MAP_TYPE_DEVMAP_HASH'];

/** Flag → map types that refuse it. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  // array_map_update_elem(), dev_map_update_elem() and cpu_map_update_elem(): every element of an array exists. queue_stack_maps.c takes BPF_ANY and BPF_EXIST.
  BPF_NOEXIST: [...ARRAYS, 'BPF_MAP_TYPE_DEVMAP', 'BPF_MAP_TYPE_CPUMAP', 'BPF_MAP_TYPE_QUEUE', 'BPF_MAP_TYPE_STACK', 'BPF_MAP_TYPE_CGROUP_STORAGE', 'BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE'],
};

/** Flag → the only map types that take it. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  // A lock in the value needs one of the maps that map_check_btf() lets have a bpf_spin_lock.
  BPF_F_LOCK: [
    'BPF_MAP_TYPE_HASH', 'BPF_MAP_TYPE_ARRAY', 'BPF_MAP_TYPE_CGROUP_STORAGE', 'BPF_MAP_TYPE_SK_STORAGE', 'BPF_MAP_TYPE_INODE_STORAGE',
    'BPF_MAP_TYPE_TASK_STORAGE', 'BPF_MAP_TYPE_CGRP_STORAGE',
  ],
  // dev_map_redirect() and dev_hash_map_redirect(); cpu_map_redirect() and xsk_map_redirect() take the low bits only.
  BPF_F_BROADCAST: DEVICES,
  BPF_F_EXCLUDE_INGRESS: DEVICES,
};

/** Why a flag is none for a map of this type, in a few words; '' where nothing is known to speak against it. */
export function flagMisfit(flag: string, mapType: string | null): string {
  if (mapType === null) return '';
  const taken = entryOf(TAKEN, flag);
  const misfit = taken !== undefined ? !taken.includes(mapType) : entryOf(REFUSED, flag)?.includes(mapType) === true;
  return misfit ? `not for ${mapType.replace('BPF_MAP_TYPE_', '')}` : '';
}
