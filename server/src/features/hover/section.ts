/** Hover on a `SEC("…")` string: what libbpf makes of it, and the least kernel of the program behind it. */
import type { Unit } from '../../analysis.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { Program, ResolvedSection } from '../../model/model.types.js';
import { describeSection } from '../describe/section.js';
import { code, listed, paragraph, type InfoSection, type Line } from '../text/info.js';
import { reasonsByFeature } from '../reasons.js';
import type { HoverProvider } from './provider.js';

export const hoverSection: HoverProvider = (unit, role) => {
  if (role.kind !== 'section') return undefined;
  const program = unit.model.programs.find((p) => p.path === unit.model.main.path && sameUse(p.section, role.use.span.start));
  const section = program?.section ?? unit.model.sections.find((s) => s.path === unit.model.main.path && sameUse(s, role.use.span.start));
  if (section === undefined) return undefined;
  const sections = [...howUnderstood(section), ...(section.def ? describeSection(unit.facts, section.def, section.extras) : []), ...minimum(unit, program)];
  return sections.length > 0 ? { span: role.span, sections } : undefined;
};

const sameUse = (section: ResolvedSection, start: number): boolean => section.use.span.start === start;

function howUnderstood(section: ResolvedSection): readonly InfoSection[] {
  switch (section.match) {
    case 'cilium':
      return [paragraph('libbpf does not know this name; cilium/ebpf takes it by its prefix.')];
    case 'legacy':
      return [paragraph('Only older libbpf takes this name', ...(section.def?.legacy ? ['; today it is ', code(`SEC("${section.def.legacy.modern}")`)] : []), '.')];
    case 'setting':
      return [paragraph('The type comes from your setting ', code('ebpfLens.programs'), '.')];
    case 'near-miss':
      return [paragraph('No loader that is known takes this name', ...(section.suggestion ? ['; did you mean ', code(`SEC("${section.suggestion}")`), '?'] : ['.']))];
    case 'none':
      return [paragraph('Not a section that libbpf or cilium/ebpf know: the loader of this project may choose the type. The setting ', code('ebpfLens.programs'), ' can say which it is.')];
    case 'libbpf':
      return section.optional ? [paragraph('The ', code('?'), ' means: not loaded unless the loader asks for it.')] : [];
  }
}

function minimum(unit: Unit, program: Program | undefined): readonly InfoSection[] {
  if (program === undefined || program.programType === null) return [];
  const min = unit.minKernel(program);
  if (min.version === undefined) return [];
  const forced = reasonsByFeature(min.reasons).filter((r) => !r.guarded && r.since === min.version).slice(0, 3);
  const because: Line = forced.length > 0 ? [' because of ', ...listed(forced.map((r) => code(r.feature)))] : [];
  const max = min.max === undefined ? '' : ` and at most ${formatRelease(min.max)}`;
  return [paragraph(`This program needs at least Linux ${formatRelease(min.version)}${max}`, ...because, '.')];
}
