/** What is true of a thing at this place only: the guard that it stands under, and what the shape of the code here needs of a kernel. */
import type { Unit } from '../../analysis.types.js';
import type { Span } from '../../text/span.js';
import { functionAt } from '../programs.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { versionRange } from '../verdict.js';

/** Notes on what stands at `offset` of the main file; none for most places. */
export function placeNotes(unit: Unit, offset: number): readonly InfoSection[] {
  const fn = functionAt(unit, offset);
  const guard = guardAt(unit, offset, fn?.name);
  const notes: InfoSection[] = guard === undefined ? [] : [paragraph(...guardLine(unit, guard))];
  const seen = new Set<string>();
  for (const r of unit.model.languageRequirementsAt?.(offset, fn) ?? []) {
    if (seen.has(r.feature)) continue;
    seen.add(r.feature);
    notes.push(paragraph(`Used here: ${r.feature}, Linux ${versionRange(r.lifetime)}.`));
  }
  return notes;
}

/** What stands in a function. */
interface Thing {
  readonly path: string;
  readonly fn: { readonly name: string; readonly span: Span };
}

const byFunction = new WeakMap<readonly (readonly Thing[])[], ReadonlyMap<string, readonly Thing[]>>();

/** What stands in the functions of this name; the same list of groups is asked again and again, and is long. */
function inFunction<T extends Thing>(groups: readonly (readonly T[])[], name: string): readonly T[] {
  let names = byFunction.get(groups) as ReadonlyMap<string, readonly T[]> | undefined;
  if (names === undefined) byFunction.set(groups, (names = byName(groups)));
  return names.get(name) ?? [];
}

function byName<T extends Thing>(groups: readonly (readonly T[])[]): ReadonlyMap<string, readonly T[]> {
  const names = new Map<string, T[]>();
  for (const group of groups) {
    const name = group[0]?.fn.name ?? '';
    const known = names.get(name);
    if (known === undefined) names.set(name, [...group]);
    else known.push(...group);
  }
  return names;
}

/** The guard of the call or access whose name is at `offset`, in a function of this name; undefined where one way to it is free. */
function guardAt({ model }: Unit, offset: number, name: string | undefined): string | undefined {
  const at = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  const near = <T extends Thing>(groups: readonly (readonly T[])[] | undefined, all: () => readonly T[]): readonly T[] => (groups && name !== undefined ? inFunction(groups, name) : all());
  const calls = near(model.callGroups, () => model.calls);
  const accesses = near(model.accessGroups, () => model.contextAccesses);
  const isMain = ({ path }: Thing): boolean => path === model.main.path;
  const here = [...calls.filter((c) => isMain(c) && at(c.call.nameSpan)), ...accesses.filter((a) => isMain(a) && at(a.access.fieldSpan))];
  return here.every((one) => one.guard !== undefined) ? here[0]?.guard : undefined;
}

/** Who decides: the build, user space before loading, the kernel's configuration, or what the kernel says of itself. */
function guardLine(unit: Unit, guard: string): Line {
  if (guard.startsWith('#')) return ['Only built under ', code(guard), ': it makes no finding and does not count for the file\'s minimum kernel.'];
  const { variables } = unit.model.names ?? {};
  for (const word of guard.match(/[A-Za-z_]\w*/g) ?? []) {
    for (const { view } of variables?.get(word) ?? []) {
      if (view.annotations.some((a) => a.name === '__kconfig')) return ['The kernel\'s configuration decides (', code(word), '): where it says no, the verifier never sees this.'];
      if (view.isConst && view.isVolatile) return ['User space decides before loading (', code(word), '): where it switches this off, the verifier never sees it.'];
    }
  }
  return guard === '' ? ['Only reached under a guard.'] : ['Guarded by ', code(guard), ': it makes no finding and does not count for the minimum kernel.'];
}
