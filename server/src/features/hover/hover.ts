/** Hover: what stands under the cursor decides which of the kinds answers; the first that does wins. */
import type { Unit } from '../../analysis.types.js';
import type { FactBook } from '../../facts/factBook.types.js';
import type { CursorRole } from '../../syntax/views.js';
import { contextOf } from '../contextOf.js';
import { conceptLine } from '../describe/concept.js';
import { idOfWord } from '../reference/entries.js';
import type { HoverInfo, InfoSection } from '../text/info.js';
import { hoverAttachType } from './attachType.js';
import { hoverConstant } from './constant.js';
import { hoverContext } from './contextStruct.js';
import { hoverField } from './field.js';
import { hoverHelper } from './helper.js';
import { hoverHiddenContext } from './hiddenContext.js';
import { hoverKfunc } from './kfunc.js';
import { hoverMacro } from './macro.js';
import { hoverMapType } from './mapType.js';
import { hoverProgramType } from './programType.js';
import { usedName } from './named.js';
import { placeNotes } from './placeNotes.js';
import type { HoverProvider } from './provider.js';
import { hoverRegister } from './register.js';
import { hoverSection } from './section.js';

const PROVIDERS: readonly HoverProvider[] = [
  hoverSection,
  hoverField,
  hoverRegister,
  hoverHelper,
  hoverKfunc,
  hoverProgramType,
  hoverAttachType,
  hoverMapType,
  hoverConstant,
  hoverContext,
  hoverHiddenContext,
  hoverMacro,
];

/** What to show for an offset of the unit's main file; undefined for nothing. */
export function hover(unit: Unit, offset: number): HoverInfo | undefined {
  const role = unit.roleAt(offset);
  if (role.kind === 'none') return undefined;
  for (const provider of PROVIDERS) {
    const info = provider(unit, role, offset);
    if (info !== undefined) return { ...info, sections: fit([...withNotes(info.sections, placeNotes(unit, offset)), ...conceptLine(unit.facts, role.kind === 'type' ? role.name : (usedName(role) ?? ''))]), ...pageOf(unit, role, offset) };
  }
  return undefined;
}

/** Behind the verdict, before what is true everywhere. */
function withNotes(sections: readonly InfoSection[], notes: readonly InfoSection[]): readonly InfoSection[] {
  const at = sections[0]?.kind === 'verdict' ? 1 : 0;
  return notes.length === 0 ? sections : [...sections.slice(0, at), ...notes, ...sections.slice(at)];
}

/** The page of the reference about what stands under the cursor. */
function pageOf(unit: Unit, role: CursorRole, offset: number): { readonly page?: string } {
  const { facts } = unit;
  if (role.kind === 'none') return {};
  if (role.kind === 'section') {
    const { sections, programs, main } = unit.model;
    const here = [...programs.map((program) => program.section), ...sections].find((section) => section.path === main.path && section.use.span.start === role.use.span.start);
    const def = here?.def;
    return pageNamed(facts, def && `SEC("${def.name}")`);
  }
  if (role.kind === 'field') {
    const context = contextOf(unit, offset, role.access.base, role.access.castType);
    return pageNamed(facts, context && `struct ${context}`);
  }
  return pageNamed(facts, role.kind === 'type' ? `struct ${role.name}` : role.name);
}

function pageNamed(facts: FactBook, word: string | undefined): { readonly page?: string } {
  const page = word === undefined ? undefined : idOfWord(facts, word);
  return page === undefined ? {} : { page };
}

/** A hover that does not fit on the screen is not read. */
const MAX_LINES = 25;

/** Shortens titled lists (pitfalls) from their ends, but not to nothing, until the rest fits. */
function fit(sections: readonly InfoSection[]): readonly InfoSection[] {
  let surplus = sections.reduce((sum, section) => sum + height(section) + 1, -1) - MAX_LINES;
  if (surplus <= 0) return sections;
  return sections.map((section) => {
    if (section.kind !== 'list' || section.title === undefined || surplus <= 0) return section;
    const kept = Math.max(1, section.items.length - surplus);
    surplus -= section.items.length - kept;
    return { ...section, items: section.items.slice(0, kept) };
  });
}

/** Lines that a section takes, as the renderers lay it out. */
function height(section: InfoSection): number {
  switch (section.kind) {
    case 'verdict':
      return section.answers.length;
    case 'code':
      return section.code.split('\n').length + 2;
    case 'paragraph':
    case 'heading':
      return 1;
    case 'list':
      return section.items.length + (section.title === undefined ? 0 : 1);
    case 'facts':
      return section.rows.length;
    case 'table':
      return section.rows.length + 2;
  }
}
