/**
 * Reads a project file: YAML by the `yaml` library, then every value by the table of keys. Whatever is wrong becomes a mistake with its
 * place, and the rest counts. All scalars are taken as they are written, so that `kernel: 5.10` is not the number 5.1.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type ParsedNode } from 'yaml';
import { LineIndex } from '../text/lineIndex.js';
import type { Span } from '../text/span.js';
import { closest } from './closest.js';
import { parseGlob, type Glob } from './glob.js';
import { parseYaml } from './parseYaml.js';
import { PROJECT_FILE, SET_KEYS, TOP_KEYS, type ProjectKey } from './projectKeys.js';
import type { Mistake, ProjectFile, ProjectValues, TargetSet, Vocabulary } from './projectFile.types.js';
import { readValue, type Place, type ReadContext } from './readValues.js';
import { isPredicate } from './unread.js';
import { isNothing, kindOf, quoted, spanOf } from './yamlNodes.js';

/** Nobody writes a longer one. */
export const MAX_PROJECT_FILE = 64 * 1024;
/** More are counted, not listed. */
const MAX_MISTAKES = 200;
/** Nodes looked at, those behind aliases each time. */
const MAX_NODES = 20_000;

/**
 * @param path whole path of the file, with `/`
 * @param folder the folder that it is for, where that is not its own
 * @returns what it says; never throws, whatever the text is
 */
export function readProjectFile(text: string, path: string, words: Vocabulary, folder = folderOf(path)): ProjectFile {
  return new Reader(text, path, words, folder).read();
}

/** What stands for a file that is there and has no text for us ("is larger than 16 MiB", "permission denied"). */
export function unreadableProjectFile(path: string, why: string): ProjectFile {
  return { path, folder: folderOf(path), values: {}, sets: [], exclude: [], mistakes: [{ message: `the file ${isPredicate(why) ? why : `cannot be read: ${why}`}`, span: { start: 0, end: 0 }, line: 1, column: 1 }] };
}

/** A place of the parser's, which may lie behind the text, as one in it; a character long where there is one. */
function within(text: string, from: number, to: number): Span {
  const start = Math.max(0, Math.min(from, text.length - 1));
  return { start, end: Math.min(text.length, Math.max(to, start + 1)) };
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

class Reader implements ReadContext {
  private readonly found: { message: string; span: Span }[] = [];
  private nodes = 0;
  private document: Document.Parsed | undefined;

  constructor(
    private readonly text: string,
    private readonly path: string,
    readonly words: Vocabulary,
    private readonly folder: string,
  ) {}

  read(): ProjectFile {
    const empty = { values: {}, sets: [], exclude: [] };
    let said: Omit<ProjectFile, 'path' | 'folder' | 'mistakes'> = empty;
    if (this.text.length > MAX_PROJECT_FILE) this.mistake({ start: 0, end: 0 }, `the file is larger than ${MAX_PROJECT_FILE / 1024} KiB and is not read`);
    else if (this.text.includes('\0')) this.mistake({ start: this.text.indexOf('\0'), end: this.text.indexOf('\0') + 1 }, 'the file is a binary file (it has NUL bytes)');
    else {
      try {
        said = this.top(this.parse());
      } catch (error) {
        this.mistake({ start: 0, end: 0 }, `the file is not read: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`);
      }
    }
    return { path: this.path, folder: this.folder, ...said, mistakes: this.mistakes() };
  }

  mistake(span: Span, message: string): void {
    this.found.push({ span, message });
  }

  resolve(node: unknown): ParsedNode | undefined {
    if (++this.nodes > MAX_NODES) throw new Error(`it says more than ${MAX_NODES} things, with what aliases repeat`);
    if (isAlias(node)) {
      const named = this.document && node.resolve(this.document);
      if (named === undefined) this.mistake(spanOf(node as Alias.Parsed) ?? { start: 0, end: 0 }, `"*${node.source.slice(0, 60)}" names nothing`);
      return named as ParsedNode | undefined;
    }
    return (node ?? undefined) as ParsedNode | undefined;
  }

  /** Whole path of a folder that the file names. */
  inFolder(path: string): string {
    return path === '' ? this.folder : `${this.folder}/${path.replace(/^(?:\.\/)+/, '')}`;
  }

  private parse(): ParsedNode | undefined {
    const documents = parseYaml(this.text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false });
    const [first, second] = documents;
    for (const document of documents.slice(0, 2)) for (const { pos, message } of document.errors) this.mistake(within(this.text, pos[0], pos[1]), `not YAML: ${message.split('\n', 1)[0] ?? ''}`);
    if (second) this.mistake(spanOf(second.contents) ?? { start: second.range[0], end: second.range[0] }, 'a second document; only the first counts');
    this.document = first;
    return first?.contents ?? undefined;
  }

  private top(contents: ParsedNode | undefined): Omit<ProjectFile, 'path' | 'folder' | 'mistakes'> {
    const sets: TargetSet[] = [];
    let exclude: readonly Glob[] = [];
    if (contents === undefined || isNothing(contents)) return { values: {}, sets, exclude };
    const values = this.mapping(contents, TOP_KEYS, `a ${PROJECT_FILE}`, (key, value, place) => {
      if (key.type === 'globs') exclude = this.globs(value, place);
      else if (key.type === 'sets') sets.push(...this.sets(value, place));
    });
    return { values, sets, exclude };
  }

  /** @param other takes the keys that are no settings */
  private mapping(node: ParsedNode, keys: readonly ProjectKey[], what: string, other: (key: ProjectKey, value: ParsedNode, place: Place) => void): ProjectValues {
    if (!isMap(node)) {
      this.mistake(spanOf(node) ?? { start: 0, end: 0 }, `${what} must be a mapping of keys to values, is ${kindOf(node)}`);
      return {};
    }
    const values = Object.create(null) as Record<string, unknown>;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const keyNode = this.resolve(pair.key);
      const span = spanOf(pair.key as ParsedNode) ?? spanOf(node) ?? { start: 0, end: 0 };
      if (!isScalar(keyNode)) {
        this.mistake(span, `a key must be a word, is ${kindOf(keyNode)}`);
        continue;
      }
      const name = String(keyNode.value);
      const key = keys.find((k) => k.name === name);
      if (key === undefined) this.mistake(span, `${quoted(name)} is no key of ${what}${suggestion(name, keys)}`);
      else if (seen.has(name)) this.mistake(span, `${quoted(name)} is there twice; the first one counts`);
      else {
        seen.add(name);
        const value = this.resolve(pair.value);
        if (value === undefined || isNothing(value)) continue;
        const place: Place = { name, span: spanOf(pair.value as ParsedNode) ?? span };
        if (key.setting === undefined) other(key, value, place);
        else {
          const read = readValue(this, key, value, place);
          if (read !== undefined) values[key.setting.key] = read;
        }
      }
    }
    // Each was read as the row of its setting says, whose type is the member's.
    return values as ProjectValues;
  }

  private sets(node: ParsedNode, place: Place): readonly TargetSet[] {
    if (!isSeq(node)) {
      this.mistake(place.span, `"targets" must be a list of entries, each with "files", is ${kindOf(node)}`);
      return [];
    }
    return node.items.flatMap((item): TargetSet[] => {
      const entry = this.resolve(item);
      const span = spanOf(item as ParsedNode) ?? place.span;
      if (entry === undefined) return [];
      let files: readonly Glob[] | undefined;
      const values = this.mapping(entry, SET_KEYS, 'an entry of "targets"', (_key, value, at) => (files = this.globs(value, at)));
      if (files !== undefined) return [{ files, values }];
      if (isMap(entry)) this.mistake({ start: span.start, end: Math.min(span.end, this.lineEnd(span.start)) }, 'the entry does not say for which "files" it is; it is not used');
      return [];
    });
  }

  private globs(node: ParsedNode, place: Place): readonly Glob[] {
    const globs: Glob[] = [];
    for (const { text, span } of this.strings(node, place)) {
      const glob = parseGlob(text);
      if ('error' in glob) this.mistake(span, `${quoted(text)} in "${place.name}" ${glob.error}`);
      else globs.push(glob);
    }
    return globs;
  }

  /** A list of strings, or a single one. */
  strings(node: ParsedNode, place: Place): readonly { readonly text: string; readonly span: Span }[] {
    if (isScalar(node)) return [{ text: String(node.value), span: place.span }];
    if (!isSeq(node)) {
      this.mistake(place.span, `"${place.name}" must be a string or a list of strings, is ${kindOf(node)}`);
      return [];
    }
    return node.items.flatMap((item) => {
      const entry = this.resolve(item);
      const span = spanOf(item as ParsedNode) ?? place.span;
      if (isScalar(entry) && !isNothing(entry)) return [{ text: String(entry.value), span }];
      this.mistake(span, `what "${place.name}" lists must be strings, is ${kindOf(entry)}`);
      return [];
    });
  }

  private lineEnd(offset: number): number {
    const end = this.text.slice(offset).search(/[\r\n]/);
    return end < 0 ? this.text.length : offset + end;
  }

  /** With their places, in the order of these. What only follows from broken YAML on the same line is left out. */
  private mistakes(): readonly Mistake[] {
    const lines = new LineIndex(this.text);
    const all = this.found
      .map(({ message, span }): Mistake => ({ message, span, ...lines.humanPositionAt(span.start) }))
      .sort((a, b) => a.span.start - b.span.start);
    const broken = new Set(all.filter((m) => m.message.startsWith('not YAML')).map((m) => m.line));
    const kept = all.filter((m) => m.message.startsWith('not YAML') || !broken.has(m.line));
    if (kept.length <= MAX_MISTAKES) return kept;
    const last = kept[MAX_MISTAKES] as Mistake;
    return [...kept.slice(0, MAX_MISTAKES), { ...last, message: `and ${kept.length - MAX_MISTAKES} more mistakes from here on` }];
  }
}

function suggestion(name: string, keys: readonly ProjectKey[]): string {
  const known = keys.find((key) => key.setting?.key === name || `ebpfLens.${key.setting?.key ?? ''}` === name)?.name ?? closest(name, keys.map((key) => key.name));
  return known === undefined ? `; there are ${keys.map((key) => key.name).join(', ')}` : `; did you mean "${known}"?`;
}
