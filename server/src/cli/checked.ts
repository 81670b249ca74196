/** The result of one input of `check`, from the analysed unit to plain data and back to what reporters take. */
import type { Unit } from '../analysis.types.js';
import { COMMAND_LINE } from '../model/includes.js';
import type { Origin as LineOrigin } from '../object/outline.types.js';
import { LineIndex } from '../text/lineIndex.js';
import { originsOf as lineOrigins, sourcePath } from './objectInput.js';
import { errorEntry, fileEntry, relatedPlaces, sortedFindings, type FileJson, type FindingJson, type RelatedJson } from './report.js';
import type { Checked, LineRange, Origin, PlainChecked } from './reporters/reporter.js';

/** A longer line is of no use in an excerpt or a fingerprint. */
const MAX_LINE = 2_000;

/** The result of an input that could not be read or analysed. */
export function failedCheck(path: string, error: string): PlainChecked {
  return { entry: errorEntry(path, error), related: [], origins: [], headers: [], sources: [] };
}

/**
 * The result of an analysed unit.
 * @param path as given or found, which is also its path in the unit
 */
export function plainChecked(path: string, unit: Unit): PlainChecked {
  const entry = fileEntry(path, unit);
  const related = relatedPlaces(unit);
  const compiled = lineOrigins(unit.input);
  if (compiled) return eachOnce({ entry, related, origins: originsOf(unit, entry, related), headers: [], sources: sourcesOf(entry, related, compiledLines(compiled)) });
  const headers = [...unit.input.files.keys()].filter((file) => file !== path && file !== COMMAND_LINE);
  return { entry, related, origins: originsOf(unit, entry, related), headers, sources: sourcesOf(entry, related, linesOf(unit.input.files)) };
}

/** The same with other findings, whose lines come out of `texts`. */
export function withEntry(checked: PlainChecked, entry: FileJson, texts: ReadonlyMap<string, string>): PlainChecked {
  const related = entry.findings.map((finding) => checked.related[checked.entry.findings.indexOf(finding)] ?? []);
  const origins = entry.findings.map((finding): Origin => checked.origins[checked.entry.findings.indexOf(finding)] ?? { lines: [own(finding)] });
  return { entry, related, origins, headers: checked.headers, sources: sourcesOf(entry, related, linesOf(texts)) };
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

function originsOf(unit: Unit, entry: FileJson, related: readonly (readonly RelatedJson[])[]): Origin[] {
  const indexes = new Map<string, LineIndex>();
  const lineOf = (path: string, offset: number): number => {
    let index = indexes.get(path);
    if (index === undefined) indexes.set(path, (index = new LineIndex(unit.input.files.get(path) ?? '')));
    return index.humanPositionAt(offset).line;
  };
  // A finding may go away, or come, with the section of its program.
  const sections = new Map<string, LineRange>();
  // An outline's lines are nobody's: those of its programs are in the entry.
  if (entry.compiled) for (const { name, path, line } of entry.programs) sections.set(name, { ...(path === undefined ? {} : { path }), from: line, to: line });
  else for (const program of unit.model.programs) {
    const from = lineOf(program.path, program.fn.span.start);
    sections.set(program.name, { ...(program.path === unit.input.main ? {} : { path: program.path }), from, to: lineOf(program.path, program.fn.nameSpan.end) });
  }
  return sortedFindings(unit).map((finding, i) => {
    const inside = unit.model.files.get(finding.path)?.functions.find((fn) => fn.bodySpan !== undefined && fn.span.start <= finding.span.start && finding.span.end <= fn.span.end);
    const lines = [own(entry.findings[i]!), ...(related[i] ?? []).map(own), ...finding.programs.flatMap((name) => sections.get(name) ?? [])];
    return { ...(inside === undefined ? {} : { function: inside.name }), lines };
  });
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
  for (const origin of origins) if (origin?.source && origin.source.text !== '') kept.set(`${origin.source.line} ${sourcePath(origin.source.file)}`, origin.source.text);
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
function sourcesOf(entry: FileJson, related: readonly (readonly RelatedJson[])[], lineAt: LineAt): PlainChecked['sources'] {
  const sources = new Map<string, Map<number, string>>();
  for (const { path = entry.path, line } of [...entry.findings, ...related.flat()]) {
    const text = lineAt(path, line);
    if (text === undefined) continue;
    const known = sources.get(path);
    if (known) known.set(line, text.slice(0, MAX_LINE));
    else sources.set(path, new Map([[line, text.slice(0, MAX_LINE)]]));
  }
  return [...sources].map(([path, lines]) => [path, [...lines]]);
}
