/** Hover on a field of the context: may these programs read and write it, then what it is. */
import type { Unit } from '../../analysis.types.js';
import type { CursorRole, FieldAccessView } from '../../syntax/views.js';
import { contextOf } from '../contextOf.js';
import { describeField } from '../describe/context.js';
import { groupPrograms, kindTitle, programAt, programsAt, type ProgramGroup } from '../programs.js';
import type { InfoSection } from '../text/info.js';
import { judgeField, verdictSection, type Verdict } from '../verdict.js';
import type { HoverProvider } from './provider.js';

export const hoverField: HoverProvider = (unit, role, offset) => {
  if (role.kind !== 'field') return undefined;
  const name = contextName(unit, role, offset);
  const context = name === undefined ? undefined : unit.facts.contexts.get(name);
  const field = context?.fields.get(role.name);
  if (context === undefined || field === undefined) return undefined;
  const own = programAt(unit, offset);
  const programs = programsAt(unit, offset).filter((program) => program.context === context.name);
  const mode = role.access.access === 'write' ? 'write' : 'read';
  const verdict = context.checked
    ? verdictSection(unit, programs, own, (group) => access(unit, context.name, role.name, group, mode))
    : undefined;
  const lines = verdict ? [withMode(verdict, mode), ...otherMode(unit, context.name, role.name, groupPrograms(programs), mode)] : [];
  return { span: role.span, sections: [...lines, ...describeField(context, field)] };
};

function contextName(unit: Unit, role: Extract<CursorRole, { kind: 'field' }>, offset: number): string | undefined {
  const sameAccess = (access: FieldAccessView): boolean => access.fieldSpan.start === role.access.fieldSpan.start;
  const known = unit.model.contextAccesses.find((a) => a.path === unit.model.main.path && sameAccess(a.access));
  const byModel = known?.programs[0]?.context;
  if (byModel && unit.facts.contexts.get(byModel)?.fields.has(role.name)) return byModel;
  return role.access.base === '' && role.access.castType === undefined ? undefined : contextOf(unit, offset, role.access.base, role.access.castType);
}

function access(unit: Unit, context: string, field: string, group: ProgramGroup, mode: 'read' | 'write'): Verdict {
  return judgeField(unit, context, field, group.key, mode);
}

/** Says which of the two the verdict is about. */
function withMode(verdict: InfoSection, mode: 'read' | 'write'): InfoSection {
  if (verdict.kind !== 'verdict') return verdict;
  const label = mode === 'read' ? 'Read: ' : 'Write: ';
  return { ...verdict, answers: verdict.answers.map((a) => ({ ...a, line: [label, ...a.line] })) };
}

/** One line about the other kind of access, for the first kind of program. */
function otherMode(unit: Unit, context: string, field: string, groups: readonly ProgramGroup[], mode: 'read' | 'write'): readonly InfoSection[] {
  const group = groups[0];
  if (group === undefined) return [];
  const other = mode === 'read' ? 'write' : 'read';
  const verdict = access(unit, context, field, group, other);
  if (verdict.answer === 'unknown') return [];
  const label = other === 'read' ? 'Read: ' : 'Write: ';
  return [{ kind: 'verdict', answers: [{ answer: verdict.answer, line: [label, ...verdict.say(kindTitle(unit.facts, group.key))] }] }];
}
