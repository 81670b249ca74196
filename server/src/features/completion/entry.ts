/** What a completion entry is: plain data, of which `lsp/` makes protocol items. */
import type { Span, TextEdit } from '../../text/span.js';

/** What a lazily loaded documentation is about. */
export interface EntryRef {
  readonly kind: 'helper' | 'kfunc' | 'map-type' | 'section' | 'field' | 'constant' | 'macro' | 'program-type';
  /** `bpf_redirect`, `BPF_MAP_TYPE_HASH`, `xdp`, `xdp_md.data`. */
  readonly name: string;
}

export interface CompletionEntry {
  /** The bare name. */
  readonly label: string;
  readonly kind: 'field' | 'section' | 'function' | 'constant' | 'macro' | 'snippet' | 'map' | 'value' | 'type';
  /** One line beside the label: type, access, since. */
  readonly detail: string;
  /** What speaks against it in a few words, shown dimmed behind the label: `not in XDP`. */
  readonly note?: string;
  /** What it means or is, shown dimmed behind the label where there is no note. */
  readonly aside?: string;
  /** What is typed to find it, where that is not the label. */
  readonly filter?: string;
  /** Inserted instead of the label. */
  readonly insert?: string;
  /** Inserted by clients that know snippets, in their grammar (`${1:name}`). */
  readonly snippet?: string;
  /** Entries are shown in ascending order of it. */
  readonly order: string;
  /** Selected when the list opens. */
  readonly preselect?: boolean;
  /** Shown struck through: not for this program or target. */
  readonly discouraged?: boolean;
  /** A kfunc that nothing declares: accepting it writes the declaration (`kfuncDeclaration`). */
  readonly undeclared?: boolean;
  /** Changes elsewhere in the file that accepting it makes. */
  readonly edits?: readonly TextEdit[];
  readonly ref?: EntryRef;
}

export interface CompletionResult {
  /** What an accepted entry replaces. */
  readonly replace: Span;
  readonly entries: readonly CompletionEntry[];
  /** True if entries were left out for their number, so that the client has to ask again as the word grows. */
  readonly incomplete: boolean;
}

/** `$`, `}` and `\` mean something in a snippet. */
export const escapeSnippet = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

/** A snippet as plain text: placeholders become what they propose, of choices the first. */
export function plainOf(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|}]*)(?:,[^|}]*)?\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\([\\$}])/g, '$1');
}

/** The order of ranks, then of names. Ranks are single digits. */
export const orderOf = (rank: number, name: string): string => `${rank}${name}`;

/** True if the letters of `typed`, in lower case, occur in `name` in this order, case aside, which is what editors match by. */
export function isSubsequence(typed: string, name: string): boolean {
  let at = 0;
  for (let i = 0; i < name.length && at < typed.length; i++) {
    const code = name.charCodeAt(i);
    if ((code >= 65 && code <= 90 ? code + 32 : code) === typed.charCodeAt(at)) at++;
  }
  return at === typed.length;
}
