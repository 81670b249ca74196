/** Hints behind what forces the least kernel: the one call, field, map or section without which an older kernel would do. */
import type { MinKernel, Unit } from '../analysis.types.js';
import { formatRelease } from '../facts/kernelVersion.js';
import type { Requirement } from '../model/model.types.js';
import { contains, type Span } from '../text/span.js';
import { code, listed, paragraph, type InfoSection, type Line } from './text/info.js';
import { sinceText } from './verdict.js';

export interface HintData {
  readonly offset: number;
  /** `Linux ≥ 5.18`, `Linux ≤ 6.14`: with the word, since `f(ctx) ≥ 5.18 > 9000` reads like code. */
  readonly label: string;
  readonly tooltip: readonly InfoSection[];
}

/** Whose bound a requirement sets. */
interface Forced {
  readonly requirement: Requirement;
  /** It is the newest kernel that it decides, not the oldest. */
  readonly until: boolean;
  file: boolean;
  readonly programs: Set<string>;
}

const cache = new WeakMap<Unit, Map<string, readonly HintData[]>>();

/**
 * Hints in the main file, by offset. Found out once a unit.
 * @param scope `file`: only what decides for the whole file; `program`: also what decides for one program
 */
export function kernelHints(unit: Unit, scope: 'file' | 'program'): readonly HintData[] {
  let known = cache.get(unit);
  if (known === undefined) cache.set(unit, (known = new Map<string, readonly HintData[]>()));
  let hints = known.get(scope);
  if (hints === undefined) known.set(scope, (hints = collect(unit, scope)));
  return hints;
}

function collect(unit: Unit, scope: 'file' | 'program'): readonly HintData[] {
  const forced = new Map<string, Forced>();
  const note = (min: MinKernel, program: string | undefined): void => {
    for (const requirement of deciding(min)) {
      if (requirement.path !== unit.model.main.path) continue;
      const id = `${requirement.span.start} ${requirement.kind} ${requirement.feature}`;
      let known = forced.get(id);
      if (known === undefined) forced.set(id, (known = { requirement, file: false, until: requirement.lifetime.since !== min.version, programs: new Set() }));
      if (program === undefined) known.file = true;
      else known.programs.add(program);
    }
  };
  note(unit.minKernel(), undefined);
  for (const program of unit.model.programs) note(unit.minKernel(program), program.name);
  const hints = new Map<string, HintData>();
  for (const one of forced.values()) {
    if (!one.file && scope === 'file') continue;
    const hint = hintFor(unit, one);
    const id = `${hint.offset} ${hint.label}`;
    // A section can need its kernel for its type and for its attach type: one hint says it.
    if (!hints.has(id)) hints.set(id, hint);
  }
  return [...hints.values()].sort((a, b) => a.offset - b.offset);
}

/** What sets the lower and the upper bound; what is guarded sets none. */
function deciding({ version, max, reasons }: MinKernel): readonly Requirement[] {
  return reasons.filter((r) => r.guard === undefined && (r.lifetime.since === version || (max !== undefined && r.lifetime.max === max)));
}

function hintFor(unit: Unit, { requirement, until, file, programs }: Forced): HintData {
  const { feature, lifetime, span, kind } = requirement;
  const label = until ? `Linux ≤ ${formatRelease(lifetime.max!)}` : `Linux ≥ ${formatRelease(lifetime.since)}`;
  const names = [...programs].slice(0, 3).map(code);
  const more = programs.size > names.length ? [`${programs.size - names.length} more`] : [];
  const whose: Line = [...(file ? ['this file'] : []), ...(file && names.length > 0 ? [', in '] : []), ...(names.length > 0 ? listed([...names, ...more]) : [])];
  const has = until ? `available up to Linux ${formatRelease(lifetime.max!)}` : `available ${sinceText(lifetime)}`;
  return {
    offset: endOf(unit, kind, span),
    label,
    tooltip: [paragraph(code(feature), ` (${kind.replace('-', ' ')}): ${has}. No ${until ? 'newer kernel' : lifetime.after === undefined ? 'older kernel' : `kernel up to ${formatRelease(lifetime.after)}`} will do for `, ...whose, '.')],
  };
}

/** Behind the whole call, section or map field, where the hint does not part a name from its bracket. */
function endOf(unit: Unit, kind: Requirement['kind'], at: Span): number {
  const { functions, variables, text } = unit.model.main;
  if (kind === 'map-type') {
    const variable = variables.find((v) => contains(v.span, at));
    const attribute = variable?.mapAttributes.find((a) => contains(a.valueSpan, at));
    return attribute !== undefined && text[attribute.valueSpan.end] === ')' ? attribute.valueSpan.end + 1 : at.end;
  }
  const fn = functions.find((f) => contains(f.span, at));
  if (kind === 'section' || kind === 'attach-type') return fn?.sections.find((use) => contains(use.span, at))?.span.end ?? at.end;
  const call = fn?.calls.find((c) => c.nameSpan.start === at.start && c.form !== 'asm');
  return call !== undefined && call.span.end > at.end && text[call.span.end - 1] === ')' ? call.span.end : at.end;
}
