/** What is true of a thing at this place only: the guard that it stands under, and what the shape of the code here needs of a kernel. */
import type { Unit } from '../../analysis.types.js';
import type { Span } from '../../text/span.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { versionRange } from '../verdict.js';

/** Notes on what stands at `offset` of the main file; none for most places. */
export function placeNotes(unit: Unit, offset: number): readonly InfoSection[] {
  const guard = guardAt(unit, offset);
  const notes: InfoSection[] = guard === undefined ? [] : [paragraph(...guardLine(unit, guard))];
  const seen = new Set<string>();
  for (const r of unit.model.languageRequirements ?? unit.model.requirements) {
    if (r.kind !== 'language' || r.path !== unit.model.main.path || offset < r.span.start || offset > r.span.end || seen.has(r.feature)) continue;
    seen.add(r.feature);
    notes.push(paragraph(`Used here: ${r.feature}, Linux ${versionRange(r.lifetime)}.`));
  }
  return notes;
}

/** What stands in a function. */
interface Thing {
  readonly path: string;
  readonly fn: { readonly span: Span };
}

/** The guard of the call or access whose name is at `offset`; undefined where one way to it is free. */
function guardAt({ model }: Unit, offset: number): string | undefined {
  const at = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  const around = ([first]: readonly Thing[]): boolean => first !== undefined && first.path === model.main.path && at(first.fn.span);
  const calls = model.callGroups?.filter(around).flat() ?? model.calls;
  const accesses = model.accessGroups?.filter(around).flat() ?? model.contextAccesses;
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
