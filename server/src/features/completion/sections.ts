/** Inside `SEC("…")`: every section that current libbpf knows. */
import type { Unit } from '../../analysis.types.js';
import type { SectionDefFact } from '../../facts/factBook.types.js';
import type { Span } from '../../text/span.js';
import { kindTitle } from '../programs.js';
import { versionText } from '../describe/common.js';
import type { CompletionEntry, CompletionResult } from './completion.js';

const cache = new WeakMap<object, readonly CompletionEntry[]>();

export function completeSections(unit: Unit, replace: Span): CompletionResult {
  let entries = cache.get(unit.facts);
  if (entries === undefined) {
    const seen = new Set<string>();
    entries = unit.facts.sections
      .filter((def) => def.legacy === undefined && !seen.has(def.name) && seen.add(def.name))
      .map((def, i) => entry(unit, def, i));
    cache.set(unit.facts, entries);
  }
  return { replace, entries, incomplete: false };
}

function entry(unit: Unit, def: SectionDefFact, index: number): CompletionEntry {
  const { programType, attachType, sleepable, frags } = def;
  const needs = def.lifetime ?? unit.facts.programTypes.get(programType)?.lifetime;
  const detail = [kindTitle(unit.facts, { programType, attachType, sleepable, frags }), frags ? 'frags' : '', needs ? versionText(needs) : ''];
  const bare = def.name.replace(/\/$/, '');
  const placeholder = placeholderOf(def);
  return {
    label: bare,
    kind: 'section',
    detail: detail.filter((part) => part !== '').join(', '),
    ...(placeholder === undefined ? {} : { insert: `${bare}/`, snippet: `${escapeSnippet(bare)}/\${1:${escapeSnippet(placeholder)}}` }),
    order: String(index).padStart(4, '0'),
    ref: { kind: 'section', name: def.name },
  };
}

/** What to fill in after the slash; undefined where nothing has to follow. */
function placeholderOf(def: SectionDefFact): string | undefined {
  const grammar = def.extras?.grammar.replace(/^\//, '').trim();
  if (grammar === undefined || grammar === '' || grammar.startsWith('[')) return undefined;
  return /^[\w<>:./+-]+$/.test(grammar) && grammar.length <= 40 ? grammar.replace(/[<>]/g, '') : exampleRest(def);
}

function exampleRest(def: SectionDefFact): string {
  const example = def.extras!.example.replace(/^SEC\("|"\)$/g, '');
  return example.startsWith(`${def.name}/`) ? example.slice(def.name.length + 1) : example;
}

/** `$`, `}` and `\` mean something in a snippet. */
const escapeSnippet = (text: string): string => text.replace(/[\\$}]/g, '\\$&');
