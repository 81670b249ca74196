/** Functions of the unit that calls hand over, and what they may not do there although their programs may. */
import type { CallbackFact } from '../../facts/factBook.types.js';
import type { Release } from '../../facts/kernelVersion.js';
import { maySleep } from '../../facts/maySleep.js';
import type { EntityCall, FunctionEdge, FunctionNode, Program } from '../../model/model.types.js';
import type { Report, RuleContext } from '../rule.js';
import { callGroups, callReport, factOf, unguardedIn } from './calls.js';
import type { CallFact } from './judge.js';
import { once } from './keep.js';
import { sleepRefusal, spread } from './words.js';

/** The functions with a body that this call of a helper or kfunc is given. */
export function handedTo({ model }: RuleContext, { fn, call }: EntityCall): readonly FunctionNode[] {
  return (model.functionNode?.(fn)?.callees ?? []).flatMap((edge) => (edge.callback && edge.call === call ? [edge.node] : []));
}

/**
 * Calls that may sleep in callbacks that may not, handed over by programs that may: the verifier asks the callback. Programs that may
 * not sleep themselves are judged as in any function.
 */
export function sleepingInCallbacks(context: RuleContext, kind: EntityCall['kind'], report: (finding: Report) => void): void {
  if (!context.target || !handsOverWakeful(context)) return;
  for (const group of callGroups(context)) {
    for (const call of unguardedIn(group, kind)) {
      const fact = call.programs.some((p) => p.key.sleepable) ? factOf(context, call) : undefined;
      const taker = fact && context.target.releases.some((r) => maySleep(context.facts, fact, r)) ? takerAbove(context, call) : undefined;
      if (!fact || !taker) continue;
      const programs = taker.programs.filter((p) => p.key.sleepable && call.programs.includes(p));
      const releases = context.target.releases.filter((r) => r >= taker.since && maySleep(context.facts, fact, r));
      if (programs.length > 0 && releases[0] !== undefined) report(callReport(context, call, programs, message(context, fact, taker.name, releases)));
    }
  }
}

function message(context: RuleContext, fact: CallFact, taker: string, releases: readonly Release[]): string {
  return `\`${fact.name}\` may sleep, and a callback of \`${taker}\` may not, whatever its program may do. The verifier says ${sleepRefusal(fact, releases[0]!)} on ${spread(context, releases)}. A work queue (\`bpf_wq_start\`) runs its callback where it may sleep.`;
}

/** True if a timer runs the function of the call: then no form of the section lets it sleep. */
export function isInTimer(context: RuleContext, call: EntityCall): boolean {
  return handsOverWakeful(context) && takerAbove(context, call) !== undefined;
}

/** True if some function of the unit hands a callback to what never lets it sleep. */
function handsOverWakeful(context: RuleContext): boolean {
  return once(context, 'hands over callbacks that may not sleep', () =>
    callGroups(context).some((group) => group.some(({ name }) => context.facts.callbacks.get(name)?.sleeps?.may === 'never')));
}

interface Taker {
  readonly name: string;
  readonly since: Release;
  readonly programs: readonly Program[];
}

/** What the function of the call is handed to, itself or by way of static functions that call it, and by which programs. */
function takerAbove(context: RuleContext, { fn, call }: EntityCall): Taker | undefined {
  const start = context.model.functionNode?.(fn);
  if (!start || !isFree(context, start, call)) return undefined;
  const seen = new Set<FunctionNode>([start]);
  for (const node of seen) {
    for (const edge of node.callers) {
      const sleeps = edge.callback ? sleepsOf(context, edge) : undefined;
      const programs = sleeps?.may === 'never' ? freePrograms(context, edge.from, edge.call) : [];
      if (sleeps && programs.length > 0) return { name: edge.call.name, since: sleeps.since, programs };
      // Other functions are verified by themselves.
      if (!sleeps && node.fn.isStatic && isFree(context, edge.from, edge.call)) seen.add(edge.from);
    }
  }
  return undefined;
}

function sleepsOf(context: RuleContext, { call }: FunctionEdge): CallbackFact['sleeps'] {
  return context.facts.callbacks.get(call.name)?.sleeps;
}

type Call = Pick<FunctionEdge['call'], 'conditions' | 'nameSpan'>;

function freePrograms({ model }: RuleContext, { fn }: FunctionNode, { conditions, nameSpan }: Call): readonly Program[] {
  const places = model.placesOf?.(fn, conditions, nameSpan.start) ?? [];
  return places.flatMap((place) => (place.guard === undefined && !place.preprocessor ? place.programs : []));
}

function isFree(context: RuleContext, node: FunctionNode, call: Call): boolean {
  return freePrograms(context, node, call).length > 0;
}
