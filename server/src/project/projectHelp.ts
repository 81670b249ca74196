/** What may stand at a place of a project file, and what a word in it means: for completion and hovers. */
import type { Span } from '../text/span.js';
import { projectCursor, type ProjectCursor } from './projectCursor.js';
import { SET_KEYS, TOP_KEYS, type ProjectKey } from './projectKeys.js';

/** A word with a few words about it; `text` is Markdown. */
export interface HelpWord { readonly name: string; readonly detail?: string; readonly text?: string }

/** What only the caller knows. */
export interface HelpWords {
  readonly rules: readonly HelpWord[];
  /** Names that a target may have, the most useful first. */
  readonly targets: readonly HelpWord[];
  readonly licenses: readonly string[];
  /** Section strings that give a program its type. */
  readonly sections: readonly HelpWord[];
  /** What is known of a target that is written, which may be a release, a range or a distribution. */
  describeTarget(text: string): HelpWord | undefined;
}

export interface Offer extends HelpWord {
  readonly kind: 'key' | 'value' | 'rule' | 'target';
  /** What is put in place of `span`. */
  readonly insert: string;
  /** The list goes on at once: a key was chosen that has words of its own as values. */
  readonly more: boolean;
}

export interface Offers { readonly span: Span; readonly entries: readonly Offer[] }

const keysAt = (path: readonly string[]): readonly ProjectKey[] | undefined => (path.length === 0 ? TOP_KEYS : path.length === 1 && path[0] === 'targets' ? SET_KEYS : undefined);

/** The key of ours that a path ends with, wherever it may stand. */
function keyAt(path: readonly string[]): ProjectKey | undefined {
  const own = path[0] === 'targets' && path.length > 1 ? path.slice(1) : path;
  return own.length === 1 ? (path.length > 1 ? SET_KEYS : TOP_KEYS).find(({ name }) => name === own[0]) : undefined;
}

const isRules = (path: readonly string[]): boolean => keyAt(path)?.name === 'rules';

/** What may be written at an offset; undefined where we know of nothing. */
export function projectOffers(text: string, offset: number, words: HelpWords): Offers | undefined {
  const cursor = projectCursor(text, offset);
  if (!cursor) return undefined;
  const entries = cursor.kind === 'key' ? keyOffers(cursor, words) : valueOffers(cursor, words);
  if (entries === undefined || entries.length === 0) return undefined;
  const { word, shown } = cursor.kind === 'value' && lastKey(cursor) === 'kernel' ? behindDots(text, offset, cursor.word, entries) : { word: cursor.word, shown: entries };
  return { span: word, entries: withColon(text, word, cursor, shown) };
}

function keyOffers({ path, siblings }: ProjectCursor, words: HelpWords): readonly Offer[] | undefined {
  const missing = ({ name }: { readonly name: string }): boolean => !siblings.includes(name);
  const keys = keysAt(path);
  if (keys) return keys.filter(missing).map((key) => ({ kind: 'key', name: key.name, detail: key.example, text: key.description, insert: `${key.name}: `, more: hasWords(key) }));
  if (isRules(path)) return words.rules.filter(missing).map((rule) => ({ ...rule, kind: 'rule', insert: `${rule.name}: `, more: true }));
  return undefined;
}

/** Values of these are words that can be listed. */
const hasWords = ({ name, type, setting }: ProjectKey): boolean => name === 'kernel' || name === 'license' || (type === 'string' && setting?.values !== undefined);

function valueOffers({ path }: ProjectCursor, words: HelpWords): readonly Offer[] | undefined {
  const value = (word: HelpWord): Offer => ({ ...word, kind: 'value', insert: word.name, more: false });
  const above = path.slice(0, -1);
  if (isRules(above)) return levels().map(value);
  if (keyAt(above)?.name === 'programs') return words.sections.map(value);
  const key = keyAt(path);
  if (key?.name === 'kernel') return words.targets.map((target) => ({ ...value(target), kind: 'target' }));
  if (key?.name === 'license') return [{ name: 'unknown', detail: 'Report nothing' }, ...words.licenses.map((name) => ({ name }))].map(value);
  const values = key?.setting?.values;
  return values && key.type === 'string' ? Object.entries(values).map(([name, text]) => value({ name, text })) : undefined;
}

function levels(): readonly HelpWord[] {
  return Object.entries(TOP_KEYS.find(({ name }) => name === 'rules')?.setting?.values ?? {}).map(([name, text]) => ({ name, text }));
}

const lastKey = ({ path }: ProjectCursor): string | undefined => path.at(-1);

/** Behind the dots of a range only its end is written. */
function behindDots(text: string, offset: number, word: Span, entries: readonly Offer[]): { readonly word: Span; readonly shown: readonly Offer[] } {
  const dots = text.slice(word.start, offset).lastIndexOf('..');
  if (dots < 0) return { word, shown: entries };
  const first = text.slice(word.start, word.start + dots).trim();
  const releases = /^\d/.test(first);
  return { word: { start: word.start + dots + 2, end: word.end }, shown: entries.filter(({ name }) => /^\d/.test(name) === releases && name !== 'running') };
}

/** A key in front of a colon that is there already gets none. */
function withColon(text: string, word: Span, { kind }: ProjectCursor, entries: readonly Offer[]): readonly Offer[] {
  return kind === 'key' && /^[ ]*:/.test(text.slice(word.end, word.end + 20)) ? entries.map((entry) => ({ ...entry, insert: entry.name, more: false })) : entries;
}

/** What the word at an offset means. */
export function projectHelp(text: string, offset: number, words: HelpWords): { readonly span: Span; readonly word: HelpWord } | undefined {
  const end = offset + (/^[^\s,:#"'[\]{}]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0);
  const cursor = projectCursor(text, end);
  if (!cursor) return undefined;
  const name = text.slice(cursor.word.start, cursor.word.end).replace(/["']$/, '').trim();
  const span = { start: cursor.word.start, end: cursor.word.start + name.length };
  if (name === '' || offset < span.start) return undefined;
  const word = meaningOf(cursor, name, words);
  return word && { span, word };
}

function meaningOf(cursor: ProjectCursor, name: string, words: HelpWords): HelpWord | undefined {
  if (cursor.kind === 'value' && lastKey(cursor) === 'kernel') return words.describeTarget(name);
  const offers = cursor.kind === 'key' ? keyOffers({ ...cursor, siblings: [] }, words) : valueOffers(cursor, words);
  const found = offers?.find((offer) => offer.name === name);
  return found && { name, ...(found.text !== undefined || found.detail === undefined ? {} : { text: found.detail }), ...(found.text === undefined ? {} : { text: found.kind === 'key' ? `${found.text}\n\n\`${name}: ${found.detail ?? ''}\`` : found.text }) };
}
