/**
 * The text of facts.json, in which most entries are left unread: the build puts each on a line of its own, and an entry is parsed when it is asked
 * for. Most never are, and all together cost more than analysing a file, and megabytes for as long as the process lives.
 */
import type { FactsJson } from './types.gen.js';

/** Lists whose entries stand on lines of their own, each with its name first. */
export const BY_LINE = ['helpers', 'kfuncs', 'constants', 'macros', 'features', 'drivers', 'distributions', 'concepts', 'verifierMessages'] as const satisfies readonly (keyof FactsJson)[];
type ByLine = (typeof BY_LINE)[number];

/** Entries by name, in their order. */
export interface RawEntries<R> {
  readonly names: ReadonlyMap<string, unknown>;
  /** @returns the entry as the file has it, parsed anew each time; undefined if there is none of this name */
  read(name: string): R | undefined;
}

/** What the book is made of: lists of entries may be unread. */
export type FactsParts = Omit<FactsJson, ByLine> & { readonly [K in ByLine]: RawEntries<FactsJson[K][number]> };

/** Entries that are parsed; of several with one name the last counts. */
export function entriesOf<R extends { readonly name: string }>(list: readonly R[]): RawEntries<R> {
  const names = new Map(list.map((raw) => [raw.name, raw]));
  return { names, read: (name) => names.get(name) };
}

/** @param facts parsed, and looked through */
export function partsOf(facts: FactsJson): FactsParts {
  const lists = Object.fromEntries(BY_LINE.map((key) => [key, entriesOf<{ readonly name: string }>(facts[key])]));
  return { ...facts, ...(lists as unknown as Pick<FactsParts, ByLine>) };
}

/** The text of facts.json. Nothing but ASCII is in it, so that it takes a byte a character in memory and needs no decoding. */
export function writeFacts(facts: FactsJson): string {
  const list = (entries: readonly { readonly name: string }[]): string => `[\n${entries.map(({ name, ...entry }) => JSON.stringify({ name, ...entry })).join(',\n')}\n]`;
  const parts = Object.entries(facts).map(([key, value]) => `${JSON.stringify(key)}:${isByLine(key) ? list(facts[key]) : JSON.stringify(value)}`);
  return `{\n${parts.join(',\n')}\n}\n`.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isByLine(key: string): key is ByLine {
  return (BY_LINE as readonly string[]).includes(key);
}

/**
 * Reads the text of facts.json.
 * @returns the file's content, its long lists empty, and these lists; no lists for a text that is laid out in another way, whose content is whole
 * @throws SyntaxError for what is no JSON
 */
export function readFacts(text: string): { readonly json: unknown; readonly lists?: Pick<FactsParts, ByLine> } {
  const lists: Partial<Record<ByLine, RawEntries<unknown>>> = {};
  let rest = '';
  let done = 0;
  for (const { key, start } of BY_LINE.map((key) => ({ key, start: text.indexOf(`\n"${key}":[\n`) })).sort((a, b) => a.start - b.start)) {
    const first = start + key.length + 6;
    const found = start < 0 ? undefined : linesFrom(text, first);
    if (found === undefined) return { json: JSON.parse(text) };
    const { names, end } = found;
    lists[key] = {
      names,
      read(name) {
        const at = names.get(name);
        return at === undefined ? undefined : JSON.parse(text.slice(at, lineEnd(text, at)));
      },
    };
    rest += text.slice(done, first);
    done = end;
  }
  return { json: JSON.parse(rest + text.slice(done)), lists: lists as Pick<FactsParts, ByLine> };
}

/** Offset behind the entry that begins at `at`. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return text[end - 1] === ',' ? end - 1 : end;
}

const NAME = '{"name":"';

/** Offsets of the entries from `at` to the list's end, by name; undefined where a line is no entry. */
function linesFrom(text: string, at: number): { readonly names: ReadonlyMap<string, number>; readonly end: number } | undefined {
  const names = new Map<string, number>();
  while (text[at] !== ']') {
    if (!text.startsWith(NAME, at)) return undefined;
    const start = at + NAME.length;
    const name = text.slice(start, text.indexOf('"', start));
    const next = text.indexOf('\n', at) + 1;
    if (next === 0 || name.includes('\\')) return undefined;
    names.set(name, at);
    at = next;
  }
  return { names, end: at };
}
