/** The messages of our own between client and server, beside the protocol's. The client imports this file's types and names only. */

/** A zero-based LSP position and range, repeated here so that the client needs no server code. */
export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

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

/** The client's command that opens a page, with the entry's id as its only argument; hovers link to it if the client says `commandLinks`. */
export const OPEN_PAGE_COMMAND = 'ebpfLens.openReferencePage';
