/** Where the report goes: several formats at once, each to a file of its own, one of them to standard output. */
import { resolve } from 'node:path';
import { RULES } from '../rules/index.js';
import { writeAtomically } from './atomicWrite.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { reasonOf } from './readText.js';
import type { CheckJson, FindingJson } from './report.js';
import { GithubReporter } from './reporters/github.js';
import { renderJson } from './reporters/json.js';
import { JunitReporter } from './reporters/junit.js';
import { MarkdownReporter } from './reporters/markdown.js';
import type { Checked, Reporter } from './reporters/reporter.js';
import { SarifReporter } from './reporters/sarif.js';
import { TextReporter } from './reporters/text.js';
import { printable } from './terminal.js';

export const FORMATS = ['text', 'json', 'sarif', 'github', 'junit', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** `--format` and `--output` in the order in which they were given. */
export type OutputOption = { readonly format: string } | { readonly output: string };

/** One report. */
export interface Output {
  readonly format: Format;
  /** Without one it goes to standard output. */
  readonly file?: string;
}

const list = `${FORMATS.slice(0, -1).join(', ')} and ${FORMATS.at(-1)!}`;

/**
 * An `--output` belongs to the `--format` before it; one that comes first to the format behind it.
 * @throws UsageError for formats that do not exist, and where two would go to the same place
 */
export function parseOutputs(options: readonly OutputOption[]): readonly Output[] {
  const outputs: { format?: Format; file?: string }[] = [];
  for (const option of options) {
    const last = outputs.at(-1);
    if ('format' in option) {
      const format = FORMATS.find((f) => f === option.format);
      if (!format) throw new UsageError(`--format '${option.format}' is no format; it is one of ${list}`);
      if (last !== undefined && last.format === undefined) last.format = format;
      else outputs.push({ format });
    } else {
      if (option.output === '') throw new UsageError('--output needs the name of a file');
      // A shell makes `-o a.c b.c` of `-o *.c`.
      if (/\.(?:[cho]|btf)$/.test(option.output)) throw new UsageError(`--output ${printable(option.output)}: a report is not written over what looks like an input; name another file`);
      if (last === undefined) outputs.push({ file: option.output });
      else if (last.file !== undefined) throw new UsageError(`--output ${option.output}: --output ${last.file} has no --format of its own between them; write --format FORMAT --output FILE for each`);
      else last.file = option.output;
    }
  }
  const parsed = outputs.length === 0 ? [{ format: 'text' as const }] : outputs.map(({ format = 'text', file }): Output => ({ format, ...(file === undefined || file === '-' ? {} : { file }) }));
  const places = new Set<string | undefined>();
  for (const { format, file } of parsed as readonly Output[]) {
    const place = file === undefined ? undefined : resolve(file);
    if (places.has(place)) throw new UsageError(file === undefined ? `two formats go to standard output; give --format ${format} an --output FILE` : `two formats go to ${printable(file)}`);
    places.add(place);
  }
  return parsed;
}

/** What reporters need to know of a run. */
export interface ReportContext {
  readonly host: CliHost;
  readonly quiet: boolean;
  /** Whether text on standard output is coloured. */
  readonly colour: boolean;
  /** Whether SARIF has what comments and the baseline silence, too. */
  readonly suppressed: boolean;
  /** Text tells no more findings than this. */
  readonly maxFindings?: number;
  /** Whether a finding fails the run. */
  fails(finding: FindingJson): boolean;
}

function reporterFor({ format, file }: Output, { host, quiet, colour, maxFindings, suppressed, fails }: ReportContext): Reporter {
  const cwd = process.cwd();
  switch (format) {
    case 'json':
      return { file: () => '', end: renderJson };
    case 'sarif':
      return new SarifReporter(RULES, host.version, cwd, suppressed);
    case 'github':
      return new GithubReporter(cwd);
    case 'junit':
      return new JunitReporter(cwd, fails);
    case 'markdown':
      return new MarkdownReporter(cwd);
    case 'text': {
      const text = new TextReporter(colour && file === undefined, { quiet, maxFindings, columns: file === undefined ? host.columns : undefined });
      return { file: ({ entry, lines, related }) => text.file(entry, lines, related), end: (report) => text.summary(report.summary, report.target, report.targets) };
    }
  }
}

/** The reports of one run. */
export class Reports {
  private readonly all: readonly { readonly output: Output; readonly reporter: Reporter; readonly parts: string[] }[];
  /** Whether the one on standard output tells of files that could not be checked, so that nobody else has to. */
  readonly tellsErrors: boolean;

  constructor(outputs: readonly Output[], private readonly context: ReportContext) {
    this.all = outputs.map((output) => ({ output, reporter: reporterFor(output, context), parts: [] }));
    this.tellsErrors = outputs.some((o) => o.file === undefined && o.format === 'text');
  }

  file(checked: Checked): void {
    for (const { output, reporter, parts } of this.all) this.say(output, parts, reporter.file(checked));
  }

  /** Ends all reports. @returns the exit code: 2 instead of `code` if a file could not be written */
  end(report: CheckJson, code: number): number {
    let worst = code;
    for (const { output, reporter, parts } of this.all) {
      this.say(output, parts, reporter.end(report, code));
      if (output.file === undefined) continue;
      try {
        writeAtomically(output.file, parts.join(''));
      } catch (error) {
        this.context.host.err(`ebpf-lens: --output ${printable(output.file)}: cannot be written: ${reasonOf(error)}\n`);
        worst = EXIT.trouble;
      }
    }
    return worst;
  }

  private say({ file }: Output, parts: string[], text: string): void {
    if (text === '') return;
    if (file === undefined) this.context.host.out(text);
    else parts.push(text);
  }
}
