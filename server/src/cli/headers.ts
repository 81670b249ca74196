/** Headers that were read in this run: shared between the files that include them, and let go when there are many. */
import type { Session } from '../analysis.types.js';
import { readText } from './readText.js';

/** Headers kept with their trees between files. */
const KEPT = 64;

/** Reads headers once, and frees the least recently used ones between analyses, so that memory stays flat. */
export class Headers {
  /** Text by path, least recently used first; undefined for what cannot be read. */
  private readonly texts = new Map<string, string | undefined>();

  constructor(private readonly session: Session) {}

  /** A header's text. One that cannot be read is no trouble, it is only not seen. */
  readonly read = (path: string): string | undefined => {
    let text = this.texts.get(path);
    if (text === undefined && !this.texts.has(path)) {
      const result = readText(path);
      text = 'text' in result ? result.text : undefined;
    }
    this.texts.delete(path);
    this.texts.set(path, text);
    return text;
  };

  /** Lets go of what was not used lately. Not to be called while a unit is still in use. */
  trim(): void {
    for (const [path, text] of this.texts) {
      if (this.texts.size <= KEPT) return;
      this.texts.delete(path);
      if (text !== undefined) this.session.forget(path);
    }
  }
}
