/** Corrections that several rules offer: another callee, another section. */
import type { SectionDefFact } from '../../facts/factBook.types.js';
import type { EntityCall, Program, ResolvedSection } from '../../model/model.types.js';
import type { Fix, RuleContext } from '../rule.js';
import { fits, SAME_ARGUMENTS } from './calls.js';
import type { CallFact } from './judge.js';

/** One fix for each helper that takes the same arguments and is allowed in all these programs. */
export function renameFixes(context: RuleContext, call: EntityCall, programs: readonly Program[]): readonly Fix[] {
  if (call.call.form !== 'direct') return [];
  return (SAME_ARGUMENTS[call.name] ?? [])
    .filter((name) => fits(context, name, programs))
    .map((name) => ({ title: `Call \`${name}\``, edits: [{ path: call.path, span: call.call.nameSpan, newText: name }] }));
}

/** Writes another section string in place of this one; undefined where the string is not a lone literal in sight. */
export function sectionFix(section: ResolvedSection, newText: string): Fix | undefined {
  const [part, ...rest] = section.use.parts;
  if (!part || part.kind !== 'string' || rest.length > 0) return undefined;
  return { title: `Change to \`SEC("${newText}")\``, edits: [{ path: section.path, span: part.span, newText }] };
}

/** The fix that makes all these programs sleepable, where each one's section has a `.s` form in which the call is allowed on the whole target. */
export function sleepableFix(context: RuleContext, fact: CallFact, programs: readonly Program[]): readonly Fix[] {
  const fixes: Fix[] = [];
  for (const program of programs) {
    const def = sleepableForm(context, program);
    if (!def || !allowedWhenSleepable(context, fact, program, def)) return [];
    const { text, extras } = program.section;
    const fix = sectionFix(program.section, `${text?.startsWith('?') ? '?' : ''}${def.name}${extras === '' ? '' : `/${extras}`}`);
    if (!fix) return [];
    fixes.push(fix);
  }
  const [first, ...others] = fixes;
  if (!first) return [];
  return others.length === 0 ? [first] : [{ title: 'Make the programs sleepable', edits: fixes.flatMap((f) => f.edits) }];
}

function sleepableForm(context: RuleContext, program: Program): SectionDefFact | undefined {
  const def = program.section.def;
  if (!def || def.sleepable || program.section.match !== 'libbpf') return undefined;
  return context.facts.sections.find((s) => s.sleepable && !s.legacy && s.name === `${def.name}.s` && s.programType === def.programType && s.attachType === def.attachType);
}

function allowedWhenSleepable(context: RuleContext, fact: CallFact, program: Program, def: SectionDefFact): boolean {
  const timeline = context.facts.availability(fact, { ...program.key, sleepable: true });
  if (!context.target) return timeline.allowed() !== undefined;
  const since = def.lifetime?.since ?? 0;
  return context.target.releases.every((r) => r >= since && timeline.at(r) === 'allowed');
}
