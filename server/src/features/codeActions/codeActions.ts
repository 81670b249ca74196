/** What is offered at a place: corrections that findings carry, ways to silence them, and rewritings that need no finding. */
import type { Unit } from '../../analysis.types.js';
import type { Finding, Fix } from '../../rules/rule.js';
import type { Span } from '../../text/span.js';
import type { CodeActionData } from './codeAction.types.js';
import { nullChecks } from './nullCheck.js';
import { probeReads } from './probeRead.js';
import { silencers } from './silence.js';

export interface Offer {
  /** The client has a command that changes the setting for severities. */
  readonly settings?: boolean;
  /** Name of the project file that counts, in which a rule is then switched off. */
  readonly project?: string;
  /** Where findings of other files are shown in this one. */
  readonly placeOf?: (finding: Finding) => Span;
  /** The file that the selection is in, where it is a header of the unit and not its main file. */
  readonly header?: string;
}

/** Actions for the findings that touch the selection, corrections first, and for the code there. */
export function codeActions(unit: Unit, selection: Span, offer: Offer = {}): readonly CodeActionData[] {
  const hit = findingsAt(unit, selection, offer);
  const fixes = hit.flatMap((finding) => finding.fixes.map((fix): CodeActionData => ({ title: fix.title, kind: 'quickfix', finding, edits: fix.edits, preferred: finding.fixes.length === 1 })));
  const rewritings = offer.header === undefined ? [...nullChecks(unit, selection), ...probeReads(unit, selection, fixes)] : [];
  return [...distinct(fixes), ...rewritings, ...silencers(unit, hit, offer.settings === true, offer.project)];
}

function findingsAt(unit: Unit, selection: Span, { placeOf, header }: Offer): readonly Finding[] {
  const path = header ?? unit.model.main.path;
  const touches = (s: Span): boolean => s.start <= selection.end && s.end >= selection.start;
  return unit.findings.filter((f) => (f.path === path ? touches(f.span) : header === undefined && placeOf !== undefined && touches(placeOf(f))));
}

/** Two findings at one place may offer the same edit. */
function distinct(actions: readonly CodeActionData[]): readonly CodeActionData[] {
  const seen = new Set<string>();
  return actions.filter((action) => {
    const id = JSON.stringify([action.title, action.edits]);
    return !seen.has(id) && seen.add(id);
  });
}

/**
 * One set of edits with every correction of the file that leaves nothing to choose. Corrections that would touch one another's text are left
 * for the next time, and two that write the same at one place count once.
 */
export function fixAll(unit: Unit): Fix['edits'] {
  const main = unit.model.main.path;
  const taken: Fix['edits'][number][] = [];
  for (const finding of unit.findings) {
    if (finding.path !== main) continue;
    const fix = finding.fixes.find((f) => f.safe);
    if (!fix || !fix.edits.every((e) => e.path === main)) continue;
    if (fix.edits.every((e) => taken.every((t) => !overlap(t.span, e.span)))) taken.push(...fix.edits);
  }
  return taken.sort((a, b) => a.span.start - b.span.start);
}

/** Insertions at one place do not overlap: each is written, in the order of the findings. */
const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
