/** Expands ebpf-docs' nested groups into plain statements: this helper or kfunc, in these program types, since then. */
import { plain } from './sources.js';
import type { DocsItem, DocsKfuncSet, Sources } from './sources.js';
import { without } from '../../../server/src/facts/without.js';
import type { CommonListing } from '../../../server/src/facts/types.gen.js';

interface Statement { programType: string; attachTypes?: readonly string[]; trampoline?: boolean; since?: string; until?: string; ref?: string }

/** Helper → listings; a group that does not exist (bpf_iter) contributes nothing. */
export function helperListings(docs: Sources['docsHelpers']): { listings: Map<string, CommonListing[]>; kernelConfig: Map<string, Set<string>> } {
  const statements = new Map<string, Statement[]>();
  const kernelConfig = new Map<string, Set<string>>();
  for (const [programType, items] of Object.entries(docs.programs)) {
    const excluded = new Set(items.flatMap((item) => (item.exclude ? [item.exclude] : [])));
    for (const item of expand(items, docs.groups, {})) {
      if (!item.name || excluded.has(item.name)) continue;
      push(statements, item.name, {
        programType,
        ...(item.attach_type ? { attachTypes: item.attach_type } : {}),
        ...(item.prog_trampoline ? { trampoline: true } : {}),
        ...(item.since ? { since: plain(item.since.version), ref: item.since.commit } : {}),
      });
      for (const option of item.kconfig ?? []) kernelConfig.set(item.name, (kernelConfig.get(item.name) ?? new Set()).add(option));
    }
  }
  return { listings: mapValues(statements, merge), kernelConfig };
}

function expand(items: readonly DocsItem[], groups: Sources['docsHelpers']['groups'], inherited: DocsItem): DocsItem[] {
  return items.flatMap((item) => {
    const here = { ...inherited, ...item };
    if (item.group === undefined) return [here];
    return expand(groups[item.group] ?? [], groups, without(here, 'group'));
  });
}

/** Kfunc → listings. Registration for BPF_PROG_TYPE_UNSPEC (BTF_KFUNC_HOOK_COMMON) means every type. */
export function kfuncListings(sets: Readonly<Record<string, DocsKfuncSet>>): Map<string, CommonListing[]> {
  const statements = new Map<string, Statement[]>();
  for (const set of Object.values(sets)) {
    for (const func of set.funcs) {
      const except = new Set((func.except?.program_types ?? []).map((type) => type.name));
      for (const type of set.program_types) {
        if (except.has(type.name)) continue;
        push(statements, func.name, {
          programType: type.name === 'BPF_PROG_TYPE_UNSPEC' ? '*' : type.name,
          ...(set.attach_type ? { attachTypes: set.attach_type } : {}),
          ...(type.since ? { since: plain(type.since.version), ref: type.since.commit } : {}),
          ...(type.until ? { until: plain(type.until.version) } : {}),
        });
      }
    }
  }
  return mapValues(statements, merge);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function mapValues<A, B>(map: Map<string, A>, f: (value: A) => B): Map<string, B> {
  return new Map([...map].map(([key, value]) => [key, f(value)]));
}

/** One listing for all program types about which the same is said. */
function merge(statements: readonly Statement[]): CommonListing[] {
  const groups = new Map<string, { rest: Omit<Statement, 'programType'>; types: Set<string> }>();
  for (const { programType, ...rest } of statements) {
    const key = JSON.stringify(rest);
    const group = groups.get(key) ?? { rest, types: new Set<string>() };
    group.types.add(programType);
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { rest, types }]) => ({
    programTypes: [...types].sort(),
    ...rest,
    ...(rest.attachTypes ? { attachTypes: [...rest.attachTypes].sort() } : {}),
  }) as CommonListing);
}
