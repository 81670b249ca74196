/** What a finding is known by when lines above it come and go. */
import type { FindingJson } from './report.js';

/** A line without its indentation, runs of blanks as one. */
export function normalizedLine(line: string | undefined): string {
  return (line ?? '').trim().replace(/\s+/g, ' ');
}

/** The same for the same finding after lines moved; `path` is told apart by the caller. */
export interface Identity {
  readonly rule: string;
  readonly subject?: string;
  /** The function that it stands in. */
  readonly function?: string;
  /** The line, normalised. */
  readonly code: string;
}

export function identityOf(finding: FindingJson, fn: string | undefined, line: string | undefined): Identity {
  return { rule: finding.rule, ...(finding.subject === undefined ? {} : { subject: finding.subject }), ...(fn === undefined ? {} : { function: fn }), code: normalizedLine(line) };
}

/** As a key of a map. */
export function identityKey(path: string, { rule, subject = '', function: fn = '', code }: Identity): string {
  return JSON.stringify([path, rule, subject, fn, code]);
}
