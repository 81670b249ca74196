/** Headers that were read in this run: shared between the files that include them, and let go when there are many. */
import type { Session } from '../analysis.types.js';
import { readText } from './readText.js';

/** Headers kept with their trees between files. */
const KEPT = 64;
/** Paths remembered as not there; each is a look-up spared for every further file of the same folder. */
const KEPT_MISSING = 50_000;

/** Reads headers once, and frees the least recently used ones between analyses, so that memory stays flat. */
export class Headers {
  /** Text by path, least recently used first. */
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();

  constructor(private readonly session: Session) {}

  /** A header's text. One that cannot be read is no trouble, it is only not seen. */
  readonly read = (path: string): string | undefined => {
    if (this.missing.has(path)) return undefined;
    let text = this.texts.get(path);
    if (text === undefined) {
      const result = readText(path);
      if ('error' in result) {
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
      this.session.forget(path);
    }
  }
}
