/** How much of what there is the book holds: entries by kind, beside what the sources name. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { entries, KIND_TITLES, type EntryKind } from '../../server/src/features/reference/entries.js';
import type { FactBook, Source } from '../../server/src/facts/factBook.types.js';

export interface CoverageRow {
  readonly kind: EntryKind;
  /** What a source names; undefined where there is no list of them all. */
  readonly wanted?: number;
  /** Where that list is. */
  readonly by: string;
  readonly entries: number;
  readonly withText: number;
  readonly withSource: number;
}

/** Names that a list of all would hold, with the place of the list. Kinds without one are not there. */
export type Wanted = Partial<Record<EntryKind, { readonly by: string; readonly names: readonly string[] }>>;

/** What the reference names; undefined where the reference is not at hand. */
export async function readWanted(reference: string, facts: FactBook): Promise<Wanted | undefined> {
  if (!existsSync(path.join(reference, 'facts', 'helpers.json'))) return undefined;
  const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(path.join(reference, file), 'utf8')) as unknown;
  const keys = async (file: string): Promise<string[]> => Object.keys((await json(file)) as object);
  const enums = (await json('facts/uapi_enums.json')) as Record<string, Record<string, string[]>>;
  const members = (name: string): string[] => [...new Set(Object.values(enums[name] ?? {}).flat())].filter((member) => !/^__MAX_|^MAX_|_UNSPEC$/.test(member));
  const measured = (await json('measured/kfuncs.json')) as { kfuncs: object };
  // The kernel's own tests register kfuncs too, and `name` is what a macro left behind.
  const kfuncs = [...Object.keys(measured.kfuncs), ...(await keys('facts/kfuncs_6.12.json')), ...(await keys('facts/kfuncs_7.3.json'))].filter((name) => !/^(bpf_kfunc_call_.*|bpf_fentry_test1|bpf_modify_return_test.*|name)$/.test(name));
  const macros = (await json('facts/libbpf_macros.json')) as Record<string, Record<string, { args: string | null; at_head: boolean }>>;
  const defs = ((await json('facts/sec_defs.json')) as { defs: { sec: string }[] }).defs.map((def) => def.sec);
  const uapi = 'linux/bpf.h of 5.10, 6.12, 7.3';
  return {
    helper: { by: 'bpf_helper_defs.h', names: await keys('facts/helpers.json') },
    kfunc: { by: 'ten kernels and the sources of 6.12 and 7.3', names: [...new Set(kfuncs)] },
    'program-type': { by: uapi, names: members('bpf_prog_type') },
    'attach-type': { by: uapi, names: members('bpf_attach_type') },
    'map-type': { by: uapi, names: members('bpf_map_type') },
    'link-type': { by: uapi, names: members('bpf_link_type') },
    section: { by: "libbpf's section_defs", names: [...new Set(defs)] },
    // pt_regs is each architecture's own, and the kernel keeps no list of its fields.
    context: { by: 'the program types, registers aside', names: [...new Set([...facts.programTypes.values()].flatMap((type) => type.context ?? []))].filter((name) => name !== 'pt_regs') },
    macro: {
      by: "libbpf's BPF-side headers, with arguments",
      names: Object.values(macros).flatMap((header) => Object.entries(header).filter(([name, { args, at_head }]) => at_head && !/^___|^__BPF/.test(name) && args?.startsWith('(') === true && args !== '(enum)').map(([name]) => name)),
    },
  };
}

/** One row a kind. */
export function coverageRows(facts: FactBook, wanted: Readonly<Partial<Record<EntryKind, { by: string; count: number }>>>): readonly CoverageRow[] {
  const all = entries(facts);
  return (Object.keys(KIND_TITLES) as EntryKind[]).map((kind) => {
    const list = all.filter((entry) => entry.kind === kind);
    const want = wanted[kind];
    return {
      kind,
      by: want?.by ?? 'no list of all is known',
      ...(want === undefined ? {} : { wanted: want.count }),
      entries: list.length,
      withText: list.filter((entry) => entry.summary !== '').length,
      withSource: list.filter((entry) => hasSource(facts, kind, entry.name)).length,
    };
  });
}

/** Sections have libbpf's release for a source, macros their header, contexts those of their fields, concepts are our own words. */
function hasSource(facts: FactBook, kind: EntryKind, name: string): boolean {
  const sourced: Partial<Record<EntryKind, ReadonlyMap<string, { readonly sources: readonly Source[] }>>> = {
    helper: facts.helpers, kfunc: facts.kfuncs, 'program-type': facts.programTypes, 'attach-type': facts.attachTypes, 'map-type': facts.mapTypes, 'link-type': facts.linkTypes,
    constant: facts.constants, feature: facts.features, driver: facts.drivers, 'verifier-message': facts.verifierMessages,
  };
  const map = sourced[kind];
  return map === undefined ? true : (map.get(name)?.sources.length ?? 0) > 0;
}

/** The table as Markdown, which reads well in a terminal too. */
export function coverageTable(rows: readonly CoverageRow[]): string {
  const cells = rows.map((row) => [KIND_TITLES[row.kind], String(row.wanted ?? '–'), String(row.entries), String(row.withText), String(row.withSource), row.by]);
  const head = ['kind', 'named by the source', 'entries', 'with text', 'with source', 'source of the list'];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.map(line)].join('\n');
}
