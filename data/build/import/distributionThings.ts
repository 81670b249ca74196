/**
 * Holds the sources of a distribution's kernels against data/: which helpers, types, kfuncs, fields and constants they have beside
 * the mainline release that their BPF resembles most. Presence only: who may call what is not read out of sources.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Scalar, isCollection, isMap, parseDocument } from 'yaml';
import type { CommonLifetime } from '../../../server/src/facts/types.gen.js';
import { release } from '../compile.js';
import { readDataFiles, type DataFiles } from '../dataFiles.js';
import { formatProblem } from '../problems.js';
import { NOT_FOR_PROGRAMS } from './importKfuncs.js';
import { enumMembers, helperNumbers } from './kernelTree.js';

/** Kinds that a source tree answers whole; keys of `things` in the data. */
export const THING_KINDS = ['helper', 'kfunc', 'map-type', 'program-type', 'attach-type', 'field', 'constant'] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** Names of one kind that the rule "what mainline's release has" gets wrong; `open` differ within the distribution's release. */
export interface Exceptions { more?: string[]; fewer?: string[]; open?: string[] }
export type Things = Partial<Record<ThingKind, Exceptions>>;

/** Kfuncs are brought back one by one, and a configuration may leave a whole family out; the enums of the API tell releases apart. */
const WEIGHT: Partial<Record<ThingKind, number>> = { helper: 20, 'map-type': 20, 'program-type': 20, 'attach-type': 20, field: 20 };

type Life = Pick<CommonLifetime, 'since'> & Partial<CommonLifetime>;

/** What one tree has: for each kind, a question. Undefined where the tree does not tell. */
export interface ThingTree { has(kind: ThingKind, name: string): boolean | undefined }

const ENUM_OF: Partial<Record<ThingKind, string>> = { 'map-type': 'bpf_map_type', 'program-type': 'bpf_prog_type', 'attach-type': 'bpf_attach_type' };
/** Everywhere that kfuncs are defined. */
const FOLDERS = ['kernel', 'net', 'fs', 'mm', 'crypto', 'lib', 'security', 'drivers/hid', 'drivers/net'];

/** @throws an Error where this is no kernel tree */
export async function readThingTree(root: string): Promise<ThingTree> {
  const uapi = (await readFile(path.join(root, 'include/uapi/linux/bpf.h'), 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ');
  const helpers = helperNumbers(uapi);
  const enums = new Map(Object.entries(ENUM_OF).map(([kind, name]) => [kind, new Set(enumMembers(uapi, name))]));
  const words = new Set(uapi.match(/\b[A-Z][A-Z0-9_]{3,}\b/g));
  const { registered, mentioned } = await kfuncsIn(root);
  return {
    has(kind, name) {
      switch (kind) {
        case 'helper': return helpers.has(name);
        case 'constant': return words.has(name);
        case 'field': return fieldIn(uapi, name);
        // Named in a set of ids it is callable; a word in a source may be what it grew out of.
        case 'kfunc': return registered.has(name) ? true : mentioned.has(name) ? undefined : false;
        default: return enums.get(kind)!.has(name);
      }
    },
  };
}

async function kfuncsIn(root: string): Promise<{ registered: ReadonlySet<string>; mentioned: ReadonlySet<string> }> {
  const registered = new Set<string>();
  const mentioned = new Set<string>();
  for (const folder of FOLDERS) {
    const files = await readdir(path.join(root, folder), { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => name.endsWith('.c'))) {
      const text = await readFile(path.join(root, folder, file), 'utf8');
      // Sets of 5.13 to 5.18 have ids without flags; other sets of such ids are not of kfuncs.
      for (const [, set, ids] of text.matchAll(/\bBTF_(?:SET8?|KFUNCS)_START\((\w+)\)([\s\S]*?)\bBTF_(?:SET8?|KFUNCS)_END\(\1\)/g)) {
        for (const [, flagged, name] of ids!.matchAll(/\bBTF_ID(_FLAGS)?\(\s*func\s*,\s*(\w+)/g)) if (flagged !== undefined || /kfunc/.test(set!)) registered.add(name!);
      }
      if (/\bbpf|btf|cgroup|scx/i.test(text)) for (const word of text.match(/\b[a-z_][a-z0-9_]{4,}\b/g) ?? []) mentioned.add(word);
    }
  }
  return { registered, mentioned };
}

/** A field of a struct in the header, `xdp_md.data_meta`; undefined for structs that are declared elsewhere. */
function fieldIn(uapi: string, name: string): boolean | undefined {
  const [struct = '', field = ''] = name.split('.');
  const start = new RegExp(`^struct\\s+${struct}\\s*\\{`, 'm').exec(uapi);
  if (!start) return undefined;
  const body = uapi.slice(start.index, uapi.indexOf('\n}', start.index));
  return new RegExp(`[\\s,(*]${field}\\s*(?:;|\\[|:|,|\\))`).test(body);
}

interface Named { readonly kind: ThingKind; readonly name: string; readonly life: Life }

/** All that data/ dates; what no release is known for proves nothing. */
function datedThings(files: DataFiles): Named[] {
  const of = (kind: ThingKind, map: ReadonlyMap<string, { readonly lifetime?: Life; readonly aliasOf?: string }>, wanted: (name: string) => boolean = () => true): Named[] =>
    [...map].flatMap(([name, { lifetime, aliasOf }]) => (lifetime && aliasOf === undefined && !name.endsWith('_UNSPEC') && wanted(name) ? [{ kind, name, life: lifetime }] : []));
  return [
    ...[...files.helpers].map(([name, { since }]): Named => ({ kind: 'helper', name, life: { since } })),
    ...of('kfunc', files.kfuncs, (name) => !NOT_FOR_PROGRAMS.test(name)),
    ...of('map-type', files.mapTypes),
    ...of('program-type', files.programTypes),
    ...of('attach-type', files.attachTypes),
    ...of('constant', new Map([...files.constants].filter(([, { header }]) => header === 'linux/bpf.h'))),
    ...[...files.contexts].flatMap(([struct, { fields }]) => Object.entries(fields).flatMap(([field, { lifetime }]): Named[] => (lifetime ? [{ kind: 'field', name: `${struct}.${field}`, life: lifetime }] : []))),
  ];
}

const livesOn = ({ since, max, gone }: Life, on: number): boolean => release(since) <= on && (max === undefined || on <= release(max)) && (gone === undefined || on < release(gone));

/**
 * Compares two trees of one release of a distribution, its first kernel and its last.
 * @param said the release that the vendor names; else the one with the fewest exceptions is found
 * @returns that mainline release, and the exceptions to it
 */
export function compareThings(first: ThingTree, last: ThingTree, files: DataFiles, said?: string): { readonly bpf: string; readonly things: Things } {
  const all = datedThings(files).flatMap((thing) => {
    const [a, b] = [first.has(thing.kind, thing.name), last.has(thing.kind, thing.name)];
    return a === undefined && b === undefined ? [] : [{ ...thing, has: a === b ? a : undefined }];
  });
  let bpf = files.kernels.releases[0] ?? '';
  let least = Infinity;
  for (const version of said === undefined ? files.kernels.releases : [said]) {
    const wrong = all.filter(({ life, has }) => has !== undefined && has !== livesOn(life, release(version))).reduce((sum, { kind }) => sum + (WEIGHT[kind] ?? 1), 0);
    if (wrong < least) [bpf, least] = [version, wrong];
  }
  const things: Things = {};
  for (const kind of THING_KINDS) {
    const exceptions: Exceptions = {};
    for (const { name, life, has } of all.filter((thing) => thing.kind === kind)) {
      const expected = livesOn(life, release(bpf));
      const list = has === undefined ? 'open' : has === expected ? undefined : has ? 'more' : 'fewer';
      if (list) (exceptions[list] ??= []).push(name);
    }
    things[kind] = exceptions;
  }
  return { bpf, things };
}

/**
 * The command: writes what the sources tell into a distribution's data file, which keeps the rest of its text.
 * @param last the tree of the last kernel of the same release, where it is not the first
 * @param said the mainline release that the vendor says it has the BPF of
 */
export async function importDistribution(dataDir: string, name: string, source: string, last: string, said?: string): Promise<number> {
  const { files, problems } = await readDataFiles(dataDir);
  for (const problem of problems) console.error(formatProblem(problem));
  if (files === undefined) return 1;
  const { bpf, things } = compareThings(await readThingTree(source), await readThingTree(last), files, said);
  const file = path.join(dataDir, 'distributions', `${name}.yaml`);
  const document = parseDocument(await readFile(file, 'utf8'));
  const kernel = document.getIn(['kernels', 0]);
  if (!isMap(kernel)) throw new Error(`${file}: no kernel of its own`);
  const base = String(kernel.get('release'));
  kernel.flow = false;
  if (release(bpf) > release(base)) kernel.set('bpf', scalar(bpf));
  kernel.set('things', document.createNode(things));
  const node = kernel.get('things');
  if (isMap(node)) for (const { value } of node.items) if (isMap(value)) for (const item of [value, ...value.items.map((pair) => pair.value)]) if (isCollection(item)) item.flow = item !== value || value.items.length === 0;
  await writeFile(file, document.toString({ lineWidth: 140, flowCollectionPadding: false }));
  console.log(`${name}: Linux ${base} with the BPF of ${bpf}; ${THING_KINDS.flatMap((kind) => (['more', 'fewer', 'open'] as const).flatMap((list) => (things[kind]?.[list] ? [`${list} ${kind} ${things[kind][list].length}`] : []))).join(', ') || 'no exceptions'}`);
  return 0;
}

function scalar(text: string): Scalar {
  const node = new Scalar(text);
  node.type = 'QUOTE_DOUBLE';
  return node;
}
