/** Completion: what is being typed decides which list answers. Plain data; `lsp/` makes protocol items of it. */
import type { Unit } from '../../analysis.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import type { Span } from '../../text/span.js';
import { completeCallables } from './callables.js';
import { completeConstants } from './constants.js';
import { completeMapTypes } from './mapTypes.js';
import { completeMembers } from './members.js';
import { completeSections } from './sections.js';

/** What a lazily loaded documentation is about. */
export interface EntryRef {
  readonly kind: 'helper' | 'kfunc' | 'map-type' | 'section' | 'field' | 'constant';
  /** `bpf_redirect`, `BPF_MAP_TYPE_HASH`, `xdp`, `xdp_md.data`. */
  readonly name: string;
}

export interface CompletionEntry {
  /** The bare name, and what is typed to find it. */
  readonly label: string;
  readonly kind: 'field' | 'section' | 'function' | 'constant';
  /** One line beside the label: type, access, since. */
  readonly detail: string;
  /** Inserted instead of the label. */
  readonly insert?: string;
  /** Inserted by clients that know snippets, in their grammar (`${1:name}`). */
  readonly snippet?: string;
  /** Entries are shown in ascending order of it. */
  readonly order: string;
  /** Shown struck through: not for this program or target. */
  readonly discouraged?: boolean;
  readonly ref: EntryRef;
}

export interface CompletionResult {
  /** What an accepted entry replaces. */
  readonly replace: Span;
  readonly entries: readonly CompletionEntry[];
  /** True if entries were left out for their number, so that the client has to ask again as the word grows. */
  readonly incomplete: boolean;
}

/** Characters that start completion by themselves, and the roles in which each may. */
const TRIGGERS: Readonly<Record<string, string>> = { '>': 'member', '.': 'member', '"': 'section', '/': 'section' };
export const TRIGGER_CHARACTERS = Object.keys(TRIGGERS);

/**
 * @param trigger the character that asked by being typed; undefined if the user or a word did
 * @returns undefined for nothing to offer here
 */
export function complete(unit: Unit, offset: number, trigger?: string): CompletionResult | undefined {
  const result = answer(unit, offset, trigger);
  return result && { ...result, replace: onLine(unit.model.main.text, result.replace, offset) };
}

/** Clips a span to the line of the cursor, as the protocol demands; a word may be continued by a backslash at the line's end. */
function onLine(text: string, replace: Span, offset: number): Span {
  const before = text.slice(replace.start, offset);
  const after = text.slice(offset, replace.end);
  const ends = after.search(/\\?[\r\n]/);
  const start = replace.start + Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return { start, end: Math.max(start, ends < 0 ? replace.end : offset + ends) };
}

function answer(unit: Unit, offset: number, trigger: string | undefined): CompletionResult | undefined {
  const wanted = unit.settings.completion;
  if (wanted === 'off') return undefined;
  const role = unit.completionAt(offset);
  if (trigger !== undefined && TRIGGERS[trigger] !== role.kind) return undefined;
  switch (role.kind) {
    case 'member':
      return role.arrow ? completeMembers(unit, offset, role) : undefined;
    case 'section':
      return completeSections(unit, role.replace);
    case 'map-type':
      return completeMapTypes(unit, role.replace);
    case 'expression':
      return completeExpression(unit, offset, role, wanted === 'all');
    default:
      return undefined;
  }
}

/** Constants that fit the place first, which no C language server knows; then, if wanted, whatever can be called. */
function completeExpression(unit: Unit, offset: number, role: Extract<CompletionRole, { kind: 'expression' }>, callables: boolean): CompletionResult | undefined {
  const constants = completeConstants(unit, offset, role.replace.start);
  if (!callables) return constants.length > 0 ? { replace: role.replace, entries: constants, incomplete: false } : undefined;
  const rest = completeCallables(unit, offset, role);
  return { ...rest, entries: [...constants, ...rest.entries] };
}
