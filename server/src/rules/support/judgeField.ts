/** Decides whether a program may load or store a field of its context on the kernels in question. */
import type { ContextFieldFact, Timeline } from '../../facts/factBook.types.js';
import type { Release } from '../../facts/kernelVersion.js';
import { keyText } from '../../facts/programKey.js';
import type { ContextAccess, Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { targetId } from './judge.js';
import { remember } from './memo.js';

export type FieldMode = 'read' | 'write';

export interface FieldVerdict {
  readonly context: string;
  readonly field: ContextFieldFact;
  readonly mode: FieldMode;
  readonly timeline: Timeline;
  /** The release whose answer the message quotes. */
  readonly release: Release;
  /** Members of the target that refuse; empty without a target. */
  readonly members: readonly Release[];
}

/** What is wrong with this access in this program, the load before the store; undefined if nothing is known to be. */
export function judgeField(context: RuleContext, access: ContextAccess['access'], program: Program): FieldVerdict | undefined {
  if (program.context === null || program.programType === null) return undefined;
  const struct = context.facts.contexts.get(program.context);
  const field = struct?.fields.get(access.field);
  // An array's name without an element is an address, and a name that the struct does not have is the compiler's to refuse.
  if (!struct?.checked || !field || (field.array !== undefined && !access.element)) return undefined;
  for (const mode of modesOf(access.access)) {
    const timeline = context.facts.fieldAccess(program.context, field.name, program.key, mode);
    const id = `field ${program.context}.${field.name} ${mode} ${keyText(program.key)} ${targetId(context.target)}`;
    const refusing = remember(context.facts, id, () => refusals(context, timeline));
    if (refusing) return { context: program.context, field, mode, timeline, ...refusing };
  }
  return undefined;
}

function modesOf(access: ContextAccess['access']['access']): readonly FieldMode[] {
  if (access === 'readwrite') return ['read', 'write'];
  return access === 'read' || access === 'write' ? [access] : [];
}

function refusals(context: RuleContext, timeline: Timeline): Pick<FieldVerdict, 'release' | 'members'> | undefined {
  if (context.target) {
    const members = context.target.releases.filter((r) => timeline.at(r) === 'denied');
    return members[0] === undefined ? undefined : { release: members[0], members };
  }
  const known = context.facts.releases.map((release) => ({ release, status: timeline.at(release) }));
  if (known.some((k) => k.status === 'allowed' || k.status === 'sleepable')) return undefined;
  // The newest kernels must be among those that refuse: before a field existed, every kernel "refused" it.
  const newest = known.filter((k) => k.status !== 'unknown').at(-1);
  const isLatest = newest !== undefined && newest.release === known.at(-1)?.release;
  return isLatest ? { release: newest.release, members: [] } : undefined;
}
