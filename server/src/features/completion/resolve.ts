/** The documentation of a completion entry, made only when a client shows it. */
import type { FactBook } from '../../facts/factBook.types.js';
import { describeConstant } from '../describe/constant.js';
import { describeField } from '../describe/context.js';
import { describeHelper } from '../describe/helper.js';
import { describeKfunc } from '../describe/kfunc.js';
import { describeSection } from '../describe/section.js';
import { describeMacro } from '../describe/macro.js';
import { describeMapType, describeProgramType } from '../describe/types.js';
import { describeRegister } from '../registers.js';
import type { InfoSection } from '../text/info.js';
import type { EntryRef } from './entry.js';

/** Sections about the entry; empty if the book has none by this name. */
export function describeEntry(facts: FactBook, ref: EntryRef): readonly InfoSection[] {
  switch (ref.kind) {
    case 'helper': {
      const fact = facts.helpers.get(ref.name);
      return fact ? describeHelper(facts, fact) : [];
    }
    case 'kfunc': {
      const fact = facts.kfuncs.get(ref.name);
      return fact ? describeKfunc(facts, fact) : [];
    }
    case 'map-type': {
      const fact = facts.mapTypes.get(ref.name);
      return fact ? describeMapType(fact) : [];
    }
    case 'constant': {
      const fact = facts.constants.get(ref.name);
      return fact ? describeConstant(facts, fact) : [];
    }
    case 'macro': {
      const fact = facts.macros.get(ref.name);
      return fact ? describeMacro(facts, fact) : [];
    }
    case 'program-type': {
      const fact = facts.programTypes.get(ref.name);
      return fact ? describeProgramType(facts, fact) : [];
    }
    case 'section': {
      const def = facts.sections.find((d) => d.name === ref.name);
      return def ? describeSection(facts, def) : [];
    }
    case 'field': {
      const [struct = '', name = ''] = ref.name.split('.');
      if (struct === 'pt_regs') return describeRegister(facts, name);
      const context = facts.contexts.get(struct);
      const field = context?.fields.get(name);
      return context && field ? describeField(context, field) : [];
    }
    // What comes back from a client need not be what was sent to it.
    default:
      return [];
  }
}
