/** The messages of our own between client and server, beside the protocol's. The client imports this file's types and names only. */

import type { Position, Range } from './placeMessages.js';

/** Request: what the status bar shows for a document, or for the program around `position`. */
export const STATUS_REQUEST = 'ebpfLens/status';
export interface StatusParams {
  readonly textDocument: { readonly uri: string };
  readonly position?: Position;
}

/** One entry of the list behind the status bar item. */
export interface StatusReason {
  /** `bpf_redirect_map` */
  readonly feature: string;
  /** helper, kfunc, section, attach-type, map-type, field, flag, macro, language */
  readonly kind: string;
  /** `5.18`, or `between 6.12 and 6.16` where only that is known. */
  readonly since: string;
  /** Name of the program that needs it, if it is one program's matter. */
  readonly program?: string;
  /** True when the code asks for it before it uses it, so that it forces nothing. */
  readonly guarded: boolean;
  /** True when it is newer than the lowest target kernel. */
  readonly exceedsTarget: boolean;
  readonly uri: string;
  readonly range: Range;
}

export interface StatusInfo {
  /** `ebpf`: analysed; `no-programs`: eBPF file without programs; `header`: a header opened alone; `not-ebpf`: nothing to show. */
  readonly state: 'ebpf' | 'no-programs' | 'header' | 'not-ebpf';
  /** `eBPF ≥ 5.18`, `eBPF 5.18 – 6.14`, `eBPF`. */
  readonly text: string;
  /** Markdown without commands or HTML. */
  readonly tooltip: string;
  readonly minKernel: string | null;
  readonly maxKernel: string | null;
  /** True when the minimum is above the lowest target, or the maximum below the highest. */
  readonly exceedsTarget: boolean;
  /** The target as the user wrote it; '' if none. */
  readonly targetKernel: string;
  /** The program that `position` is in, if any; the version is then that program's. */
  readonly program: string | null;
  readonly reasons: readonly StatusReason[];
  /** Why the file is not checked, or not wholly, though it looks as if it had to do with eBPF; plain text. */
  readonly notice?: { readonly text: string; readonly reason: string };
}

/** Notification from the server: a document was analysed; ask again for its status. */
export const ANALYZED_NOTIFICATION = 'ebpfLens/analyzed';
export interface AnalyzedParams {
  readonly uri: string;
  readonly version: number;
}

/** Request: what the reference holds, for a list to search in. */
export const SEARCH_INDEX_REQUEST = 'ebpfLens/searchIndex';
export interface SearchIndexParams {
  /** Only what concerns programs of this type (`BPF_PROG_TYPE_XDP`). */
  readonly programType?: string;
}
export interface SearchEntry {
  /** What `PageParams` takes. */
  readonly id: string;
  /** `bpf_redirect`, `SEC("xdp")`, `struct xdp_md` */
  readonly label: string;
  /** `helper`, `map type`, … */
  readonly kind: string;
  readonly aliases: readonly string[];
  /** One or two sentences as plain text; may be empty. */
  readonly summary: string;
}
export interface SearchIndex {
  readonly entries: readonly SearchEntry[];
  /** Every program type there is, to filter by; `title` is short (`XDP`). */
  readonly programTypes: readonly { readonly name: string; readonly title: string }[];
}

/** Request: the page of one entry; null if there is none of this id. */
export const PAGE_REQUEST = 'ebpfLens/page';
export interface PageParams {
  readonly id: string;
}
export interface Page {
  readonly id: string;
  readonly title: string;
  /** No HTML, commands or images. Links between pages are relative: `../helper/bpf_redirect.md`. */
  readonly markdown: string;
}

/** The client's command behind lenses that peeks at places: the document's URI, a position in it, and the places. */
export const PEEK_PLACES_COMMAND = 'ebpfLens.peekPlaces';
export interface PeekPlace {
  readonly uri: string;
  readonly range: Range;
}
/** The client's command behind lenses that lists what forces a program's kernel: `StatusParams` is its only argument. */
export const KERNEL_AT_COMMAND = 'ebpfLens.showMinimumKernelAt';

/** Scheme of the pages as documents of the client, which has them where it says `commandLinks`. */
export const PAGE_SCHEME = 'ebpf-lens';
export const pageUri = (id: string): string => `${PAGE_SCHEME}:/${encodeURI(id)}.md`;

/** The client's command that opens a page, with the entry's id as its only argument; hovers link to it if the client says `commandLinks`. */
export const OPEN_PAGE_COMMAND = 'ebpfLens.openReferencePage';

/** Request to the client: the entries of a folder, `[name, 'file' | 'folder'][]`, or null; asked only where the client says `readsFiles`. */
export const READ_DIRECTORY_REQUEST = 'ebpfLens/readDirectory';
/** Request to the client: a file's text, or null if there is none, or it is no text, or too large. */
export const READ_FILE_REQUEST = 'ebpfLens/readFile';
export interface ReadParams {
  readonly uri: string;
}

/** A place with a name. */
export interface NamedPlace {
  readonly name: string;
  /** Where it stands, which may be a header of the file that it is listed for. */
  readonly uri: string;
  readonly range: Range;
  readonly nameRange: Range;
}

/** `errors`: something in it is refused; `exceeds`: it needs a kernel outside of the target; `unknown`: its section says nothing known. */
export type ProgramState = 'fine' | 'exceeds' | 'errors' | 'unknown';

export interface ProgramSummary extends NamedPlace {
  readonly section: string;
  readonly programType: string | null;
  readonly attachType: string | null;
  /** `XDP`, to group and filter by. */
  readonly typeTitle: string | null;
  /** `XDP, devmap` */
  readonly kind: string;
  readonly sleepable: boolean;
  readonly state: ProgramState;
  readonly minKernel: string | null;
  readonly maxKernel: string | null;
  readonly helpers: readonly string[];
  readonly kfuncs: readonly string[];
  readonly maps: readonly string[];
  readonly errors: number;
  readonly warnings: number;
}

/** One file of the workspace with eBPF programs or maps in it. */
export interface FileSummary {
  readonly uri: string;
  /** Path relative to its workspace folder, or the file's name where it is in none. */
  readonly path: string;
  readonly programs: readonly ProgramSummary[];
  readonly maps: readonly (NamedPlace & { readonly type: string | null })[];
  readonly globals: readonly (NamedPlace & { readonly type: string })[];
  readonly license: string | null;
  readonly minKernel: string | null;
  readonly maxKernel: string | null;
  /** As the user wrote it; '' if none. */
  readonly targetKernel: string;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** Request: every eBPF file of the workspace as far as it is known. The first one starts the index; changes are told from then on. */
export const WORKSPACE_REQUEST = 'ebpfLens/workspace';
export interface WorkspaceParams {
  /** Looks for files anew. */
  readonly rescan?: boolean;
}
export interface WorkspaceInfo extends WorkspaceProgress {
  readonly files: readonly FileSummary[];
}
export interface WorkspaceProgress {
  /** `off`: the setting says so, only open files are known. */
  readonly state: 'indexing' | 'ready' | 'off';
  /** True where the workspace has more files than the setting allows. */
  readonly truncated: boolean;
}

/** Notification from the server: what of the workspace changed. */
export const WORKSPACE_CHANGED_NOTIFICATION = 'ebpfLens/workspaceChanged';
export interface WorkspaceChange extends WorkspaceProgress {
  /** Those that are new or not as they were. */
  readonly files: readonly FileSummary[];
  /** URIs of those that are gone or have no eBPF any more. */
  readonly removed: readonly string[];
}

/** The client's command that switches a rule off in the workspace's settings: its arguments are the rule's id and, where a project file counts, that file's URI. Offered if the client says `severityCommand`. */
export const SWITCH_RULE_OFF_COMMAND = 'ebpfLens.switchRuleOff';

/** Request: what a verifier log says, in any text. */
export const EXPLAIN_LOG_REQUEST = 'ebpfLens/explainLog';
export interface ExplainLogParams {
  readonly text: string;
}
/** A source line as a log tells it; `line` counts from 1. */
export interface LogNote {
  readonly code: string;
  readonly file?: string;
  readonly line?: number;
}
export interface LogStep {
  readonly note: LogNote;
  /** One line of plain text. */
  readonly text: string;
}
/** One program that was refused. */
export interface LogFailure {
  /** Plain text, ours. */
  readonly title: string;
  /** The log's own words. */
  readonly message: string;
  /** Name of the entry about the message; null for one that is not known. */
  readonly id: string | null;
  readonly program: string | null;
  readonly note: LogNote | null;
  /** The way to it, oldest first; only steps whose source line is known. */
  readonly steps: readonly LogStep[];
}
export interface ExplainedLog {
  readonly verdict: 'explained' | 'unknown' | 'accepted' | 'cut' | 'not-a-log';
  readonly title: string;
  /** No HTML, commands or images; links lead to pages of the reference beside it. */
  readonly markdown: string;
  readonly failures: readonly LogFailure[];
}

/** Request: where in these texts the lines of a log stand. */
export const LOCATE_LOG_REQUEST = 'ebpfLens/locateLogLines';
export interface LocateLogParams {
  readonly notes: readonly LogNote[];
  readonly program: string | null;
  readonly sources: readonly { readonly uri: string; readonly text: string }[];
}
/** One for each note, in their order. */
export type LocatedLogLines = readonly (LocatedLogLine | null)[];
export interface LocatedLogLine {
  readonly uri: string;
  readonly range: Range;
  /** False if the text there is another than the log's. */
  readonly certain: boolean;
}

/** Request: what a piece of a log holds, for a hover; null for nothing. */
export const LOG_HOVER_REQUEST = 'ebpfLens/logHover';
export interface LogHoverParams {
  /** The line of the log. */
  readonly line: string;
  readonly character: number;
}
export interface LogHover {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

/** Request: what a new program can be: types with their sections, and map types. */
export const NEW_PROGRAM_CHOICES_REQUEST = 'ebpfLens/newProgramChoices';
export interface NewProgramSection {
  /** As in libbpf's table: `xdp.frags/devmap`. */
  readonly section: string;
  readonly attachType: string | null;
  readonly sleepable: boolean;
  /** First kernel as far as is known: `5.18`; '' if nothing is. */
  readonly since: string;
  /** What follows the slash; absent where nothing does. */
  readonly target?: { readonly grammar: string; readonly example: string };
}
export interface NewProgramChoices {
  readonly types: readonly { readonly programType: string; readonly title: string; readonly summary: string; readonly sections: readonly NewProgramSection[] }[];
  readonly mapTypes: readonly { readonly name: string; readonly since: string; readonly summary: string }[];
}

/** Request: the text of a new program. */
export const NEW_PROGRAM_REQUEST = 'ebpfLens/newProgram';
export interface NewProgramParams {
  readonly section: string;
  readonly target?: string;
  readonly mapTypes: readonly string[];
}
export type NewProgramResult = { readonly fileName: string; readonly text: string } | { readonly error: string };

/** Request: a `.clangd` for eBPF C, made of the one that is there and of what was found on the machine. */
export const CLANGD_SETUP_REQUEST = 'ebpfLens/clangdSetup';
export interface ClangdSetupParams {
  /** The text of the `.clangd` that is there; absent if there is none. */
  readonly existing?: string;
  /** As in `__TARGET_ARCH_x86`. */
  readonly arch: string;
  /** Headers that `CLANGD_HEADERS` found in the workspace: whole paths with `/`. */
  readonly headers: readonly string[];
  /** The machine's own folders for `asm/types.h`. */
  readonly machineDirs: readonly string[];
  /** Files with eBPF C whose names do not say so, relative to the folder of the `.clangd`. */
  readonly otherFiles: readonly string[];
}
/** What the client looks for in the workspace, as one glob. */
export const CLANGD_HEADERS = '{**/vmlinux.h,**/bpf/bpf_helpers.h,**/include/uapi/linux/bpf.h}';
export type ClangdSetupResult = { readonly text: string; readonly changed: boolean; readonly hasVmlinux: boolean } | { readonly error: string };

/** Request: the project file (`.ebpf-lens.yaml`) that counts for the document `uri`; null where there is none. */
export const PROJECT_FILE_REQUEST = 'ebpfLens/projectFile';
export interface ProjectFileInfo {
  readonly uri: string;
  /** The target kernel that it says for the document; '' for none. */
  readonly kernel: string;
  /** The entry of its `targets` that says it; absent where the top does, or nothing. */
  readonly set?: number;
}

/** Request: a project file's text with one thing in it changed. */
export const PROJECT_EDIT_REQUEST = 'ebpfLens/editProjectFile';
export interface ProjectEditParams {
  /** As it is in the editor, or on the disk. */
  readonly text: string;
  readonly change: { readonly rule: string; readonly severity: string } | { readonly kernel: string; readonly set?: number };
}
export type ProjectEditResult = { readonly text: string } | { readonly error: string };

/** Request: the `text` of a new project file; `kernel` is the target to begin with, '' for none. */
export const PROJECT_STARTER_REQUEST = 'ebpfLens/projectFileStarter';
export * from './matrixMessages.js';
export * from './placeMessages.js';
export * from './targetMessages.js';
