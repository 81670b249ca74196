/** What a rule is: metadata, examples that run as tests, and a function over the model. */
import type { Span, TextEdit } from '../text/span.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { Model, Program } from '../model/model.types.js';
import type { TargetPart } from '../model/target.js';

export type Severity = 'error' | 'warning' | 'info';

/**
 * The kernels that the user supports, ends included; `releases` are the book's releases among them (at least one entry, the bounds
 * themselves if the book has none). Rules run for mainline's releases together, and for each `kernel` of somebody's own by itself.
 */
export type Target = TargetPart;

/** A correction that a rule offers: a title and edits of one or more files. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly (TextEdit & { readonly path: string })[];
  /** Leaves nothing to the author's choice, and means what the code meant: what "fix all" applies. */
  readonly safe?: true;
}

/** What a rule reports. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly path: string;
  /** Only the callee, the field or the section's text. */
  readonly span: Span;
  readonly subject?: string;
  readonly programs: readonly string[];
  readonly fixes: readonly Fix[];
  readonly related: readonly { readonly path: string; readonly span: Span; readonly message: string }[];
}

/** What a rule may look at. */
export interface RuleContext {
  readonly model: Model;
  /** Of a kernel of somebody's own: with what is known of it at its release. */
  readonly facts: FactBook;
  /** Undefined when the user named no target. */
  readonly target: Target | undefined;
  /** The libbpf release that loads the programs, `1.2`; undefined where the user named none. */
  readonly libbpf?: string;
}

export interface Report {
  readonly path: string;
  readonly span: Span;
  readonly message: string;
  readonly subject?: string;
  readonly programs: readonly Program[];
  readonly severity?: Severity;
  /** As a function where finding them takes time: it is called when someone asks for them. */
  readonly fixes?: readonly Fix[] | (() => readonly Fix[]);
  readonly related?: Finding['related'];
}

export interface RuleExample {
  readonly code: string;
  readonly kernel?: string;
  /** What the setting for the libbpf version says. */
  readonly libbpf?: string;
}

/** Documentation of a rule, the source of its page under docs/rules/. */
export interface RuleDoc {
  readonly summary: string;
  readonly why: string;
  /** Code in which the rule finds exactly one thing. */
  readonly bad: RuleExample;
  /** The same code, mended: the rule finds nothing. */
  readonly good: RuleExample;
  readonly exceptions: string;
}

export interface Rule {
  /** Kebab-case, named for the pattern that it flags; also its file's name. */
  readonly id: string;
  readonly severity: Severity;
  readonly doc: RuleDoc;
  run(context: RuleContext, report: (finding: Report) => void): void;
}

/** Declares a rule; the one place through which every rule passes. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
