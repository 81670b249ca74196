/** What is true of a thing at this place only: the guard that it stands under, and what the shape of the code here needs of a kernel. */
import type { Unit } from '../../analysis.types.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { versionRange } from '../verdict.js';

/** Notes on what stands at `offset` of the main file; none for most places. */
export function placeNotes(unit: Unit, offset: number): readonly InfoSection[] {
  const guard = guardAt(unit, offset);
  const notes: InfoSection[] = guard === undefined ? [] : [paragraph(...guardLine(unit, guard))];
  const seen = new Set<string>();
  for (const r of unit.model.requirements) {
    if (r.kind !== 'language' || r.path !== unit.model.main.path || offset < r.span.start || offset > r.span.end || seen.has(r.feature)) continue;
    seen.add(r.feature);
    notes.push(paragraph(`Used here: ${r.feature}, Linux ${versionRange(r.lifetime)}.`));
  }
  return notes;
}

/** The guard of the call or access whose name is at `offset`; undefined where one way to it is free. */
function guardAt(unit: Unit, offset: number): string | undefined {
  const { main, calls, contextAccesses } = unit.model;
  const at = (path: string, { start, end }: { readonly start: number; readonly end: number }): boolean => path === main.path && start <= offset && offset <= end;
  const here = [...calls.filter((c) => at(c.path, c.call.nameSpan)), ...contextAccesses.filter((a) => at(a.path, a.access.fieldSpan))];
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
