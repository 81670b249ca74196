/** Looks for the source files that a log names, below the folders where they may be. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { SourceNote } from '../verifier/verifier.types.js';
import { locateLine, namesFile, type FoundLine } from '../verifier/locate.js';
import { filesBelow, shortest } from './projectWalk.js';
import { readText } from './readText.js';

/** The line of a note, in a file that is there. */
export interface FoundSource extends FoundLine {
  /** As one would type it from the working folder. */
  readonly path: string;
  readonly text: string;
}

export class SourceFiles {
  private readonly texts = new Map<string, string | undefined>();
  private listed: readonly string[] | undefined;

  /** @param folders where to look, in order; the first is usually the working folder */
  constructor(private readonly folders: readonly string[]) {}

  /**
   * @param program name of the function in which a note without a file is looked for
   * @returns undefined if no file fits
   */
  find(note: SourceNote, program?: string): FoundSource | undefined {
    if (note.file === undefined) return this.byText(note, program);
    let doubtful: FoundSource | undefined;
    for (const path of this.candidates(note.file)) {
      const found = this.locate(path, note, program);
      if (found?.certain) return found;
      doubtful ??= found;
    }
    return doubtful;
  }

  /** As it stands, below each folder, and any file of that name; best first. */
  private *candidates(file: string): Iterable<string> {
    const direct = isAbsolute(file) ? [file] : this.folders.flatMap((folder) => [join(folder, file), join(folder, file.replace(/^(?:\.\.?\/)+/, ''))]);
    for (const path of direct) if (existsSync(path)) yield path;
    const named = this.files().filter((path) => namesFile(path, file.split('/').at(-1)!));
    yield* named.sort((a, b) => Number(namesFile(b, file)) - Number(namesFile(a, file)));
  }

  /** Without a file's name only a C file that has the program counts, and only one. */
  private byText(note: SourceNote, program: string | undefined): FoundSource | undefined {
    if (program === undefined) return undefined;
    const hits = this.files().flatMap((path) => {
      if (!/\.[ch]$/.test(path) || !this.text(path)?.includes(program)) return [];
      const found = this.locate(path, note, program);
      return found === undefined ? [] : [found];
    });
    return hits.length === 1 ? hits[0] : undefined;
  }

  private locate(path: string, note: SourceNote, program: string | undefined): FoundSource | undefined {
    const text = this.text(path);
    const found = text === undefined ? undefined : locateLine(text, note, program);
    return text === undefined || found === undefined ? undefined : { ...found, path: shortest(path), text };
  }

  private text(path: string): string | undefined {
    if (!this.texts.has(path)) {
      const read = readText(path);
      this.texts.set(path, 'text' in read ? read.text : undefined);
    }
    return this.texts.get(path);
  }

  private files(): readonly string[] {
    return (this.listed ??= [...filesBelow(this.folders, (name) => /\.(?:c|h|bpf)$/.test(name), ['build'])]);
  }
}
