/** From a section's text to libbpf's definition, for places where no program stands behind it (`explain`, completion). */
import type { FactBook, SectionDefFact } from '../facts/factBook.types.js';

/**
 * libbpf's rule (sec_def_matches, tools/lib/bpf/libbpf.c): a name that ends in `/` is a prefix, `plus` takes the name alone
 * or with `/extras`, all others are exact; the first that fits in table order wins. Legacy names come last.
 */
export function findSectionDef(facts: FactBook, text: string): { readonly def: SectionDefFact; readonly extras: string } | undefined {
  const name = text.replace(/^\?/, '');
  for (const def of facts.sections) {
    const extras = match(def, name);
    if (extras !== undefined) return { def, extras };
  }
  return undefined;
}

function match(def: SectionDefFact, name: string): string | undefined {
  if (name === def.name) return '';
  if (def.plus && name.startsWith(`${def.name}/`)) return name.slice(def.name.length + 1);
  // Older libbpf took any text after some names; here only a path counts, or every word with `xdp` in front would be a section.
  const prefix = def.name.endsWith('/') || (def.legacy?.prefix === true && name.startsWith(`${def.name}/`));
  return prefix && name.startsWith(def.name) ? name.slice(def.name.length).replace(/^\//, '') : undefined;
}
