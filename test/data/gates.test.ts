/** The first two gates over data/ itself: schemas, meaning, counts, generated types; and that a mistake is reported with file and place. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildFacts } from '../../data/build/buildFacts.js';
import { typesText } from '../../data/build/generateTypes.js';
import { formatProblem } from '../../data/build/problems.js';
import type { FactsJson } from '../../server/src/facts/types.gen.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = path.join(root, 'data');
const parsed = new Map<string, unknown>();

/** YAML of the same text is parsed once for all tests here. */
function parseOnce(text: string): unknown {
  if (!parsed.has(text)) parsed.set(text, parse(text));
  return parsed.get(text);
}

describe('data/', () => {
  it('passes schemas and checks, and holds everything', async () => {
    const { json, problems } = await buildFacts(dataDir, { parse: parseOnce });
    expect(problems.map(formatProblem)).toEqual([]);
    const facts = JSON.parse(json) as FactsJson;
    expect(facts.helpers).toHaveLength(211);
    expect(facts.helpers.map((helper) => helper.id)).toEqual(Array.from({ length: 211 }, (_, i) => i + 1));
    expect(facts.sections.filter((section) => !section.legacy)).toHaveLength(116);
    expect(facts.sections.filter((section) => section.legacy)).toHaveLength(45);
    expect(facts.kfuncs.length).toBeGreaterThanOrEqual(366);
    expect(facts.kfuncs.filter((kfunc) => /^bpf_(kfunc_call_|fentry_test1|modify_return_test)|^name$/.test(kfunc.name))).toEqual([]);
    expect(facts.programTypes).toHaveLength(32);
    expect(facts.attachTypes).toHaveLength(62);
    expect(facts.mapTypes).toHaveLength(37);
    expect(facts.contexts).toHaveLength(14);
    expect(facts.configs).toHaveLength(97);
    expect(facts.releases).toHaveLength(70);
    expect(facts.measured.map((kernel) => kernel.release)).toEqual([5010, 6001, 6012, 6016, 6018, 6019, 7000, 7001, 7002, 7003]);
  });

  it('names a source for every version of every compiled entry', async () => {
    const facts = JSON.parse((await buildFacts(dataDir, { parse: parseOnce })).json) as FactsJson;
    const unsourced = [...facts.helpers, ...facts.kfuncs, ...facts.programTypes, ...facts.attachTypes, ...facts.mapTypes].filter((entry) => entry.sources.length === 0);
    expect(unsourced.map((entry) => entry.name)).toEqual([]);
  });

  it('stays small', async () => {
    const { json } = await buildFacts(dataDir, { parse: parseOnce });
    expect(Buffer.byteLength(json)).toBeLessThan(1.5 * 1024 * 1024);
    expect(gzipSync(json, { level: 9 }).length).toBeLessThan(250 * 1024);
  });

  it('is what types.gen.ts is generated from', async () => {
    expect(await readFile(path.join(root, 'server/src/facts/types.gen.ts'), 'utf8')).toBe(await typesText(path.join(dataDir, 'schema')));
  });
});

describe('a mistake in a data file', () => {
  /** Problems after a change to one file of data/. */
  async function problemsAfter(file: string, change: (text: string) => string): Promise<string[]> {
    const before = await readFile(path.join(dataDir, file), 'utf8').catch(() => '');
    const after = change(before);
    expect(after).not.toBe(before);
    const { json, problems } = await buildFacts(dataDir, { parse: parseOnce, overrides: new Map([[file, after]]) });
    expect(json).toBe('');
    return problems.map(formatProblem);
  }

  const cases: readonly [string, string, (text: string) => string, string][] = [
    ['an unquoted version', 'kfuncs/bpf_wq_init.yaml', (text) => text.replace('since: "6.10"', 'since: 6.10'), 'kfuncs/bpf_wq_init.yaml: lifetime.since: must be string'],
    ['a version that never was', 'helpers/bpf_loop.yaml', (text) => text.replace('since: "5.17"', 'since: "5.99"'), 'helpers/bpf_loop.yaml: since.since: 5.99 is no known release'],
    ['a version without a source', 'helpers/bpf_loop.yaml', (text) => text.replace(/sources:\n( {2}- .*\n)+/, ''), "helpers/bpf_loop.yaml: must have required property 'sources'"],
    ['a version later than a kernel that has it', 'helpers/bpf_loop.yaml', (text) => text.replace('since: "5.17"', 'since: "6.12"'), 'helpers/bpf_loop.yaml: since: 6.12, but 6.1 has it'],
    ['removed before added', 'kfuncs/scx_bpf_consume.yaml', (text) => text.replace('since: "6.12"', 'since: "6.18"'), 'kfuncs/scx_bpf_consume.yaml: lifetime.max: removed after 6.16, but added in 6.18'],
    ['a dangling name', 'kfuncs/cgroup_rstat_flush.yaml', (text) => text.replace('replacedBy: css_rstat_flush', 'replacedBy: css_flush'), 'kfuncs/cgroup_rstat_flush.yaml: replacedBy: no such kfunc: css_flush'],
    ['an unknown program type', 'sections/xdp.yaml', (text) => text.replace('BPF_PROG_TYPE_XDP', 'BPF_PROG_TYPE_XPD'), 'sections/xdp.yaml: programType: no such program type: BPF_PROG_TYPE_XPD'],
    ['a misspelt key', 'map-types/BPF_MAP_TYPE_HASH.yaml', (text) => `${text}sinse: "3.19"\n`, 'map-types/BPF_MAP_TYPE_HASH.yaml: must NOT have additional properties (sinse)'],
    ['a file named otherwise than its entry', 'attach-types/BPF_XDP.yaml', (text) => text.replace('name: BPF_XDP', 'name: BPF_XDP_DEVMAP'), 'attach-types/BPF_XDP.yaml: name: is BPF_XDP_DEVMAP, the file says BPF_XDP'],
    ['a release left out', 'kernels.yaml', (text) => text.replace(/\s+- "5\.9"|"5\.9",?\s*/, ' '), 'kernels.yaml: releases.'],
    ['a configuration that is not', 'helpers/bpf_redirect.yaml', (text) => text.replace('xdp/any0', 'xdp/any1'), 'no such configuration: xdp/any1'],
    ['an unsorted list', 'helpers/bpf_redirect.yaml', (text) => text.replace('xdp, xdp/any0', 'xdp/any0, xdp'), 'must be sorted'],
    ['a field that is not', 'contexts/xdp_md.yaml', (text) => text.replace(/none: \[egress_ifindex\]/, 'none: [egress]'), 'no such field: egress'],
    ['an acquiring kfunc without its partner', 'kfuncs/bpf_task_acquire.yaml', (text) => text.replace(/partner: .*\n/, ''), 'kfuncs/bpf_task_acquire.yaml: partner: acquires something, but names nothing that releases it'],
    ['a text about nothing', 'text/helpers/bpf_nothing.yaml', () => 'summary: Does nothing at all, for nobody.\n', 'text/helpers/bpf_nothing.yaml: a text about nothing'],
    ['kernels of a distribution that nobody named tells of', 'distributions/alpine3.24.yaml', (text) => text.replace(/ {2}- \{source: vendor.*\n/, ''), 'distributions/alpine3.24.yaml: sources: names nobody who knows its kernels, only its dates'],
    ['broken YAML', 'helpers/bpf_loop.yaml', (text) => `${text}\n\t: [`, 'helpers/bpf_loop.yaml: '],
  ];
  for (const [what, file, change, message] of cases) {
    it(`is reported: ${what}`, async () => {
      const problems = await problemsAfter(file, change);
      expect(problems.some((problem) => problem.includes(message)), problems.slice(0, 5).join('\n')).toBe(true);
    });
  }
});
