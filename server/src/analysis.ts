/** The façade: texts, facts and settings in, a unit with findings out. Editor, command line and worker all call this. */
import type { Input, Session, Unit } from './analysis.types.js';
import type { FactBook } from './facts/factBook.types.js';
import { KernelRanges } from './model/minKernel.js';
import { buildModel } from './model/model.js';
import type { UnitMemory } from './model/unitState.js';
import type { Model } from './model/model.types.js';
import { isSuppressed } from './model/suppressions.js';
import { parseTarget as readTarget, type ParsedTarget } from './model/target.js';
import { RULES } from './rules/index.js';
import type { Finding, Fix, Report, Rule, RuleContext, Target } from './rules/rule.js';
import type { Settings } from './settings/settings.js';
import { SourceFile } from './syntax/sourceFile.js';
import type { FileView } from './syntax/views.js';
import { withEol } from './text/layout.js';

export { collectInput } from './model/includes.js';

/**
 * Reads a target, `5.15` or `5.4..6.8`, with the book's releases in between.
 * @returns the target, or a sentence that says what is wrong with the text.
 */
export function parseTarget(text: string, facts: FactBook): ParsedTarget {
  return readTarget(text, facts.releases);
}

/** The target of the settings; none if it is empty, or not understood (who reads the settings says so). */
function targetOf(settings: Settings, facts: FactBook): Target | undefined {
  if (settings.targetKernel.trim() === '') return undefined;
  const parsed = parseTarget(settings.targetKernel, facts);
  return 'target' in parsed ? parsed.target : undefined;
}

/** A report as a finding, or undefined where the user's severities or a comment silence it. */
function toFinding(rule: Rule, report: Report, model: Model, settings: Settings): (Finding & { readonly programs: string[] }) | undefined {
  const wanted = settings.severity[rule.id];
  if (wanted === 'off' || isSuppressed(model.files.get(report.path), rule.id, report.span)) return undefined;
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

/** Runs the rules; one that throws is noted and the others go on. */
function runRules(rules: readonly Rule[], context: RuleContext, settings: Settings): Pick<Unit, 'findings' | 'failures'> {
  // Another loader's C is not judged by what libbpf's sections and the kernel's contexts mean.
  if (context.model.dialect !== undefined) return { findings: [], failures: [] };
  const findings = new Map<string, NonNullable<ReturnType<typeof toFinding>>>();
  const failures: { rule: string; error: string }[] = [];
  for (const rule of rules) {
    if (settings.severity[rule.id] === 'off') continue;
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
    return {
      input, facts, settings, target, model,
      ...runRules(this.rules, { model, facts, target, ...(settings.libbpfVersion === '' ? {} : { libbpf: settings.libbpfVersion }) }, settings),
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
