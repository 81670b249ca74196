/** The façade's types: what editor, command line and worker all get from one analysis. */
import type { FactBook } from './facts/factBook.types.js';
import type { Model, Program, Requirement } from './model/model.types.js';
import type { TargetParts } from './model/target.js';
import type { Finding, Target } from './rules/rule.js';
import type { Settings } from './settings/settings.js';
import type { Span } from './text/span.js';
import type { CallAround, CompletionRole, CursorRole } from './syntax/views.js';

/** Texts to analyse: the main file and those that it includes, by the path the reader gave them. */
export interface Input {
  readonly main: string;
  readonly files: ReadonlyMap<string, string>;
  /** How an `#include` in a file was resolved: includer's path → written path → path in `files`. */
  readonly includes?: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** The least kernel, and what forces it. */
export interface MinKernel {
  /** Undefined when nothing is known to need a version. */
  readonly version: number | undefined;
  /** The last release that still has everything, where something was removed. */
  readonly max?: number;
  /** All requirements, the guarded ones too, highest `since` first, then by place. */
  readonly reasons: readonly Requirement[];
}

/** What is judged at once: mainline's releases of a target, or one kernel of somebody's own with its book. */
export interface Aim {
  readonly facts: FactBook;
  readonly target: Target | undefined;
}

/** One analysed file with all that was found. */
export interface Unit {
  readonly input: Input;
  readonly facts: FactBook;
  readonly settings: Settings;
  /** The outer bounds, and the parts. */
  readonly target: TargetParts | undefined;
  /** One for each part of the target; one without a target where there is none. */
  readonly aims: readonly Aim[];
  readonly model: Model;
  readonly findings: readonly Finding[];
  /** Findings that a comment of the finding's file silences, with that comment. */
  readonly silenced: readonly { readonly finding: Finding; readonly comment: Span }[];
  /** Of the file: everything in it, or of one program and what it reaches. */
  minKernel(program?: Program): MinKernel;
  /** What stands under an offset of the main file. Valid until the same path is analysed again. */
  roleAt(offset: number): CursorRole;
  /** What is being typed at an offset of the main file. Valid as long as `roleAt` is. */
  completionAt(offset: number): CompletionRole;
  /** The call whose arguments are being typed at an offset of the main file. Valid as long as `roleAt` is. */
  callAt(offset: number): CallAround | undefined;
  /** Units of files that include this one, for a header: its code is judged for their programs. */
  readonly includers?: readonly Unit[];
  /** Rules that threw, for the log: once each. */
  readonly failures: readonly { readonly rule: string; readonly error: string }[];
}

/**
 * Keeps parsed files between analyses, so that an edit costs what it changed. The pure function underneath is
 * `analyze(input, facts, settings)`, which is a session used once.
 */
export interface Session {
  /** Analyses `input`; texts that did not change since the last call are not parsed again. Never throws on any input text. */
  analyze(input: Input, settings: Settings): Unit;
  /** Forgets a file and frees its tree. */
  forget(path: string): void;
  dispose(): void;
}
