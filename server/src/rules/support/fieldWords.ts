/** Sentences about context fields: who may touch them, since when, and what the verifier says. */
import type { ContextAccess, Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import type { FieldVerdict } from './judgeField.js';
import { from, kindOf, kindsOf, list, on, sectionsThat, spread } from './words.js';

/** What, why, who may, and the verifier's words, for the first of the programs. */
export function fieldMessage(context: RuleContext, place: ContextAccess, verdict: FieldVerdict, programs: readonly Program[]): string {
  const name = `\`${verdict.field.name}\` of \`struct ${verdict.context}\``;
  return `${reason(context, name, verdict, programs)} The verifier says ${quote(context, place, verdict)}.`;
}

/**
 * True for a store that only programs which a network card runs may make, `xdp_is_valid_access()` with `bpf_prog_is_offloaded()`.
 * Which ones those are is the loader's choice (`bpf_program__set_ifindex`), and no section says it.
 */
export function isForDevices({ context, field, mode }: FieldVerdict): boolean {
  return mode === 'write' && context === 'xdp_md' && field.name === 'rx_queue_index';
}

/** What is wrong with an offset or size in assembly: every `*_is_valid_access` of the kernel asks these things first. */
export function shapeMessage(struct: string, field: string, { offset, size, shape }: NonNullable<ContextAccess['asm']>): string {
  const name = `\`${field}\` of \`struct ${struct}\``;
  const words = {
    outside: `The access is past the end of \`struct ${struct}\`.`,
    crosses: `${size} bytes at offset ${offset} are more than ${name} holds.`,
    narrow: `${name} is loaded whole or not at all.`,
    'read-only': `${name} is read-only.`,
    'signed-pointer': `${name} stands for a pointer, which no load that extends the sign may read.`,
  };
  return `${words[shape ?? 'outside']} The verifier says \`invalid bpf_context access off=${offset} size=${size}\`.`;
}

function reason(context: RuleContext, name: string, verdict: FieldVerdict, programs: readonly Program[]): string {
  const { mode, timeline, field } = verdict;
  const kinds = kindsOf(context.facts, programs);
  const since = timeline.allowed();
  const where = spreadOf(context, verdict);
  if (since && since.since > verdict.release) {
    const born = field.lifetime?.since;
    if (mode === 'read' && born !== undefined && born > verdict.release) return `${name} is upstream since ${from(field.lifetime ?? since)}, and ${where} ${verdict.members.length > 1 ? 'lack' : 'lacks'} it.`;
    return `${name} may be ${done(mode)} in ${kinds} from ${from(since)} on, but not on ${where}.`;
  }
  if (since) return `${name} may not be ${done(mode)} in ${kinds} on ${where}, though other releases allow it.`;
  const [program] = programs;
  const allowing = program ? sections(context, verdict, program, mode) : [];
  if (program && allowing.length > 0) {
    const others = allowing.map((section) => (section === 'others' ? 'other' : section));
    return `${name} may be ${done(mode)} only in ${list(others, 'or')} programs, not in ${kindOf(context.facts, program.programType)} ${attachment(program)}.`;
  }
  const readable = mode === 'write' && program && context.facts.fieldAccess(verdict.context, field.name, program.key, 'read').allowed();
  if (readable) return `${name} is read-only in ${kinds}${isForDevices(verdict) ? ', except in those that are loaded onto a network card (offload)' : ''}.`;
  const readElsewhere = mode === 'read' && program ? sections(context, verdict, program, 'read') : [];
  return `${name} may not be ${done(mode)} in ${kinds}${readElsewhere.length > 0 ? `, only in ${list(readElsewhere, 'or')}` : ''}.`;
}

function done(mode: FieldVerdict['mode']): string {
  return mode === 'read' ? 'read' : 'written';
}

function spreadOf(context: RuleContext, verdict: FieldVerdict): string {
  return verdict.members.length === 0 ? on(context, verdict.release) : spread(context, verdict.members);
}

function sections(context: RuleContext, verdict: FieldVerdict, program: Program, mode: FieldVerdict['mode']): readonly string[] {
  if (program.programType === null) return [];
  return sectionsThat(context.facts, program.programType, (key) => context.facts.fieldAccess(verdict.context, verdict.field.name, key, mode).allowed() !== undefined);
}

function attachment(program: Program): string {
  const section = program.section.def?.name ?? program.section.name;
  return `in \`SEC("${section}")\``;
}

/** The verifier's line with the offset and size of what is touched; of an element only where its index is a number. */
function quote(context: RuleContext, place: ContextAccess, { field }: FieldVerdict): string {
  if (place.asm) return `\`invalid bpf_context access off=${place.asm.offset} size=${place.asm.size}\``;
  const size = field.array === undefined ? field.size : field.size / field.array;
  const index = place.access.element ? indexOf(context, place) : 0;
  return index === undefined ? '`invalid bpf_context access`' : `\`invalid bpf_context access off=${field.offset + index * size} size=${size}\``;
}

function indexOf(context: RuleContext, { path, access }: ContextAccess): number | undefined {
  const text = context.model.files.get(path)?.text.slice(access.fieldSpan.end, access.fieldSpan.end + 40) ?? '';
  const m = /^\s*\[\s*(\d+)\s*\]/.exec(text);
  return m ? Number(m[1]) : undefined;
}
