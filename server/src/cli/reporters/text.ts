/** `--format text`: findings as compilers print them, with the source line and carets. */
import { parseRelease } from '../../facts/kernelVersion.js';
import { DIALECTS } from '../../features/recognition.js';
import { earlierToo } from '../../features/reasons.js';
import { printable } from '../terminal.js';
import type { CheckJson, FileJson, FindingJson, MinKernelJson, ReasonJson, RelatedJson, Severity, Summary } from '../report.js';
import type { Range } from '../places.js';
import { describeTarget } from '../kernelOption.js';
import { excerptOf } from './excerpt.js';
import type { SourceLines } from './reporter.js';

type Style = 'bold' | 'error' | 'warning' | 'info' | 'dim';
const CODES: Readonly<Record<Style, string>> = { bold: '1', error: '1;31', warning: '1;33', info: '1;36', dim: '2' };

/** Places told of one finding: the first few say enough. */
const MAX_RELATED = 6;

/** From so many findings on the end says how many there are of each rule. */
const MANY = 10;

export interface TextOptions {
  /** Leaves out all but errors. */
  readonly quiet?: boolean;
  /** No more findings than this are told; they are counted all the same. */
  readonly maxFindings?: number | undefined;
  /** Of the terminal, if there is one. */
  readonly columns?: number | undefined;
}

/** Renders reports; `colour` is for terminals only. */
export class TextReporter {
  private readonly byRule = new Map<string, number>();
  /** Findings that were told: every file that includes a header has what is in that, and the header may be checked by itself. */
  private readonly said = new Set<string>();
  private readonly not = { again: 0, over: 0 };
  private told = 0;

  constructor(private readonly colour: boolean, private readonly options: TextOptions = {}) {}

  private paint(style: Style, text: string): string {
    return this.colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }

  /** All that is to say about one file; '' for nothing. */
  file(file: FileJson, lines: SourceLines, related: readonly (readonly RelatedJson[])[] = []): string {
    const path = printable(file.path);
    const findings = file.findings.map((f, i) => (this.isTold(f, file) ? this.finding(f, file, lines, related[i] ?? []) : '')).join('');
    if (file.error === undefined) return this.options.quiet ? findings : findings + this.minKernel(path, file);
    return `${findings}${this.paint('bold', `${path}:`)} ${this.paint('error', 'error:')} ${printable(file.error)}\n`;
  }

  /** Whether a finding is to be told; counts it. */
  private isTold(finding: FindingJson, file: FileJson): boolean {
    const { quiet = false, maxFindings = Infinity } = this.options;
    if (quiet && finding.severity !== 'error') return false;
    this.byRule.set(finding.rule, (this.byRule.get(finding.rule) ?? 0) + 1);
    if (!file.compiled) {
      const place = JSON.stringify([finding.path ?? file.path, finding.line, finding.column, finding.rule, finding.message]);
      if (this.said.has(place)) {
        this.not.again++;
        return false;
      }
      this.said.add(place);
    }
    if (this.told >= maxFindings) {
      this.not.over++;
      return false;
    }
    this.told++;
    return true;
  }

  private finding(finding: FindingJson, file: FileJson, lines: SourceLines, related: readonly RelatedJson[]): string {
    const path = finding.path ?? file.path;
    const place = `${printable(path)}:${finding.line}:${finding.column}:`;
    const head = `${this.paint('bold', place)} ${this.paint(finding.severity, `${finding.severity}:`)} ${printable(finding.message)} [${finding.rule}]\n`;
    const where = finding.path === undefined ? '' : `    (${file.compiled ? 'compiled into' : 'included by'} ${printable(file.path)})\n`;
    const fixes = (finding.fixes ?? []).map((f) => `    ${this.paint('info', 'fix:')} ${printable(f.title)}\n`).join('');
    const fails = finding.targets === undefined ? '' : `    ${this.paint('info', 'fails on:')} ${printable(finding.targets.join(', '))}\n`;
    const notes = related.slice(0, MAX_RELATED).map((r) => this.note(r, file.path, lines)).join('');
    const more = related.length > MAX_RELATED ? `    and ${related.length - MAX_RELATED} places more\n` : '';
    return `${head}${where}${this.excerpt(finding, finding.severity, lines(path)[finding.line - 1])}${notes}${more}${fails}${fixes}\n`;
  }

  /** A place that explains the finding, as a compiler notes it. */
  private note(place: RelatedJson, main: string, lines: SourceLines): string {
    const path = place.path ?? main;
    const head = `${this.paint('bold', `${printable(path)}:${place.line}:${place.column}:`)} ${this.paint('info', 'note:')} ${printable(place.message)}\n`;
    return head + this.excerpt(place, 'info', lines(path)[place.line - 1]);
  }

  /** The line with carets under the finding. */
  private excerpt(f: Range, severity: Severity, source: string | undefined): string {
    // Lines longer than what a result keeps of them are nobody's to read.
    if (source === undefined || f.column - 1 > source.length) return '';
    const { text, indent, width } = excerptOf(source, f.column - 1, f.endLine === f.line ? f.endColumn - 1 : source.length, this.options.columns);
    const number = String(f.line).padStart(5);
    return `${this.paint('dim', `${number} |`)} ${text}\n${this.paint('dim', `${' '.repeat(number.length)} |`)} ${indent}${this.paint(severity, `^${'~'.repeat(width - 1)}`)}\n`;
  }

  private minKernel(path: string, file: FileJson): string {
    if (file.includedBy !== undefined) return `${this.paint('bold', path)}: judged for the programs of ${names(file.includedBy)}\n`;
    if (file.dialect !== undefined) return `${this.paint('bold', path)}: C for ${DIALECTS[file.dialect]}, which is not judged\n`;
    if (file.programs.length === 0) return `${this.paint('bold', path)}: no eBPF programs\n`;
    const { version, max } = file.minKernel;
    const range = version === null ? 'no minimum kernel known' : `needs Linux ${version} or newer${earlier(file.minKernel)}`;
    const upTo = max === undefined ? '' : `, up to ${max}`;
    const why = forcing(file.minKernel);
    return `${this.paint('bold', path)}: ${range}${upTo}${why ? ` ${this.paint('dim', `(${why})`)}` : ''}\n`;
  }

  /** The last lines. */
  summary(summary: Summary, target: CheckJson['target'], targets?: CheckJson['targets']): string {
    const aim = target === null ? '' : ` for Linux ${printable((targets ?? [target]).map(describeTarget).join(', '))}`;
    return (
      this.rules() +
      `${count(summary.files, 'file')}, ${count(summary.programs, 'program')}${aim}: ` +
      `${this.paint(summary.errors > 0 ? 'error' : 'bold', count(summary.errors, 'error'))}, ${count(summary.warnings, 'warning')}, ${count(summary.infos, 'note')}${this.left()}\n`
    );
  }

  /** How many findings there are of each rule, where they fill more than a screen. */
  private rules(): string {
    const rules = [...this.byRule].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const all = rules.reduce((sum, [, n]) => sum + n, 0);
    return all <= MANY || rules.length === 1 ? '' : `by rule: ${rules.map(([rule, n]) => `${n} ${rule}`).join(', ')}\n`;
  }

  /** What the counts have and the lines above do not. */
  private left(): string {
    const { again, over } = this.not;
    const left = [again === 0 ? '' : toldAlready(again), over === 0 ? '' : `${over} more than --max-findings tells`].filter((part) => part !== '');
    return left.length === 0 ? '' : ` (${left.join('; ')})`;
  }
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** What the counts of a report have more than its lines. */
export const toldAlready = (again: number, of = 'them'): string => `${again} of ${of} told for another file already`;

/** The first few of a list of paths, and how many more there are. */
function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map(printable).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

/** What is said where the least kernel is only known as the end of a range. */
function earlier({ version, reasons }: MinKernelJson): string {
  const arrivals = reasons.flatMap(({ guarded, since, after }) => {
    const release = guarded ? undefined : parseRelease(since);
    return release === undefined ? [] : [{ since: release, after: after === undefined ? undefined : parseRelease(after) }];
  });
  return version === null ? '' : earlierToo(parseRelease(version), arrivals);
}

/** What forces the minimum: the first reasons that have its version and no guard. */
export function forcing(min: MinKernelJson): string {
  if (min.version === null) return '';
  const features = new Map<string, ReasonJson>();
  for (const r of min.reasons) if (r.since === min.version && !r.guarded && !features.has(r.feature)) features.set(r.feature, r);
  const names = [...features.values()];
  const shown = names.slice(0, 3).map((r) => `${r.feature}, ${r.path === undefined ? `line ${r.line}` : `${r.path}:${r.line}`}`);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  return printable(shown.join('; '));
}
