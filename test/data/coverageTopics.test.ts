/** Language features, XDP drivers, link types and pages about ideas: what there has to be, that each is told in words, and whence its versions come. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { formatRelease, parseRelease } from '../../server/src/facts/kernelVersion.js';
import { loadTestFacts } from '../support/facts.js';

const DATA = path.join(import.meta.dirname, '../../data');
let book: FactBook;
beforeAll(async () => {
  book = await loadTestFacts();
});

const since = (life: { readonly since: number } | undefined): string => (life === undefined ? '' : formatRelease(life.since));

describe('language features', () => {
  it.each([
    ['bounded-loops', '5.3'], ['bpf-calls', '4.16'], ['global-functions', '5.6'], ['tail-calls-with-calls', '5.10'], ['global-data', '5.2'],
    ['spin-locks', '5.1'], ['resilient-spin-locks', '6.15'], ['timers', '5.15'], ['work-queues', '6.10'], ['dynptrs', '5.19'], ['open-coded-iterators', '6.4'],
    ['arenas', '6.9'], ['atomics', '5.12'], ['load-acquire', '6.15'], ['exceptions', '6.7'], ['may-goto', '6.9'], ['million-instructions', '5.2'], ['isa-v4', '6.6'],
    ['btf', '4.18'], ['trampolines', '5.5'], ['kfuncs', '5.13'], ['ksyms', '5.10'], ['private-stacks', '6.13'], ['sleepable-programs', '5.10'], ['kprobe-multi', '5.18'],
    ['xdp-fragments', '5.18'], ['tokens', '6.9'], ['struct-ops-links', '6.4'], ['kptrs', '5.19'], ['local-kptrs', '6.2'], ['rbtrees', '6.3'], ['user-ring-buffer', '6.1'],
    ['map-in-map', '4.12'], ['rodata', '5.2'], ['kconfig-externs', '5.2'], ['signed-programs', '6.18'],
  ])('%s is there from %s on', (name, version) => expect(since(book.features.get(name)?.lifetime)).toBe(version));

  it('are at least sixty, each in words', () => {
    expect(book.features.size).toBeGreaterThanOrEqual(60);
    expect([...book.features.values()].filter((fact) => !fact.doc || fact.sources.length === 0).map((fact) => fact.name)).toEqual([]);
  });

  it.each([
    ['trampolines', 'x86-64', '5.5'], ['trampolines', 'arm64', '6.0'], ['trampolines', 's390x', '6.3'], ['trampolines', 'powerpc64', '6.13'],
    ['kfuncs', 'x86-32', '5.13'], ['kfuncs', 'powerpc64', '6.10'], ['atomics', 'x86-64', '5.12'], ['atomics', 'loongarch64', '6.1'],
    ['tail-calls-with-calls', 'x86-64', '5.10'], ['tail-calls-with-calls', 'arm64', '6.0'], ['tail-calls-with-calls', 's390x', '6.3'],
  ])('%s on %s from %s on', (name, arch, version) => {
    const entry = book.features.get(name)?.byArch.find((row) => row.arch === arch);
    expect(since(entry?.lifetime)).toBe(version);
    expect(entry?.lifetime?.after).toBeUndefined();
  });

  it('have no architecture before the feature, and ranges where only sources of two kernels speak', () => {
    for (const fact of book.features.values()) {
      for (const { lifetime } of fact.byArch) expect(lifetime?.since ?? fact.lifetime.since, fact.name).toBeGreaterThanOrEqual(fact.lifetime.since);
    }
    const riscv = book.features.get('kfuncs')?.byArch.find((row) => row.arch === 'riscv64');
    expect(riscv?.lifetime).toMatchObject({ since: 6012, after: 6001 });
    expect(book.features.get('trampolines')?.byArch.find((row) => row.arch === 'loongarch64')).toEqual({ arch: 'loongarch64', missing: 6012 });
  });

  it('are no older than what they are used by', () => {
    const late = [...book.features.values()].flatMap((fact) => {
      const needs = fact.needs.map((name) => book.helpers.get(name)?.since ?? book.mapTypes.get(name)?.lifetime?.since).filter((version) => version !== undefined);
      return needs.length > 0 && Math.min(...needs) > fact.lifetime.since ? [`${fact.name}: ${since(fact.lifetime)}, but nothing that uses it before ${formatRelease(Math.min(...needs))}`] : [];
    });
    expect(late).toEqual([]);
  });
});

describe('XDP drivers', () => {
  it('are all of the published tables, each in words', () => {
    expect(book.drivers.size).toBe(45);
    expect([...book.drivers.values()].filter((fact) => !fact.doc || fact.sources.length === 0).map((fact) => fact.name)).toEqual([]);
  });

  it.each([
    ['mlx4_en', '4.8', '', ''], ['mlx5_core', '4.9', '5.18', '5.3'], ['virtio_net', '4.10', '6.3', '6.11'], ['i40e', '4.13', '6.4', '4.20'],
    ['ice', '5.5', '6.3', '5.5'], ['ena', '5.6', '', ''], ['gve', '6.4', '', '6.4'], ['ionic', '6.9', '6.9', ''], ['fbnic', '6.18', '6.18', ''],
  ])('%s: native %s, fragments %s, zero copy %s', (name, native, fragments, zeroCopy) => {
    const driver = book.drivers.get(name);
    expect([since(driver?.native.lifetime), since(driver?.fragments?.lifetime), since(driver?.zeroCopy?.lifetime)]).toEqual([native, fragments, zeroCopy]);
  });

  it('take fragments no earlier than programs can ask for them, and copy nothing no earlier than AF_XDP', () => {
    const frags = book.features.get('xdp-fragments')!.lifetime.since;
    const afXdp = book.features.get('af-xdp')!.lifetime.since;
    for (const driver of book.drivers.values()) {
      expect(driver.fragments?.lifetime.since ?? Infinity, driver.name).toBeGreaterThanOrEqual(Math.max(frags, driver.native.lifetime.since));
      expect(driver.zeroCopy?.lifetime.since ?? Infinity, driver.name).toBeGreaterThanOrEqual(Math.max(afXdp, driver.native.lifetime.since));
    }
  });

  it('name two that offload, and maximum MTUs by architecture', () => {
    expect([...book.drivers.values()].filter((driver) => driver.offload).map((driver) => driver.name)).toEqual(['netdevsim', 'nfp']);
    expect(book.drivers.get('veth')?.mtu?.plain).toEqual({ x86: 3520, arm: 3518, arm64: 3520, armv7: 3454, riscv: 3518 });
    expect(book.drivers.get('bonding')?.mtu?.plain).toBe('members');
    expect([...book.drivers.values()].filter((driver) => driver.mtu).length).toBeGreaterThanOrEqual(40);
  });
});

describe('link types', () => {
  it('are the sixteen of the enum, in its order, each in words', () => {
    expect([...book.linkTypes.values()].map((type) => type.value)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect([...book.linkTypes.values()].filter((type) => !type.doc || type.sources.length === 0)).toEqual([]);
    expect(since(book.linkTypes.get('BPF_LINK_TYPE_KPROBE_MULTI')?.lifetime)).toBe('5.18');
  });

  it('are at least as old as the attach types that need them', () => {
    for (const type of book.linkTypes.values()) {
      const attach = type.attachTypes.flatMap((name) => book.attachTypes.get(name)?.lifetime?.since ?? []);
      if (type.value > 7 && attach.length > 0 && type.name !== 'BPF_LINK_TYPE_SOCKMAP' && type.name !== 'BPF_LINK_TYPE_STRUCT_OPS') expect(Math.min(...attach), type.name).toBe(type.lifetime.since);
    }
  });
});

describe('concepts', () => {
  const WANTED = ['verifier', 'co-re', 'btf', 'loops', 'tail-calls', 'pinning', 'concurrency', 'dynptrs', 'tokens', 'trampolines', 'resource-limits', 'maps', 'program-lifecycle',
    'helpers-and-kfuncs', 'licensing', 'sleepable-programs', 'packet-access', 'global-data', 'reference-tracking', 'subprograms', 'guards', 'xdp-fragments', 'capabilities', 'struct-ops'];

  it('are pages of 100 to 250 words', () => {
    expect([...book.concepts.keys()].sort()).toEqual([...WANTED].sort());
    for (const { name, text } of book.concepts.values()) {
      const words = text.split(/\s+/).length;
      expect(words, name).toBeGreaterThanOrEqual(100);
      expect(words, name).toBeLessThanOrEqual(250);
    }
  });

  it('keep to what the renderers know: paragraphs, lists, blocks of C, backticks', () => {
    for (const { name, text } of book.concepts.values()) {
      const blocks = text.split('\n\n');
      for (const block of blocks.filter((part) => part.includes('```'))) expect(block, name).toMatch(/^```c\n[^`]+\n```$/);
      for (const block of blocks.filter((part) => !part.includes('```'))) {
        expect((block.match(/`/g) ?? []).length % 2, `${name}: ${block}`).toBe(0);
        expect(block.replace(/`[^`]*`/g, ''), name).not.toMatch(/^#|^\d+\. |\*\*|\]\(|^>|<\w/m);
      }
    }
  });

  it('name no function that is not known', () => {
    const known = (name: string): boolean => [book.helpers, book.kfuncs, book.macros, book.mapTypes].some((kind) => kind.has(name));
    const missing = [...book.concepts.values()].flatMap(({ name, text }) => [...text.matchAll(/`(bpf_[a-z0-9_]+)`/g)].map((match) => match[1] ?? '').filter((word) => !known(word) && word !== 'bpf_helpers').map((word) => `${name}: ${word}`));
    expect(missing).toEqual([]);
  });
});

describe('versions', () => {
  it('all name a source and a reference', () => {
    const wrong: string[] = [];
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const record = value as Record<string, unknown>;
      if (('lifetime' in record || 'missing' in record) && !Array.isArray(record['sources'])) wrong.push(at);
      for (const source of Array.isArray(record['sources']) ? (record['sources'] as { ref?: string; source: string }[]) : []) if (!source.ref && source.source !== 'editorial') wrong.push(`${at} ${source.source}`);
      for (const [key, child] of Object.entries(record)) visit(child, `${at}.${key}`);
    };
    for (const kind of ['features', 'drivers', 'link-types']) {
      for (const file of readdirSync(path.join(DATA, kind))) visit(parse(readFileSync(path.join(DATA, kind, file), 'utf8')), `${kind}/${file}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are releases', () => expect(parseRelease('6.10')).toBeGreaterThan(parseRelease('6.9') ?? NaN));
});
