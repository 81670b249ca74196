/** The one harness of the features' tests: a cursor in C source, and what each feature makes of it. */
import { complete } from '../../server/src/features/completion/completion.js';
import type { CompletionEntry, CompletionResult } from '../../server/src/features/completion/entry.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { status, type Status } from '../../server/src/features/status.js';
import { toPlain } from '../../server/src/features/text/plain.js';
import type { Unit } from '../../server/src/analysis.types.js';
import { splitCursor } from '../support/carets.js';
import { unit, type UnitOptions } from '../support/unit.js';

export interface HoverText {
  /** What the hover is about, as it stands in the source. */
  readonly word: string;
  /** As in a terminal, unwrapped. */
  readonly text: string;
  /** The first line that says what holds for the program; '' if none. */
  readonly verdicts: readonly string[];
}

/** The hover at the cursor, or undefined for none. */
export async function hoverAt(marked: string, options: UnitOptions = {}): Promise<HoverText | undefined> {
  const { text, offset } = splitCursor(marked);
  const info = hover(await unit(text, options), offset);
  if (info === undefined) return undefined;
  const plain = toPlain(info.sections, 10_000);
  return { word: text.slice(info.span.start, info.span.end), text: plain, verdicts: plain.split('\n').filter((line) => /^\[(yes|no|only|\?)\]/.test(line)) };
}

export interface CompletionText {
  readonly labels: readonly string[];
  readonly result: CompletionResult;
  /** What an accepted entry replaces. */
  readonly replaced: string;
  entry(label: string): CompletionEntry;
}

/** Completion at the cursor, or undefined for none. Labels are in the order in which a client shows them. */
export async function completeAt(marked: string, options: UnitOptions & { readonly trigger?: string } = {}): Promise<CompletionText | undefined> {
  const { text, offset } = splitCursor(marked);
  const result = complete(await unit(text, options), offset, options.trigger);
  if (result === undefined) return undefined;
  const sorted = [...result.entries].sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  return {
    labels: sorted.map((entry) => entry.label),
    result,
    replaced: text.slice(result.replace.start, result.replace.end),
    entry: (label) => {
      const found = result.entries.find((entry) => entry.label === label);
      if (found === undefined) throw new Error(`no entry ${label} among ${sorted.map((entry) => entry.label).join(', ')}`);
      return found;
    },
  };
}

/** The status of a file, at the cursor if there is one. */
export async function statusAt(marked: string, options: UnitOptions = {}): Promise<Status & { readonly plain: string; readonly unit: Unit }> {
  const withCursor = marked.includes('/*|*/');
  const { text, offset } = withCursor ? splitCursor(marked) : { text: marked, offset: undefined };
  const analysed = await unit(text, options);
  const result = status(analysed, options.path ?? 'main.bpf.c', offset, (path, at) => (analysed.input.files.get(path) ?? '').slice(0, at).split('\n').length);
  return { ...result, plain: toPlain(result.tooltip, 10_000), unit: analysed };
}
