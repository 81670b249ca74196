/** Types that lead in circles, to themselves, to nothing or everywhere at once: whatever walks them ends soon, with an answer or a sentence. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { Btf } from '../../server/src/btf/btf.js';
import { BTF_KINDS } from '../../server/src/btf/btf.types.js';
import { readKernelTypes, type KernelTypes } from '../../server/src/btf/kernelTypes.js';
import { typeText } from '../../server/src/btf/typeText.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import { kernelOfTypes, type Kernel } from '../../server/src/facts/kernel.js';
import { complete } from '../../server/src/features/completion/completion.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { outlineOf } from '../../server/src/object/outline.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { BtfEncoder, encodeElf } from '../support/btfEncoder.js';
import { loadTestFactsJson } from '../support/facts.js';
import { ObjectEncoder, op } from '../support/objectEncoder.js';
import { startParser } from '../support/unit.js';
import { runs, tell } from './support.js';
import { threadTime } from '../support/threadTime.js';

let facts: FactBook;
const kernels = new Map<string, Kernel>();
beforeAll(async () => {
  await startParser();
  facts = loadFactBook(await loadTestFactsJson(), () => kernels);
});

/** Far more than any of this takes, far less than what never ends; the machine may be slow. */
const SOON = 10_000;

const CODE = `#include "vmlinux.h"
SEC("kprobe/a") int p(struct pt_regs *ctx) {
  struct task_struct *task = (void *)bpf_get_current_task();
  task->pid = task->a + BPF_CORE_READ(task, a, b, mm, task_struct) + BPF_CORE_READ(task, mm, mm, mm, mm, mm, mm, pid);
  return BPF_CORE_READ(task, mm, /*1*/) + BPF_CORE_READ(task, /*2*/) + task->/*3*/;
}
SEC("fentry/") int q(void *ctx) { return 0; }
SEC("lsm/a") int r(void *ctx) { return bpf_rcu_read_lock(); }
SEC("tp_btf/") int s(void *ctx) { return 0; }
`;
const PLACES = ['/*1*/', '/*2*/', '/*3*/', '") int q', '") int s', 'pid', 'bpf_rcu_read_lock'].map((mark) => CODE.indexOf(mark));

/** Asks everything that walks types, as an editor would; returns how much was answered. */
function walk(types: KernelTypes, parts: readonly Btf[]): number {
  let answered = 0;
  for (const btf of parts) {
    for (let id = 0; id < Math.min(btf.end, 60); id++) {
      expect(typeText(btf, id, 'x').length).toBeLessThan(10_000);
      btf.resolve(id);
      if (btf.member(id, 0) ?? btf.enumerator(id, 0)) answered++;
    }
  }
  for (const name of ['task_struct', 'mm', 'a', '__proto__']) {
    for (const owner of ['struct', 'union'] as const) {
      for (const field of types.fields(owner, name)?.values() ?? []) {
        expect(field.text).not.toBe('');
        if (++answered > 100) break;
      }
      types.pointedTo(name, 'mm');
    }
    types.functionText(name);
    types.hasEnumerator('bpf_func_id', name);
    types.knowsConstant(name);
  }
  for (const kind of ['function', 'struct', 'typedef'] as const) expect(types.names(kind, '', 50).names.length).toBeLessThanOrEqual(50);
  kernels.clear();
  const name = './fuzz.btf';
  kernels.set(name, kernelOfTypes(name, types, facts, 6008));
  const session = createSession(facts);
  const unit = session.analyze({ main: 'a.bpf.c', files: new Map([['a.bpf.c', CODE]]) }, { ...DEFAULT_SETTINGS, targetKernel: name });
  expect(unit.failures).toEqual([]);
  expect(unit.aims[0]?.target?.kernel?.types).toBe(types);
  for (const at of PLACES) {
    answered += complete(unit, at)?.entries.length ?? 0;
    hover(unit, at);
  }
  session.dispose();
  return answered;
}

function readable(bytes: Uint8Array, base?: Btf): Btf {
  const btf = Btf.read(bytes, base);
  if ('error' in btf) throw new Error(btf.error.message);
  return btf;
}

/** What `walk` takes for a whole kernel of one file. */
function walkCost(bytes: Uint8Array): number {
  return threadTime(() => {
    const types = readKernelTypes([{ name: 'vmlinux', bytes }]);
    if ('error' in types) throw new Error(types.error.message);
    walk(types, [readable(bytes)]);
  });
}

describe('made to be slow', () => {
  it('functions whose parameters are functions', () => {
    const e = new BtfEncoder();
    const self = e.pointer(2);
    const proto = e.prototype(self, Array.from({ length: 60 }, (_v, i) => [`p${i}`, self] as const));
    e.function('a', proto, 1);
    e.struct('task_struct', 8, Array.from({ length: 300 }, (_v, i) => ({ name: `f${i}`, type: self, offset: 0 })));
    expect(walkCost(e.bytes())).toBeLessThan(SOON);
    expect(typeText(readable(e.bytes()), self, 'x')).toContain('…');
  });

  it('unnamed structs in themselves and in one another', () => {
    const e = new BtfEncoder();
    const members = (first: number): { name: string; type: number; offset: number }[] => Array.from({ length: 200 }, (_v, i) => ({ name: i === 199 ? `m${first}` : '', type: 1 + ((first + i) % 40), offset: 0 }));
    for (let i = 0; i < 40; i++) e.struct(i === 0 ? 'task_struct' : '', 8, members(i));
    expect(walkCost(e.bytes())).toBeLessThan(SOON);
    const types = readKernelTypes([{ name: 'vmlinux', bytes: e.bytes() }]);
    expect('error' in types ? types : types.fields('struct', 'task_struct')?.size).toBeGreaterThan(5);
  });

  it('as many members as a struct may have, each with the longest name, over one another', () => {
    const e = new BtfEncoder();
    const names = e.string('a'.repeat(70_000));
    const list = Array.from({ length: 65_535 }, (_v, i) => [names + i, 1, 0]).flat();
    e.raw(4, e.string('task_struct'), 65_535, 0xffff_ffff, list);
    e.raw(6, e.string('bpf_func_id'), 65_535, 4, Array.from({ length: 65_535 }, (_v, i) => [names + i, i]).flat());
    e.struct('mm', 8, Array.from({ length: 300 }, (_v, i) => ({ name: `f${i}`, type: 1, offset: 0 })));
    // Each is a string of its own once it is read.
    expect(walkCost(e.bytes())).toBeLessThan(SOON);
    const btf = readable(e.bytes());
    expect([btf.type(1, 3), btf.member(1, 65_534)?.type, btf.member(1, 65_535)]).toMatchObject([{ members: { length: 3 }, size: 0xffff_ffff }, 1, undefined]);
  });

  it('arrays of themselves, and circles of everything that refers to one type', () => {
    const e = new BtfEncoder();
    e.array(1, 1, 0xffff_ffff);
    e.qualifier('const', 3);
    e.typedef('mm', 4);
    e.pointer(5);
    e.qualifier('volatile', 2);
    e.typeTag('user', 6);
    e.struct('task_struct', 0xffff_ffff, [{ name: 'mm', type: 2, offset: 0 }, { name: 'a', type: 1, offset: 0xffff_ffff }, { name: 'b', type: 7, offset: 1 }, { name: '', type: 7, offset: 2 }, { name: 'pid', type: 0xffff_fff0, offset: 3 }]);
    e.function('a', 8);
    e.declTag('bpf_kfunc', 9);
    expect(walkCost(e.bytes())).toBeLessThan(SOON);
  });

  it('the names of 100,000 sections that end nowhere', () => {
    const bytes = encodeElf({ '.BTF': new BtfEncoder().bytes() });
    const [count, names] = [100_000, 8_000_000];
    const whole = new Uint8Array(bytes.length + count * 64 + names).fill(97);
    const view = new DataView(whole.buffer);
    whole.set(bytes);
    whole.fill(0, bytes.length, bytes.length + count * 64);
    for (let i = 1; i < count; i++) view.setUint32(bytes.length + i * 64, i, true);
    view.setBigUint64(40, BigInt(bytes.length), true);
    view.setBigUint64(bytes.length + 32, BigInt(count), true);
    view.setUint32(bytes.length + 40, count - 1, true);
    view.setBigUint64(bytes.length + (count - 1) * 64 + 24, BigInt(bytes.length + count * 64), true);
    view.setBigUint64(bytes.length + (count - 1) * 64 + 32, BigInt(names), true);
    view.setUint16(60, 0, true);
    view.setUint16(62, 0xffff, true);
    expect(threadTime(() => expect(outlineOf(whole, facts)).toHaveProperty('text'))).toBeLessThan(SOON);
  });

  it('relocations, functions and variables of an object that all lead to the largest type', () => {
    const object = new ObjectEncoder(true);
    const { btf } = object;
    const names = btf.string('a'.repeat(70_000));
    const huge = btf.raw(4, btf.string('huge'), 65_535, 8, Array.from({ length: 65_535 }, (_v, i) => [names + i, 0, 0]).flat());
    btf.section('.data', 0, Array.from({ length: 60_000 }, () => [huge, 0, 0] as const));
    const code = Array.from({ length: 2_000 }, () => op.move(0, 0));
    object.section('.data', new Uint8Array(64), 3);
    const at = object.program('tc', 'prog', [...code, op.exit()]);
    for (let i = 0; i < 2_000; i++) {
      object.coreRelocation('tc', i * 8, huge, `0:${65_000 + (i % 500)}`, 2);
      object.functionInfo('tc', i * 8, huge);
      object.line('tc', i * 8, 'a'.repeat(2_000), i, 1, 'b'.repeat(16_000));
    }
    object.license();
    expect(at).toBeGreaterThan(0);
    expect(threadTime(() => expect(outlineOf(object.bytes(), facts)).toHaveProperty('text'))).toBeLessThan(SOON);
  });
});

const NAMES = ['', 'task_struct', 'mm', 'pid', 'a', 'bpf_func_id', 'bpf_rcu_read_lock', 'bpf_kfunc', '__proto__', 'bpf_lsm_a', 'btf_trace_a'];
/** Mostly to types that are there, so that walks get far. */
const id = fc.oneof({ weight: 8, arbitrary: fc.nat(24) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 1_000, 0x7fff_ffff, 0xffff_ffff) });
const name = fc.oneof({ weight: 9, arbitrary: fc.nat(NAMES.length - 1) }, { weight: 1, arbitrary: fc.constant(-1) });
const size = fc.oneof(fc.nat(64), fc.constantFrom(0x7fff_ffff, 0xffff_ffff));
const shape = fc.record({ kind: fc.integer({ min: 1, max: BTF_KINDS.length - 1 }), name, last: fc.oneof({ weight: 3, arbitrary: id }, { weight: 1, arbitrary: size }), parts: fc.array(fc.tuple(name, id, size), { maxLength: 6 }), tail: fc.tuple(id, id, size), flag: fc.boolean() });
const kinds = fc.array(fc.oneof({ weight: 1, arbitrary: shape }, { weight: 1, arbitrary: shape.map((s) => ({ ...s, kind: 4, name: 1, flag: false })) }), { minLength: 1, maxLength: 24 });

/** Types as the format wants them, whatever they refer to. */
function encoded(types: readonly (typeof kinds extends fc.Arbitrary<readonly (infer T)[]> ? T : never)[], base?: Btf): Uint8Array {
  const e = new BtfEncoder(true, base);
  const at = (index: number): number => (index < 0 ? 0xffff_fff0 : e.string(NAMES[index]!));
  for (const { kind, name: own, last, parts, tail, flag } of types) {
    const what = BTF_KINDS[kind];
    // Only the names of parts may lie outside: of types that is found out at once.
    const label = at(Math.max(own, 0));
    const list = what === 'struct' || what === 'union' || what === 'section' ? parts.flatMap(([n, t, o]) => [what === 'section' ? t : at(n), what === 'section' ? 0 : t, o])
      : what === 'enum64' ? parts.flatMap(([n, t, o]) => [at(n), t, o]) : what === 'enum' || what === 'prototype' ? parts.flatMap(([n, t]) => [at(n), t])
      : what === 'array' ? tail : what === 'int' || what === 'variable' || what === 'decl-tag' ? tail.slice(0, 1) : [];
    const counts = ['struct', 'union', 'section', 'enum', 'enum64', 'prototype'].includes(what!);
    e.raw(kind | (flag ? 0x80 : 0), label, counts ? parts.length : 0, last, list);
  }
  return e.bytes();
}

it('types that refer to anything, of kernels and of modules', () => {
  const parameters = runs(250, 20_000);
  let [answered, split, slowest] = [0, 0, 0];
  fc.assert(
    fc.property(kinds, fc.option(kinds), fc.boolean(), (types, more, tooShort) => {
      const bytes = encoded(types);
      const base = readable(bytes);
      const module = more ? encoded(more, base) : undefined;
      // A base that a module was not made for: fewer names and types than it counts on.
      const under = tooShort ? encoded(types.slice(0, 1)) : bytes;
      const read = readKernelTypes([{ name: 'vmlinux', bytes: under }, ...(module ? [{ name: 'm', bytes: module }] : [])]);
      if ('error' in read) {
        expect([tooShort, read.error.message]).toEqual([true, expect.stringMatching(/\w/)]);
        return;
      }
      if (module) split++;
      slowest = Math.max(slowest, threadTime(() => (answered += walk(read, [readable(under), ...(module ? [readable(module, readable(under))] : [])]))));
    }),
    parameters,
  );
  expect(slowest).toBeLessThan(SOON);
  expect(Math.min(answered, split)).toBeGreaterThan(parameters.numRuns / 10);
  tell('types that lead anywhere', { kernels: parameters.numRuns, 'with a module': split, 'fields and names answered': answered });
}, 3_600_000);
