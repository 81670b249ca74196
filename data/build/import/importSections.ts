/** libbpf's section table, and the names that libbpf 0.8 still took and 1.0 refuses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { extrasOf, needsOf } from './sectionNotes.js';
import type { SecDef, Sources } from './sources.js';
import type { SectionData } from '../../../server/src/facts/types.gen.js';

/** The last release before libbpf 1.0 dropped SEC_SLOPPY_PFX and the deprecated names. */
const LAST_SLOPPY = 'v0.8.1';
const FIRST_STRICT = '1.0';
/** What to write instead where the bare name is not the modern one (SEC_DEPRECATED in libbpf 0.8). */
const MODERN: Readonly<Record<string, string>> = { classifier: 'tc', xdp_devmap: 'xdp/devmap', xdp_cpumap: 'xdp/cpumap' };

/** File name (below data/sections, without .yaml) → section. */
export async function importSections(sources: Sources, libbpfDir: string): Promise<Map<string, SectionData>> {
  const out = new Map<string, SectionData>();
  sources.secDefs.forEach((def, order) => out.set(fileName(def.sec), current(def, order, sources.libbpfHead)));
  const { stdout } = await promisify(execFile)('git', ['-C', libbpfDir, 'show', `${LAST_SLOPPY}:src/libbpf.c`], { maxBuffer: 1 << 24 });
  legacyRows(stdout).forEach((row, i) => out.set(`legacy/${fileName(row.name)}`, legacy(row, sources.secDefs.length + i, sources)));
  return out;
}

/** `xdp.frags/devmap` → `xdp.frags__devmap` */
export function fileName(section: string): string {
  return section.replaceAll('/', '__');
}

function current(def: SecDef, order: number, head: string): SectionData {
  const extras = def.plus ? extrasOf(def.sec) : undefined;
  const need = needsOf(def.sec);
  return {
    name: def.sec,
    order,
    plus: def.plus,
    programType: def.prog_type,
    attachType: def.attach_type,
    sleepable: def.flags.includes('SEC_SLEEPABLE'),
    frags: def.flags.includes('SEC_XDP_FRAGS'),
    libbpf: release(def.first_libbpf),
    ...(need ? { lifetime: need.lifetime } : {}),
    ...(extras ? { extras } : {}),
    sources: [{ source: 'libbpf', ref: head }, ...(need?.sources ?? [])],
  };
}

interface LegacyRow { readonly name: string; readonly programType: string; readonly attachType: string | null }

/** Rows of the old table that matched more than their own name: sloppy prefixes, and `xdp_devmap/` and its like. */
export function legacyRows(source: string): LegacyRow[] {
  const row = /SEC_DEF\("([^"+]+)",\s*(\w+),\s*(\w+),\s*([A-Z_| ]+)/g;
  return [...source.matchAll(row)].flatMap(([, name = '', type = '', attach = '0', flags = '']) => {
    if (!flags.includes('SEC_SLOPPY_PFX') && !flags.includes('SEC_DEPRECATED')) return [];
    return [{ name: name.replace(/\/$/, ''), programType: `BPF_PROG_TYPE_${type}`, attachType: attach === '0' ? null : attach }];
  });
}

function legacy(row: LegacyRow, order: number, sources: Sources): SectionData {
  const def = sources.secDefs.find((candidate) => candidate.sec === row.name);
  return {
    name: row.name,
    order,
    plus: false,
    programType: row.programType,
    attachType: row.attachType,
    sleepable: false,
    frags: false,
    libbpf: def ? release(def.first_libbpf) : row.name === 'xdp_devmap' ? '0.0.9' : '0.1.0',
    legacy: { until: FIRST_STRICT, prefix: true, modern: MODERN[row.name] ?? row.name },
    sources: [{ source: 'libbpf', ref: LAST_SLOPPY, note: 'section_defs' }],
  };
}

/** `v1.0.0` → `1.0`; `v0.0.3` stays three-part. */
function release(tag: string): string {
  if (tag === 'HEAD') return tag;
  const text = tag.replace(/^v/, '');
  return /^0\.0\./.test(text) ? text : text.replace(/\.0$/, '');
}
