/** Reads data/**.yaml and holds each file against its JSON Schema: the first gate. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import type { Problem } from './problems.js';
import type { AlternativesData, CallbacksData, LsmHooksData, MapHelpersData, MapLimitsData, OperationsData, RegistersData, ReturnRangesData } from '../../server/src/facts/types.gen.js';
import type {
  AttachTypeData, ConceptData, ConfigsData, ConstantData, ContextData, CorrectionsData, DistributionData, DriverData, FeatureData, HelperData, KernelsData, KfuncData, LinkTypeData, MacroData, MapTypeData, ProgramTypeData, SectionData, TextData, VerifierMessageData,
} from '../../server/src/facts/types.gen.js';

/** Everything below data/, by file name without .yaml, in the files' order. */
export interface DataFiles {
  readonly kernels: KernelsData;
  readonly configs: ConfigsData;
  readonly corrections: CorrectionsData;
  readonly alternatives: AlternativesData;
  readonly mapHelpers: MapHelpersData;
  readonly mapLimits: MapLimitsData;
  readonly returnRanges: ReturnRangesData;
  readonly lsmHooks: LsmHooksData;
  readonly callbacks: CallbacksData;
  readonly operations: OperationsData;
  readonly registers: RegistersData;
  readonly helpers: ReadonlyMap<string, HelperData>;
  readonly kfuncs: ReadonlyMap<string, KfuncData>;
  readonly programTypes: ReadonlyMap<string, ProgramTypeData>;
  readonly attachTypes: ReadonlyMap<string, AttachTypeData>;
  readonly mapTypes: ReadonlyMap<string, MapTypeData>;
  readonly sections: ReadonlyMap<string, SectionData>;
  readonly contexts: ReadonlyMap<string, ContextData>;
  readonly constants: ReadonlyMap<string, ConstantData>;
  readonly macros: ReadonlyMap<string, MacroData>;
  readonly features: ReadonlyMap<string, FeatureData>;
  readonly drivers: ReadonlyMap<string, DriverData>;
  readonly linkTypes: ReadonlyMap<string, LinkTypeData>;
  readonly distributions: ReadonlyMap<string, DistributionData>;
  /** Pages in Markdown: their front matter and text. */
  readonly concepts: ReadonlyMap<string, ConceptData>;
  readonly verifierMessages: ReadonlyMap<string, VerifierMessageData>;
  /** `helpers/bpf_x` → text. */
  readonly texts: ReadonlyMap<string, TextData>;
}

/** How tests look at a changed data/ without copying it. */
export interface ReadOptions {
  /** File below data/ → text to take instead of the file's. */
  readonly overrides?: ReadonlyMap<string, string>;
  /** Parses YAML; a memo of `parse` saves time where data/ is read again and again. */
  readonly parse?: (text: string) => unknown;
}

/** Folder of data/ → schema. Folders may nest (sections/legacy, text/helpers). */
const FOLDERS = {
  helpers: 'helper', kfuncs: 'kfunc', programTypes: 'programType', attachTypes: 'attachType', mapTypes: 'mapType', sections: 'section', contexts: 'context', constants: 'constant', macros: 'macro',
  features: 'feature', drivers: 'driver', linkTypes: 'linkType', distributions: 'distribution', concepts: 'concept', verifierMessages: 'verifierMessage', texts: 'text',
} as const;
/** Property of DataFiles → its folder, where the two differ. */
const FOLDER_NAMES: Partial<Record<keyof typeof FOLDERS, string>> = { programTypes: 'program-types', attachTypes: 'attach-types', mapTypes: 'map-types', linkTypes: 'link-types', verifierMessages: 'verifier-messages', texts: 'text' };
/** Property of DataFiles, also its schema's name → its file. */
const SINGLE = {
  kernels: 'kernels', configs: 'configs', corrections: 'corrections', alternatives: 'alternatives', mapHelpers: 'map-helpers', mapLimits: 'map-limits', returnRanges: 'return-ranges', lsmHooks: 'lsm-hooks', callbacks: 'callbacks', operations: 'operations', registers: 'registers',
} as const;

/** The folder in which a kind's files lie. */
export function folderOf(kind: keyof typeof FOLDERS): string {
  return FOLDER_NAMES[kind] ?? kind;
}

/** @returns the files, or undefined together with problems where one does not hold against its schema. */
export async function readDataFiles(dataDir: string, options: ReadOptions = {}): Promise<{ files: DataFiles | undefined; problems: Problem[] }> {
  const reader: Reader = {
    text: async (file) => options.overrides?.get(file) ?? readFile(path.join(dataDir, file), 'utf8'),
    parse: options.parse ?? ((text) => parse(text) as unknown),
  };
  const validators = await compileSchemas(path.join(dataDir, 'schema'));
  const problems: Problem[] = [];
  const out: Record<string, unknown> = {};
  for (const [name, file] of Object.entries(SINGLE)) out[name] = await readOne(reader, `${file}.yaml`, validators.get(name), problems);
  for (const [kind, schema] of Object.entries(FOLDERS) as [keyof typeof FOLDERS, string][]) {
    const folder = folderOf(kind);
    const entries = new Map<string, unknown>();
    const added = [...(options.overrides?.keys() ?? [])].filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1));
    const names = [...new Set([...(await filesOf(path.join(dataDir, folder))), ...added])].sort();
    const read = names.map(async (file) => [file, await readOne(reader, `${folder}/${file}`, validators.get(schema), problems)] as const);
    for (const [file, value] of await Promise.all(read)) if (value !== undefined) entries.set(file.replace(EXTENSION, ''), value);
    out[kind] = entries;
  }
  return { files: problems.length === 0 ? (out as unknown as DataFiles) : undefined, problems };
}

const EXTENSION = /\.(yaml|md)$/;

async function filesOf(dir: string): Promise<string[]> {
  const all = await readdir(dir, { recursive: true }).catch(() => []);
  return all.filter((file) => EXTENSION.test(file)).map((file) => file.replaceAll('\\', '/')).sort();
}

interface Reader {
  text(file: string): Promise<string>;
  parse(text: string): unknown;
}

async function readOne(reader: Reader, file: string, validate: ValidateFunction | undefined, problems: Problem[]): Promise<unknown> {
  try {
    const text = await reader.text(file);
    const value = file.endsWith('.md') ? page(text, reader) : reader.parse(text);
    if (validate?.(value)) return value;
    for (const error of validate?.errors ?? []) problems.push({ file, path: error.instancePath.slice(1).replaceAll('/', '.'), message: describe(error) });
  } catch (error) {
    problems.push({ file, path: '', message: error instanceof Error ? error.message : String(error) });
  }
  return undefined;
}

/** A page's front matter, with what stands below it as `text`. */
function page(text: string, reader: Reader): unknown {
  const parts = /^---\n([\s\S]*?)\n---\n+([\s\S]*)$/.exec(text);
  if (!parts) throw new Error('no front matter between --- lines');
  return { ...(reader.parse(parts[1]!) as object), text: parts[2]!.trim() };
}

function describe(error: { message?: string; params?: Record<string, unknown> }): string {
  const extra = error.params?.['additionalProperty'] ?? error.params?.['allowedValues'];
  return `${error.message ?? 'is wrong'}${extra === undefined ? '' : ` (${String(extra)})`}`;
}

async function compileSchemas(schemaDir: string): Promise<Map<string, ValidateFunction>> {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false });
  const files = (await readdir(schemaDir)).filter((file) => file.endsWith('.schema.json')).sort();
  for (const file of files) ajv.addSchema(JSON.parse(await readFile(path.join(schemaDir, file), 'utf8')) as object);
  return new Map(files.flatMap((file) => {
    const validate = ajv.getSchema(file);
    return validate ? [[file.replace('.schema.json', ''), validate as ValidateFunction] as const] : [];
  }));
}
