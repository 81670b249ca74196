/** `--format markdown`: a summary for people, such as the page of a workflow run ($GITHUB_STEP_SUMMARY) or a comment. */
import { escapeMarkdown, markdownTable, messageMarkdown } from '../../features/text/table.js';
import { describeTarget } from '../kernelOption.js';
import type { CheckJson, FileJson, FindingJson, Severity } from '../report.js';
import { printable } from '../terminal.js';
import type { Checked, Reporter } from './reporter.js';
import { forcing, toldAlready } from './text.js';
import { plainPath } from './uri.js';

/** GitHub takes a mebibyte a step; more than this nobody reads. */
const MAX_FINDINGS = 500;
const MAX_FILES = 500;
/** More rows than this fill a screen. */
const MANY = 10;
const MARKS: Readonly<Record<Severity, string>> = { error: '❌ error', warning: '⚠️ warning', info: 'ℹ️ note' };

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** A row of the table. */
interface Row {
  readonly severity: Severity;
  readonly rule: string;
  readonly cells: readonly string[];
}

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

export class MarkdownReporter implements Reporter {
  private readonly findings = new Map<string, Row>();
  private again = 0;

  /** @param cwd folder of the run */
  constructor(private readonly cwd: string) {}

  file({ entry }: Checked): string {
    for (const finding of entry.findings) {
      const path = plainPath(finding.path ?? entry.path, this.cwd);
      const place = `${path}:${finding.line}:${finding.column}`;
      // A header's finding once, for all the files that it is seen from.
      const { severity, rule } = finding;
      const known = this.findings.size;
      this.findings.set(JSON.stringify([place, rule, finding.message]), { severity, rule, cells: [MARKS[severity], place, said(finding), rule] });
      if (this.findings.size === known) this.again++;
    }
    return '';
  }

  end(report: CheckJson): string {
    const { summary, target, targets, files } = report;
    const aim = target === null ? '' : ` for Linux ${escapeMarkdown((targets ?? [target]).map(describeTarget).join(', '))}`;
    const failed = files.some((f) => f.error !== undefined);
    const mark = failed || summary.errors > 0 ? '❌' : summary.warnings > 0 ? '⚠️' : '✅';
    const again = this.again === 0 ? '' : `, ${toldAlready(this.again, 'the findings')}`;
    const head = `## ${mark} eBPF Lens: ${count(summary.errors, 'error')}, ${count(summary.warnings, 'warning')}, ${count(summary.infos, 'note')}\n\n${count(summary.files, 'file')}, ${count(summary.programs, 'program')}${aim}${again}.\n`;
    return [head, this.findingsTable(), this.unread(files), this.kernels(files)].filter((part) => part !== '').join('\n');
  }

  private findingsTable(): string {
    const rows = [...this.findings.values()];
    if (rows.length === 0) return '';
    // What is left out of a long table is what matters least.
    const ordered = rows.length > MAX_FINDINGS ? ORDER.flatMap((severity) => rows.filter((row) => row.severity === severity)) : rows;
    const more = rows.length > MAX_FINDINGS ? `\n…and ${rows.length - MAX_FINDINGS} more.\n` : '';
    return `${this.rules(rows)}${markdownTable([['', 'Where', 'What', 'Rule'], ...ordered.slice(0, MAX_FINDINGS).map((row) => row.cells)], messageMarkdown)}${more}`;
  }

  /** How many there are of each rule, where one does not see that in the table. */
  private rules(rows: readonly Row[]): string {
    const counts = new Map<string, number>();
    for (const { rule } of rows) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    if (rows.length <= MANY || counts.size === 1) return '';
    return `${[...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([rule, n]) => `${n} × \`${rule}\``).join(', ')}\n\n`;
  }

  private unread(files: readonly FileJson[]): string {
    const rows = files.flatMap((f) => (f.error === undefined ? [] : [[plainPath(f.path, this.cwd), printable(f.error)]]));
    return rows.length === 0 ? '' : `### Not checked\n\n${markdownTable([['File', 'Why'], ...rows.slice(0, MAX_FILES)])}`;
  }

  private kernels(files: readonly FileJson[]): string {
    const rows = files.flatMap((f) => {
      if (f.programs.length === 0) return [];
      const { version, max } = f.minKernel;
      return [[plainPath(f.path, this.cwd), `${version ?? 'not known'}${max === undefined ? '' : `, up to ${max}`}`, forcing(f.minKernel)]];
    });
    if (rows.length === 0) return '';
    const more = rows.length > MAX_FILES ? `\n…and ${rows.length - MAX_FILES} more.\n` : '';
    return `<details><summary>Least kernels of ${count(rows.length, 'file')}</summary>\n\n${markdownTable([['File', 'Linux', 'Because of'], ...rows.slice(0, MAX_FILES)])}${more}\n</details>\n`;
  }
}

function said(finding: FindingJson): string {
  return printable(finding.message) + (finding.targets === undefined ? '' : ` (fails on ${printable(finding.targets.join(', '))})`);
}
