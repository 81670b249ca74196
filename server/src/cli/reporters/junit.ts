/**
 * `--format junit`: JUnit's XML, as CI systems read it. A file is a test suite and a program in it a test case, which fails where
 * a finding of the severity that fails the run concerns the program; so a program has a history.
 */
import type { FileJson, FindingJson } from '../report.js';
import type { Checked, Reporter } from './reporter.js';
import { plainPath, wellFormed } from './uri.js';

/** Text for an attribute or element: XML 1.0 takes no control characters but tab and line ends. What `printable` breaks up is written otherwise. */
function xml(text: string): string {
  const clean = wellFormed(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return clean.replace(/[&<>"'\t\n\r]|#(?=#[\w-]*\[)/g, (c) => `&#${c.charCodeAt(0)};`);
}

interface TestCase {
  readonly name: string;
  readonly line: number | undefined;
  readonly findings: FindingJson[];
}

export class JunitReporter implements Reporter {
  private readonly suites: string[] = [];
  private readonly total = { tests: 0, failures: 0, errors: 0 };

  /**
   * @param cwd folder of the run
   * @param fails whether a finding fails the run
   */
  constructor(private readonly cwd: string, private readonly fails: (finding: FindingJson) => boolean) {}

  file({ entry }: Checked): string {
    const path = plainPath(entry.path, this.cwd);
    const cases = casesOf(entry).map((test) => this.testCase(test, path));
    if (entry.error !== undefined) cases.push({ text: `    <testcase name="(the file)" classname="${xml(path)}" file="${xml(path)}" time="0">\n      <error message="${xml(entry.error)}"/>\n    </testcase>\n`, failed: false });
    const failures = cases.filter((c) => c.failed).length;
    const errors = entry.error === undefined ? 0 : 1;
    this.total.tests += cases.length;
    this.total.failures += failures;
    this.total.errors += errors;
    this.suites.push(`  <testsuite name="${xml(path)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0" time="0">\n${cases.map((c) => c.text).join('')}  </testsuite>\n`);
    return '';
  }

  private testCase({ name, line, findings }: TestCase, path: string): { text: string; failed: boolean } {
    const say = (f: FindingJson): string => `${f.path === undefined ? path : plainPath(f.path, this.cwd)}:${f.line}:${f.column}: ${f.severity}: ${f.message} [${f.rule}]`;
    const open = `    <testcase name="${xml(name)}" classname="${xml(path)}" file="${xml(path)}"${line === undefined ? '' : ` line="${line}"`} time="0"`;
    const failing = findings.filter(this.fails);
    const rest = findings.filter((f) => !this.fails(f));
    if (findings.length === 0) return { text: `${open}/>\n`, failed: false };
    const [first] = failing;
    const failure = first === undefined ? '' : `      <failure message="${xml(failing.length === 1 ? first.message : `${first.message} (and ${failing.length - 1} more)`)}" type="${xml(first.rule)}">${xml(failing.map(say).join('\n'))}</failure>\n`;
    const output = rest.length === 0 ? '' : `      <system-out>${xml(rest.map(say).join('\n'))}</system-out>\n`;
    return { text: `${open}>\n${failure}${output}    </testcase>\n`, failed: failing.length > 0 };
  }

  end(): string {
    const { tests, failures, errors } = this.total;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="eBPF Lens" tests="${tests}" failures="${failures}" errors="${errors}" time="0">\n${this.suites.join('')}</testsuites>\n`;
  }
}

/** The programs of a file, and what concerns none of them. */
function casesOf(entry: FileJson): TestCase[] {
  const cases = entry.programs.map((p): TestCase => ({ name: p.name, line: p.path === undefined ? p.line : undefined, findings: [] }));
  const rest: TestCase = { name: '(the file)', line: undefined, findings: [] };
  for (const finding of entry.findings) {
    const concerned = cases.filter((c) => finding.programs.includes(c.name));
    for (const test of concerned.length > 0 ? concerned : [rest]) test.findings.push(finding);
  }
  return rest.findings.length > 0 || (cases.length === 0 && entry.error === undefined) ? [...cases, rest] : cases;
}
