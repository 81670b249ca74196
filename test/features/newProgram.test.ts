/** New programs: every section and every map type, compiled by the real clang and analysed by ourselves. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { formatRelease } from '../../server/src/facts/kernelVersion.js';
import { newProgram, newProgramChoices, type NewProgram } from '../../server/src/features/newProgram/newProgram.js';
import { compile, hasClang } from '../clang/tools.js';
import { loadTestFacts } from '../support/facts.js';
import { unit } from '../support/unit.js';

const facts = await loadTestFacts();
const choices = newProgramChoices(facts);
const sections = choices.types.flatMap((t) => t.sections.map((s) => s.section));
const mapTypes = choices.mapTypes.map((m) => m.name);

function write(choice: NewProgram): string {
  const made = newProgram(facts, choice);
  if ('error' in made) throw new Error(made.error);
  return made.text;
}

it('offers every program type that has a section, every section of libbpf, and the map types to define', () => {
  const known = facts.sections.filter((d) => d.legacy === undefined).map((d) => d.name);
  expect([...sections].sort()).toEqual([...known].sort());
  expect(sections.length).toBeGreaterThan(100);
  expect(choices.types.map((t) => t.programType).sort()).toEqual([...new Set(facts.sections.map((d) => d.programType))].sort());
  expect(mapTypes.length).toBeGreaterThan(28);
  expect(mapTypes).not.toContain('BPF_MAP_TYPE_STRUCT_OPS');
  for (const type of choices.types) expect(type.summary, type.programType).not.toBe('');
});

const newest = (book: FactBook): string => formatRelease(book.measured.at(-1)?.release ?? 0);

describe('our own analysis finds nothing on the newest measured kernel', () => {
  test.each(sections)('%s with all maps', async (section) => {
    const analysed = await unit(write({ section, mapTypes }), { kernel: newest(facts) });
    expect(analysed.findings.map((f) => f.message)).toEqual([]);
    expect(analysed.model.main.problems).toEqual([]);
    const def = facts.sections.find((d) => d.name === section);
    expect(analysed.model.programs.map((p) => p.programType)).toContain(def?.programType);
    expect(analysed.model.maps.map((m) => m.type)).toEqual(mapTypes);
  });
});

test('without a target, too, nothing is found in plain ones', async () => {
  for (const section of sections) expect((await unit(write({ section, mapTypes: [] }))).findings.map((f) => `${section}: ${f.message}`)).toEqual([]);
});

describe.skipIf(!hasClang)('clang takes', () => {
  /** Compiles texts in one go, in a folder with the header that stands for the kernel's own. */
  async function compiled(texts: ReadonlyMap<string, string>): Promise<string> {
    const dir = await mkdtemp(path.join(tmpdir(), 'ebpf-lens-new-'));
    try {
      const header = await readFile(new URL('../clang/vmlinux.h', import.meta.url), 'utf8');
      const uapi = await readFile('/usr/include/linux/bpf.h', 'utf8');
      // The machine's header may be older than the map types that the book knows.
      const words = [...mapTypes, 'BPF_F_MMAPABLE', 'BPF_F_NO_PREALLOC'].filter((name) => !new RegExp(`\\b${name}\\b`).test(uapi));
      await writeFile(path.join(dir, 'newer.h'), words.map((name, i) => `#define ${name} ${40 + i}\n`).join(''));
      await writeFile(path.join(dir, 'vmlinux.h'), header);
      for (const [name, text] of texts) await writeFile(path.join(dir, name), text);
      return await compile([...texts.keys()], ['-include', 'newer.h', '-I.', '-Werror'], dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  }
  const fileOf = (word: string): string => `${word.replace(/\W/g, '_')}.bpf.c`;

  it('every section, without maps and with all of them', async () => {
    const texts = new Map<string, string>();
    for (const section of sections) {
      texts.set(fileOf(section), write({ section, mapTypes: [] }));
      texts.set(fileOf(`${section}_maps`), write({ section, mapTypes }));
    }
    expect(texts.size).toBe(2 * sections.length);
    expect(await compiled(texts)).toBe('');
  });

  it('every map type by itself, in a program of each kind of header', async () => {
    const texts = new Map<string, string>();
    for (const type of mapTypes) for (const section of ['xdp', 'fentry']) texts.set(fileOf(`${section}_${type}`), write({ section, mapTypes: [type, type] }));
    expect(await compiled(texts)).toBe('');
  });

  it('says so where something is wrong', async () => {
    expect(await compiled(new Map([['bad.bpf.c', write({ section: 'xdp', mapTypes: [] }).replace('XDP_PASS', 'XDP_PUSS')]]))).toContain('XDP_PUSS');
  });
});

describe('what it writes', () => {
  it('counts and reports in the maps that were chosen', () => {
    expect(write({ section: 'tp_btf', target: 'sched_switch', mapTypes: ['BPF_MAP_TYPE_PERCPU_ARRAY', 'BPF_MAP_TYPE_RINGBUF'] })).toBe(`// SPDX-License-Identifier: GPL-2.0
/* Compile with: clang -g -O2 -target bpf -D__TARGET_ARCH_x86 -c on_sched_switch.bpf.c */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} percpu_array_map SEC(".maps");

struct event {
	__u64 time;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("tp_btf/sched_switch")
int BPF_PROG(on_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 *count;
	__u32 key = 0;
	struct event *event;

	count = bpf_map_lookup_elem(&percpu_array_map, &key);
	if (count)
		*count += 1;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		event->time = bpf_ktime_get_ns();
		bpf_ringbuf_submit(event, 0);
	}

	return 0;
}

char LICENSE[] SEC("license") = "GPL";
`);
  });

  test.each([
    [{ section: 'xpd', mapTypes: [] }, 'no section'],
    [{ section: 'kprobe', target: 'a"b', mapTypes: [] }, 'characters'],
    [{ section: 'xdp', mapTypes: ['BPF_MAP_TYPE_STRUCT_OPS'] }, 'no map type'],
  ])('nothing for %j', (choice, why) => {
    expect(newProgram(facts, choice)).toEqual({ error: expect.stringContaining(why) as unknown });
  });
});
