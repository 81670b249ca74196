/** Holds a kernel's source tree against data/ and prints what is new or different: the work list for the next kernel. */
import path from 'node:path';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { CommonLifetime } from '../../server/src/facts/types.gen.js';
import { release } from './compile.js';
import { readDataFiles, type DataFiles } from './dataFiles.js';
import { NOT_FOR_PROGRAMS } from './import/importKfuncs.js';
import { readKernelTree, type KernelTree } from './import/kernelTree.js';
import { formatProblem } from './problems.js';

/** One heading of the report with its lines. */
export interface Part { readonly title: string; readonly lines: readonly string[] }

/** The command: prints the report. @returns 0, or 1 if data/ or the tree can't be read. */
export async function importKernel(root: string, source: string): Promise<number> {
  const { files, problems } = await readDataFiles(path.join(root, 'data'));
  for (const problem of problems) console.error(formatProblem(problem));
  if (files === undefined) return 1;
  const tree = await readKernelTree(source);
  console.log(`Linux ${tree.version}: ${tree.helpers.size} helpers, ${tree.kfuncs.size} registered kfuncs, ${[...tree.enums].map(([name, members]) => `${members.length} ${name}`).join(', ')}\n`);
  for (const { title, lines } of compareKernel(tree, files)) console.log(`${title}: ${lines.length === 0 ? 'none' : lines.length}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  return 0;
}

/** All comparisons, in the order in which a maintainer works through them. */
export function compareKernel(tree: KernelTree, files: DataFiles): readonly Part[] {
  const version = parseRelease(tree.version);
  if (version === undefined) throw new Error(`no kernel version: ${tree.version}`);
  const enums = [
    ['program types', 'bpf_prog_type', files.programTypes], ['map types', 'bpf_map_type', files.mapTypes],
    ['attach types', 'bpf_attach_type', files.attachTypes], ['link types', 'bpf_link_type', files.linkTypes],
  ] as const;
  const helperLives = new Map([...files.helpers].map(([name, { since }]) => [name, { since }]));
  return [
    ...presence('helpers', [...tree.helpers.keys()], helperLives, version),
    { title: 'helpers with another number', lines: [...tree.helpers].flatMap(([name, id]) => (files.helpers.has(name) && files.helpers.get(name)!.id !== id ? [`${name}: ${id}, data/ has ${files.helpers.get(name)!.id}`] : [])) },
    { title: 'helpers with another gpl_only', lines: licenceLines(tree, files) },
    ...presence('kfuncs', [...tree.kfuncs.keys()].filter((name) => !NOT_FOR_PROGRAMS.test(name)), new Map([...files.kfuncs].map(([name, { lifetime }]) => [name, lifetime])), version),
    { title: 'kfuncs with other flags than the newest kernel', lines: flagLines(tree, files) },
    { title: 'kfuncs registered for other program types than listed', lines: registrationLines(tree, files, version) },
    ...enums.flatMap(([title, name, entries]) => presence(title, tree.enums.get(name) ?? [], livesOf(entries), version)),
  ];
}

/** Lives of enum members; second names of a member and the one for "none" are not looked for. */
function livesOf(entries: ReadonlyMap<string, { readonly lifetime?: CommonLifetime; readonly aliasOf?: string }>): Map<string, CommonLifetime | undefined> {
  return new Map([...entries].filter(([name, { aliasOf }]) => aliasOf === undefined && !name.endsWith('_UNSPEC')).map(([name, { lifetime }]) => [name, lifetime]));
}

type Life = Pick<CommonLifetime, 'since'> & Partial<CommonLifetime>;

/** What only the tree has, what data/ dates later, and what data/ expects but the tree lacks. */
function presence(title: string, inTree: readonly string[], known: ReadonlyMap<string, Life | undefined>, version: number): Part[] {
  const there = new Set(inTree);
  const fresh = inTree.filter((name) => !known.has(name));
  const early = inTree.flatMap((name) => {
    const life = known.get(name);
    return life !== undefined && release(life.since) > version && !(life.after !== undefined && release(life.after) < version) ? [`${name}: data/ says since ${life.since}`] : [];
  });
  const missing = [...known].flatMap(([name, life]) => (life !== undefined && expected(life, version) && !there.has(name) ? [`${name}: data/ says since ${life.since}${life.gone === undefined ? '' : `, gone in ${life.gone}`}`] : []));
  return [
    { title: `new ${title}`, lines: fresh },
    { title: `${title} that data/ dates later`, lines: early },
    { title: `${title} that data/ expects and the tree lacks`, lines: missing },
  ];
}

function expected({ since, max, gone }: Life, version: number): boolean {
  return release(since) <= version && (max === undefined || version <= release(max)) && (gone === undefined || version < release(gone));
}

function licenceLines(tree: KernelTree, files: DataFiles): string[] {
  return [...tree.gplOnly].flatMap(([name, values]) => {
    const gpl = files.helpers.get(name)?.gplOnly;
    if (gpl === undefined || gpl === null) return [];
    const known = new Set(typeof gpl === 'boolean' ? [gpl] : Object.values(gpl));
    return [...values].every((value) => known.has(value)) ? [] : [`${name}: ${[...values].join(' and ')}, data/ has ${[...known].join(' and ')}`];
  });
}

function flagLines(tree: KernelTree, files: DataFiles): string[] {
  return [...tree.kfuncs].flatMap(([name, { flags }]) => {
    const entry = files.kfuncs.get(name);
    if (entry === undefined || flags.join() === [...entry.flags].sort().join()) return [];
    const only = (list: readonly string[], others: readonly string[], sign: string): string[] => list.filter((flag) => !others.includes(flag)).map((flag) => sign + flag);
    return [`${name}: ${[...only(flags, entry.flags, '+'), ...only(entry.flags, flags, '-')].join(' ')}`];
  });
}

function registrationLines(tree: KernelTree, files: DataFiles, version: number): string[] {
  return [...tree.kfuncs].flatMap(([name, { programTypes }]) => {
    const listed = files.kfuncs.get(name)?.listed;
    if (listed === undefined) return [];
    const types = new Set(listed.filter((l) => release(l.since ?? '0.0') <= version && (l.until === undefined || version < release(l.until))).flatMap((l) => l.programTypes));
    const missing = programTypes.map((type) => (type === 'BPF_PROG_TYPE_UNSPEC' ? '*' : type)).filter((type) => !types.has(type) && !types.has('*'));
    return missing.length > 0 ? [`${name}: ${missing.join(', ')}`] : [];
  });
}
