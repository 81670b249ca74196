/**
 * Writes docs/DISAGREEMENTS.md: where public tables and what eBPF Lens holds for true differ, with the evidence. All of it comes
 * from data/; `--reference DIR` first brings data/published.yaml up to date with the tables.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataFiles } from './dataFiles.js';
import { readDataFiles } from './dataFiles.js';
import { disagreementsOf, type Disagreement } from './disagreements.js';
import { formatProblem } from './problems.js';
import { readPublished, writePublished, type Published } from './published.js';

const PAGE = 'docs/DISAGREEMENTS.md';

/** The command. @returns the exit code: 1 if the page is out of date (`check`) or data/ is not valid. */
export async function generateDisagreements(root: string, reference: string | undefined, check: boolean): Promise<number> {
  const dataDir = path.join(root, 'data');
  const { files, problems } = await readDataFiles(dataDir);
  if (files === undefined) {
    for (const problem of problems) console.error(formatProblem(problem));
    return 1;
  }
  if (reference !== undefined) await writePublished(dataDir, reference, files);
  const text = disagreementsPage(files, await readPublished(dataDir));
  const file = path.join(root, PAGE);
  const old = await readFile(file, 'utf8').catch(() => '');
  if (check && old !== text) console.error(`${PAGE} is not what data/ says; run: node data/build/run.mjs disagreements`);
  if (check) return old === text ? 0 : 1;
  await writeFile(file, text);
  console.log(`${PAGE}: ${old === text ? 'unchanged' : 'written'}`);
  return 0;
}

/** The whole page. */
export function disagreementsPage(files: DataFiles, published: Published): string {
  const helpers = [...files.helpers.values()].flatMap((entry) => disagreementsOf(entry, 'helper', files));
  const kfuncs = [...files.kfuncs.values()].flatMap((entry) => disagreementsOf({ ...entry, since: entry.lifetime.since }, 'kfunc', files));
  const kernels = files.kernels.measured.map((kernel) => kernel.name).join(', ');
  return `<!-- Generated from data/ by \`node data/build/run.mjs disagreements\`; edit the data, not this page. -->

# Where public tables and eBPF Lens differ

A fact is taken from a running kernel before it is taken from a table. This page lists every place where that matters. “Measured”
means that a program which makes the call was loaded on that kernel (${kernels}; x86-64, all
capabilities, Debian's configuration) and that the verifier took or refused it. A program type is listed as refusing only where every way
of attaching it that was tried refuses; calls that only sleepable programs may make count as neither.

${versions(files, published)}
${callers('Helpers', helpers)}
${callers('Kfuncs', kfuncs)}
${flags(files, published)}
${unlisted(files)}
${corrections(files)}`;
}

function versions(files: DataFiles, { versions: list }: Published): string {
  const entryOf = { helper: files.helpers, kfunc: files.kfuncs, 'program type': files.programTypes, 'attach type': files.attachTypes, 'map type': files.mapTypes };
  const rows = list.map(({ kind, name, ebpfDocs, bcc }) => {
    const entry = entryOf[kind].get(name);
    const life = entry === undefined ? undefined : 'since' in entry ? { since: entry.since } : entry.lifetime;
    const after = life !== undefined && 'after' in life && life.after !== undefined ? ` (not on ${life.after})` : '';
    const evidence = (entry?.sources ?? []).slice(0, 2).map((source) => `${source.source}${source.ref === undefined ? '' : ` ${shortRef(source.ref)}`}`).join('; ');
    return `| ${kind} | \`${name}\` | ${life?.since ?? ''}${after} | ${ebpfDocs ?? 'same'} | ${kind === 'helper' ? (bcc ?? 'same') : ''} | ${evidence} |`;
  });
  return `## First release\n\n| | name | here | ebpf-docs | bcc | taken from |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function callers(title: string, list: readonly Disagreement[]): string {
  const part = (side: Disagreement['side']): string => {
    const hits = list.filter((hit) => hit.side === side);
    const lines = hits.map(({ name, cases }) => `- \`${name}\`: ${[...cases].map(([kernels, types]) => `${[...types].sort().join(', ')} on ${kernels}`).join('; ')}`);
    return lines.length > 0 ? lines.join('\n') : 'None.';
  };
  const pairs = (side: Disagreement['side']): number => list.filter((hit) => hit.side === side).reduce((sum, { cases }) => sum + [...cases.values()].reduce((n, types) => n + types.length, 0), 0);
  return `## ${title} that ebpf-docs allows and kernels refuse (${pairs('refused')} pairs)\n\n${part('refused')}\n\n## ${title} that kernels allow and ebpf-docs does not list (${pairs('allowed')} pairs)\n\n${part('allowed')}\n`;
}

function flags(files: DataFiles, { flags: list }: Published): string {
  const rows = list.map(({ name, ebpfDocs }) => `| \`${name}\` | ${only(files.kfuncs.get(name)?.flags ?? [], ebpfDocs)} | ${only(ebpfDocs, files.kfuncs.get(name)?.flags ?? [])} |`);
  return `## Flags of kfuncs (${rows.length})\n\nMeasured on the newest kernel that has the kfunc.\n\n| kfunc | the kernel has, ebpf-docs not | ebpf-docs has, the kernel not |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const only = (list: readonly string[], others: readonly string[]): string => list.filter((flag) => !others.includes(flag)).join(', ');

/** Entries without a version in ebpf-docs. */
function unlisted(files: DataFiles): string {
  const kinds = [['Kfuncs', files.kfuncs], ['Program types', files.programTypes], ['Attach types', files.attachTypes], ['Map types', files.mapTypes]] as const;
  const lines = kinds.flatMap(([title, entries]) => {
    const names = [...entries.values()].filter((entry) => !('aliasOf' in entry) && !(entry.sources ?? []).some((source) => source.source === 'ebpf-docs')).map((entry) => `\`${entry.name}\` (${entry.lifetime?.since ?? 'not known'})`);
    return names.length > 0 ? [`- ${title}: ${names.join(', ')}`] : [];
  });
  return `## Without a version in ebpf-docs\n\n${lines.join('\n')}\n`;
}

function corrections(files: DataFiles): string {
  const lines = files.corrections.map(({ kind, name, set, why, sources }) => {
    const values = Object.entries(set).map(([key, value]) => `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
    return `- \`${name}\` (${kind}): ${why} Evidence: ${sources.map((source) => `${source.source}${source.ref === undefined ? '' : ` ${shortRef(source.ref)}`}`).join('; ')}. Set: \`${values}\`.`;
  });
  return `## Corrections by hand (${files.corrections.length})\n\n${lines.join('\n')}\n`;
}

/** Twelve digits of a commit; everything else as it is. */
const shortRef = (ref: string): string => (/^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, 12) : ref);
