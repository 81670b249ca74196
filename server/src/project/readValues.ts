/** The values of a project file, one kind of key each; what does not fit is said at its place and left out. */
import { isMap, isScalar, type ParsedNode } from 'yaml';
import { normalizePath } from '../model/includes.js';
import type { Span } from '../text/span.js';
import { closest } from './closest.js';
import type { ProjectKey } from './projectKeys.js';
import type { Vocabulary } from './projectFile.types.js';
import { isNothing, kindOf, quoted, spanOf } from './yamlNodes.js';

/** The key that is read, and where its value stands. */
export interface Place {
  readonly name: string;
  readonly span: Span;
}

/** What reading a value needs of the file around it. */
export interface ReadContext {
  readonly words: Vocabulary;
  mistake(span: Span, message: string): void;
  /** The node behind an alias, or the node itself; undefined for nothing, and when there are too many. */
  resolve(node: unknown): ParsedNode | undefined;
  strings(node: ParsedNode, place: Place): readonly { readonly text: string; readonly span: Span }[];
  inFolder(path: string): string;
}

/** The value as the setting has it; undefined where nothing of it can be taken. */
export function readValue(context: ReadContext, key: ProjectKey, node: ParsedNode, place: Place): unknown {
  switch (key.type) {
    case 'kernels':
      return kernels(context, node, place);
    case 'paths':
      return context.strings(node, place).flatMap((item) => folder(context, item, place));
    case 'strings':
      return context.strings(node, place).map(({ text }) => text);
    case 'string-map':
      return map(context, key, node, place);
    default:
      return single(context, key, node, place);
  }
}

function kernels(context: ReadContext, node: ParsedNode, place: Place): string | undefined {
  const good = context.strings(node, place).flatMap(({ text, span }) => {
    const kernel = namedFile(text.trim()) ? context.inFolder(text.trim()) : text.trim();
    const problem = context.words.kernelProblem(kernel);
    if (problem === undefined) return [kernel];
    context.mistake(span, `"${place.name}": ${problem}`);
    return [];
  });
  return good.length === 0 ? undefined : good.join(',');
}

/** A kernel's type information as a path from the folder of the project file; `5.4..6.8` has no slash, and what begins with one is whole. */
const namedFile = (text: string): boolean => /^[^/\\].*[/\\]|\.(?:btf|ko)$|^vmlinux/i.test(text) && !/^(?:[/\\]|[A-Za-z]:)/.test(text);

function folder(context: ReadContext, { text, span }: { readonly text: string; readonly span: Span }, place: Place): string[] {
  const path = normalizePath(text.trim());
  const refuse = (why: string): string[] => {
    context.mistake(span, `${quoted(text)} in "${place.name}" ${why}; folders of the machine belong into the editor's settings or the compiler's flags`);
    return [];
  };
  if (/^[/\\~]|^[A-Za-z]:/.test(text.trim())) return refuse('must be relative to the folder of this file');
  if (path === '..' || path.startsWith('../')) return refuse('leads out of the folder of this file');
  return [context.inFolder(path)];
}

function single(context: ReadContext, { setting }: ProjectKey, node: ParsedNode, place: Place): string | undefined {
  if (!isScalar(node)) {
    context.mistake(place.span, `"${place.name}" must be a single value, is ${kindOf(node)}`);
    return undefined;
  }
  const text = String(node.value).trim();
  if (setting?.pattern !== undefined && !new RegExp(setting.pattern).test(text)) return refuseValue(context, place.span, place.name, text, ` must look like ${setting.example ?? setting.pattern}`);
  if (setting?.values && !Object.hasOwn(setting.values, text)) return refuseValue(context, place.span, place.name, text, oneOf(text, Object.keys(setting.values)));
  return text;
}

function map(context: ReadContext, key: ProjectKey, node: ParsedNode, place: Place): Record<string, string> | undefined {
  if (!isMap(node)) {
    context.mistake(place.span, `"${place.name}" must be a mapping of keys to values, is ${kindOf(node)}`);
    return undefined;
  }
  // Without a prototype, so that a key named `__proto__` is only a key.
  const out = Object.create(null) as Record<string, string>;
  const rules = key.name === 'rules' ? context.words.ruleIds : undefined;
  for (const pair of node.items) {
    const nameNode = context.resolve(pair.key);
    const value = context.resolve(pair.value);
    const at = spanOf(pair.key as ParsedNode) ?? place.span;
    if (!isScalar(nameNode)) {
      context.mistake(at, `a key of "${place.name}" must be a word, is ${kindOf(nameNode)}`);
      continue;
    }
    const name = String(nameNode.value);
    const valueAt = spanOf(pair.value as ParsedNode) ?? at;
    if (rules && !rules.includes(name)) context.mistake(at, `${quoted(name)} is no rule${didYouMean(name, rules)}`);
    else if (Object.hasOwn(out, name)) context.mistake(at, `${quoted(name)} is there twice; the first one counts`);
    else if (!isScalar(value) || isNothing(value)) context.mistake(isNothing(value) || value === undefined ? at : valueAt, `${quoted(name)} in "${place.name}" must be a single value, is ${kindOf(value)}`);
    else {
      const text = String(value.value).trim();
      const values = key.setting?.values;
      if (values && !Object.hasOwn(values, text)) refuseValue(context, valueAt, name, text, oneOf(text, Object.keys(values)));
      else out[name] = text;
    }
  }
  return out;
}

function refuseValue(context: ReadContext, span: Span, name: string, text: string, why: string): undefined {
  context.mistake(span, `"${name}"${why}, is ${quoted(text)}`);
  return undefined;
}

const oneOf = (text: string, values: readonly string[]): string => {
  const near = closest(text, values);
  return ` must be one of ${values.filter((v) => v !== '').join(', ')}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
};

const didYouMean = (text: string, known: readonly string[]): string => {
  const near = closest(text, known);
  return near === undefined ? '; docs/rules has them all' : `; did you mean "${near}"?`;
};
