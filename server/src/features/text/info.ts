/** What hovers, explanations and tooltips are made of: plain data that two renderers turn into Markdown or terminal text. */
import type { Span } from '../../text/span.js';

/** A run of text. Only `code` and `strong` carry markup; a bare string is always shown as it stands. */
export type Inline = string | { readonly code: string } | { readonly strong: string } | { readonly link: string; readonly href: string };

export type Line = readonly Inline[];

/** `yes`, `limited` (only under a condition), `no`, `unknown`. */
export type Answer = 'yes' | 'limited' | 'no' | 'unknown';

export type InfoSection =
  /** What holds for the program under the cursor, or for the programs that reach it. */
  | { readonly kind: 'verdict'; readonly answers: readonly { readonly answer: Answer; readonly line: Line }[] }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly title?: string; readonly items: readonly Line[] }
  /** Label and value, one a line. */
  | { readonly kind: 'facts'; readonly rows: readonly { readonly label: string; readonly value: Line }[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly (string | Line)[])[] }
  /** Only in pages; level 1 is the page's title, 2 if not given. */
  | { readonly kind: 'heading'; readonly text: string; readonly level?: 1 | 2 };

export interface Info {
  readonly title: Line;
  readonly sections: readonly InfoSection[];
}

/** The answer to a hover: what it is about and what there is to say. */
export interface HoverInfo {
  readonly span: Span;
  readonly sections: readonly InfoSection[];
  /** Id of the page that says more, if there is one. */
  readonly page?: string;
}

export const code = (text: string): Inline => ({ code: text });
export const strong = (text: string): Inline => ({ strong: text });
export const link = (text: string, href: string): Inline => ({ link: text, href });

/** Our own prose, in which backticks mark code. */
export function prose(text: string): Line {
  return text
    .trim()
    .split('`')
    .map((part, i): Inline => (i % 2 === 1 ? { code: part } : part))
    .filter((part) => part !== '');
}

/** `A, B and C`, each element a run of its own. */
export function listed(items: readonly Inline[], last: string = 'and'): Line {
  return items.flatMap((item, i): Inline[] => {
    if (i === 0) return [item];
    return [i === items.length - 1 ? ` ${last} ` : ', ', item];
  });
}

/** One line as a paragraph of its own. */
export function paragraph(...line: Line): InfoSection {
  return { kind: 'paragraph', line };
}
