/**
 * The rows of the table of settings. The editor's contribution points, docs/settings.md, the defaults and the checks of
 * what a user wrote all come from these rows; nothing about a setting is said anywhere else.
 */

/** `machine-overridable` and `resource` as VS Code means them: may a workspace, or a folder in it, say otherwise? */
export type SettingScope = 'window' | 'resource' | 'machine-overridable';

export interface SettingRow {
  /** Without the `ebpfLens.` in front. */
  readonly key: string;
  readonly type: 'string' | 'boolean' | 'integer' | 'strings' | 'string-map';
  readonly default: string | boolean | number | readonly string[] | Readonly<Record<string, string>>;
  /** One paragraph of Markdown. */
  readonly description: string;
  readonly scope: SettingScope;
  /** Values that a string, or each value of a string-map, may have, with what they mean. */
  readonly values?: Readonly<Record<string, string>>;
  /** What a string must look like. */
  readonly pattern?: string;
  /** Bounds of an integer, ends included. */
  readonly range?: readonly [min: number, max: number];
  /** An example of use for the docs page, as JSON. */
  readonly example?: string;
  /** What a project file calls it (`server/src/project/projectKeys.ts`). Absent: it is a matter of taste or of the machine, and no project says it. */
  readonly project?: string;
  /** True where only the editor's client reads it and the server has no use for it. */
  readonly clientOnly?: boolean;
}

/** The prefix of every key in the editor. */
export const SECTION = 'ebpfLens';

export const SETTINGS_TABLE: readonly SettingRow[] = [
  {
    key: 'targetKernel',
    project: 'kernel',
    type: 'string',
    default: '',
    description:
      'The kernels that your programs must load on: a release (`5.15`), a range with both ends (`5.4..6.8`), a distribution (`rhel9.4`, `ubuntu22.04-hwe`; the command “Set Target Kernel” lists them), ' +
      'a file with the BTF of a kernel (`./appliance.btf`, `/sys/kernel/btf/vmlinux`), `running`, or several with commas. ' +
      'Whatever is newer than the lowest of them is reported. Empty: no target, only what no kernel allows is reported.',
    scope: 'resource',
    example: '"5.4..6.8"',
  },
  {
    key: 'assumeLicense',
    project: 'license',
    type: 'string',
    default: 'unknown',
    description:
      'The licence to assume where a file does not say (`char LICENSE[] SEC("license")`): `unknown`, which reports nothing, ' +
      'or a licence string such as `GPL` or `Proprietary`.',
    scope: 'resource',
    example: '"Dual BSD/GPL"',
  },
  {
    key: 'libbpfVersion',
    project: 'libbpf',
    type: 'string',
    default: '',
    description:
      'The libbpf release that loads your programs (`1.2`). Sections that it does not know yet, and definitions that it no longer takes, are then reported. ' +
      'Empty: not known, or another loader.',
    scope: 'resource',
    pattern: '^(v?[0-9]+(\\.[0-9]+){1,2})?$',
    example: '"1.2"',
  },
  {
    key: 'severity',
    project: 'rules',
    type: 'string-map',
    default: {},
    description: 'Severity by rule id.',
    scope: 'resource',
    values: {
      error: 'Reported as an error.',
      warning: 'Reported as a warning.',
      info: 'Reported as information.',
      off: 'Not reported.',
    },
    example: '{ "unknown-section": "off" }',
  },
  {
    key: 'programs',
    project: 'programs',
    type: 'string-map',
    default: {},
    description:
      'For loaders that choose the program type themselves: function name or section string (a trailing `*` matches any rest) ' +
      'to the section string that gives its type.',
    scope: 'resource',
    example: '{ "my_classifier_*": "tc", "custom/filter": "cgroup_skb/ingress" }',
  },
  {
    key: 'includePaths',
    project: 'includePaths',
    type: 'strings',
    default: [],
    description: 'Extra folders in which `#include`s are looked for, absolute or relative to the workspace folder.',
    scope: 'machine-overridable',
    example: '["bpf/include", "/usr/include"]',
  },
  {
    key: 'defines',
    project: 'macros',
    type: 'strings',
    default: [],
    description: 'Macros that your build sets from outside, as after the compiler\'s `-D`: they decide `#if`s and sections made of macros.',
    scope: 'resource',
    example: '["__TARGET_ARCH_x86", "MAX_CPUS=128"]',
  },
  {
    key: 'architecture',
    project: 'architecture',
    type: 'string',
    default: '',
    description:
      'The processor that your programs run on. Some features came to it later than to others (trampolines, kfuncs, atomics, arenas …), which then counts for the minimum kernel. ' +
      'Without it, `__TARGET_ARCH_…` in the code or the compiler\'s flags decides.',
    scope: 'resource',
    values: {
      '': 'What the code or its flags say; else not known.',
      x86: '64-bit x86.',
      arm64: '64-bit Arm.',
      arm: '32-bit Arm.',
      s390: 'IBM Z.',
      riscv: '64-bit RISC-V.',
      powerpc: '64-bit PowerPC.',
      loongarch: '64-bit LoongArch.',
      mips: '64-bit MIPS.',
    },
    example: '"arm64"',
  },
  {
    key: 'completion',
    type: 'string',
    default: 'auto',
    description: 'How much to offer while you type, and whether signatures are shown.',
    scope: 'window',
    values: {
      auto: 'In VS Code `ebpf-only` if clangd\'s extension is there, so that nothing is offered twice; else `all`.',
      all: 'Everything: also helpers, macros and constants, which a C language server offers too, in the order of what the program may use.',
      'ebpf-only': 'Only what a C language server cannot offer, or not for this very place: fields that the program may touch, sections, map definitions, flags, maps, values to return, skeletons, kfuncs that are not declared.',
      off: 'Nothing.',
    },
  },
  {
    key: 'codeLens.enabled',
    type: 'boolean',
    default: true,
    description: 'Show a line above each program: its kind, the least kernel, and how many maps and shared functions it uses.',
    scope: 'resource',
  },
  {
    key: 'inlayHints.minimumKernel',
    type: 'string',
    default: 'file',
    description: 'Show the least kernel behind what forces it. Whatever is guarded forces nothing and gets no hint.',
    scope: 'resource',
    values: {
      file: 'Behind what decides the least kernel of the whole file.',
      program: 'Also behind what decides the least kernel of a single program.',
      off: 'Nowhere.',
    },
  },
  {
    key: 'semanticHighlighting',
    type: 'string',
    default: 'auto',
    description: 'Colour helpers, kfuncs, maps, programs and the context by what they are. The editor takes such colours from one extension only.',
    scope: 'resource',
    values: {
      auto: 'Where no other extension that colours C by meaning (clangd, Microsoft C/C++) is installed.',
      on: 'Always, in eBPF files.',
      off: 'Never.',
    },
  },
  {
    key: 'navigation',
    type: 'string',
    default: 'all',
    description:
      'What go to definition, references, highlights, links and the call hierarchy answer for. ' +
      'Where a C language server gives the same place too, the editor shows it once.',
    scope: 'resource',
    values: {
      all: 'Maps, programs, functions, globals, helpers and kfuncs.',
      'ebpf-only': 'Only what a C language server cannot know: tail calls, members of struct_ops, sections, helpers and kfuncs.',
      off: 'Nothing.',
    },
  },
  {
    key: 'statusBar.enabled',
    type: 'boolean',
    default: true,
    description: 'Show the minimum kernel of the open file, or of the program under the cursor, in the status bar.',
    scope: 'window',
  },
  {
    key: 'workspaceIndex.enabled',
    type: 'boolean',
    default: true,
    description: 'Read the eBPF C files of the workspace in the background, for the "eBPF Programs" view, the compatibility matrix, references and the search for symbols. Off: only open files are known.',
    scope: 'resource',
  },
  {
    key: 'workspaceIndex.maxFiles',
    type: 'integer',
    default: 5000,
    description: 'At most so many C files of the workspace are looked at in the background. What `.gitignore` leaves out does not count.',
    scope: 'window',
    range: [0, 100000],
  },
  {
    key: 'debounceMs',
    type: 'integer',
    default: 150,
    description: 'Milliseconds of quiet after an edit before problems are shown anew. Hovers and completion never wait for it.',
    scope: 'window',
    range: [0, 5000],
  },
  {
    key: 'logLevel',
    type: 'string',
    default: 'info',
    description: 'How much the server says in the output channel.',
    scope: 'window',
    values: {
      off: 'Nothing.',
      error: 'What went wrong.',
      info: 'What went wrong, and what the server did about settings and files.',
      debug: 'Every analysis with its time.',
    },
  },
  {
    key: 'trace.server',
    type: 'string',
    default: 'off',
    description: 'Write the messages between editor and server to the output channel.',
    scope: 'window',
    values: { off: 'No messages.', messages: 'Their names.', verbose: 'Their content too.' },
    clientOnly: true,
  },
];
