/** All that a unit says, as plain data and as a text, so that two analyses of the same texts can be compared. */
import { expect } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import type { Program } from '../../server/src/model/model.types.js';

const names = (programs: readonly Program[] | undefined): unknown => programs?.map((p) => `${p.path} ${p.name} ${p.section.name}`);

function kernel(unit: Unit, program?: Program): unknown {
  const { reasons, ...range } = unit.minKernel(program);
  return { ...range, reasons: reasons.map((r) => ({ ...r, programs: r.programs.map((p) => p.name), users: r.users?.map((p) => p.name) })) };
}

/** Findings, programs, maps, calls, accesses, requirements, graph, and roles at some offsets. Programs by name, since they refer to one another. */
export function said(unit: Unit, offsets: readonly number[] = [40, 400, 900, 1400]): unknown {
  const { model } = unit;
  return {
    findings: unit.findings, failures: unit.failures, license: model.license, dialect: model.dialect, sections: model.sections,
    programs: model.programs.map((p) => ({ ...p, minKernel: kernel(unit, p) })),
    maps: model.maps, minKernel: kernel(unit),
    calls: model.calls.flat().map((c) => ({ ...c, programs: names(c.programs), fn: c.fn.name, way: [...(model.callPaths?.(c.fn, c.programs) ?? [])].map(([p, path]) => [p.name, path.map((f) => f.name)]) })),
    accesses: model.contextAccesses.flat().map((a) => ({ ...a, programs: names(a.programs), fn: a.fn.name })),
    tailCalls: model.tailCalls?.map((t) => ({ ...t, from: names(t.from), to: names(t.to), fn: t.fn.name, map: t.map.name })),
    graph: [...model.files.values()].flatMap((f) => f.functions.map((fn) => {
      const node = model.functionNode?.(fn);
      return [fn.name, node?.callees.map((e) => [e.node.fn.name, e.call.span, e.callback]), node?.callers.map((e) => [e.from.fn.name, e.call.span, e.callback])];
    })),
    views: [...model.files].map(([path, view]) => [path, view.functions, view.variables, view.defines, view.includes, view.problems]),
    roles: offsets.map((at) => [unit.roleAt(at), unit.completionAt(at)]),
  };
}

const asText = (value: unknown): string => JSON.stringify(value, (_key, v: unknown) => (v instanceof Map ? [...v] : v instanceof Set ? [...v] : v));

/** Holds that two units say the same; the texts are compared first, since that is many times faster than value by value. */
export function expectSame(unit: Unit, fresh: Unit, offsets?: readonly number[]): void {
  const [a, b] = [said(unit, offsets), said(fresh, offsets)];
  const [left, right] = [asText(a), asText(b)];
  if (left !== right) expect(JSON.parse(left)).toEqual(JSON.parse(right));
}
