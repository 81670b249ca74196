/** Finds the line of a source text that a log's note speaks of: by its number if the text there is the same, else by the text. */
import type { SourceNote } from './verifier.types.js';

export interface FoundLine {
  /** Counted from 0. */
  readonly line: number;
  /** Columns of the code without its blanks, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** False if only the number speaks for it: the text there is another, so the file was edited since. */
  readonly certain: boolean;
}

/** Lines that stand in too many places to say anything by themselves. */
const MIN_CODE = 4;

/**
 * @param text the whole source
 * @param within name of a function in which a line without a number is looked for first
 */
export function locateLine(text: string, note: SourceNote, within?: string): FoundLine | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  const wanted = flat(note.code);
  const at = note.line === undefined ? undefined : note.line - 1;
  if (at !== undefined && lines[at] !== undefined && (wanted === '' || same(lines[at], wanted))) return found(lines, at, true);
  if (wanted.length >= MIN_CODE) {
    const hits = lines.flatMap((line, i) => (same(line, wanted) ? [i] : []));
    const anchor = at ?? (within === undefined ? undefined : lines.findIndex((line) => line.includes(within) && /\(/.test(line)));
    const best = nearest(hits, anchor, at === undefined);
    if (best !== undefined) return found(lines, best, true);
  }
  return at !== undefined && lines[at] !== undefined && lines[at].trim() !== '' ? found(lines, at, false) : undefined;
}

/** The hit nearest to the anchor, or, without a line number, the first behind the function's head; without an anchor a single hit only. */
function nearest(hits: readonly number[], anchor: number | undefined, behind: boolean): number | undefined {
  if (anchor === undefined || anchor < 0) return hits.length === 1 ? hits[0] : undefined;
  const eligible = behind ? hits.filter((hit) => hit >= anchor) : hits;
  return eligible.reduce<number | undefined>((a, b) => (a === undefined || Math.abs(b - anchor) < Math.abs(a - anchor) ? b : a), undefined) ?? (hits.length === 1 ? hits[0] : undefined);
}

/** Blanks of any kind and number count as one: notes have tabs where the source has them, but loaders wrap and trim. */
const flat = (code: string): string => code.replace(/\s+/g, ' ').trim();
const same = (line: string, wanted: string): boolean => line.length >= wanted.length && flat(line) === wanted;

function found(lines: readonly string[], line: number, certain: boolean): FoundLine {
  const text = lines[line] ?? '';
  const start = text.length - text.trimStart().length;
  return { line, start, end: Math.max(start + 1, text.trimEnd().length), certain };
}

/** True if a path may be the file that a note names: one ends in the other, by whole parts; `C:\x\a.c` and `/x/a.c` are alike. */
export function namesFile(path: string, noted: string): boolean {
  const parts = (name: string): string[] => name.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.');
  const a = parts(path);
  const b = parts(noted.replace(/^(?:\.\.?\/)+/, ''));
  return b.length > 0 && a.at(-1) === b.at(-1) && (b.length === 1 || a.slice(-Math.min(a.length, b.length)).join('/') === b.slice(-Math.min(a.length, b.length)).join('/'));
}
