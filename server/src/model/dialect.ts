/** Recognises C for eBPF that other tools load than libbpf and its like: its sections, maps and context are not what we know. */
import type { FileView } from '../syntax/views.js';
import type { Dialect, Program } from './model.types.js';
import type { UnitIndex } from './unitIndex.js';

/** Macros of bcc's helpers.h, and of Android's bpf_helpers.h; a unit that defines one itself is no such dialect. */
const BCC = /^(?:BPF_(?:TABLE(?:_\w+)?|HASH|ARRAY|HISTOGRAM|PERCPU_(?:HASH|ARRAY|CGROUP_STORAGE)|LRU_(?:PERCPU_)?HASH|LPM_TRIE|STACK_TRACE(?:_BUILDID)?|PERF_OUTPUT|PERF_ARRAY|RINGBUF_OUTPUT|PROG_ARRAY|CGROUP_ARRAY|XSKMAP|DEVMAP|CPUMAP|SOCKMAP|SOCKHASH|SK_STORAGE|INODE_STORAGE|TASK_STORAGE|ARRAY_OF_MAPS|HASH_OF_MAPS|QUEUE|STACK|QUEUESTACK)|(?:RAW_)?TRACEPOINT_PROBE|KFUNC_PROBE|KRETFUNC_PROBE|KMOD_RET|LSM_PROBE|MODULE_K(?:RET)?FUNC_PROBE|BPF_ITER)$/;
const ANDROID = /^DEFINE_BPF_(?:PROG|MAP|RINGBUF)(?:_\w+)?$/;
/** The same macros as words of a text at the start of a line, where the parser makes something else of them. */
const ANDROID_LINE = /^DEFINE_BPF_(?:PROG|MAP|RINGBUF)(?:_[A-Z_]+)?\s*\(/m;
const WINDOWS_HEADER = /(?:^|\/)ebpf_(?:nethooks|structs|ntos_hooks|windows|program_types|extension|store_helper)\.h$/;
const WINDOWS_CONTEXT = /^(?:bind_md_t|xdp_md_t|bpf_sock_addr_t|bpf_sock_ops_t|process_md_t|netevent_event_md_t|sample_program_context_t)\b/;
const IPROUTE2_HEADER = /(?:^|\/)iproute2\/|(?:^|\/)bpf_(?:api|elf)\.h$/;
const IPROUTE2_MACRO = /^__section_(?:(?:cls|act)_entry|xdp_entry|maps)$/;

/** The dialect of a unit's main file, undefined for what libbpf and cilium/ebpf load. */
export function dialectOf(index: UnitIndex, programs: readonly Program[]): Dialect | undefined {
  const { main } = index;
  const own = (name: string): boolean => index.defines.has(name);
  if (main.includes.some((i) => WINDOWS_HEADER.test(i.path)) || programs.some((p) => WINDOWS_CONTEXT.test(p.fn.params[0]?.type ?? ''))) return 'windows';
  if (isIproute2(main, own)) return 'iproute2';
  // Both write their programs without a SEC: where one stands, such a macro is a project's own.
  if (programs.length > 0) return undefined;
  const used = [...wordsOf(main)].filter((name) => !own(name));
  if (used.some((name) => ANDROID.test(name)) || (!own('DEFINE_BPF_PROG') && !own('DEFINE_BPF_MAP') && ANDROID_LINE.test(main.text))) return 'android';
  return used.some((name) => BCC.test(name)) ? 'bcc' : undefined;
}

function isIproute2(main: FileView, own: (name: string) => boolean): boolean {
  if (main.includes.some((i) => IPROUTE2_HEADER.test(i.path)) || main.variables.some((v) => /^struct bpf_elf_map\b/.test(v.type))) return true;
  return main.functions.some((f) => f.annotations.some((a) => IPROUTE2_MACRO.test(a.name) && !own(a.name)));
}

/** Macros that stand where declarations do. */
function* wordsOf(main: FileView): Generator<string> {
  for (const use of main.macroUses ?? []) yield use.name;
  for (const fn of main.functions) {
    if (fn.wrapper !== undefined) yield fn.wrapper;
    // `TRACEPOINT_PROBE(a, b) {…}` reads like a function without a type.
    yield fn.name;
  }
}
