/** What is worth keeping of an analysed file when the unit itself is let go: programs, maps, globals, includes, and how it stands. */
import type { MinKernel, Unit } from '../analysis.types.js';
import type { MapDef, Program } from '../model/model.types.js';
import type { Finding } from '../rules/rule.js';
import type { VariableView } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import { fileKind, type FileKind } from './ebpfFile.js';
import { kindTitle, programsReaching, typeTitle } from './programs.js';
import { exceeds } from './status.js';

/**
 * How a program stands. `errors`: something in it is refused; `exceeds`: it needs a kernel outside of the target; `unknown`: what its
 * section makes of it is not known; `fine`: none of these.
 */
export type ProgramState = 'fine' | 'exceeds' | 'errors' | 'unknown';

interface Named {
  readonly name: string;
  readonly path: string;
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface ProgramSummaryData extends Named {
  readonly section: string;
  readonly programType: string | null;
  readonly attachType: string | null;
  /** `XDP`, to group and filter by; null where the type is not known. */
  readonly typeTitle: string | null;
  /** `XDP, devmap` */
  readonly kind: string;
  readonly sleepable: boolean;
  readonly state: ProgramState;
  readonly minKernel: Pick<MinKernel, 'version' | 'max'>;
  readonly helpers: readonly string[];
  readonly kfuncs: readonly string[];
  /** Maps that it refers to, itself or through what it calls. */
  readonly maps: readonly string[];
  readonly errors: number;
  readonly warnings: number;
}

export interface MapSummaryData extends Named {
  readonly type: string | null;
}

export interface FileSummaryData {
  readonly kind: FileKind;
  /** In source order, those in headers included. */
  readonly programs: readonly ProgramSummaryData[];
  readonly maps: readonly MapSummaryData[];
  /** Variables of the main file that are neither maps nor `SEC("license")` and its kind. */
  readonly globals: readonly (Named & { readonly type: string })[];
  /** Every file that is part of the unit beside the main one. */
  readonly includes: readonly string[];
  readonly license: string | null;
  readonly minKernel: Pick<MinKernel, 'version' | 'max'>;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Boils a unit down. `path` is the main file's, whose name says what it is where the text does not. */
export function summarize(unit: Unit, path: string): FileSummaryData {
  const { model, findings } = unit;
  const count = (severity: Finding['severity']): number => findings.filter((f) => f.severity === severity).length;
  const uses = mapsByProgram(unit);
  return {
    kind: fileKind(unit, path),
    programs: model.programs.map((program) => programSummary(unit, program, uses.get(program) ?? NONE)),
    maps: model.maps.map((map) => ({ name: map.name, type: map.type, ...placeOf(map.path, map.variable) })),
    globals: globals(unit),
    includes: [...unit.input.files.keys()].filter((file) => file !== unit.input.main && !file.startsWith('<')),
    license: model.license.text ?? null,
    minKernel: bounds(unit.minKernel()),
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
  };
}

const NONE: ReadonlySet<string> = new Set();

const bounds = ({ version, max }: MinKernel): Pick<MinKernel, 'version' | 'max'> => ({ version, ...(max === undefined ? {} : { max }) });

const placeOf = (path: string, { span, nameSpan }: { readonly span: Span; readonly nameSpan: Span }): Pick<Named, 'path' | 'span' | 'nameSpan'> => ({ path, span, nameSpan });

function programSummary(unit: Unit, program: Program, maps: ReadonlySet<string>): ProgramSummaryData {
  const { name, section, programType, attachType, sleepable, key } = program;
  const min = unit.minKernel(program);
  const about = unit.findings.filter((f) => f.programs.includes(name));
  const errors = about.filter((f) => f.severity === 'error').length;
  return {
    name,
    ...placeOf(program.path, program.fn),
    section: section.text ?? section.use.parts.map((part) => part.value).join(' '),
    programType,
    attachType,
    typeTitle: programType === null ? null : typeTitle(unit.facts, programType),
    kind: kindTitle(unit.facts, key),
    sleepable,
    state: errors > 0 ? 'errors' : exceeds(unit, min) ? 'exceeds' : programType === null ? 'unknown' : 'fine',
    minKernel: bounds(min),
    helpers: called(unit, program, 'helper'),
    kfuncs: called(unit, program, 'kfunc'),
    maps: [...maps].sort(compare),
    errors,
    warnings: about.filter((f) => f.severity === 'warning').length,
  };
}

function called(unit: Unit, program: Program, kind: 'helper' | 'kfunc'): readonly string[] {
  return [...new Set(unit.model.calls.filter((call) => call.kind === kind && call.programs.includes(program)).map((call) => call.name))].sort(compare);
}

/** Which maps each program refers to: those named in a function that it reaches, unless a variable of the function has that name. */
function mapsByProgram({ model }: Unit): ReadonlyMap<Program, ReadonlySet<string>> {
  const names = new Set(model.maps.map((map) => map.name));
  const uses = new Map<Program, Set<string>>();
  if (names.size === 0) return uses;
  for (const file of model.files.values()) {
    for (const fn of file.functions) {
      if (fn.bodySpan === undefined) continue;
      const own = new Set([...fn.params, ...fn.locals].map((variable) => variable.name));
      const mentioned = [...fn.identifiers.map((use) => use.name), ...fn.calls.flatMap((call) => call.args.map((arg) => arg.identifier ?? ''))];
      const used = new Set(mentioned.filter((name) => names.has(name) && !own.has(name)));
      if (used.size === 0) continue;
      for (const program of programsReaching(model, fn.name)) {
        const set = uses.get(program) ?? new Set();
        for (const name of used) set.add(name);
        uses.set(program, set);
      }
    }
  }
  return uses;
}

/** Sections whose variables say something to the loader and are no state of the programs. */
const NOT_DATA = new Set(['license', 'version', 'maps', '.maps']);

/** Variables of the main file that are the programs' state, in source order. */
export function globals({ model }: Unit): FileSummaryData['globals'] {
  const maps = new Set<VariableView>(model.maps.map((map: MapDef) => map.variable));
  return model.main.variables
    .filter((v) => !maps.has(v) && !v.isExtern && !v.sections.some((use) => use.parts.some((part) => NOT_DATA.has(part.value))))
    .map((v) => ({ name: v.name, type: v.type, ...placeOf(model.main.path, v) }));
}
