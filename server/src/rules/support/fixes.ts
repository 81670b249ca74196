/** Corrections that several rules offer: another callee, another section. */
import type { SectionDefFact } from '../../facts/factBook.types.js';
import type { EntityCall, Program, ResolvedSection } from '../../model/model.types.js';
import type { Fix, RuleContext } from '../rule.js';
import { statementStart } from '../../text/statement.js';
import { factOf, fits, replacements, SAME_ARGUMENTS } from './calls.js';
import { declareEdit } from './insertions.js';
import type { CallFact } from './judge.js';
import { adaptation, type Adaptation } from './prototypes.js';
import { indexOf } from './unit.js';
import { entryOf } from '../../text/entryOf.js';

/** One fix for each helper that takes the same arguments and is allowed in all these programs. */
export function renameFixes(context: RuleContext, call: EntityCall, programs: readonly Program[]): readonly Fix[] {
  if (call.call.form !== 'direct') return [];
  return (entryOf(SAME_ARGUMENTS, call.name) ?? [])
    .filter((name) => fits(context, name, programs))
    .map((name) => ({ title: `Call \`${name}\``, edits: [{ path: call.path, span: call.call.nameSpan, newText: name }] }));
}

/** What `renameFixes` offers, and every other replacement that takes the same arguments; a kfunc comes with its declaration. */
export function replacementFixes(context: RuleContext, call: EntityCall, programs: readonly Program[]): readonly Fix[] {
  const fact = factOf(context, call);
  const text = context.model.files.get(call.path)?.text;
  if (!fact || text === undefined || call.call.form !== 'direct' || call.via !== undefined) return [];
  const same = entryOf(SAME_ARGUMENTS, call.name) ?? [];
  const others = replacements(context, fact, programs).filter((name) => !same.includes(name));
  return [...renameFixes(context, call, programs), ...others.flatMap((name) => replacement(context, call, fact, name, text))];
}

function replacement(context: RuleContext, call: EntityCall, fact: CallFact, name: string, text: string): readonly Fix[] {
  const other = context.facts.helpers.get(name) ?? context.facts.kfuncs.get(name);
  const how = other && adaptation(fact, other, isValueUsed(call, text));
  const args = how && argumentEdits(call, how);
  if (!args || text.slice(call.call.nameSpan.start, call.call.nameSpan.end) !== call.name) return [];
  const edits: Fix['edits'][number][] = [{ path: call.path, span: call.call.nameSpan, newText: name }, ...args];
  if (other.kind === 'kfunc' && !isDeclared(context, name)) {
    const declaration = declareEdit(context, call.path, name);
    if (!declaration) return [];
    edits.unshift(declaration);
  }
  return [{ title: `Call \`${name}\``, edits }];
}

/** Edits of the arguments; undefined where a flag that is dropped may not be 0. */
function argumentEdits({ path, call }: EntityCall, how: Adaptation): Fix['edits'] | undefined {
  const last = call.args.at(-1);
  if (how === 'same') return [];
  if (!last) return undefined;
  if (how === 'add-flags') return [{ path, span: { start: last.span.end, end: last.span.end }, newText: ', 0' }];
  const before = call.args.at(-2);
  return last.text.trim() !== '0' || !before ? undefined : [{ path, span: { start: before.span.end, end: last.span.end }, newText: '' }];
}

/** False for a call that is a statement of its own. */
function isValueUsed({ fn, call }: EntityCall, text: string): boolean {
  const body = fn.bodySpan;
  return !body || statementStart(text, body, call.span.start) !== call.span.start || !/^\s*;/.test(text.slice(call.span.end, call.span.end + 200));
}

/** `vmlinux.h` of a newer kernel declares kfuncs, and is not always read: a second declaration, the same, is no error in C. */
function isDeclared(context: RuleContext, name: string): boolean {
  const { prototypes, functions } = indexOf(context.model);
  return prototypes.has(name) || functions.has(name);
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
