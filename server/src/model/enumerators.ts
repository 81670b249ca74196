/** Names that the `enum`s of a unit give to numbers, read out of the texts when somebody asks: no view has them. */
import type { FileView } from '../syntax/views.js';
import { closing, tokenize, type Token } from './tokens.js';

/** Generated headers are longer, and what they name is in the fact book as far as rules ask for it. */
const MAX_TEXT = 500_000;
const MAX_ENUM = 16_000;

interface Enums {
  /** By name, an expression for its value; null where there are several of the name, or the build decides. */
  readonly values: ReadonlyMap<string, string | null>;
  /** All that decides about them. */
  readonly text: string;
}

const known = new WeakMap<FileView, Enums>();
const NONE: Enums = { values: new Map(), text: '' };

/** An expression of C for the value of an enumerator of the unit; undefined where it is none, or not clear. */
export function enumeratorValue(name: string, files: ReadonlyMap<string, FileView>): string | undefined {
  let found: string | null | undefined;
  for (const file of files.values()) {
    const value = enumsOf(file).values.get(name);
    if (value !== undefined) found = found === undefined ? value : null;
  }
  return found ?? undefined;
}

/** The `enum`s of a file as a text to compare. */
export function enumText(file: FileView): string {
  return enumsOf(file).text;
}

function enumsOf(file: FileView): Enums {
  let enums = known.get(file);
  if (!enums) known.set(file, (enums = file.text.length > MAX_TEXT ? NONE : read(file.text)));
  return enums;
}

function read(text: string): Enums {
  const values = new Map<string, string | null>();
  const parts: string[] = [];
  for (let at = text.indexOf('enum'); at >= 0; at = text.indexOf('enum', at + 4)) {
    const head = /^enum(?:\s+\w+)?\s*\{/.exec(text.slice(at, at + 200));
    if (!head || /\w/.test(text[at - 1] ?? ' ')) continue;
    const end = text.indexOf('}', at);
    if (end < 0 || end - at > MAX_ENUM) continue;
    const body = text.slice(at + head[0].length, end);
    parts.push(body);
    for (const [name, value] of membersOf(body)) values.set(name, values.has(name) ? null : value);
  }
  return parts.length === 0 ? NONE : { values, text: parts.join('}') };
}

function membersOf(body: string): readonly (readonly [string, string | null])[] {
  const tokens = tokenize(body);
  const isOpen = body.includes('#');
  const members: [string, string | null][] = [];
  let base = '';
  let behind = 0;
  for (const part of partsOf(tokens)) {
    const [name, equals, ...value] = part;
    if (name?.kind !== 'word') continue;
    if (equals?.value === '=') [base, behind] = [value.map((t) => t.value).join(' '), 0];
    members.push([name.value, isOpen ? null : base === '' ? String(behind) : behind === 0 ? `(${base})` : `((${base}) + ${behind})`]);
    behind++;
  }
  return members;
}

/** What stands between the commas that are in no brackets. */
function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (let i = 0; i < tokens.length; i++) {
    const end = /^[([{]$/.test(tokens[i]!.value) ? closing(tokens, i) : i;
    if (tokens[i]!.value === ',') parts.push([]);
    else parts[parts.length - 1]!.push(...tokens.slice(i, end + 1));
    i = end;
  }
  return parts;
}
