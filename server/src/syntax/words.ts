/** The words that the lexer tells apart: C's keywords, and the macros of eBPF code that are no C. */

export const CONTROL = 1; // statement keyword
export const TYPE = 2; // a type by itself: int, unsigned, void
export const TAG = 4; // struct, union, enum
export const QUALIFIER = 8; // const, volatile, restrict
export const STORAGE = 16; // static, extern, inline, typedef, register
export const ATTRIBUTE = 32; // says something about a declaration, then vanishes; takes arguments if a `(` follows and TAKES is set
export const TAKES = 64; // an ATTRIBUTE with arguments
export const SECTION = 128; // SEC("…") and macros like it
export const MAP_FIELD = 256; // __uint, __type, __array, __ulong
export const ASM = 512;
export const TYPEOF = 1024;
export const LOOP = 2048; // a macro that heads a loop
export const PROGRAM = 4096; // BPF_PROG(name, …) and the like
export const KNOWN_TYPE = 8192; // typedef names with leading underscores, which are no attributes
export const OPERATOR = 16384; // sizeof and friends
export const NATIVE_TYPE_ARGS = 32768; // call-like words whose type arguments the grammar knows
export const ERASE_CALL = 65536; // `_Pragma("…")`: vanishes with its arguments

const TABLE: readonly (readonly [flags: number, words: string])[] = [
  [CONTROL, 'if else while for do switch case default return goto break continue'],
  [TYPE, 'int char short long void float double signed unsigned _Bool bool'],
  [TYPE | KNOWN_TYPE, '__signed__ __signed __int128 __int128_t __uint128_t __builtin_va_list __auto_type'],
  [KNOWN_TYPE, '__u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __be16 __be32 __be64 __le16 __le32 __le64 __sum16 __wsum __u128 __s128'],
  [TAG, 'struct union enum'],
  [QUALIFIER, 'const volatile restrict __restrict__ __const _Atomic __volatile__ __volatile'],
  [STORAGE, 'static extern inline typedef register auto _Thread_local __thread __inline __inline__ _Noreturn'],
  [OPERATOR | NATIVE_TYPE_ARGS, 'sizeof _Alignof __alignof__ alignof __alignof'],
  [NATIVE_TYPE_ARGS, 'offsetof _Generic'],
  [TYPEOF, 'typeof __typeof__ __typeof typeof_unqual typeof_nonbtf bpf_typeof'],
  [ASM, 'asm __asm__ __asm asm_volatile'],
  [SECTION, 'SEC __section __section_maps_btf __sec SECTION'],
  [MAP_FIELD, '__uint __type __array __ulong'],
  [LOOP, 'bpf_for bpf_for_each bpf_repeat bpf_for_each_arena'],
  [ERASE_CALL, '_Pragma __label__'],
  [PROGRAM, 'BPF_PROG BPF_PROG2 BPF_KPROBE BPF_KRETPROBE BPF_UPROBE BPF_URETPROBE BPF_KSYSCALL BPF_KPROBE_SYSCALL BPF_USDT BPF_STRUCT_OPS BPF_STRUCT_OPS_SLEEPABLE BPF_FUNC BPF_TRACE_RAW'],
  [ATTRIBUTE | TAKES, '__attribute__ __attribute __declspec __msg __msg_unpriv __xlated __xlated_unpriv __jited __regex __description __log_level __retval __retval_unpriv __flag __btf_path __arch __contains __arg_tag __aligned __aligned__ __alias __exception_cb __caps_unpriv __load_if_JITed __linear_size __auxiliary_unpriv __stderr __stdout __stderr_unpriv __stdout_unpriv __bpf_kfunc_tag __printf __test_tag __counted_by __btf_decl_tag __btf_type_tag __test_state_freq __alloc_size'],
  [ATTRIBUTE, '__always_inline __noinline __weak __hidden __ksym __kconfig __naked __success __success_unpriv __failure __failure_unpriv __unused __maybe_unused __used __arena __arena_global __kptr __kptr_untrusted __kptr_ref __percpu_kptr __uptr __iomem __user __percpu __rcu __force __kernel __bpf_fastcall __arg_ctx __arg_nonnull __arg_nullable __arg_trusted __arg_untrusted __arg_arena __auxiliary __packed __noreturn __pure __cold __hot __must_check __init __exit __bpf_kfunc __nocast __private __ref __read_mostly __ro_after_init __visible __always_unused __always_used __extension__ __restrict __bpf_percpu __no_inline noinline always_inline __flatten __may_alias __arch_x86_64 __arch_arm64 __arch_riscv64 __arch_s390x __not_msg __lto_compatible __nonstring __noclone __nofp __used_section __preserve_access_index __naked_fn __no_tail_call __fallthrough_attr nodebug'],
];

const BITS = 13;
const filter = new Uint8Array(1 << BITS);
const flagsById: number[] = [0];
const idByWord = new Map<string, number>();

/** One step of the hash that the lexer runs over an identifier. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

for (const [flags, words] of TABLE) {
  for (const word of words.split(' ')) {
    let hash = 0;
    for (let i = 0; i < word.length; i++) hash = hashStep(hash, word.charCodeAt(i));
    filter[(hash ^ (hash >>> BITS)) & ((1 << BITS) - 1)] = 1;
    if (!idByWord.has(word)) {
      idByWord.set(word, flagsById.length);
      flagsById.push(flags);
    }
  }
}

/** Number of a known word, 0 for every other. `hash` is the lexer's, it spares the look-up for nearly all others. */
export function wordId(text: string, start: number, end: number, hash: number): number {
  if (filter[(hash ^ (hash >>> BITS)) & ((1 << BITS) - 1)] === 0) return 0;
  return idByWord.get(text.slice(start, end)) ?? 0;
}

/** Flags of a word's number. */
export function flagsOf(id: number): number {
  return flagsById[id] ?? 0;
}

/** Flags of a word; 0 for an ordinary identifier. */
export function wordFlags(word: string): number {
  return flagsById[idByWord.get(word) ?? 0] ?? 0;
}

/** True for words that C itself reserves, as far as the lexer knows them. */
export function isKeyword(flags: number): boolean {
  return (flags & (CONTROL | TYPE | TAG | QUALIFIER | STORAGE | OPERATOR | TYPEOF | ASM)) !== 0;
}
