/** The report of `check`: INTERFACE's JSON as types, and how one analysed unit becomes an entry of it. */
import type { MinKernel, Unit } from '../analysis.types.js';
import { formatRelease } from '../facts/kernelVersion.js';
import type { Program, Requirement, ResolvedSection } from '../model/model.types.js';
import type { Finding, Fix, Severity } from '../rules/rule.js';
import type { Span } from '../text/span.js';
import { Places, type Range } from './places.js';
import type { TargetBounds } from './kernelOption.js';
import type { ProblemJson } from './projectFiles.js';

export type { Severity };

export interface ReasonJson {
  feature: string;
  kind: string;
  since: string;
  after?: string;
  max?: string;
  /** Only where it stands in an included header. */
  path?: string;
  line: number;
  column: number;
  program?: string;
  guarded?: true;
}

export interface MinKernelJson {
  version: string | null;
  max?: string;
  reasons: ReasonJson[];
}

export interface ProgramJson {
  name: string;
  section: string;
  programType: string | null;
  attachType: string | null;
  context: string | null;
  sleepable: boolean;
  license: string | null;
  minKernel: MinKernelJson;
  path?: string;
  line: number;
  column: number;
  helpers: string[];
  kfuncs: string[];
}

export interface MapJson {
  name: string;
  type: string | null;
  path?: string;
  line: number;
}

export interface FixJson {
  title: string;
  edits: (Range & { path?: string; newText: string })[];
}

export interface FindingJson extends Range {
  rule: string;
  severity: Severity;
  message: string;
  path?: string;
  subject?: string;
  programs: string[];
  /** Only where there are several targets: those that fail, as they were written. */
  targets?: string[];
  fixes?: FixJson[];
}

/** A place that explains a finding; not part of the JSON. */
export interface RelatedJson extends Range {
  /** Only where it stands in an included header. */
  path?: string;
  message: string;
}

export interface FileJson {
  path: string;
  error?: string;
  /** Only for an object: each `path` in the entry is then that of a source, by its line information. */
  compiled?: true;
  /** Only for C that another loader's tools make programs of: nothing in it is judged. */
  dialect?: NonNullable<Unit['model']['dialect']>;
  /** Only for a header that was checked by itself: the files for whose programs it was judged. */
  includedBy?: string[];
  minKernel: MinKernelJson;
  programs: ProgramJson[];
  maps: MapJson[];
  findings: FindingJson[];
}

export interface Summary {
  files: number;
  programs: number;
  errors: number;
  warnings: number;
  infos: number;
}

export interface CheckJson {
  version: 1;
  /** The outer bounds. */
  target: TargetBounds | null;
  /** Only where there are several. */
  targets?: readonly TargetBounds[];
  files: FileJson[];
  summary: Summary;
  /** Findings that --baseline and --diff left out. */
  hidden?: { baseline?: number; diff?: number };
  /** Mistakes in project files. */
  problems?: readonly ProblemJson[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The entry of a file that could not be read or analysed. */
export function errorEntry(path: string, error: string): FileJson {
  return { path, error, minKernel: { version: null, reasons: [] }, programs: [], maps: [], findings: [] };
}

/** The section as written, macros expanded; where one could not be, its parts side by side. */
function sectionText(section: ResolvedSection): string {
  return section.text ?? section.use.parts.map((p) => p.value).join(' ');
}

type Callees = ReadonlyMap<Program, Readonly<Record<'helper' | 'kfunc', ReadonlySet<string>>>>;

/** What each program calls, in one pass over the calls: there may be thousands of both. */
function calleesOf({ model }: Unit): Callees {
  const callees = new Map(model.programs.map((program) => [program, { helper: new Set<string>(), kfunc: new Set<string>() }]));
  for (const { kind, name, programs } of model.calls) for (const program of programs) callees.get(program)?.[kind].add(name);
  return callees;
}

function reasonJson(reason: Requirement, places: Places): ReasonJson {
  const { lifetime } = reason;
  const only = reason.programs.length === 1 ? reason.programs[0] : undefined;
  return {
    feature: reason.feature,
    kind: reason.kind,
    since: formatRelease(lifetime.since),
    ...(lifetime.after === undefined ? {} : { after: formatRelease(lifetime.after) }),
    ...(lifetime.max === undefined ? {} : { max: formatRelease(lifetime.max) }),
    ...places.spotOfUse(reason.path, reason.span),
    ...(only ? { program: only.name } : {}),
    ...(reason.guard === undefined ? {} : { guarded: true as const }),
  };
}

function minKernelJson(min: MinKernel, places: Places): MinKernelJson {
  return {
    version: min.version === undefined ? null : formatRelease(min.version),
    ...(min.max === undefined ? {} : { max: formatRelease(min.max) }),
    reasons: min.reasons.map((r) => reasonJson(r, places)),
  };
}

function programJson(unit: Unit, program: Program, callees: Callees, places: Places): ProgramJson {
  return {
    name: program.name,
    section: sectionText(program.section),
    programType: program.programType,
    attachType: program.attachType,
    context: program.context,
    sleepable: program.sleepable,
    license: unit.model.license.text ?? null,
    minKernel: minKernelJson(unit.minKernel(program), places),
    ...places.spot(program.path, program.fn.nameSpan),
    helpers: [...(callees.get(program)?.helper ?? [])].sort(compare),
    kfuncs: [...(callees.get(program)?.kfunc ?? [])].sort(compare),
  };
}

function fixJson(fix: Fix, places: Places): FixJson {
  return {
    title: fix.title,
    edits: fix.edits.map((e) => ({ ...places.range(e.path, e.span), newText: e.newText })),
  };
}

/** One finding as the report has it. */
export function findingJson(finding: Finding, places: Places): FindingJson {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message + places.instruction(finding.path, finding.span),
    ...places.rangeOfUse(finding.path, finding.span),
    ...(finding.subject === undefined ? {} : { subject: finding.subject }),
    programs: [...finding.programs],
    ...(places.compiled || finding.fixes.length === 0 ? {} : { fixes: finding.fixes.map((f) => fixJson(f, places)) }),
  };
}

/** A unit's findings in the order of the report's entry. */
export function sortedFindings(unit: Unit): Finding[] {
  return inOrder(unit.findings, unit.input.main);
}

/** The places that explain a finding. */
export function relatedPlaces(finding: Finding, places: Places): RelatedJson[] {
  return finding.related.map((r) => ({ ...places.range(r.path, r.span), message: r.message }));
}

/** The file's own findings first, then each header's; in each by place, so that two runs print the same. */
function inOrder(findings: readonly Finding[], main: string): Finding[] {
  const start = (s: Span): number => s.start;
  return [...findings].sort(
    (a, b) =>
      Number(a.path !== main) - Number(b.path !== main) ||
      compare(a.path, b.path) ||
      start(a.span) - start(b.span) ||
      a.span.end - b.span.end ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

/**
 * Makes the report's entry of one analysed file.
 * @param path the file's path as given or found, which is also its path in the unit
 */
export function fileEntry(path: string, unit: Unit): FileJson {
  const places = new Places(unit);
  const callees = calleesOf(unit);
  return {
    path,
    ...(places.compiled ? { compiled: true as const } : {}),
    ...(unit.model.dialect === undefined ? {} : { dialect: unit.model.dialect }),
    minKernel: minKernelJson(unit.minKernel(), places),
    programs: unit.model.programs.map((p) => programJson(unit, p, callees, places)),
    maps: unit.model.maps.map((m) => {
      const { path: file, line } = places.spot(m.path, m.variable.nameSpan);
      return { name: m.name, type: m.type, ...(file === undefined ? {} : { path: file }), line };
    }),
    findings: sortedFindings(unit).map((f) => findingJson(f, places)),
  };
}

/** Counts over all entries. */
export function summarize(files: readonly FileJson[]): Summary {
  const summary: Summary = { files: files.length, programs: 0, errors: 0, warnings: 0, infos: 0 };
  for (const file of files) {
    summary.programs += file.programs.length;
    for (const { severity } of file.findings) {
      if (severity === 'error') summary.errors++;
      else if (severity === 'warning') summary.warnings++;
      else summary.infos++;
    }
  }
  return summary;
}
