/** `--format sarif`: the report as SARIF 2.1.0 (OASIS), for code scanning and viewers. The same input gives the same bytes. */
import { createHash } from 'node:crypto';
import type { Rule, Severity } from '../../rules/rule.js';
import { normalizedLine } from '../fingerprint.js';
import type { Range } from '../places.js';
import type { CheckJson, FindingJson, FixJson, RelatedJson } from '../report.js';
import { toJson } from './json.js';
import type { Checked, Origin, Reporter, Silenced } from './reporter.js';
import { plainPath, toUri } from './uri.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://github.com/ebpf-lens/ebpf-lens';
/** Where the rules' pages are; the editor links to the same. */
export const RULE_PAGES = `${HOME}/blob/main/docs/rules/`;
/** The name that code scanning knows for the top of the repository. */
const BASE = '%SRCROOT%';
/** GitHub refuses a file with more (docs.github.com, "SARIF support for code scanning"). */
const MAX_RESULTS = 25_000;
const UNREAD = 'input-not-checked';
const NOTHING = 'nothing-to-check';
const LEFT_OUT = 'results-left-out';
const EXIT_WORDS = ['no error was found', 'errors were found', 'wrong usage, or files that could not be read'] as const;

type Level = 'error' | 'warning' | 'note';
const LEVELS: Readonly<Record<Severity, Level>> = { error: 'error', warning: 'warning', info: 'note' };

/** A finding once, for all the files from which it is seen. */
interface Result {
  readonly finding: FindingJson;
  readonly path: string;
  readonly line: string;
  readonly function: string | undefined;
  readonly related: readonly { readonly place: RelatedJson; readonly path: string }[];
  readonly fixes: readonly { readonly fix: FixJson; readonly main: string }[];
  readonly programs: Set<string>;
  readonly suppression: object | undefined;
}

/** A plain message; `{0}` would read as a placeholder. */
function message(text: string): { text: string } {
  return { text: text.replace(/\{(\d+)\}/g, '{{$1}}') };
}

function region({ line, column, endLine, endColumn }: Range): object {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

/** A rule as the viewer shows it: what, why, and code with and without the problem. */
export function describeRule(rule: Rule): object {
  const { id, severity, doc } = rule;
  const example = (title: string, { code, kernel }: Rule['doc']['bad']): string =>
    `## ${title}${kernel === undefined ? '' : ` (for Linux ${kernel})`}\n\n\`\`\`c\n${code.trimEnd()}\n\`\`\`\n`;
  const markdown = `${doc.summary}\n\n${doc.why}\n\n${example('Problem', doc.bad)}\n${example('Correct', doc.good)}\n## Exceptions\n\n${doc.exceptions}\n`;
  return {
    id,
    shortDescription: { text: doc.summary },
    fullDescription: { text: doc.why },
    help: { text: `${doc.summary}\n\n${doc.why}\n\nExceptions: ${doc.exceptions}`, markdown },
    helpUri: `${RULE_PAGES}${id}.md`,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['ebpf', 'kernel'], precision: 'very-high', 'problem.severity': severity === 'info' ? 'recommendation' : severity },
  };
}

/** Gathers the findings and writes one document at the end. */
export class SarifReporter implements Reporter {
  private readonly results = new Map<string, Result>();
  /** What comments and the baseline silence; behind the others, so that it changes none of their fingerprints. */
  private readonly suppressed = new Map<string, Result>();
  /** By what the log says of them: two spellings of a path are one artifact. */
  private readonly artifacts = new Map<string, object>();
  private readonly unread: { readonly path: string; readonly error: string }[] = [];

  /**
   * @param rules all rules, in the order of the log
   * @param cwd folder of the run; paths in it are given relative to it
   * @param withSuppressed whether there are results for what comments and the baseline silence. Viewers hide them, but GitHub does not read
   * `suppressions` and opens an alert for each (docs.github.com, "SARIF support for code scanning"; github/codeql-action#1230)
   */
  constructor(private readonly rules: readonly Rule[], private readonly version: string, private readonly cwd: string, private readonly withSuppressed = false) {}

  file({ entry, related, origins, silenced, lines }: Checked): string {
    const location = this.location(entry.path);
    this.artifacts.set(JSON.stringify(location), location);
    if (entry.error !== undefined) this.unread.push({ path: entry.path, error: entry.error });
    const add = (results: Map<string, Result>, finding: FindingJson, places: readonly RelatedJson[], origin: Origin | undefined, suppression?: object): void => {
      const path = finding.path ?? entry.path;
      const id = JSON.stringify([plainPath(path, this.cwd), finding.rule, finding.message, region(finding)]);
      const same = results.get(id);
      for (const name of same ? finding.programs : []) same?.programs.add(name);
      if (same) return;
      results.set(id, {
        finding,
        path,
        line: normalizedLine(lines(path)[finding.line - 1]),
        function: origin?.function,
        related: places.map((place) => ({ place, path: place.path ?? entry.path })),
        fixes: (finding.fixes ?? []).map((fix) => ({ fix, main: entry.path })),
        programs: new Set(finding.programs),
        suppression,
      });
    };
    entry.findings.forEach((finding, i) => add(this.results, finding, related[i] ?? [], origins[i]));
    if (this.withSuppressed) for (const one of silenced) add(this.suppressed, one.finding, one.related, one.origin, this.suppression(one, one.finding.path ?? entry.path));
    return '';
  }

  /** Why a finding is not to be told (§3.35): a comment in the source, or an entry of the baseline. */
  private suppression({ why, comment }: Silenced, path: string): object {
    const justification = why === '' ? {} : { justification: why };
    return comment === undefined ? { kind: 'external', ...justification } : { kind: 'inSource', ...justification, location: this.place(path, comment, []) };
  }

  end(report: CheckJson, exitCode: number): string {
    const run = {
      tool: { driver: this.driver() },
      invocations: [this.invocation(report, exitCode)],
      originalUriBaseIds: { [BASE]: { description: { text: 'The folder in which the check was run.' } } },
      artifacts: [...this.artifacts.values()].map((location) => ({ location, roles: ['analysisTarget'], sourceLanguage: 'c' })),
      results: this.renderResults(),
      columnKind: 'utf16CodeUnits',
      properties: { target: report.target, ...(report.targets === undefined ? {} : { targets: report.targets }) },
    };
    return toJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] });
  }

  private driver(): object {
    return {
      name: 'eBPF Lens',
      version: this.version,
      semanticVersion: this.version,
      informationUri: HOME,
      rules: this.rules.map(describeRule),
      notifications: [
        { id: UNREAD, shortDescription: { text: 'A file could not be read or not be checked wholly.' }, defaultConfiguration: { level: 'error' } },
        { id: LEFT_OUT, shortDescription: { text: 'There are more results than code scanning takes.' }, defaultConfiguration: { level: 'warning' } },
        { id: NOTHING, shortDescription: { text: 'The paths hold no C file with a SEC("…").' }, defaultConfiguration: { level: 'warning' } },
      ],
    };
  }

  private invocation(report: CheckJson, exitCode: number): object {
    const notifications = this.unread.map(({ path, error }) => ({
      descriptor: { id: UNREAD, index: 0 },
      level: 'error',
      message: message(error),
      locations: [{ physicalLocation: { artifactLocation: this.location(path) } }],
    }));
    const nothing = report.files.length > 0 ? [] : [{ descriptor: { id: NOTHING, index: 2 }, level: 'warning', message: { text: 'No C file with a SEC("…") was found.' } }];
    const over = this.results.size + this.suppressed.size - MAX_RESULTS;
    const leftOut = over <= 0 ? [] : [{ descriptor: { id: LEFT_OUT, index: 1 }, level: 'warning', message: { text: `${over} results of the least severity are left out: code scanning takes ${MAX_RESULTS}.` } }];
    return {
      executionSuccessful: this.unread.length === 0,
      exitCode,
      exitCodeDescription: EXIT_WORDS[exitCode] ?? '',
      toolExecutionNotifications: [...notifications, ...leftOut, ...nothing],
    };
  }

  private location(path: string): object {
    const uri = toUri(plainPath(path, this.cwd));
    return uri.startsWith('file:') ? { uri } : { uri, uriBaseId: BASE };
  }

  private renderResults(): object[] {
    const indexes = new Map(this.rules.map((rule, i) => [rule.id, i]));
    const seen = new Map<string, number>();
    return this.kept().map((result) => {
      const { finding, path, related } = result;
      const index = indexes.get(finding.rule);
      return {
        ruleId: finding.rule,
        ...(index === undefined ? {} : { ruleIndex: index }),
        level: LEVELS[finding.severity],
        message: message(finding.message),
        locations: [this.place(path, finding, [...result.programs])],
        ...(related.length === 0
          ? {}
          : { relatedLocations: related.map(({ place, path: at }, id) => ({ id: id + 1, message: message(place.message), ...this.place(at, place, []) })) }),
        partialFingerprints: { 'ebpfLensFinding/v1': fingerprint(result, seen, plainPath(path, this.cwd)) },
        // On all results of a run or on none (§3.27.23).
        ...(this.withSuppressed ? { suppressions: result.suppression === undefined ? [] : [result.suppression] } : {}),
        ...(result.fixes.length === 0 ? {} : { fixes: result.fixes.map(({ fix, main }) => this.fix(fix, main)) }),
        properties: {
          ...(finding.subject === undefined ? {} : { subject: finding.subject }),
          programs: [...result.programs],
          ...(finding.targets === undefined ? {} : { targets: finding.targets }),
        },
      };
    });
  }

  /** All, or of too many the most severe that are not suppressed; in their order. */
  private kept(): readonly Result[] {
    const all = [...this.results.values(), ...this.suppressed.values()];
    if (all.length <= MAX_RESULTS) return all;
    const weight = ({ finding, suppression }: Result): number => (suppression === undefined ? 0 : 3) + ['error', 'warning', 'info'].indexOf(finding.severity);
    const kept = new Set([...all].sort((a, b) => weight(a) - weight(b)).slice(0, MAX_RESULTS));
    return all.filter((result) => kept.has(result));
  }

  private place(path: string, range: Range, programs: readonly string[]): object {
    return {
      physicalLocation: { artifactLocation: this.location(path), region: region(range) },
      ...(programs.length === 0 ? {} : { logicalLocations: programs.map((name) => ({ name, kind: 'function' })) }),
    };
  }

  /** A fix with one change a file, its replacements in the order of their places. */
  private fix(fix: FixJson, main: string): object {
    const byPath = new Map<string, FixJson['edits']>();
    for (const edit of fix.edits) {
      const path = edit.path ?? main;
      byPath.set(path, [...(byPath.get(path) ?? []), edit]);
    }
    return {
      description: message(fix.title),
      artifactChanges: [...byPath].map(([path, edits]) => ({
        artifactLocation: this.location(path),
        replacements: edits.map((edit) => ({ deletedRegion: region(edit), insertedContent: { text: edit.newText } })),
      })),
    };
  }
}

/**
 * Stays the same when lines above come and go or the line is indented anew: made of the rule, its subject, the function, the
 * line's text without its blanks, and which of the equal ones in the file it is. The path is no part of it; who compares logs
 * compares that as well.
 */
function fingerprint({ finding, function: fn = '', line }: Result, seen: Map<string, number>, path: string): string {
  const parts = [finding.rule, finding.subject ?? '', fn, line];
  const id = JSON.stringify([path, ...parts]);
  const occurrence = seen.get(id) ?? 0;
  seen.set(id, occurrence + 1);
  return createHash('sha256').update(JSON.stringify([...parts, occurrence])).digest('hex').slice(0, 32);
}
