/** Every place of the workspace that means what the cursor is on: in the document's own unit, in the other open ones, and in files that are not open. */
import type { CancellationToken, Location } from 'vscode-languageserver';
import { fileKind } from '../features/ebpfFile.js';
import { references, referencesToName, type Reference } from '../features/navigation/references.js';
import { namesOf, onlyThrough, sameThing } from '../features/navigation/sameThing.js';
import type { Subject } from '../features/navigation/subject.js';
import type { Current } from './documents.js';
import { rangeOf } from './places.js';
import type { Service } from './service.js';
import { keyOf } from './uriPath.js';

/** An editor shows no more; a name that is everywhere is better searched as text. */
const MAX_PLACES = 10_000;

/**
 * @param declarations also those places that define or declare it
 * @returns the document's own places, those of the files that it includes, and those of other files by URI; each file's in their order
 */
export async function workspaceReferences(service: Service, current: Current, subject: Subject, declarations: boolean, token: CancellationToken): Promise<Location[]> {
  const places = new Places(declarations);
  const searched = new Set<string>();
  const names = namesOf(subject);
  const take = (from: Current, list: readonly Reference[]): void => {
    places.add(from, list);
    for (const path of from.unit.input.files.keys()) searched.add(keyOf(path));
  };
  take(current, references(current.unit, subject));
  places.endOwn();
  // Ranges are taken at once: an open text may be edited while files are read.
  for (const other of service.openUnits()) {
    if (other.text.uri !== current.text.uri && fileKind(other.unit, other.text.uri) !== 'other') takeShared(other);
  }
  const through = names.map((name) => onlyThrough(current.unit, name));
  const sharing = through.includes(undefined) ? undefined : new Set(through.flatMap((paths) => paths ?? []).map(keyOf));
  for await (const other of service.closed.with({ names, searched, sharing, token })) {
    takeShared(other);
    if (places.count > MAX_PLACES) break;
  }
  return places.sorted();

  function takeShared(other: Current): void {
    const shared = names.filter((name) => sameThing(current.unit, other.unit, name));
    const list = shared.flatMap((name) => referencesToName(other.unit, name));
    if (shared.length === names.length) take(other, list);
    else places.add(other, list);
  }
}

/** Places by file, each once. */
class Places {
  private readonly files = new Map<string, Map<string, Location>>();
  /** So many files stand first, as they came. */
  private own = 0;
  count = 0;

  constructor(private readonly declarations: boolean) {}

  add({ unit, text }: Current, list: readonly Reference[]): void {
    for (const { path, span, declares } of list) {
      // Macros from the settings are a text of the unit that is no file.
      if (path.startsWith('<') || (declares && !this.declarations)) continue;
      const range = rangeOf(unit, text, path, span);
      let file = this.files.get(keyOf(path));
      if (file === undefined) this.files.set(keyOf(path), (file = new Map()));
      const id = `${range.start.line} ${range.start.character}`;
      if (!file.has(id)) this.count++;
      file.set(id, { uri: path, range });
    }
  }

  /** What is added from now on comes behind what is there, by URI. */
  endOwn(): void {
    this.own = this.files.size;
  }

  sorted(): Location[] {
    const files = [...this.files];
    const others = files.slice(this.own).sort(([a], [b]) => (a < b ? -1 : 1));
    return [...files.slice(0, this.own), ...others].flatMap(([, places]) => [...places.values()].sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character));
  }
}
