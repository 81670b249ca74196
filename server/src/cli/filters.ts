/** What of a run's findings is told: `--baseline` takes away those that are known, `--diff` those on lines that did not change. */
import { closeSync, openSync, statSync } from 'node:fs';
import { Baseline, readBaseline } from './baseline.js';
import { anyChanged, changedLines, parseUnifiedDiff, type ChangedLines } from './changedLines.js';
import { forReporters, keepFindings } from './checked.js';
import type { CheckOptions } from './checkOptions.js';
import { changedSince } from './gitBase.js';
import { UsageError, type CliHost } from './host.js';
import { decode, readToEnd, reasonOf } from './readText.js';
import type { CheckJson } from './report.js';
import type { PlainChecked, Silenced } from './reporters/reporter.js';
import { printable } from './terminal.js';

/** Stale entries that are named one by one. */
const MAX_STALE = 10;
/** What lies between two releases of the kernel has some 200. */
const MAX_DIFF = 400 * 1024 * 1024;

const countOf = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Takes away the findings that are not asked for. */
export class Filters {
  private readonly hidden = { known: 0, unchanged: 0 };
  private readonly baseline: Baseline | undefined;
  private readonly changed: ChangedLines | undefined;

  /** @throws UsageError for a baseline, a diff or a commit that cannot be read, and options that make no sense together */
  constructor(private readonly options: CheckOptions) {
    this.baseline = openBaseline(options);
    this.changed = options.diff === undefined ? undefined : readDiff(options.diff);
  }

  /** The result with what is to be told of it; what the baseline knows of joins what comments silence. */
  apply(checked: PlainChecked): PlainChecked {
    return this.withoutKnown(this.withoutUnchanged(checked));
  }

  private withoutUnchanged(checked: PlainChecked): PlainChecked {
    const { changed } = this;
    if (changed === undefined) return checked;
    const touched = checked.origins.map(({ lines }) => anyChanged(changed, checked.entry.path, lines));
    this.hidden.unchanged += touched.filter((t) => !t).length;
    return { ...keepFindings(checked, (i) => touched[i] ?? true), silenced: checked.silenced.filter(({ origin }) => anyChanged(changed, checked.entry.path, origin.lines)) };
  }

  private withoutKnown(checked: PlainChecked): PlainChecked {
    if (this.baseline === undefined) return checked;
    const { lines } = forReporters(checked);
    const known = this.baseline.take(checked, (path, line) => lines(path)[line - 1]);
    this.hidden.known += known.filter(Boolean).length;
    const why = `listed in ${this.options.baseline}`;
    const silenced = checked.entry.findings.flatMap((finding, i): Silenced[] => (known[i] ? [{ finding, related: checked.related[i] ?? [], origin: checked.origins[i] ?? { lines: [] }, why }] : []));
    return { ...keepFindings(checked, (i) => !known[i]), silenced: [...checked.silenced, ...silenced] };
  }

  /** How many findings were taken away, for the report. */
  counts(): Pick<CheckJson, 'hidden'> {
    const { baseline, diff } = this.options;
    if (baseline === undefined && diff === undefined) return {};
    return { hidden: { ...(baseline === undefined ? {} : { baseline: this.hidden.known }), ...(diff === undefined ? {} : { diff: this.hidden.unchanged }) } };
  }

  /** Says what was taken away, and writes the baseline where that is asked for. */
  finish({ err }: CliHost): void {
    const { options, hidden } = this;
    if (this.baseline !== undefined) this.finishBaseline(this.baseline, err);
    else if (hidden.unchanged > 0 && options.quiet !== true) err(`ebpf-lens: ${countOf(hidden.unchanged, 'finding')} on lines that did not change ${hidden.unchanged === 1 ? 'is' : 'are'} not shown\n`);
  }

  private finishBaseline(baseline: Baseline, err: (text: string) => void): void {
    const { options, hidden } = this;
    const file = printable(options.baseline ?? '');
    if (options.writeBaseline === true) return err(`ebpf-lens: ${file} has ${countOf(baseline.write(), 'finding')} now\n`);
    const stale = baseline.stale();
    // Where only changed lines count, what was not seen may be there still.
    if (stale.length > 0 && options.diff === undefined) {
      err(`ebpf-lens: ${countOf(stale.reduce((n, e) => n + (e.count ?? 1), 0), 'finding')} of ${file} ${stale.length === 1 ? 'is' : 'are'} mended; --write-baseline takes them out:\n`);
      for (const { path, rule, function: fn, code } of stale.slice(0, MAX_STALE)) err(`  ${printable(path)}: ${printable(rule)}${fn === undefined ? '' : ` in ${printable(fn)}`}: ${printable(code.slice(0, 80))}\n`);
      if (stale.length > MAX_STALE) err(`  and ${stale.length - MAX_STALE} more\n`);
    }
    if (hidden.known > 0 && options.quiet !== true) err(`ebpf-lens: ${countOf(baseline.known, 'finding')} known from ${file} ${baseline.known === 1 ? 'is' : 'are'} not shown\n`);
  }

  /** Lets go of the repository that was compared with. */
  close(): void {
    this.changed?.close?.();
  }
}

/** @throws UsageError if it cannot be read or is no diff */
function readDiff(name: string): ChangedLines {
  if (name !== '-' && !isReadable(name)) return changedSince(name, process.cwd());
  const shown = name === '-' ? 'standard input' : printable(name);
  let fd: number | undefined;
  let bytes: Buffer | undefined;
  try {
    // Waits for a pipe's writer: <(git diff) is one.
    fd = name === '-' ? 0 : openSync(name, 'r');
    bytes = readToEnd(fd, MAX_DIFF);
  } catch (error) {
    throw new UsageError(`--diff: ${shown}: ${reasonOf(error)}`);
  } finally {
    if (fd !== undefined && fd !== 0) closeSync(fd);
  }
  if (bytes === undefined) throw new UsageError(`--diff: ${shown} is larger than ${MAX_DIFF / 1024 / 1024} MiB`);
  const result = decode(bytes);
  const files = 'error' in result ? undefined : parseUnifiedDiff(result.text);
  if (files === undefined) throw new UsageError(`--diff: ${shown} is no unified diff; make one with git diff -U0 BASE`);
  return changedLines(files, process.cwd());
}

/** A file or a pipe of that name; a folder may be called like a branch. */
function isReadable(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** @throws UsageError for a baseline that is broken, or not there and not to be written */
function openBaseline({ baseline, writeBaseline, diff }: CheckOptions): Baseline | undefined {
  if (baseline === undefined) {
    if (writeBaseline === true) throw new UsageError('--write-baseline needs --baseline FILE, which says where to');
    return undefined;
  }
  if (writeBaseline === true && diff !== undefined) throw new UsageError('--write-baseline takes all findings; it does not go with --diff');
  const entries = readBaseline(baseline);
  if (entries === undefined && writeBaseline !== true) throw new UsageError(`--baseline: ${printable(baseline)}: no such file; --write-baseline makes it`);
  return new Baseline(baseline, entries ?? []);
}
