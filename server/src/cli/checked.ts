/** The result of one input of `check`, from the analysed unit to plain data and back to what reporters take. */
import type { Unit } from '../analysis.types.js';
import { COMMAND_LINE } from '../model/includes.js';
import { reasonIn } from '../model/suppressions.js';
import type { Origin as LineOrigin } from '../object/outline.types.js';
import type { Finding } from '../rules/rule.js';
import type { FunctionView } from '../syntax/views.js';
import { LineIndex } from '../text/lineIndex.js';
import { contains } from '../text/span.js';
import { originsOf as lineOrigins, sourcePath } from './objectInput.js';
import { Places } from './places.js';
import { errorEntry, fileEntry, findingJson, relatedPlaces, sortedFindings, type FileJson, type FindingJson, type RelatedJson } from './report.js';
import type { Checked, LineRange, Origin, PlainChecked, Silenced } from './reporters/reporter.js';

/** A longer line is of no use in an excerpt or a fingerprint. */
const MAX_LINE = 2_000;

/** The result of an input that could not be read or analysed. */
export function failedCheck(path: string, error: string): PlainChecked {
  return { entry: errorEntry(path, error), related: [], origins: [], silenced: [], headers: [], sources: [] };
}

/**
 * The result of an analysed unit.
 * @param path as given or found, which is also its path in the unit
 */
export function plainChecked(path: string, unit: Unit): PlainChecked {
  const entry = fileEntry(path, unit);
  const places = new Places(unit);
  const findings = sortedFindings(unit);
  const related = findings.map((finding) => relatedPlaces(finding, places));
  const origins = new Origins(unit, entry);
  const known = { entry, related, origins: findings.map((finding, i) => origins.of(finding, entry.findings[i]!, related[i]!)) };
  const compiled = lineOrigins(unit.input);
  if (compiled) return eachOnce({ ...known, silenced: [], headers: [], sources: sourcesOf(path, entry.findings, related.flat(), compiledLines(compiled)) });
  const silenced = unit.silenced.map(({ finding, comment }): Silenced => {
    const [json, around] = [findingJson(finding, places), relatedPlaces(finding, places)];
    const text = unit.input.files.get(finding.path) ?? '';
    return { finding: json, related: around, origin: origins.of(finding, json, around), why: reasonIn(text.slice(comment.start, comment.end)), comment: places.range(finding.path, comment) };
  });
  const headers = [...unit.input.files.keys()].filter((file) => file !== path && file !== COMMAND_LINE);
  const told = [...entry.findings, ...silenced.map(({ finding }) => finding)];
  return { ...known, silenced, headers, sources: sourcesOf(path, told, related.flat(), linesOf(unit.input.files)) };
}

/** The same with other findings, whose lines come out of `texts`. */
export function withEntry(checked: PlainChecked, entry: FileJson, texts: ReadonlyMap<string, string>): PlainChecked {
  const related = entry.findings.map((finding) => checked.related[checked.entry.findings.indexOf(finding)] ?? []);
  const origins = entry.findings.map((finding): Origin => checked.origins[checked.entry.findings.indexOf(finding)] ?? { lines: [own(finding)] });
  const told = [...entry.findings, ...checked.silenced.map(({ finding }) => finding)];
  return { entry, related, origins, silenced: checked.silenced, headers: checked.headers, sources: sourcesOf(entry.path, told, related.flat(), linesOf(texts)) };
}

/** Keeps some of the findings. */
export function keepFindings(checked: PlainChecked, keep: (index: number) => boolean): PlainChecked {
  const at = checked.entry.findings.map((_, i) => i).filter(keep);
  if (at.length === checked.entry.findings.length) return checked;
  const pick = <T>(list: readonly T[]): T[] => at.flatMap((i) => (list[i] === undefined ? [] : [list[i]]));
  return { ...checked, entry: { ...checked.entry, findings: pick(checked.entry.findings) }, related: pick(checked.related), origins: pick(checked.origins) };
}

/** What reporters take. */
export function forReporters({ sources, ...checked }: PlainChecked): Checked {
  const byPath = new Map<string, (string | undefined)[]>();
  for (const [path, lines] of sources) {
    const texts: (string | undefined)[] = [];
    for (const [line, text] of lines) texts[line - 1] = text;
    byPath.set(path, texts);
  }
  return { ...checked, lines: (path) => byPath.get(path) ?? [] };
}

const own = ({ path, line, endLine }: { path?: string; line: number; endLine: number }): LineRange => ({ ...(path === undefined ? {} : { path }), from: line, to: endLine });

/** Where the findings of one unit come from. */
class Origins {
  /** By program: a finding may go away, or come, with the section of its program. */
  private readonly sections = new Map<string, LineRange>();
  /** The functions with a body, in their order in the text, by file. */
  private readonly functions = new Map<string, readonly FunctionView[]>();

  constructor(private readonly unit: Unit, entry: FileJson) {
    // An outline's lines are nobody's: those of its programs are in the entry.
    if (entry.compiled) for (const { name, path, line } of entry.programs) this.sections.set(name, { ...(path === undefined ? {} : { path }), from: line, to: line });
    else this.readSections();
  }

  private readSections(): void {
    const { input, model } = this.unit;
    const indexes = new Map<string, LineIndex>();
    const lineOf = (path: string, offset: number): number => {
      let index = indexes.get(path);
      if (index === undefined) indexes.set(path, (index = new LineIndex(input.files.get(path) ?? '')));
      return index.humanPositionAt(offset).line;
    };
    for (const program of model.programs) {
      const from = lineOf(program.path, program.fn.span.start);
      this.sections.set(program.name, { ...(program.path === input.main ? {} : { path: program.path }), from, to: lineOf(program.path, program.fn.nameSpan.end) });
    }
  }

  /** @param json the finding as the report has it */
  of(finding: Finding, json: FindingJson, related: readonly RelatedJson[]): Origin {
    const inside = this.functionAround(finding);
    const lines = [own(json), ...related.map(own), ...finding.programs.flatMap((name) => this.sections.get(name) ?? [])];
    return { ...(inside === undefined ? {} : { function: inside.name }), lines };
  }

  /** A file may have as many findings as functions: each is looked for by halves. */
  private functionAround({ path, span }: Finding): FunctionView | undefined {
    let functions = this.functions.get(path);
    if (functions === undefined) {
      functions = (this.unit.model.files.get(path)?.functions ?? []).filter((fn) => fn.bodySpan !== undefined).sort((a, b) => a.span.start - b.span.start);
      this.functions.set(path, functions);
    }
    let low = 0;
    for (let high = functions.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (functions[middle]!.span.start <= span.start) low = middle + 1;
      else high = middle;
    }
    const last = functions[low - 1];
    if (last === undefined || !contains(last.span, span)) return undefined;
    // Those that one macro makes stand in one place: the first counts.
    for (low--; low > 0 && functions[low - 1]!.span.start === last.span.start; ) low--;
    return functions[low];
  }
}

type LineAt = (path: string, line: number) => string | undefined;

/** Splits texts into lines as they are asked for. */
function linesOf(texts: ReadonlyMap<string, string>): LineAt {
  const split = new Map<string, readonly string[]>();
  return (path, line) => {
    let lines = split.get(path);
    if (lines === undefined) split.set(path, (lines = (texts.get(path) ?? '').split(/\r\n|\r|\n/)));
    return lines[line - 1];
  };
}

/** The lines that an object has kept of its sources. */
function compiledLines(origins: readonly (LineOrigin | undefined)[]): LineAt {
  const kept = new Map<string, string>();
  for (const origin of origins) {
    const source = origin?.source ?? origin?.map?.use;
    if (source && source.text !== '') kept.set(`${source.line} ${sourcePath(source.file)}`, source.text);
  }
  return (path, line) => kept.get(`${line} ${path}`);
}

/** A line of the source that was compiled into several places makes one finding, for the programs of all. */
function eachOnce(checked: PlainChecked): PlainChecked {
  const first = new Map<string, FindingJson>();
  return keepFindings(checked, (index) => {
    const finding = checked.entry.findings[index]!;
    const id = JSON.stringify([finding.rule, finding.message, finding.path, finding.line, finding.column]);
    const same = first.get(id);
    if (same) same.programs = [...new Set([...same.programs, ...finding.programs])];
    else first.set(id, finding);
    return same === undefined;
  });
}

/** The lines that findings and the places that explain them begin in. */
function sourcesOf(main: string, findings: readonly FindingJson[], related: readonly RelatedJson[], lineAt: LineAt): PlainChecked['sources'] {
  const sources = new Map<string, Map<number, string>>();
  for (const { path = main, line } of [...findings, ...related]) {
    const text = lineAt(path, line);
    if (text === undefined) continue;
    const known = sources.get(path);
    if (known) known.set(line, text.slice(0, MAX_LINE));
    else sources.set(path, new Map([[line, text.slice(0, MAX_LINE)]]));
  }
  return [...sources].map(([path, lines]) => [path, [...lines]]);
}
