/** Says what a section string means: by the user's setting, libbpf's table, older libbpf, cilium/ebpf, or a likely typing error. */
import type { SectionDefFact } from '../facts/factBook.types.js';
import type { SectionUse } from '../syntax/views.js';
import type { ResolvedSection, SectionMatch } from './model.types.js';
import { nearMiss } from './nearMiss.js';
import { makesString, textOfName } from './stringify.js';
import type { Token } from './tokens.js';
import { stringsOf, type UnitIndex } from './unitIndex.js';

/** Sections that hold data or code of no program of their own (libbpf's `bpf_object__elf_collect`). */
const NO_PROGRAM = /^(?:\.text|\.data|\.bss|\.rodata|\.maps|\.ksyms|\.kconfig|\.struct_ops|license$|version$|maps$|maps\/|\.BTF|\.addr_space)/;

/** True for sections that hold no program: `.maps`, `license`, `maps/x`, `.struct_ops.link`. */
export function isDataSection(name: string): boolean {
  return NO_PROGRAM.test(name);
}

/** The strings that a section can be: several where a macro in it differs by `#if`, none where a part is not known. */
function sectionTexts(use: SectionUse, index: UnitIndex): readonly string[] {
  if (use.parts.length === 1 && use.parts[0]!.kind === 'string') return [use.parts[0]!.value];
  const tokens: Token[] = [];
  for (let i = 0; i < use.parts.length; i++) {
    const { kind, value } = use.parts[i]!;
    const next = use.parts[i + 1];
    if (kind === 'identifier' && next?.kind === 'identifier' && makesString(value, index)) {
      tokens.push({ kind: 'string', value: textOfName(next.value, index) });
      i++;
    } else tokens.push({ kind: kind === 'string' ? 'string' : 'word', value });
  }
  return stringsOf(tokens, index);
}

/** The string of a section: macros expanded, literals joined. Undefined where a part is not known, or differs by `#if`. */
export function sectionText(use: SectionUse, index: UnitIndex): string | undefined {
  const texts = sectionTexts(use, index);
  return texts.length === 1 ? texts[0] : undefined;
}

/** What stands before the first part that is not known: `fentry/` of `"fentry/" SYS_PREFIX "nanosleep"`. */
function knownBeginning(use: SectionUse): string {
  let text = '';
  for (const part of use.parts) {
    if (part.kind !== 'string') break;
    text += part.value;
  }
  return text;
}

interface Match {
  readonly match: SectionMatch;
  readonly def: SectionDefFact | undefined;
  readonly extras: string;
  readonly suggestion?: string;
}

const NOTHING: Match = { match: 'none', def: undefined, extras: '' };

/** libbpf's `sec_def_matches()`: exact, or for `plus` the name alone or with a slash behind, or for `type/` as a prefix. */
function libbpfMatches(def: SectionDefFact, name: string): boolean {
  if (def.name.endsWith('/')) return name.startsWith(def.name);
  if (def.plus) return name.startsWith(def.name) && (name.length === def.name.length || name[def.name.length] === '/');
  return name === def.name;
}

/**
 * cilium/ebpf's `matchSectionName()`: with `+` the part before the first slash must be the pattern,
 * without it the pattern is a prefix and what follows is ignored.
 */
function ciliumMatches(def: SectionDefFact, name: string): boolean {
  if (!def.plus) return name.startsWith(def.name);
  const slash = name.indexOf('/');
  return (slash < 0 ? name : name.slice(0, slash)) === def.name;
}

function legacyMatches(def: SectionDefFact, name: string): boolean {
  if (def.legacy?.prefix) return name.startsWith(def.name);
  return libbpfMatches(def, name);
}

/** What stands behind the definition's name, without the slash. */
function extrasOf(def: SectionDefFact, name: string): string {
  const rest = name.slice(def.name.length);
  return rest.startsWith('/') ? rest.slice(1) : rest;
}

/** Resolves section names against one book's table; results are kept, since the same few names come again and again. */
export class SectionTable {
  private readonly current: readonly SectionDefFact[];
  private readonly legacy: readonly SectionDefFact[];
  private readonly known = new Map<string, Match>();

  constructor(defs: readonly SectionDefFact[]) {
    this.current = defs.filter((d) => !d.legacy);
    this.legacy = defs.filter((d) => d.legacy);
  }

  /** @param name section string without a leading `?`. */
  match(name: string): Match {
    let result = this.known.get(name);
    if (!result) {
      result = this.compute(name);
      if (this.known.size > 10_000) this.known.clear();
      this.known.set(name, result);
    }
    return result;
  }

  /** The definition of a name of which only the beginning is known: its type is known if the slash behind it is there. */
  family(beginning: string): Match {
    const def = this.current.find((d) => d.plus && beginning.startsWith(`${d.name}/`));
    return def ? { match: 'libbpf', def, extras: '' } : NOTHING;
  }

  private compute(name: string): Match {
    const libbpf = this.current.find((d) => libbpfMatches(d, name));
    if (libbpf) return { match: 'libbpf', def: libbpf, extras: extrasOf(libbpf, name) };
    const legacy = this.legacy.find((d) => legacyMatches(d, name));
    const cilium = this.current.find((d) => ciliumMatches(d, name));
    // Old libbpf knew no `xdp/devmap` and took `xdp/devmap/x` for `xdp`: the longer pattern says what is meant.
    if (legacy && !(cilium && cilium.name.length > legacy.name.length)) return { match: 'legacy', def: legacy, extras: extrasOf(legacy, name) };
    if (cilium) return { match: 'cilium', def: cilium, extras: extrasOf(cilium, name) };
    const suggestion = nearMiss(name, this.current);
    return suggestion === undefined ? NOTHING : { match: 'near-miss', def: undefined, extras: '', suggestion };
  }
}

/** The section string that the setting `programs` gives a function or section; exact keys before patterns, longest first. */
export function settingFor(names: readonly string[], programs: Readonly<Record<string, string>>): string | undefined {
  let best: { readonly length: number; readonly value: string } | undefined;
  for (const [key, value] of Object.entries(programs)) {
    for (const name of names) {
      const exact = name === key;
      if (!exact && !(key.endsWith('*') && name.startsWith(key.slice(0, -1)))) continue;
      const length = exact ? Infinity : key.length;
      if (!best || length > best.length) best = { length, value };
    }
  }
  return best?.value;
}

/**
 * Resolves one use of a section on a function: once, or once for each meaning where a macro in it differs by `#if`.
 * @param setting section string from the user's settings, which wins over what the code says.
 */
export function resolveSection(use: SectionUse, path: string, index: UnitIndex, table: SectionTable, setting?: string): readonly ResolvedSection[] {
  const texts = sectionTexts(use, index);
  const one = (text: string | undefined, match: (name: string) => Match): ResolvedSection => {
    const known = text ?? knownBeginning(use);
    const optional = known.startsWith('?');
    const name = optional ? known.slice(1) : known;
    const { def, extras, suggestion, match: how } = match(name);
    const base = { use, path, text, name, optional, match: how, def, extras };
    return suggestion === undefined ? base : { ...base, suggestion };
  };
  if (setting !== undefined) {
    const given = table.match(setting.replace(/^\?/, ''));
    if (given.def) return [one(texts[0], () => ({ ...given, match: 'setting' }))];
  }
  if (texts.length === 0) return [one(undefined, (name) => table.family(name))];
  if (texts.length === 1) return [one(texts[0], (name) => table.match(name))];
  return byMeaning(texts.map((text) => one(text, (name) => table.match(name))));
}

/** One of each definition; what follows the slash is kept only where all agree on it. */
function byMeaning(sections: readonly ResolvedSection[]): readonly ResolvedSection[] {
  const result = new Map<SectionDefFact | undefined, ResolvedSection>();
  for (const section of sections) {
    const same = result.get(section.def);
    if (!same) result.set(section.def, section);
    else if (same.extras !== section.extras) result.set(section.def, { ...same, extras: '' });
  }
  // A guess has no place where another arm is known.
  const known = [...result.values()].filter((s) => s.def);
  return known.length > 0 ? known : [...result.values()].slice(0, 1);
}
