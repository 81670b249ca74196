/** The façade: texts, facts and settings in, a unit with findings out. Editor, command line and worker all call this. */
import type { Aim, Input, Session, Unit } from './analysis.types.js';
import type { FactBook } from './facts/factBook.types.js';
import { kernelBook } from './facts/kernelBook.js';
import { KernelRanges } from './model/minKernel.js';
import { buildModel } from './model/model.js';
import type { UnitMemory } from './model/unitState.js';
import type { Model } from './model/model.types.js';
import { silencerOf } from './model/suppressions.js';
import { namesToLookUp, parseTarget as readTarget, type ParsedTarget, type TargetParts } from './model/target.js';
import { RULES } from './rules/index.js';
import type { Finding, Fix, Report, Rule, RuleContext } from './rules/rule.js';
import type { Settings } from './settings/settings.js';
import { SourceFile } from './syntax/sourceFile.js';
import type { FileView } from './syntax/views.js';
import { withEol } from './text/layout.js';
import type { Span } from './text/span.js';
import { entryOf } from './text/entryOf.js';

export { collectInput } from './model/includes.js';

/**
 * Reads a target, such as `5.4..6.8,rhel9.4`, with the book's releases in between.
 * @returns the target, or a sentence that says what is wrong with the text.
 */
export function parseTarget(text: string, facts: FactBook): ParsedTarget {
  return readTarget(text, facts, namesToLookUp(text).length > 0 ? facts.kernelsBehind?.(text) : undefined);
}

/** The target of the settings; none if it is empty, or not understood (who reads the settings says so). */
function targetOf({ targetKernel }: Settings, facts: FactBook): TargetParts | undefined {
  if (targetKernel.trim() === '') return undefined;
  const parsed = parseTarget(targetKernel, facts);
  return 'target' in parsed ? parsed.target : undefined;
}

/** What the rules run for, one after the other. */
function aimsOf(target: TargetParts | undefined, facts: FactBook): readonly Aim[] {
  if (!target) return [{ facts, target }];
  return target.parts.map((part) => ({ facts: part.kernel ? kernelBook(facts, part.kernel) : facts, target: part }));
}

/** A finding to which programs, and kernels for which it holds as well, are still added. */
type Draft = Finding & { readonly programs: string[]; message: string; readonly silencer?: Span };

/** A report as a finding, or undefined where the user's severities turn the rule off. */
function toFinding(rule: Rule, report: Report, model: Model, settings: Settings): Draft | undefined {
  const wanted = entryOf(settings.severity, rule.id);
  if (wanted === 'off') return undefined;
  const silencer = silencerOf(model.files.get(report.path), rule.id, report.span)?.comment;
  let fixes: readonly Fix[] | undefined;
  return {
    rule: rule.id,
    severity: wanted ?? report.severity ?? rule.severity,
    message: report.message, path: report.path, span: report.span,
    ...(report.subject === undefined ? {} : { subject: report.subject }),
    programs: [...new Set(report.programs.map((p) => p.name))],
    get fixes() {
      return (fixes ??= (typeof report.fixes === 'function' ? report.fixes() : report.fixes ?? []).map((fix) => withLineEnds(fix, model)));
    },
    related: report.related ?? [],
    ...(silencer === undefined ? {} : { silencer }),
  };
}

/** A fix with the line ends of the files that it edits. */
function withLineEnds(fix: Fix, model: Model): Fix {
  if (!fix.edits.some((edit) => edit.newText.includes('\n'))) return fix;
  return { ...fix, edits: fix.edits.map((edit) => ({ ...edit, newText: withEol(edit.newText, model.files.get(edit.path)?.text ?? '') })) };
}

function comparePlace(a: Finding, b: Finding, main: string): number {
  if (a.path !== b.path) return a.path === main ? -1 : b.path === main ? 1 : a.path < b.path ? -1 : 1;
  return a.span.start - b.span.start || a.span.end - b.span.end || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}

/** What rules found, comments or not. */
interface Found {
  readonly findings: readonly Draft[];
  readonly failures: Unit['failures'];
}

/** Takes what comments silence apart from what is told. */
function withoutSilenced({ findings, failures }: Found): Pick<Unit, 'findings' | 'silenced' | 'failures'> {
  const silenced = findings.flatMap((finding) => (finding.silencer === undefined ? [] : [{ finding, comment: finding.silencer }]));
  return { findings: silenced.length === 0 ? findings : findings.filter((finding) => finding.silencer === undefined), silenced, failures };
}

/** Runs the rules for each part of the target, and joins what is found at one place for several. */
function runForAims(rules: readonly Rule[], contexts: readonly RuleContext[], settings: Settings): Found {
  const [first, ...others] = contexts.map((context) => runRules(rules, context, settings));
  if (!first || others.length === 0) return { findings: first?.findings ?? [], failures: first?.failures ?? [] };
  const places = new Map<string, { finding: Draft; readonly also: string[] }>();
  const take = (finding: Draft, label: string | undefined): void => {
    const id = `${finding.path}\0${finding.span.start}\0${finding.span.end}\0${finding.rule}\0${finding.subject}`;
    const same = places.get(id);
    if (!same) return void places.set(id, { finding, also: [] });
    same.finding.programs.push(...finding.programs.filter((name) => !same.finding.programs.includes(name)));
    if (same.finding.message !== finding.message && label !== undefined && !same.also.includes(label)) same.also.push(label);
  };
  [first, ...others].forEach(({ findings }, i) => findings.forEach((finding) => take(finding, contexts[i]?.target?.kernel?.label)));
  const findings = [...places.values()].map(({ finding, also }) => {
    if (also.length > 0) finding.message += ` The same on ${also.length === 1 ? also[0] : `${also.slice(0, -1).join(', ')} and ${also.at(-1)}`}.`;
    return finding;
  });
  const main = contexts[0]?.model.main.path ?? '';
  const failures = new Map([first, ...others].flatMap((one) => one.failures).map((failure) => [failure.rule, failure]));
  return { findings: findings.sort((a, b) => comparePlace(a, b, main)), failures: [...failures.values()] };
}

/** Runs the rules; one that throws is noted and the others go on. */
function runRules(rules: readonly Rule[], context: RuleContext, settings: Settings): Found {
  // Another loader's C is not judged by what libbpf's sections and the kernel's contexts mean.
  if (context.model.dialect !== undefined) return { findings: [], failures: [] };
  const findings = new Map<string, Draft>();
  const failures: { rule: string; error: string }[] = [];
  for (const rule of rules) {
    if (entryOf(settings.severity, rule.id) === 'off') continue;
    try {
      rule.run(context, (report) => {
        const finding = toFinding(rule, report, context.model, settings);
        if (!finding) return;
        const id = `${finding.path}\0${finding.span.start}\0${finding.span.end}\0${finding.rule}\0${finding.message}`;
        const same = findings.get(id);
        if (same) same.programs.push(...finding.programs.filter((name) => !same.programs.includes(name)));
        else findings.set(id, finding);
      });
    } catch (error) {
      failures.push({ rule: rule.id, error: error instanceof Error ? error.stack ?? error.message : String(error) });
    }
  }
  const main = context.model.main.path;
  return { findings: [...findings.values()].sort((a, b) => comparePlace(a, b, main)), failures };
}

/** Headers kept parsed beyond those of the last unit; main files stay until they are forgotten. */
const MAX_KEPT = 300;

class AnalysisSession implements Session {
  /** Least recently used first. */
  private readonly sources = new Map<string, SourceFile>();
  private readonly mains = new Set<string>();
  /** What is known of each main file beyond the views of its texts. */
  private readonly memories = new Map<string, UnitMemory>();

  constructor(private readonly facts: FactBook, private readonly rules: readonly Rule[]) {}

  analyze(input: Input, settings: Settings): Unit {
    const files = new Map<string, FileView>();
    for (const [path, text] of input.files) files.set(path, this.view(path, text));
    const main = files.get(input.main) ?? this.view(input.main, '');
    if (!files.has(input.main)) files.set(input.main, main);
    this.mains.add(input.main);
    this.evict(files);
    const { facts } = this;
    const target = targetOf(settings, facts);
    const memory = this.memories.get(input.main) ?? {};
    this.memories.set(input.main, memory);
    const model = buildModel(main, files, facts, settings, memory);
    const source = this.sources.get(input.main)!;
    const ranges = new KernelRanges(() => model.requirements);
    const aims = aimsOf(target, facts);
    const contexts = aims.map((aim): RuleContext => ({ model, ...aim, ...(settings.libbpfVersion === '' ? {} : { libbpf: settings.libbpfVersion }) }));
    return {
      input, facts, settings, target, aims, model,
      ...withoutSilenced(runForAims(this.rules, contexts, settings)),
      minKernel: (program) => ranges.of(program),
      roleAt: (offset) => source.roleAt(offset),
      completionAt: (offset) => source.completionAt(offset),
      callAt: (offset) => source.callAt(offset),
    };
  }

  private view(path: string, text: string): FileView {
    const known = this.sources.get(path);
    if (known) {
      if (known.view.text !== text) known.update(text);
      this.sources.delete(path);
      this.sources.set(path, known);
      return known.view;
    }
    const source = new SourceFile(path, text);
    this.sources.set(path, source);
    return source.view;
  }

  private evict(inUse: ReadonlyMap<string, FileView>): void {
    let surplus = this.sources.size - inUse.size - MAX_KEPT;
    for (const [path, source] of this.sources) {
      if (surplus <= 0) return;
      if (inUse.has(path) || this.mains.has(path)) continue;
      source.dispose();
      this.sources.delete(path);
      surplus--;
    }
  }

  forget(path: string): void {
    this.mains.delete(path);
    this.memories.delete(path);
    this.sources.get(path)?.dispose();
    this.sources.delete(path);
  }

  dispose(): void {
    for (const source of this.sources.values()) source.dispose();
    this.sources.clear();
    this.memories.clear();
  }
}

/** Keeps parsed files between analyses. The parser must have been initialised (`initParser`). */
export function createSession(facts: FactBook, rules: readonly Rule[] = RULES): Session {
  return new AnalysisSession(facts, rules);
}

/**
 * Analyses a unit once. The trees of its files live on for `roleAt` and `completionAt` until the returned unit's `dispose`.
 */
export function analyze(input: Input, facts: FactBook, settings: Settings, rules: readonly Rule[] = RULES): Unit & { dispose(): void } {
  const session = createSession(facts, rules);
  const unit = session.analyze(input, settings);
  return { ...unit, dispose: () => session.dispose() };
}
