/** Macros of libbpf's headers that make programs and maps: what each stands for. Facts from bpf_helpers.h and bpf_tracing.h. */
import { code, paragraph, prose, type InfoSection } from '../text/info.js';

export interface MacroDoc {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Header that defines it, and first libbpf release that has it where that is known. */
  readonly header: string;
  readonly libbpf?: string;
}

const HELPERS = 'bpf/bpf_helpers.h';
const TRACING = 'bpf/bpf_tracing.h';

const LIST: readonly MacroDoc[] = [
  { name: 'SEC', usage: 'SEC("xdp")', summary: 'Places a function or variable in an ELF section. For a program, the section tells libbpf its type and attach type.', header: HELPERS },
  { name: '__uint', usage: '__uint(max_entries, 1024);', summary: 'A number in a BTF map definition: the type, key and value size, entries or flags.', header: HELPERS },
  { name: '__type', usage: '__type(key, __u32);', summary: 'The C type of a map’s key or value; its size and BTF follow from it.', header: HELPERS },
  { name: '__array', usage: '__array(values, int (void *));', summary: 'What the elements of a map of maps or of a program array look like; with it the map can have static `.values`.', header: HELPERS },
  { name: '__ulong', usage: '__ulong(map_extra, 3);', summary: 'A number of 64 bits in a BTF map definition, such as the address of an arena.', header: HELPERS },
  { name: '__ksym', usage: 'extern void bpf_rcu_read_lock(void) __ksym;', summary: 'An extern symbol of the kernel: a kfunc, or a variable that libbpf looks up in BTF or kallsyms.', header: HELPERS },
  { name: '__kconfig', usage: 'extern bool CONFIG_BPF_JIT __kconfig;', summary: 'An extern value that libbpf fills in from the configuration of the running kernel.', header: HELPERS },
  { name: '__weak', usage: 'extern int bpf_x(void) __ksym __weak;', summary: 'The symbol may be missing: its address is then zero. On a function, several objects may define it.', header: HELPERS },
  { name: '__arg_ctx', usage: 'int f(void *ctx __arg_ctx)', summary: 'Tells the verifier that this argument of a global function is the program’s context.', header: HELPERS },
  { name: '__arg_nonnull', usage: 'int f(int *p __arg_nonnull)', summary: 'Tells the verifier that this argument of a global function is not NULL.', header: HELPERS },
  { name: '__noinline', usage: '__noinline int f(int x)', summary: 'Keeps a function as a function of its own: a global one is then verified by itself.', header: HELPERS },
  { name: '__always_inline', usage: 'static __always_inline int f(int x)', summary: 'Makes the compiler inline the function into each caller.', header: HELPERS },
  { name: '__hidden', usage: '__hidden int f(int x)', summary: 'A global function that libbpf makes static when it loads: it is verified with its callers.', header: HELPERS },
  { name: 'bpf_printk', usage: 'bpf_printk("pid %d", pid);', summary: 'Writes a line to the trace pipe. Up to three arguments use `bpf_trace_printk`, more use `bpf_trace_vprintk` (Linux 5.16).', header: HELPERS },
  { name: 'bpf_for', usage: 'bpf_for(i, 0, n) { … }', summary: 'A bounded loop by the kernel’s number iterator (`bpf_iter_num_new` and its partners, Linux 6.4).', header: HELPERS },
  { name: 'bpf_for_each', usage: 'bpf_for_each(task, t, NULL, 0) { … }', summary: 'Loops over an open-coded iterator and destroys it on every way out.', header: HELPERS },
  { name: 'bpf_repeat', usage: 'bpf_repeat(n) { … }', summary: 'Runs a block n times by the kernel’s number iterator (Linux 6.4).', header: HELPERS },
  { name: 'BPF_PROG', usage: 'int BPF_PROG(name, struct file *file)', summary: 'Unpacks the array of 64-bit values that fentry, fexit, LSM, raw tracepoint and struct_ops programs get into typed arguments; the array itself stays as `ctx`.', header: TRACING },
  { name: 'BPF_PROG2', usage: 'int BPF_PROG2(name, struct pair, p)', summary: 'Like `BPF_PROG`, for arguments that are structs passed by value: type and name are separated by a comma.', header: TRACING },
  { name: 'BPF_KPROBE', usage: 'int BPF_KPROBE(name, int fd)', summary: 'Reads the probed function’s arguments out of `struct pt_regs *ctx`.', header: TRACING },
  { name: 'BPF_KRETPROBE', usage: 'int BPF_KRETPROBE(name, long ret)', summary: 'Reads the probed function’s return value out of `struct pt_regs *ctx`.', header: TRACING },
  { name: 'BPF_UPROBE', usage: 'int BPF_UPROBE(name, const char *s)', summary: 'Reads the arguments of a user-space function out of `struct pt_regs *ctx`.', header: TRACING },
  { name: 'BPF_URETPROBE', usage: 'int BPF_URETPROBE(name, int ret)', summary: 'Reads the return value of a user-space function out of `struct pt_regs *ctx`.', header: TRACING },
  { name: 'BPF_KSYSCALL', usage: 'int BPF_KSYSCALL(name, int fd)', summary: 'Reads a system call’s arguments, whether or not the kernel wraps its system calls.', header: TRACING },
  { name: 'BPF_USDT', usage: 'int BPF_USDT(name, int arg)', summary: 'Reads the arguments of a USDT probe.', header: 'bpf/usdt.bpf.h' },
  { name: 'BPF_CORE_READ', usage: 'BPF_CORE_READ(task, mm, arg_start)', summary: 'Follows pointers with probe reads whose offsets libbpf adapts to the running kernel.', header: 'bpf/bpf_core_read.h' },
];

/** By name. */
export const MACROS: ReadonlyMap<string, MacroDoc> = new Map(LIST.map((macro) => [macro.name, macro]));

export function describeMacro(macro: MacroDoc): readonly InfoSection[] {
  return [{ kind: 'code', code: macro.usage }, paragraph(...prose(macro.summary)), paragraph('Macro of ', code(macro.header))];
}
