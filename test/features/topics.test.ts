/** Language features, XDP drivers, link types and ideas: `explain` finds them by every word, pages and hovers link to them. */
import { describe, expect, it } from 'vitest';
import { conceptsOf } from '../../server/src/features/describe/concept.js';
import { explain, explanationText } from '../../server/src/features/explain.js';
import { entries, entryOfWord } from '../../server/src/features/reference/entries.js';
import { referencePage } from '../../server/src/features/reference/page.js';
import { RULES } from '../../server/src/rules/index.js';
import { loadTestFacts } from '../support/facts.js';
import { hoverAt } from './harness.js';

const facts = await loadTestFacts();
const text = (word: string): string => explanationText(explain(word, facts, RULES), 10_000);

describe('explain', () => {
  it.each([
    ['bounded-loops', 'Language feature: Bounded loops'],
    ['Bounded loops', 'Linux 5.3'],
    ['cpu v4', 'Linux 6.6'],
    ['struct_ops', 'Sets of functions for the kernel'],
    ['can_loop', 'Linux 6.9'],
    ['trampolines', 'arm64 6.0, riscv64 6.3, s390x 6.3, powerpc64 6.13, loongarch64 not yet in 6.12'],
    ['kfuncs', 'riscv64 between 6.1 and 6.12'],
    ['BPF_LINK_TYPE_TCX', 'value 11'],
    ['kprobe_multi', 'BPF_LINK_TYPE_KPROBE_MULTI'],
    ['mlx5', 'XDP driver mlx5_core'],
    ['MLX5_CORE', 'Linux 4.9'],
    ['veth', '3520 on x86, arm64; 3518 on arm, riscv; 3454 on armv7'],
    ['bonding', 'that of the devices below it'],
    ['nfp', 'the device itself can run programs'],
    ['the verifier', 'Read the log from its end'],
    ['VERIFIER', 'See also: loops'],
    ['guards', 'bpf_core_field_exists(struct task_struct, __state)'],
    ['tail call', 'At most 33 jumps in a row'],
    ['tail call', 'An array belongs to whoever keeps it open'],
    ['bpf_loop', 'Background: loops'],
    ['BPF_MAP_TYPE_HASH', 'Background: maps'],
  ])('knows %s', (word, part) => expect(text(word)).toContain(part));

  it.each([
    ['bounded-lops', 'bounded-loops'],
    ['trampolins', 'trampolines'],
    ['mlx5_cor', 'mlx5_core'],
    ['BPF_LINK_TYPE_XPD', 'BPF_LINK_TYPE_XDP'],
    ['verifer', 'verifier'],
  ])('suggests for %s', (word, near) => {
    const answer = explain(word, facts, RULES);
    expect(answer.known ? [] : answer.suggestions).toContain(near);
  });

  it('has something to say about each of them by name, title and alias', () => {
    for (const fact of [...facts.features.values(), ...facts.drivers.values(), ...facts.concepts.values()]) {
      for (const word of [fact.name, fact.title, ...fact.aliases]) {
        const said = text(word);
        expect(said, word).toContain(fact.title);
        expect(said, word).not.toMatch(/undefined|NaN|\[object| $/m);
      }
    }
    for (const { name } of facts.linkTypes.values()) expect(text(name)).toContain(`Link type ${name}`);
  });
});

describe('pages', () => {
  it('are there for all of them, without raw fences or dangling marks', () => {
    const ids = entries(facts).filter((entry) => ['feature', 'driver', 'link-type', 'concept'].includes(entry.kind)).map((entry) => entry.id);
    expect(ids).toHaveLength(facts.features.size + facts.drivers.size + facts.linkTypes.size + facts.concepts.size);
    for (const id of ids) {
      const markdown = referencePage(facts, id)!.markdown;
      expect((markdown.match(/^```/gm) ?? []).length % 2, id).toBe(0);
      expect(markdown, id).not.toContain('undefined');
    }
  });

  it('link to each other, and from a feature to the idea of the same name', () => {
    expect(referencePage(facts, 'concept/loops')!.markdown).toContain('(../feature/bounded-loops.md)');
    expect(referencePage(facts, 'feature/dynptrs')!.markdown).toContain('(../concept/dynptrs.md)');
    expect(referencePage(facts, 'concept/dynptrs')!.markdown).toContain('Language feature: ');
    expect(referencePage(facts, 'helper/bpf_loop')!.markdown).toContain('(../concept/loops.md)');
  });

  it('are not found by words that a program uses for other things', () => {
    for (const word of ['tun', 'fun', 'ice', 'tap', 'token', 'cookie', 'locks']) expect(entryOfWord(facts, word)).toBeUndefined();
  });
});

describe('a hover', () => {
  it('names the pages behind a helper', async () => {
    const info = await hoverAt('SEC("xdp") int f(struct xdp_md *ctx) { bpf_lo/*|*/op(4, 0, 0, 0); return 0; }');
    expect(info?.text).toContain('Background: loops');
  });

  it('names at most three, the named ones before groups', () => {
    expect(conceptsOf(facts, 'bpf_dynptr_read').map((concept) => concept.name)).toEqual(['dynptrs']);
    for (const name of [...facts.helpers.keys(), ...facts.mapTypes.keys(), ...facts.macros.keys()]) expect(conceptsOf(facts, name).length, name).toBeLessThanOrEqual(3);
    expect(conceptsOf(facts, 'BPF_MAP_TYPE_PERCPU_HASH')[0]?.name).toBe('concurrency');
  });
});
