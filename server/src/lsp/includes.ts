/** The texts that a document's analysis takes beside its own. */
import type { Input } from '../analysis.types.js';

export interface IncludeTexts {
  /** By URI. May hold a stale text of the main file, which `withMain` replaces. */
  readonly files: ReadonlyMap<string, string>;
  readonly includes: NonNullable<Input['includes']>;
}

export const EMPTY_INCLUDES: IncludeTexts = { files: new Map(), includes: new Map() };

/** The input for a document whose includes are known. */
export function withMain(includes: IncludeTexts, uri: string, text: string): Input {
  if (includes.files.size === 0) return { main: uri, files: new Map([[uri, text]]) };
  const files = new Map(includes.files);
  files.set(uri, text);
  return { main: uri, files, includes: includes.includes };
}
