/** The single table of settings: the editor's contribution points, the docs page and the server's defaults all come from it. */

/** A severity a user may give a rule; `off` silences it. */
export type SeveritySetting = 'error' | 'warning' | 'info' | 'off';

export interface Settings {
  /** `5.15`, `5.4..6.8`, `rhel9.4`, `./vmlinux.btf`, `running`, several with commas, or '' for none. */
  readonly targetKernel: string;
  /** What to assume when no licence is in sight: `unknown`, or a licence string such as `GPL` or `Proprietary`. */
  readonly assumeLicense: string;
  /** The libbpf release that loads the programs, `1.2`, or '' where it is not known. */
  readonly libbpfVersion: string;
  /** Severity by rule id. */
  readonly severity: Readonly<Record<string, SeveritySetting>>;
  /** Function name or section string (a trailing `*` matches any rest) → section string that gives its type, e.g. `{"my_prog_*": "xdp"}`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Extra folders in which `#include`s are looked for. */
  readonly includePaths: readonly string[];
  /** Macros set from outside: `NAME`, `NAME=VALUE`. */
  readonly defines: readonly string[];
  /** Processor that the programs are built for, as in `__TARGET_ARCH_…`, or '' for what the code says. */
  readonly architecture: '' | 'x86' | 'arm64' | 'arm' | 's390' | 'riscv' | 'powerpc' | 'loongarch' | 'mips';
  /** Delay in ms between an edit and the diagnostics. */
  readonly debounceMs: number;
  /** How much to offer in completion: everything, or only what a C language server cannot. Clients settle `auto`; unsettled it is `all`. */
  readonly completion: 'auto' | 'all' | 'ebpf-only' | 'off';
  readonly statusBar: boolean;
  /** Whether files of the workspace that are not open are read. */
  readonly workspaceIndex: boolean;
  /** At most so many of them. */
  readonly workspaceIndexFiles: number;
  /** Lines above programs. */
  readonly codeLens: boolean;
  /** Where to show the least kernel: what decides the file's, what decides a program's too, or nowhere. */
  readonly kernelHints: 'file' | 'program' | 'off';
  /** `auto`: where no other server colours C. */
  readonly semanticTokens: 'auto' | 'on' | 'off';
  /** What navigation answers for: everything it knows, only what a C language server cannot know, or nothing. */
  readonly navigation: 'all' | 'ebpf-only' | 'off';
  /** Level of the output channel. */
  readonly logLevel: 'off' | 'error' | 'info' | 'debug';
}
