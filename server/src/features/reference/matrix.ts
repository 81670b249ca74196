/** Who may call a helper or kfunc, as a table: program types down, measured kernels across. */
import type { FactBook, HelperFact, KfuncFact, ProgramKey, ProgramTypeFact, Status, Timeline } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { attachTitle } from '../programs.js';
import { code, listed, paragraph, type InfoSection, type Line } from '../text/info.js';
import { versionRange } from '../verdict.js';

const WORDS: Readonly<Record<Status, string>> = { allowed: 'yes', denied: 'no', sleepable: 'sleepable', unknown: '?' };

/** The table and its legend; nothing where no kernel says anything about it. */
export function matrixSections(facts: FactBook, fact: HelperFact | KfuncFact): readonly InfoSection[] {
  const rows: (readonly (string | Line)[])[] = [];
  const refused: string[] = [];
  const unknown: string[] = [];
  for (const type of facts.programTypes.values()) {
    const lines = typeRows(facts, fact, type);
    const has = (word: string): boolean => lines.some((line) => line.cells.includes(word));
    if (has(WORDS.allowed) || has(WORDS.sleepable)) for (const { attach, since, cells } of lines) rows.push([[code(type.name), attach], since, ...cells]);
    else (lines.some((line) => line.cells.at(-1) === WORDS.denied) ? refused : unknown).push(type.name);
  }
  if (rows.length === 0 && refused.length === 0) return [];
  const head = ['Program type', 'From', ...facts.measured.map((kernel) => formatRelease(kernel.release))];
  return [
    { kind: 'heading', text: 'Who may call it' },
    ...(rows.length > 0 ? [{ kind: 'table', head, rows } as const, paragraph(LEGEND)] : []),
    ...(refused.length > 0 ? [paragraph('No measured kernel allows it in ', ...listed(refused.map((name) => code(name)), 'or'), '.')] : []),
    ...(unknown.length > 0 ? [paragraph('Not known for ', ...listed(unknown.map((name) => code(name))), '.')] : []),
  ];
}

const LEGEND =
  '“sleepable”: only in programs that may sleep. “?”: not known. “–”: that kernel has no such programs. The numbers are mainline releases whose kernels were measured; “From” is the first release known to allow it.';

interface Row {
  /** `, devmap` where attach types differ; '' where they don't. */
  readonly attach: string;
  readonly since: string;
  readonly cells: readonly string[];
}

/** One row for a type, or one for each group of attach types that are judged alike. */
function typeRows(facts: FactBook, fact: HelperFact | KfuncFact, type: ProgramTypeFact): readonly Row[] {
  const attachTypes: readonly (string | null)[] = type.attachTypes.length > 0 ? type.attachTypes : [null];
  const groups = new Map<string, { readonly row: Row; readonly names: string[] }>();
  for (const attachType of attachTypes) {
    const key: ProgramKey = { programType: type.name, attachType, sleepable: false, frags: false };
    const timeline = facts.availability(fact, key);
    const born = birth(facts, type, attachType);
    const cells = facts.measured.map(({ release }) => (release < born ? '–' : WORDS[timeline.at(release)]));
    const since = sinceCell(timeline, facts.availability(fact, { ...key, sleepable: true }));
    const group = groups.get([since, ...cells].join('|'));
    const name = attachType === null ? '' : attachTitle(type.name, attachType) || 'plain';
    if (group) group.names.push(name);
    else groups.set([since, ...cells].join('|'), { row: { attach: '', since, cells }, names: [name] });
  }
  const list = [...groups.values()];
  return list.map(({ row, names }) => (list.length === 1 ? row : { ...row, attach: `, ${names.join(', ')}` }));
}

/** The last release that is known to have no such programs is before this one. */
function birth(facts: FactBook, type: ProgramTypeFact, attachType: string | null): number {
  const attach = attachType === null ? undefined : facts.attachTypes.get(attachType);
  const lives = [type.lifetime, attach?.optional === true ? undefined : attach?.lifetime];
  return Math.max(0, ...lives.map((life) => (life === undefined ? 0 : (life.after ?? life.since))));
}

function sinceCell(plain: Timeline, sleepable: Timeline): string {
  const life = plain.allowed() ?? sleepable.allowed();
  if (life === undefined) return '';
  return life.since === 0 ? 'always' : versionRange(life);
}
