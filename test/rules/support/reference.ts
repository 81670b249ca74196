/** Reads what kernels said (`../shared/reference`), or the committed sample of it where that folder is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REFERENCE = '../shared/reference';
const SAMPLE = 'test/data/samples/measured-sample.json';

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

export interface SectionDefinition {
  readonly sec: string;
  readonly plus: boolean;
  readonly prog_type: string;
  readonly attach_type: string | null;
  readonly flags: readonly string[];
}

/** Permission (`r`, `rw`, `w` or nothing) by kernel, `TYPE|ATTACH` and field. */
export type FieldTable = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** The committed sample: the same shapes, with the letters of some configurations a name only. */
interface Sample {
  readonly kernels: readonly string[];
  readonly live: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, Configuration>>;
  readonly helpers: Readonly<Record<string, Entity>>;
  readonly kfuncs: Readonly<Record<string, Entity>>;
  readonly access: FieldTable;
  readonly sections: readonly SectionDefinition[];
}

interface RawHelpers {
  readonly kernels: readonly string[];
  readonly configs_live: Readonly<Record<string, string>>;
  readonly helpers: Readonly<Record<string, Entity>>;
}

interface RawKfuncs {
  readonly kernels: readonly string[];
  readonly modules_tested: readonly boolean[];
  readonly kfuncs: Readonly<Record<string, Entity & { readonly module: string }>>;
}

/** True if the whole of the measurements is there: then nothing may be left out. */
export const complete = existsSync(join(REFERENCE, 'measured', 'helpers.json'));

const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const reference = <T>(path: string): T => json(join(REFERENCE, path));
const sample = (): Sample => json(SAMPLE);
const release = (kernel: string): string => kernel.split('.').slice(0, 2).join('.');

export function configurations(): Readonly<Record<string, Configuration>> {
  return complete ? reference('measured/configs.json') : sample().configs;
}

export function helperMatrix(): Matrix {
  if (!complete) {
    const { kernels, live, helpers } = sample();
    return { kernels: kernels.map(release), live, entities: helpers };
  }
  const raw = reference<RawHelpers>('measured/helpers.json');
  return { kernels: raw.kernels.map(release), live: raw.configs_live, entities: raw.helpers };
}

export function kfuncMatrix(): Matrix {
  const { kernels, live } = helperMatrix();
  if (!complete) return { kernels, live, entities: sample().kfuncs };
  const raw = reference<RawKfuncs>('measured/kfuncs.json');
  // Where the modules were missing, "not there" says nothing about a module's kfunc.
  const blind = (letters: string): string => [...letters].map((l, i) => (l === '.' && raw.modules_tested[i] === false ? '?' : l)).join('');
  const entities = Object.entries(raw.kfuncs).map(([name, k]) => {
    if (k.module === 'vmlinux') return [name, k];
    return [name, { in: blind(k.in), allowed: Object.fromEntries(Object.entries(k.allowed).map(([c, l]) => [c, blind(l)])) }];
  });
  // A configuration that no kfunc names was not asked at all: it cannot be that it may not even call bpf_rcu_read_lock.
  const asked = new Set(Object.values(raw.kfuncs).flatMap((k) => Object.keys(k.allowed)));
  const known = Object.entries(live).map(([config, l]) => [config, asked.has(config) ? l : '-'.repeat(l.length)]);
  return { kernels, live: Object.fromEntries(known) as Record<string, string>, entities: Object.fromEntries(entities) as Record<string, Entity> };
}

/** One letter a kernel: what the kernels said to this name in this configuration; `-` where a kernel has no such configuration. */
export function letters(matrix: Matrix, name: string, config: string): string {
  const entity = matrix.entities[name];
  const live = matrix.live[config];
  if (!entity || live === undefined) throw new Error(`${name} ${config}`);
  const said = entity.allowed[config];
  if (!complete) return said ?? '?'.repeat(matrix.kernels.length);
  // A configuration that is absent under a name was refused on every kernel that has it.
  return [...entity.in].map((has, i) => (live[i] === '-' ? '-' : (said?.[i] ?? (has === 'y' ? 'n' : has)))).join('');
}

export function sectionDefinitions(): readonly SectionDefinition[] {
  return complete ? reference<{ readonly defs: readonly SectionDefinition[] }>('facts/sec_defs.json').defs : sample().sections;
}

export function fieldTable(): FieldTable {
  return complete ? reference('facts/ctx_access_src.json') : sample().access;
}
