/** Changes of a project file that leave everything else in it as it is, comments included: only the value's own characters are written. */
import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import { parseYaml } from './parseYaml.js';
import { isNothing, spanOf } from './yamlNodes.js';

export type Edited = { readonly text: string } | { readonly error: string };

/** Sets the severity of a rule for the whole project. */
export function withRule(text: string, rule: string, severity: string): Edited {
  return withValue(text, ['rules', rule], severity, severity);
}

/**
 * Sets the target kernel.
 * @param kernel as in the setting: several with commas; '' for none
 * @param set index of the entry of `targets` that says it; undefined for the file's top
 */
export function withKernel(text: string, kernel: string, set?: number): Edited {
  const kernels = kernel.split(',').map((part) => part.trim()).filter((part) => part !== '');
  const quoted = kernels.map((part) => `'${part.replace(/'/g, "''")}'`);
  const written = quoted.length > 1 ? `[${quoted.join(', ')}]` : (quoted[0] ?? '');
  return withValue(text, set === undefined ? ['kernel'] : ['targets', set, 'kernel'], written, kernels.join());
}

/** @param expected what the value reads as afterwards, list items with commas between them */
function withValue(text: string, path: readonly (string | number)[], written: string, expected: string): Edited {
  let edited: string | undefined;
  try {
    const before = rootOf(text);
    edited = 'error' in before ? undefined : replaced(text, before.root, path, written);
    if (edited !== undefined && reads(edited, path) === expected) return { text: edited };
  } catch {
    // What cannot be read cannot be amended either.
  }
  return { error: `"${path.filter((part) => typeof part === 'string').join(': ')}" could not be written into the file; mend what is marked in it, or write it by hand` };
}

function rootOf(text: string): { readonly root: ParsedNode | undefined } | { readonly error: true } {
  const documents = parseYaml(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false });
  return documents.length > 1 || documents.some((d) => d.errors.length > 0) ? { error: true } : { root: documents[0]?.contents ?? undefined };
}

function reads(text: string, path: readonly (string | number)[]): string | undefined {
  const after = rootOf(text);
  if ('error' in after) return undefined;
  let node: unknown = after.root;
  for (const part of path) node = typeof part === 'number' ? (isSeq(node) ? node.items[part] : undefined) : isMap(node) ? pairOf(node, part)?.value : undefined;
  if (node === undefined || node === null || isNothing(node)) return '';
  if (isSeq(node)) return node.items.map((item) => (isScalar(item) ? String(item.value) : '')).join();
  return isScalar(node) ? String(node.value) : undefined;
}

const pairOf = (map: YAMLMap, key: string): Pair<unknown, unknown> | undefined => map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);

/** The text with the value at a path replaced or added; undefined where the path leads nowhere. */
function replaced(text: string, root: ParsedNode | undefined, path: readonly (string | number)[], written: string): string | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  if (typeof part === 'number') return isSeq(root) ? replaced(text, root.items[part] as ParsedNode | undefined, rest, written) : undefined;
  if (root === undefined || isNothing(root)) return appended(text, path, written);
  if (!isMap(root)) return undefined;
  const pair = pairOf(root, part);
  if (pair === undefined) return inserted(text, root, path, written);
  const value = pair.value as ParsedNode | null;
  if (value !== null && !isNothing(value)) {
    if (rest.length > 0) return replaced(text, value, rest, written);
    return overwritten(text, pair.key as ParsedNode, value, written);
  }
  const key = spanOf(pair.key as ParsedNode);
  const colon = key === undefined ? -1 : text.indexOf(':', key.end);
  if (colon < 0) return undefined;
  // "key:" with nothing behind it, perhaps a comment
  return rest.length === 0 ? splice(text, colon + 1, colon + 1, ` ${written}`) : splice(text, lineEnd(text, colon), lineEnd(text, colon), `${eol(text)}${lines(rest, written, columnOf(text, key!.start) + 2, eol(text))}`);
}

/** A list below its key goes up beside the key. */
function overwritten(text: string, key: ParsedNode, value: ParsedNode, written: string): string | undefined {
  const [name, span] = [spanOf(key), spanOf(value)];
  if (name === undefined || span === undefined) return undefined;
  const end = text.slice(0, span.end).trimEnd().length;
  const between = text.slice(name.end, span.start);
  return /^\s*:[^\S\n]*\n\s*$/.test(between) ? splice(text, name.end, end, `: ${written}`) : splice(text, span.start, end, written);
}

/** A new key in a mapping that is there: behind its last one. */
function inserted(text: string, map: YAMLMap, path: readonly (string | number)[], written: string): string | undefined {
  const span = spanOf(map as unknown as ParsedNode);
  const last = map.items.at(-1);
  if (span === undefined) return undefined;
  if (map.flow === true) {
    const close = text.lastIndexOf('}', span.end);
    const inside = text.slice(span.start + 1, close).trimEnd();
    const at = span.start + 1 + inside.length;
    const inFlow = path.length === 1 ? `${path[0]}: ${written}` : `${path[0]}: { ${path[1]}: ${written} }`;
    return splice(text, at, at, `${inside === '' || inside.endsWith(',') ? ' ' : ', '}${inFlow}${at === close ? ' ' : ''}`);
  }
  const first = spanOf(map.items[0]?.key as ParsedNode | undefined);
  const end = spanOf((last?.value ?? last?.key) as ParsedNode | undefined)?.end;
  if (first === undefined || end === undefined) return undefined;
  const at = lineEnd(text, text.slice(0, end).trimEnd().length);
  return splice(text, at, at, `${eol(text)}${lines(path, written, columnOf(text, first.start), eol(text))}`);
}

/** A new key in a text without any, such as one of comments only. */
function appended(text: string, path: readonly (string | number)[], written: string): string {
  const break_ = eol(text);
  const start = text === '' || text.endsWith('\n') ? text : text + break_;
  return `${start}${lines(path, written, 0, break_)}${break_}`;
}

/** `a:` and below it `  b: value`. */
function lines(path: readonly (string | number)[], written: string, indent: number, break_: string): string {
  return path.map((part, i) => `${' '.repeat(indent + 2 * i)}${part}:${i === path.length - 1 ? ` ${written}`.trimEnd() : ''}`).join(break_);
}

const splice = (text: string, start: number, end: number, inserted_: string): string => text.slice(0, start) + inserted_ + text.slice(end);
const eol = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

function lineEnd(text: string, offset: number): number {
  const end = text.slice(offset).search(/\r?\n/);
  return end < 0 ? text.length : offset + end;
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1) - (text.charCodeAt(0) === 0xfeff && text.lastIndexOf('\n', offset - 1) < 0 ? 1 : 0);
