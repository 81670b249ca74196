/**
 * `--format github`: workflow commands, which GitHub shows beside the lines of a pull request. Their syntax and escapes are those of
 * the runner (actions/toolkit, "Workflow commands for GitHub Actions").
 */
import type { CheckJson, FindingJson, Severity } from '../report.js';
import { printable } from '../terminal.js';
import type { Checked, Reporter } from './reporter.js';
import { toldAlready } from './text.js';
import { plainPath } from './uri.js';

/** Of each kind GitHub shows the first ten of a step beside the lines (docs.github.com, "Workflow commands", limits of annotations). */
const MAX_SHOWN = 10;
const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Escapes what stands behind the `::`. */
function data(text: string): string {
  return lines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Escapes the value of a property, which `,` and `:` would end. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** No control characters but line ends, which the escapes keep. */
function lines(text: string): string {
  return text.split(/(\r\n|\r|\n)/).map((part, i) => (i % 2 === 0 ? printable(part) : part)).join('');
}

function command(name: string, properties: Readonly<Record<string, string | number>>, text: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${name} ${list.join(',')}::${data(text)}\n`;
}

/** One command a finding; a finding in a header that several files include is said once. */
export class GithubReporter implements Reporter {
  private readonly said = new Set<string>();
  private again = 0;
  private readonly counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  /** @param cwd folder of the run, which should be the repository's, as GitHub looks for the paths there */
  constructor(private readonly cwd: string) {}

  file({ entry }: Checked): string {
    const commands = entry.findings.map((f) => this.finding(f, f.path ?? entry.path));
    if (entry.error !== undefined) commands.push(command('error', { file: plainPath(entry.path, this.cwd), title: 'eBPF Lens could not check this file' }, entry.error));
    return commands.join('');
  }

  private finding(finding: FindingJson, path: string): string {
    const { line, endLine, column, endColumn } = finding;
    // The runner takes columns only where a finding ends on its first line.
    const columns: Record<string, number> = line === endLine ? { col: column, endColumn } : {};
    const fails = finding.targets === undefined ? '' : `\nFails on: ${finding.targets.join(', ')}`;
    const file = plainPath(path, this.cwd);
    const properties = { file, line, endLine, ...columns, title: finding.rule };
    const said = command(COMMANDS[finding.severity], properties, finding.message + fails);
    if (this.said.has(said)) {
      this.again++;
      return '';
    }
    this.said.add(said);
    // What is only in the log has to name its place: the log does not show the properties.
    return ++this.counts[finding.severity] <= MAX_SHOWN ? said : command(COMMANDS[finding.severity], properties, `${file}:${line}:${column}: ${finding.message}${fails}`);
  }

  end({ summary }: CheckJson): string {
    const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
    return `${count(summary.files, 'file')}, ${count(summary.programs, 'program')}: ${count(summary.errors, 'error')}, ${count(summary.warnings, 'warning')}, ${count(summary.infos, 'note')}${this.again === 0 ? '' : ` (${toldAlready(this.again)})`}\n${this.left()}`;
  }

  private left(): string {
    return Object.values(this.counts).some((n) => n > MAX_SHOWN) ? `GitHub shows the first ${MAX_SHOWN} errors, warnings and notes of a step beside the lines; the others are in this log, and --format sarif has them all\n` : '';
  }
}
