/** Who says what about which program type may call a helper or kfunc: the public table's statement against the running kernels'. */
import type { CommonListing, CommonMeasured } from '../../server/src/facts/types.gen.js';
import { release } from './compile.js';
import type { DataFiles } from './dataFiles.js';

/** One helper or kfunc as data/ holds it. */
export interface Callable {
  readonly name: string;
  readonly since: string;
  readonly listed?: readonly CommonListing[] | undefined;
  readonly measured?: CommonMeasured | undefined;
}

export interface Disagreement {
  readonly name: string;
  /** The table allows what kernels refuse, or says nothing of what they allow. */
  readonly side: 'refused' | 'allowed';
  /** Kernels, as their full names, → program types. */
  readonly cases: ReadonlyMap<string, readonly string[]>;
}

/** All differences of one entry, kernel by kernel, told by program type. */
export function disagreementsOf(entry: Callable, kind: 'helper' | 'kfunc', files: DataFiles): Disagreement[] {
  const letters = new Map(Object.entries(entry.measured ?? {}).flatMap(([row, configs]) => (configs as readonly string[]).map((config) => [config, row] as const)));
  const out: Disagreement[] = [];
  for (const side of ['refused', 'allowed'] as const) {
    const byKernels = new Map<string, string[]>();
    for (const [programType, type] of files.programTypes) {
      // Most tables name a type never or without a version, so this is asked before the kernels are gone through.
      if (side === 'refused' && !names(entry, programType)) continue;
      const hit = files.kernels.measured.map((kernel, i) => {
        const claims = claimsFor(entry, programType, type.lifetime.since, kernel.release);
        if (side === 'refused' ? claims.length === 0 : claims.length > 0) return false;
        return kernelSays(letters, programType, i, kind, claims, files) === (side === 'refused' ? 'refuses' : 'allows');
      });
      if (hit.includes(true)) {
        const span = kernelSpan(hit, files.kernels.measured.map((kernel) => kernel.name));
        byKernels.set(span, [...(byKernels.get(span) ?? []), programType.replace('BPF_PROG_TYPE_', '')]);
      }
    }
    if (byKernels.size > 0) out.push({ name: entry.name, side, cases: byKernels });
  }
  return out;
}

function names(entry: Callable, programType: string): boolean {
  return (entry.listed ?? []).some((listing) => listing.programTypes.includes(programType) || listing.programTypes.includes('*'));
}

/** The table's statements that hold for this type on this release. Statements of ours from kernel source name `targets`. */
function claimsFor(entry: Callable, programType: string, typeSince: string, kernel: string): readonly CommonListing[] {
  return (entry.listed ?? []).filter((listing) => {
    if ('targets' in listing || !(listing.programTypes.includes(programType) || listing.programTypes.includes('*'))) return false;
    const since = Math.max(release(listing.since ?? entry.since), release(typeSince));
    return release(kernel) >= since && (listing.until === undefined || release(kernel) < release(listing.until));
  });
}

/** What the configurations of a type that the claims speak of, or all of them, met on one kernel; undefined where that is no plain answer. */
function kernelSays(letters: ReadonlyMap<string, string>, programType: string, i: number, kind: 'helper' | 'kfunc', claims: readonly CommonListing[], files: DataFiles): 'allows' | 'refuses' | undefined {
  const attachTypes = claims.every((claim) => claim.attachTypes !== undefined) ? claims.flatMap((claim) => claim.attachTypes ?? []) : [];
  const met: string[] = [];
  for (const [name, config] of configsOf(files).get(programType) ?? []) {
    if (config.live[i] !== 'y' || (kind === 'kfunc' && config.kfuncs === false)) continue;
    if (attachTypes.length > 0 && !attachTypes.includes(config.attachType ?? '')) continue;
    met.push(letters.get(name)?.[i] ?? 'n');
  }
  if (met.includes('y')) return 'allows';
  return met.length > 0 && met.every((letter) => letter === 'n' || letter === 'x') ? 'refuses' : undefined;
}

type Config = DataFiles['configs'][string];
const byType = new WeakMap<DataFiles, Map<string, [string, Config][]>>();

/** Configurations by program type: asked for each entry, type and kernel. */
function configsOf(files: DataFiles): ReadonlyMap<string, readonly [string, Config][]> {
  let map = byType.get(files);
  if (map === undefined) {
    map = new Map();
    for (const [name, config] of Object.entries(files.configs)) map.set(config.programType, [...(map.get(config.programType) ?? []), [name, config]]);
    byType.set(files, map);
  }
  return map;
}

/** `5.10.262`, `6.1.192 to 7.3.4`, or the kernels one by one where there are gaps. */
function kernelSpan(hit: readonly boolean[], names: readonly string[]): string {
  const first = hit.indexOf(true);
  const last = hit.lastIndexOf(true);
  if (first === last) return names[first] ?? '';
  const whole = hit.slice(first, last + 1).every(Boolean);
  return whole ? `${names[first]} to ${names[last]}` : names.filter((_name, i) => hit[i]).join(', ');
}
