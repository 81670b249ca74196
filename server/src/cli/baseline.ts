/** `--baseline`: findings that a team knows of and does not want to hear about, in a file that is read, reviewed and merged by people. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { writeAtomically } from './atomicWrite.js';
import { identityKey, identityOf, type Identity } from './fingerprint.js';
import { UsageError } from './host.js';
import { readText, reasonOf } from './readText.js';
import type { FindingJson } from './report.js';
import type { PlainChecked } from './reporters/reporter.js';
import { plainPath } from './reporters/uri.js';
import { printable } from './terminal.js';
import { entryOf } from '../text/entryOf.js';

/** One line of the file. */
export interface BaselineEntry extends Identity {
  /** Relative to the baseline's folder, with `/`. */
  readonly path: string;
  /** How many there are of it; 1 if absent. */
  readonly count?: number;
}

const FIELDS: Readonly<Record<string, 'string' | 'number'>> = { path: 'string', rule: 'string', subject: 'string', function: 'string', code: 'string', count: 'number' };
const NEEDED = ['path', 'rule', 'code'];

/** Compares findings with the baseline's, and gathers them for the next one. */
export class Baseline {
  private readonly folder: string;
  private readonly left = new Map<string, number>();
  private readonly found = new Map<string, { readonly entry: BaselineEntry; count: number }>();
  /** By place, so that a finding in a header counts once for all the files that it is seen from. */
  private readonly decided = new Map<string, boolean>();
  private readonly covered = new Set<string>();
  /** Findings that are known. */
  known = 0;

  /**
   * @param file path of the baseline; its folder is what its paths are relative to
   * @param entries as `readBaseline` gave them
   */
  constructor(private readonly file: string, private readonly entries: readonly BaselineEntry[]) {
    this.folder = dirname(resolve(file));
    for (const entry of entries) this.left.set(identityKey(entry.path, entry), (this.left.get(identityKey(entry.path, entry)) ?? 0) + (entry.count ?? 1));
  }

  /** Takes the findings of one input. @returns for each whether it is known */
  take(checked: PlainChecked, lineOf: (path: string, line: number) => string | undefined): readonly boolean[] {
    const { entry } = checked;
    for (const path of [entry.path, ...checked.headers]) this.covered.add(this.pathOf(path));
    return entry.findings.map((finding, i) => {
      const path = finding.path ?? entry.path;
      return this.isKnown(this.pathOf(path), finding, identityOf(finding, checked.origins[i]?.function, lineOf(path, finding.line)));
    });
  }

  private isKnown(path: string, finding: FindingJson, identity: Identity): boolean {
    const place = JSON.stringify([path, finding.line, finding.column, finding.rule, finding.message]);
    const before = this.decided.get(place);
    if (before !== undefined) return before;
    const key = identityKey(path, identity);
    const same = this.found.get(key);
    if (same) same.count++;
    else this.found.set(key, { entry: { path, ...identity }, count: 1 });
    const left = this.left.get(key) ?? 0;
    if (left > 0) this.left.set(key, left - 1);
    this.decided.set(place, left > 0);
    if (left > 0) this.known++;
    return left > 0;
  }

  /** Entries that nothing was found for any more, though their file was checked or is gone. */
  stale(): readonly BaselineEntry[] {
    const left = new Map(this.left);
    return this.entries.flatMap((entry) => {
      const key = identityKey(entry.path, entry);
      const count = Math.min(left.get(key) ?? 0, entry.count ?? 1);
      if (count === 0 || !this.speaksOf(entry)) return [];
      left.set(key, (left.get(key) ?? 0) - count);
      return [{ ...entry, count }];
    });
  }

  private speaksOf({ path }: BaselineEntry): boolean {
    return this.covered.has(path) || !existsSync(resolve(this.folder, path));
  }

  /** The findings of this run, and those of files that it did not look at. */
  next(): readonly BaselineEntry[] {
    const others = this.entries.filter((entry) => !this.speaksOf(entry));
    const found = [...this.found.values()].map(({ entry, count }): BaselineEntry => ({ ...entry, ...(count > 1 ? { count } : {}) }));
    return [...others, ...found];
  }

  /** @throws UsageError if the file cannot be written; what was there is there still */
  write(): number {
    const entries = this.next();
    try {
      writeAtomically(this.file, baselineText(entries));
    } catch (error) {
      throw new UsageError(`--write-baseline: ${printable(this.file)} cannot be written: ${reasonOf(error)}`);
    }
    return entries.reduce((n, e) => n + (e.count ?? 1), 0);
  }

  private pathOf(path: string): string {
    return plainPath(resolve(path), this.folder);
  }
}

/** The file: sorted, an entry a line, so that versions of it merge well. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const ordered = entries.map((entry) => ({ key: identityKey(entry.path, entry), entry })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const lines = ordered.map(({ entry: { path, rule, subject, function: fn, code, count } }) => `    ${JSON.stringify({ path, rule, subject, function: fn, code, count })}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/**
 * Reads a baseline.
 * @returns undefined if there is no such file
 * @throws UsageError with the place of what is wrong in it
 */
export function readBaseline(file: string): readonly BaselineEntry[] | undefined {
  if (!existsSync(file)) return undefined;
  const result = readText(file);
  if ('error' in result) throw new UsageError(`--baseline: ${printable(file)}: ${result.error}`);
  try {
    const parsed: unknown = JSON.parse(result.text);
    if (isBaseline(parsed)) return parsed.findings;
  } catch {
    // What is wrong, and where, is looked for below.
  }
  throw new UsageError(`--baseline: ${printable(file)}${whatIsWrong(result.text)}; write it anew with --write-baseline, or take it out of version control again`);
}

function isBaseline(value: unknown): value is { readonly findings: readonly BaselineEntry[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { version, findings } = value as { version?: unknown; findings?: unknown };
  return version === 1 && Array.isArray(findings) && findings.every((entry: unknown) => problemOf(entry) === undefined);
}

function problemOf(entry: unknown): { readonly field?: string; readonly problem: string } | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return { problem: 'an entry has to be an object' };
  const record = entry as Record<string, unknown>;
  for (const name of NEEDED) if (entryOf(record, name) === undefined) return { problem: `the entry has no "${name}"` };
  for (const [name, value] of Object.entries(record)) {
    const type = entryOf(FIELDS, name);
    if (type === undefined) return { field: name, problem: `"${printable(name.slice(0, 40))}" is not known` };
    if (typeof value !== type || (type === 'number' && !(Number.isInteger(value) && Number(value) > 0))) return { field: name, problem: `"${name}" has to be a ${type === 'number' ? 'number above 0' : 'text'}` };
  }
  return undefined;
}

/** `:line:column: what` for the first thing that is wrong. A JSON parser does not tell places; YAML's does, and JSON is YAML. */
function whatIsWrong(text: string): string {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, strict: true, stringKeys: true });
  const at = (offset: number, problem: string): string => {
    const { line, col } = counter.linePos(offset);
    return `:${line}:${col}: ${problem}`;
  };
  const placeOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
  const [error] = document.errors;
  if (error !== undefined) return at(error.pos[0], `is no JSON: ${printable(error.message.split(/ at line |\n/, 1)[0] ?? '')}`);
  const root = document.contents;
  if (!isMap(root)) return at(placeOf(root), 'a baseline is an object with "version" and "findings"');
  const version: unknown = root.get('version', true);
  if (!isScalar(version) || version.value !== 1) return at(placeOf(version ?? root), 'this build reads version 1 only');
  const findings: unknown = root.get('findings', true);
  if (!isSeq(findings)) return at(placeOf(findings ?? root), '"findings" has to be a list');
  for (const item of findings.items) {
    const problem = problemOf((item as Node).toJS(document));
    if (problem !== undefined) return at(placeOf(problem.field !== undefined && isMap(item) ? (item.get(problem.field, true) ?? item) : item), problem.problem);
  }
  return at(0, 'is no JSON');
}
