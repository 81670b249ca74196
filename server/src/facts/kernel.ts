/**
 * One kernel that is more than a mainline release: a distribution's, with what it brought back, or one whose types are at
 * hand. What is known of it comes first; mainline's versions answer the rest.
 */
import type { KernelTypes } from '../btf/kernelTypes.js';
import type { FactBook, KfuncFact, Lifetime } from './factBook.types.js';
import type { Kernel, KernelThing, Things } from './kernel.types.js';
import { formatRelease, parseRelease, type Release } from './kernelVersion.js';

export type { Kernel, KernelsByName, KernelThing } from './kernel.types.js';

/** The enum in include/uapi/linux/bpf.h that holds the names of a kind. */
const ENUMS: Partial<Record<KernelThing, string>> = { helper: 'bpf_func_id', 'program-type': 'bpf_prog_type', 'attach-type': 'bpf_attach_type', 'map-type': 'bpf_map_type' };

type Lives = Pick<FactBook, 'helpers' | 'kfuncs' | 'mapTypes' | 'programTypes' | 'attachTypes' | 'constants' | 'contexts'>;

/** Does the kernel have it, by its types or its sources? Undefined where they do not tell. A field is named `xdp_md.data_meta`. */
export function hasThing({ types, things, bpf }: Kernel, kind: KernelThing, name: string, facts: Lives): boolean | undefined {
  if (!types) return things?.[kind] && bySources(things[kind], bpf, lifeOf(kind, name, facts), name);
  if (kind === 'kfunc') return hasKfunc(types, name, facts.kfuncs.get(name));
  if (kind === 'field') {
    const [struct = '', field = ''] = name.split('.');
    return types.fields('struct', struct)?.has(field);
  }
  const known = ENUMS[kind];
  if (known !== undefined) return types.hasEnumerator(known, kind === 'helper' ? name.replace(/^bpf_/, 'BPF_FUNC_') : name);
  // Many constants are macros, of which types know nothing.
  return types.knowsConstant(name) ? true : undefined;
}

/** What sources tell: mainline's answer at the release that they resemble, but for the exceptions. */
function bySources({ more, fewer, open }: NonNullable<Things[KernelThing]>, bpf: Release, life: Lifetime | undefined, name: string): boolean | undefined {
  if (!life || open?.includes(name)) return undefined;
  if (more?.includes(name)) return true;
  if (fewer?.includes(name)) return false;
  return life.since <= bpf && (life.max === undefined || bpf <= life.max);
}

function lifeOf(kind: KernelThing, name: string, facts: Lives): Lifetime | undefined {
  switch (kind) {
    case 'helper': { const since = facts.helpers.get(name)?.since; return since === undefined ? undefined : { since }; }
    case 'kfunc': return facts.kfuncs.get(name)?.lifetime;
    case 'map-type': return facts.mapTypes.get(name)?.lifetime;
    case 'program-type': return facts.programTypes.get(name)?.lifetime;
    case 'attach-type': return facts.attachTypes.get(name)?.lifetime;
    // Others are not of the header that was read.
    case 'constant': { const fact = facts.constants.get(name); return fact?.header === 'linux/bpf.h' ? fact.lifetime : undefined; }
    case 'field': { const [struct = '', field = ''] = name.split('.'); return facts.contexts.get(struct)?.fields.get(field)?.lifetime; }
  }
}

/**
 * A kfunc is a function in the kernel's types, and since 6.10 one that is marked. Without marks a function of that name is most
 * likely the kfunc, but may be what it grew out of: then versions decide. One of a module is lacking only where that module is at hand.
 */
function hasKfunc(types: KernelTypes, name: string, fact: KfuncFact | undefined): boolean | undefined {
  if (types.kfuncs?.has(name)) return true;
  if (types.hasFunction(name)) return undefined;
  const home = fact?.module ?? 'vmlinux';
  return home === 'vmlinux' || types.modules.includes(home) ? false : undefined;
}

/** What names of files say: `5.8.0-63-generic.btf`, `vmlinux-6.1.0-18-amd64`. */
export function releaseInName(name: string): Release | undefined {
  const m = /(?:^|[^\d.])(\d{1,2}\.\d{1,3})(?:\.\d+)?(?=[^\d]|$)/.exec(name.split(/[\\/]/).at(-1) ?? '');
  return m ? parseRelease(m[1] ?? '') : undefined;
}

/**
 * A kernel out of its types.
 * @param said the release that something beside the types tells: the running kernel's, or the file's name
 */
export function kernelOfTypes(label: string, types: KernelTypes, facts: FactBook, said?: Release, stamp?: string): Kernel {
  const resembles = closestRelease(types, facts);
  const release = said ?? resembles;
  return { label, types, release, bpf: Math.max(release, resembles), backports: false, ...(stamp === undefined ? {} : { stamp }) };
}

interface Evidence { readonly since: Release; readonly max: Release; readonly has: boolean; readonly weight: number }

/**
 * The release whose BPF these types resemble most: the one on which fewest things that they have are yet to come, and fewest
 * that they lack should be there. Enums of the API tell it up to 6.6, say; kfuncs, which a configuration may leave out, the rest.
 */
export function closestRelease(types: KernelTypes, facts: FactBook): Release {
  const evidence = evidenceOf(types, facts);
  let best = facts.releases[0] ?? 0;
  let least = Infinity;
  for (const release of facts.releases) {
    let wrong = 0;
    for (const { since, max, has, weight } of evidence) if (has !== (release >= since && release <= max)) wrong += weight;
    if (wrong < least) [best, least] = [release, wrong];
  }
  return best;
}

function evidenceOf(types: KernelTypes, facts: FactBook): readonly Evidence[] {
  const kernel: Kernel = { label: '', release: 0, bpf: 0, backports: false, types };
  const found: Evidence[] = [];
  const add = (kind: KernelThing, name: string, life: { readonly since: Release; readonly after?: Release; readonly max?: Release } | undefined, weight: number): void => {
    const has = life === undefined || life.after !== undefined ? undefined : hasThing(kernel, kind, name, facts);
    if (life && has !== undefined) found.push({ since: life.since, max: life.max ?? Infinity, has, weight });
  };
  for (const helper of facts.helpers.values()) add('helper', helper.name, { since: helper.since }, 4);
  for (const type of facts.mapTypes.values()) if (type.aliasOf === undefined) add('map-type', type.name, type.lifetime, 4);
  for (const type of facts.programTypes.values()) add('program-type', type.name, type.lifetime, 4);
  for (const type of facts.attachTypes.values()) add('attach-type', type.name, type.lifetime, 4);
  for (const kfunc of facts.kfuncs.values()) if (types.kfuncs && kfunc.module === 'vmlinux') add('kfunc', kfunc.name, kfunc.lifetime, 1);
  return found;
}

/** `rhel9.4 (Linux 5.14 with the BPF of 6.6)`. */
export function describeKernel({ label, release, bpf, backports, types, things }: Kernel): string {
  const back = bpf > release ? ` with the BPF of ${formatRelease(bpf)}${backports && !things ? ' or later' : ''}` : backports && !things ? ' with parts of later ones' : '';
  return `${label} (Linux ${formatRelease(release)}${back}${types ? ', by its types' : ''})`;
}
