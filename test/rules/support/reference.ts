/** Reads what kernels said (`../shared/reference/measured`), or the committed sample of it where that folder is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REFERENCE = '../shared/reference';
const SAMPLES = 'test/data/samples';

export interface Configuration {
  readonly programType: string;
  readonly attachType: string | null;
  readonly sleepable?: boolean;
  readonly frags?: boolean;
  readonly target?: string;
}

interface Entity {
  readonly in: string;
  readonly allowed: Readonly<Record<string, string>>;
}

export interface Matrix {
  /** Kernels in the order of the letters, as `6.1`. */
  readonly kernels: readonly string[];
  readonly live: Readonly<Record<string, string>>;
  readonly entities: Readonly<Record<string, Entity>>;
}

/** True if the whole of the measurements is there: then nothing may be left out. */
export const complete = existsSync(join(REFERENCE, 'measured', 'helpers.json'));

function read<T>(path: string): T {
  const file = complete ? join(REFERENCE, path) : join(SAMPLES, path.split('/').at(-1) ?? path);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

export function configurations(): Readonly<Record<string, Configuration>> {
  return read('measured/configs.json');
}

interface RawKfuncs {
  readonly kernels: readonly string[];
  readonly modules_tested: readonly boolean[];
  readonly kfuncs: Readonly<Record<string, Entity & { readonly module: string }>>;
}

interface RawHelpers {
  readonly kernels: readonly string[];
  readonly configs_live: Readonly<Record<string, string>>;
  readonly helpers: Readonly<Record<string, Entity>>;
}

const release = (kernel: string): string => kernel.split('.').slice(0, 2).join('.');

export function helperMatrix(): Matrix {
  const raw = read<RawHelpers>('measured/helpers.json');
  return { kernels: raw.kernels.map(release), live: raw.configs_live, entities: raw.helpers };
}

export function kfuncMatrix(): Matrix {
  const raw = read<RawKfuncs>('measured/kfuncs.json');
  // Where the modules were missing, "not there" says nothing about a module's kfunc.
  const blind = (letters: string): string => [...letters].map((l, i) => (l === '.' && raw.modules_tested[i] === false ? '?' : l)).join('');
  const entities = Object.entries(raw.kfuncs).map(([name, k]) => {
    if (k.module === 'vmlinux') return [name, k];
    return [name, { in: blind(k.in), allowed: Object.fromEntries(Object.entries(k.allowed).map(([c, l]) => [c, blind(l)])) }];
  });
  return { kernels: raw.kernels.map(release), live: helperMatrix().live, entities: Object.fromEntries(entities) as Record<string, Entity> };
}

/** One letter a kernel: what the kernels said to this name in this configuration; `-` where a kernel has no such configuration. */
export function letters(matrix: Matrix, name: string, config: string): string {
  const entity = matrix.entities[name];
  const live = matrix.live[config];
  if (!entity || live === undefined) throw new Error(`${name} ${config}`);
  const said = entity.allowed[config];
  // A configuration that is absent under a name was refused on every kernel that has it.
  return [...entity.in].map((has, i) => (live[i] === '-' ? '-' : (said?.[i] ?? (has === 'y' ? 'n' : has)))).join('');
}

export interface SectionDefinition {
  readonly sec: string;
  readonly plus: boolean;
  readonly prog_type: string;
  readonly attach_type: string | null;
  readonly flags: readonly string[];
}

export function sectionDefinitions(): readonly SectionDefinition[] {
  return read<{ readonly defs: readonly SectionDefinition[] }>('facts/sec_defs.json').defs;
}

/** Permission (`r`, `rw`, `w` or nothing) by kernel, `TYPE|ATTACH` and field. */
export type FieldTable = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

export function fieldTable(): FieldTable {
  return read('facts/ctx_access_src.json');
}
