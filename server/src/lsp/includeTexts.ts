/** Texts of the files that a document includes, read ahead of the analysis, which reads nothing itself. */
import type { Input } from '../analysis.types.js';

export interface IncludeTexts {
  readonly files: ReadonlyMap<string, string>;
  readonly includes: NonNullable<Input['includes']>;
}

export const EMPTY_INCLUDES: IncludeTexts = { files: new Map(), includes: new Map() };

/** The input for a document whose includes are known. */
export function withMain(includes: IncludeTexts, uri: string, text: string): Input {
  const files = new Map(includes.files);
  files.set(uri, text);
  return { main: uri, files, includes: includes.includes };
}
