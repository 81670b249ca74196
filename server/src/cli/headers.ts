/** Headers that were read in this run: shared between the files that include them, and let go when there are many. */
import { resolve } from 'node:path';
import { collectInput, type CollectedInput } from '../model/includes.js';
import { withDefines } from '../project/compileFlags.js';
import { Projects } from '../project/projectFlags.js';
import { notUsed } from '../project/unread.js';
import type { Settings } from '../settings/settings.js';
import { isObject, rawObject } from './objectInput.js';
import { readText, type ReadResult } from './readText.js';

/** Headers kept with their trees between files. */
const KEPT = 64;
/** Paths remembered as not there; each is a look-up spared for every further file of the same folder. */
const KEPT_MISSING = 50_000;

/** Reads headers once, and frees the least recently used ones between analyses, so that memory stays flat. */
export class Headers {
  /** Text by path, least recently used first. */
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();

  private readonly projects = new Projects();
  /** Texts of project files by path; undefined for those that are not there. */
  private readonly projectFiles = new Map<string, string | undefined>();
  private readonly told = new Set<string>();
  private notes: string[] = [];

  /** @param forget lets go of a path's views, where somebody keeps some */
  constructor(private readonly forget: (path: string) => void = () => undefined) {}

  /** A file with all that it includes, by the project's flags where a `compile_commands.json` or `.clangd` says some. */
  collect(path: string, text: string, settings: Settings): CollectedInput {
    if (isObject(text)) return rawObject(path, text);
    const whole = resolve(path).replaceAll('\\', '/');
    const { problems, ...flags } = this.projects.flagsOf(whole, this.readProject);
    for (const problem of problems) this.note(problem);
    const input = collectInput(path, text, this.read, { ...withDefines(flags, settings.defines), includePaths: settings.includePaths });
    for (const limit of input.limits ?? []) this.note(limit);
    return input;
  }

  /** What is to be told about project files since the last time, each once. */
  takeNotes(): readonly string[] {
    const notes = this.notes;
    this.notes = [];
    return notes;
  }

  /** Keeps a sentence for `takeNotes`, once. */
  note(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.notes.push(text);
  }

  private readonly readProject = (path: string): string | undefined => {
    if (this.projectFiles.has(path)) return this.projectFiles.get(path);
    const result = readText(path);
    const text = 'text' in result ? result.text : undefined;
    if (text === undefined) this.noteUnread(path, result);
    this.projectFiles.set(path, text);
    return text;
  };

  /** A file that is there and has no text is not left out silently. */
  private noteUnread(path: string, result: ReadResult): void {
    if ('error' in result && result.there) this.note(notUsed(path, result.error));
  }

  /** A header's text. One that is missing is no trouble, it is only not seen. */
  readonly read = (path: string): string | undefined => {
    if (this.missing.has(path)) return undefined;
    let text = this.texts.get(path);
    if (text === undefined) {
      const result = readText(path);
      if ('error' in result) {
        this.noteUnread(path, result);
        if (this.missing.size >= KEPT_MISSING) this.missing.clear();
        this.missing.add(path);
        return undefined;
      }
      text = result.text;
    }
    this.texts.delete(path);
    this.texts.set(path, text);
    return text;
  };

  /** Lets go of what was not used lately. Not to be called while a unit is still in use. */
  trim(): void {
    for (const path of this.texts.keys()) {
      if (this.texts.size <= KEPT) return;
      this.texts.delete(path);
      this.forget(path);
    }
  }
}
