/** A project file, read: what it says for all files, for some of them, and what is wrong with it. */
import type { Settings } from '../settings/settings.js';
import type { Span } from '../text/span.js';
import type { Glob } from './glob.js';

/** What only the caller knows of the words that may stand in a file. */
export interface Vocabulary {
  readonly ruleIds: readonly string[];
  /** What is wrong with a target kernel, in a sentence that begins with the text; undefined if nothing is. */
  kernelProblem(text: string): string | undefined;
}

/** Something in the file that was not taken. */
export interface Mistake {
  readonly message: string;
  readonly span: Span;
  /** Both from 1, in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

/** Settings that a project may say. Include folders are whole paths. */
export type ProjectValues = Partial<Pick<Settings, 'targetKernel' | 'assumeLicense' | 'libbpfVersion' | 'severity' | 'programs' | 'includePaths' | 'defines' | 'architecture'>>;

/** An entry of `targets`. */
export interface TargetSet {
  readonly files: readonly Glob[];
  readonly values: ProjectValues;
}

export interface ProjectFile {
  /** Whole path, with `/`. */
  readonly path: string;
  /** The folder that it is for. */
  readonly folder: string;
  readonly values: ProjectValues;
  readonly sets: readonly TargetSet[];
  readonly exclude: readonly Glob[];
  /** In the order of their places. */
  readonly mistakes: readonly Mistake[];
}

/** The settings of a file, with what its project file says. */
export interface FileSettings extends Settings {
  /** Path of the project file that counts for it. */
  readonly projectFile?: string;
  /** The project file says that it is not to be checked. */
  readonly excluded?: boolean;
}
