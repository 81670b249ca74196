/** `--format text`: findings as compilers print them, with the source line and carets. */
import { blanks, printable } from '../terminal.js';
import type { CheckJson, FileJson, FindingJson, MinKernelJson, ReasonJson, RelatedJson, Severity, Summary } from '../report.js';
import type { Range } from '../places.js';
import { describeTarget } from '../kernelOption.js';
import type { SourceLines } from './reporter.js';

type Style = 'bold' | 'error' | 'warning' | 'info' | 'dim';
const CODES: Readonly<Record<Style, string>> = { bold: '1', error: '1;31', warning: '1;33', info: '1;36', dim: '2' };

const MAX_SOURCE = 200;

/** Places told of one finding: the first few say enough. */
const MAX_RELATED = 6;

/** Renders reports; `colour` is for terminals only, `quiet` leaves out all but errors. */
export class TextReporter {
  constructor(private readonly colour: boolean, private readonly quiet = false) {}

  private paint(style: Style, text: string): string {
    return this.colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }

  /** All that is to say about one file; '' for nothing. */
  file(file: FileJson, lines: SourceLines, related: readonly (readonly RelatedJson[])[] = []): string {
    const path = printable(file.path);
    const findings = file.findings.map((f, i) => (this.quiet && f.severity !== 'error' ? '' : this.finding(f, file, lines, related[i] ?? []))).join('');
    if (file.error === undefined) return this.quiet ? findings : findings + this.minKernel(path, file);
    return `${findings}${this.paint('bold', `${path}:`)} ${this.paint('error', 'error:')} ${printable(file.error)}\n`;
  }

  private finding(finding: FindingJson, file: FileJson, lines: SourceLines, related: readonly RelatedJson[]): string {
    const path = finding.path ?? file.path;
    const place = `${printable(path)}:${finding.line}:${finding.column}:`;
    const head = `${this.paint('bold', place)} ${this.paint(finding.severity, `${finding.severity}:`)} ${printable(finding.message)} [${finding.rule}]\n`;
    const where = finding.path === undefined ? '' : `    (${file.compiled ? 'compiled into' : 'included by'} ${printable(file.path)})\n`;
    const fixes = (finding.fixes ?? []).map((f) => `    ${this.paint('info', 'fix:')} ${printable(f.title)}\n`).join('');
    const fails = finding.targets === undefined ? '' : `    ${this.paint('info', 'fails on:')} ${finding.targets.join(', ')}\n`;
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

  /** The line with carets under the finding; a long line is cut at its end. */
  private excerpt(f: Range, severity: Severity, source: string | undefined): string {
    if (source === undefined || f.column - 1 > MAX_SOURCE) return '';
    const shown = source.length > MAX_SOURCE ? `${source.slice(0, MAX_SOURCE)}…` : source;
    const end = f.endLine === f.line ? Math.min(f.endColumn - 1, shown.length) : shown.length;
    const marked = blanks(shown.slice(f.column - 1, end)).length;
    const carets = `^${'~'.repeat(Math.max(0, marked - 1))}`;
    const number = String(f.line).padStart(5);
    return (
      `${this.paint('dim', `${number} |`)} ${printable(shown)}\n` +
      `${this.paint('dim', '      |')} ${blanks(shown.slice(0, f.column - 1))}${this.paint(severity, carets)}\n`
    );
  }

  private minKernel(path: string, file: FileJson): string {
    if (file.includedBy !== undefined) return `${this.paint('bold', path)}: judged for the programs of ${names(file.includedBy)}\n`;
    if (file.programs.length === 0) return `${this.paint('bold', path)}: no eBPF programs\n`;
    const { version, max } = file.minKernel;
    const range = version === null ? 'no minimum kernel known' : `needs Linux ${version} or newer`;
    const upTo = max === undefined ? '' : `, up to ${max}`;
    const why = forcing(file.minKernel);
    return `${this.paint('bold', path)}: ${range}${upTo}${why ? ` ${this.paint('dim', `(${why})`)}` : ''}\n`;
  }

  /** The last line. */
  summary(summary: Summary, target: CheckJson['target'], targets?: CheckJson['targets']): string {
    const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
    const aim = target === null ? '' : ` for Linux ${(targets ?? [target]).map(describeTarget).join(', ')}`;
    return (
      `${count(summary.files, 'file')}, ${count(summary.programs, 'program')}${aim}: ` +
      `${this.paint(summary.errors > 0 ? 'error' : 'bold', count(summary.errors, 'error'))}, ${count(summary.warnings, 'warning')}, ${count(summary.infos, 'note')}\n`
    );
  }
}

/** The first few of a list of paths, and how many more there are. */
function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map(printable).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

/** What forces the minimum: the first reasons that have its version and no guard. */
export function forcing(min: MinKernelJson): string {
  if (min.version === null) return '';
  const features = new Map<string, ReasonJson>();
  for (const r of min.reasons) if (r.since === min.version && !r.guarded && !features.has(r.feature)) features.set(r.feature, r);
  const names = [...features.values()];
  const shown = names.slice(0, 3).map((r) => `${r.feature}, line ${r.line}`);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  return printable(shown.join('; '));
}
