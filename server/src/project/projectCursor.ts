/**
 * What stands at a place in a project file that is being typed: a key or a value, and below which keys. Told by lines, indentation
 * and brackets alone, since half-typed YAML is mostly none.
 */
import type { Span } from '../text/span.js';

export interface ProjectCursor {
  readonly kind: 'key' | 'value';
  /** Keys above it, from the top: `['targets', 'rules']`. Of a value the last is its own key. */
  readonly path: readonly string[];
  /** The word around the place, quotes aside. */
  readonly word: Span;
  /** Keys that are there already beside it. */
  readonly siblings: readonly string[];
}

/** A line with a key: how far it is indented (behind the dashes of lists), the key, and where its value begins. */
interface KeyLine { readonly indent: number; readonly item: boolean; readonly key: string; readonly valueAt: number }

const KEY_LINE = /^(?<before>[ ]*(?:- +)*)(?<key>[\w.*/-]+|"[^"\n]*"|'[^'\n]*')[ ]*:(?=[ ]|$)/;
/** Lines that are looked at above the cursor; a file has at most 64 KiB. */
const MAX_LINES = 3000;

/** What is at an offset; undefined in comments and where nothing of ours can stand. */
export function projectCursor(text: string, offset: number): ProjectCursor | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  if (/(?:^|\s)#/.test(withoutQuoted(before))) return undefined;
  const lines = text.slice(0, lineStart).split('\n').slice(0, -1).slice(-MAX_LINES).map((line) => line.replace(/\r$/, ''));
  const rest = /^[^\n\r]*/.exec(text.slice(offset))?.[0] ?? '';

  const own = keyLine(before);
  if (own) {
    const at = inFlow(before.slice(own.valueAt));
    const path = [...parents(lines, own.indent, own.item), own.key];
    if (at.brackets === '') return { kind: 'value', path, word: wordAt(text, lineStart + own.valueAt, offset, rest), siblings: [] };
    return flowCursor(text, offset, path, at, lineStart + own.valueAt, rest);
  }
  // A list or mapping in brackets that began on a line above.
  const opened = openFlow(lines, before);
  if (opened) return flowCursor(text, offset, opened.path, opened.at, lineStart, rest);

  const item = /^(?<indent>[ ]*)(?<dashes>(?:-[ ]+)+|-$)?(?<word>[^\s:]*(?:[ ][^\s:]+)*)$/.exec(before);
  if (!item?.groups) return undefined;
  const indent = item.groups['indent']!.length;
  const dashes = item.groups['dashes'];
  if (dashes !== undefined) {
    const path = parents(lines, indent, true);
    // An entry of `targets` begins with a key, one of another list is a value.
    if (path.length === 1 && path[0] === 'targets') return { kind: 'key', path, word: wordAt(text, lineStart + indent + dashes.length, offset, rest), siblings: siblingsOf(lines, indent + dashes.length, text.slice(offset)) };
    return { kind: 'value', path, word: wordAt(text, lineStart + indent + dashes.length, offset, rest), siblings: [] };
  }
  return { kind: 'key', path: parents(lines, indent, false), word: wordAt(text, lineStart + indent, offset, rest), siblings: siblingsOf(lines, indent, text.slice(offset)) };
}

function keyLine(line: string): KeyLine | undefined {
  const m = KEY_LINE.exec(line);
  if (!m?.groups) return undefined;
  const before = m.groups['before'] ?? '';
  return { indent: before.length, item: before.includes('-'), key: plain(m.groups['key'] ?? ''), valueAt: m[0].length };
}

const plain = (word: string): string => word.replace(/^["']|["']$/g, '');

/** The keys that a line with this indentation stands under. A dash may stand as far left as its key. */
function parents(lines: readonly string[], indent: number, item: boolean): string[] {
  const path: string[] = [];
  let limit = item ? indent + 1 : indent;
  let inItem = item;
  for (let i = lines.length - 1; i >= 0 && limit > 0; i--) {
    const line = lines[i]!;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const found = keyLine(line);
    const at = found ? found.indent : /^ */.exec(line)![0].length;
    if (!found || at >= limit) {
      // The dash of the entry that this line is in: what holds the list stands further left, or at the dash.
      const dash = /^( *)-(?: |$)/.exec(line);
      if (dash && dash[1]!.length < limit && !inItem) [limit, inItem] = [dash[1]!.length + 1, true];
      continue;
    }
    path.unshift(found.key);
    if (found.item) {
      const dash = /^ */.exec(line)![0].length;
      [limit, inItem] = [dash + 1, true];
    } else [limit, inItem] = [at, false];
  }
  return path;
}

/** Keys on lines of the same indentation, up and down to where it ends. */
function siblingsOf(lines: readonly string[], indent: number, after: string): string[] {
  const found: string[] = [];
  const take = (line: string): boolean => {
    if (/^\s*(?:#|$)/.test(line)) return true;
    const key = keyLine(line);
    const at = key ? key.indent : /^[ -]*/.exec(line)![0].length;
    if (key && at === indent) found.push(key.key);
    // A dash at the left of it begins another entry: the line belongs to it, but what stands above does not.
    return at >= indent && !(key?.item && at === indent);
  };
  for (let i = lines.length - 1; i >= 0 && take(lines[i]!); i--);
  for (const line of after.split('\n').slice(1, MAX_LINES)) {
    const key = keyLine(line);
    if ((key?.item && key.indent === indent) || !take(line.replace(/\r$/, ''))) break;
  }
  return found;
}

/** Brackets that are open at the end of a text, and the key in front of the last value. */
interface Flow { readonly brackets: string; readonly key: string | undefined; readonly keys: readonly string[]; readonly wordAt: number }

function inFlow(text: string): Flow {
  const stack: { bracket: string; key: string | undefined; keys: string[] }[] = [];
  let wordAt = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const top = stack.at(-1);
    if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1);
      if (end < 0) break;
      i = end;
    } else if (c === '#' && /\s/.test(text[i - 1] ?? ' ')) {
      const end = text.indexOf('\n', i);
      if (end < 0) break;
      i = end;
    } else if (c === '[' || c === '{') {
      stack.push({ bracket: c, key: undefined, keys: [] });
      wordAt = i + 1;
    } else if ((c === ']' || c === '}') && top) stack.pop();
    else if (c === ',' && top) {
      top.key = undefined;
      wordAt = i + 1;
    } else if (c === ':' && top?.bracket === '{' && top.key === undefined && (/\s/.test(text[i + 1] ?? ' ') || /["']/.test(text[i - 1]!))) {
      top.key = plain(text.slice(wordAt, i).trim());
      top.keys.push(top.key);
      wordAt = i + 1;
    }
  }
  const last = stack.at(-1);
  return { brackets: stack.map(({ bracket }) => bracket).join(''), key: last?.key, keys: last?.keys ?? [], wordAt };
}

/** A flow collection that began above: looked for from the nearest line with a key that opens one. */
function openFlow(lines: readonly string[], before: string): { readonly path: readonly string[]; readonly at: Flow } | undefined {
  for (let i = lines.length - 1, seen = 0; i >= 0 && seen < 100; i--, seen++) {
    const key = keyLine(lines[i]!);
    if (!key) continue;
    const text = `${[lines[i]!.slice(key.valueAt), ...lines.slice(i + 1)].join('\n')}\n`;
    const at = inFlow(text + before);
    return at.brackets === '' ? undefined : { path: [...parents(lines.slice(0, i), key.indent, key.item), key.key], at: { ...at, wordAt: Math.max(0, at.wordAt - text.length) } };
  }
  return undefined;
}

function flowCursor(text: string, offset: number, path: readonly string[], { brackets, key, keys, wordAt: from }: Flow, base: number, rest: string): ProjectCursor {
  const word = wordAt(text, base + from, offset, rest);
  if (brackets.endsWith('{') && key === undefined) return { kind: 'key', path, word, siblings: keys };
  return { kind: 'value', path: key === undefined ? path : [...path, key], word, siblings: [] };
}

/** From the first character that is no blank or quote, up to where the word around the cursor ends. */
function wordAt(text: string, from: number, offset: number, rest: string): Span {
  let start = Math.min(from, offset);
  while (start < offset && /[\s"']/.test(text[start]!)) start++;
  return { start, end: offset + (/^[^\s,:#"'[\]{}]*/.exec(rest)?.[0].length ?? 0) };
}

/** The text with what is in quotes blanked. */
function withoutQuoted(text: string): string {
  return text.replace(/"[^"\n]*"|'[^'\n]*'/g, (quoted) => ' '.repeat(quoted.length).replace(/^ | $/g, '_'));
}
