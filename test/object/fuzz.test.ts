/** Bytes from strangers: no throw, no hang, no heap out of proportion, and an outline that the analysis takes without a failed rule. */
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { outlineOf } from '../../server/src/object/outline.js';
import { loadTestFacts } from '../support/facts.js';
import { ObjectEncoder, op, type EncodedInstruction } from '../support/objectEncoder.js';
import { unit } from '../support/unit.js';
import { threadTime } from '../support/threadTime.js';

let facts: FactBook;
beforeAll(async () => {
  facts = await loadTestFacts();
});

/** An object with something of everything in it. */
function rich(littleEndian: boolean): Uint8Array {
  const object = new ObjectEncoder(littleEndian);
  const { btf } = object;
  const int = btf.int('int', 4, true);
  const map = object.map('counts', { type: 1, key_size: 4, value_size: 8, max_entries: 16 });
  const kfunc = btf.function('bpf_iter_num_new', btf.prototype(int, []), 2);
  btf.section('.ksyms', 0, [[kfunc, 0, 0]]);
  const fn = btf.function('prog', btf.prototype(int, [['ctx', btf.pointer(btf.struct('__sk_buff', 192, []))]]), 1);
  const text = object.section('.text', object.code([op.load(2, 1, 0), op.call(14), op.exit()]), 4);
  const helper = object.symbol('work', { section: text, size: 24, kind: 'function', binding: 'local' });
  const code = [op.copy(6, 1), op.wide(1), op.jumpIf(1, 0, 1), op.callFunction(), op.wide(1), op.call(1), op.store64(10, 6, -8), op.load64(1, 10, -8), op.callFunction(), op.jumpIf(0, 1, -5), op.move(0, 0), op.exit()];
  const index = object.program('tc', 'prog', code);
  const symbol = object.symbol('bpf_iter_num_new', { binding: 'weak' });
  object.relocate(index, 8, symbol);
  object.relocate(index, 32, symbol);
  object.relocate(index, 40, map);
  object.relocate(index, 88, helper);
  object.functionInfo('tc', 0, fn);
  object.line('tc', 0, '/src/a.bpf.c', 3, 1, 'int prog(struct __sk_buff *ctx)');
  object.line('tc', 56, '/src/a.bpf.c', 9, 8, '\tvalue = bpf_map_lookup_elem(&counts, &key);');
  object.coreRelocation('tc', 0, btf.enum('bpf_func_id', { A: 1 }), '0', 10);
  object.license();
  return object.bytes();
}

const read = (bytes: Uint8Array): string => {
  const made = outlineOf(bytes, facts);
  return 'error' in made ? made.error.message : made.text;
};

test('the object that is mutated below is whole', () => {
  for (const littleEndian of [true, false]) expect(read(rich(littleEndian))).toContain('if (bpf_ksym_exists(bpf_iter_num_new)) bpf_iter_num_new();');
});

test('random bytes, with and without the header of an object', () => {
  const head = rich(true).subarray(0, 64);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (bytes, headed) => {
    expect(typeof read(headed ? Uint8Array.from([...head, ...bytes]) : bytes)).toBe('string');
  }), { numRuns: 2000 });
});

test('mutated objects: bytes, words of extremes, cuts; equal bytes give equal outlines', () => {
  const extremes = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff);
  fc.assert(fc.property(fc.boolean(), fc.array(fc.tuple(fc.nat(100_000), extremes, fc.integer({ min: 1, max: 8 })), { minLength: 1, maxLength: 12 }), fc.option(fc.nat(5000)), (le, edits, cut) => {
    const bytes = Uint8Array.from(rich(le));
    for (const [at, value, length] of edits) bytes.fill(value, at % bytes.length, (at % bytes.length) + length);
    const mutant = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
    expect(threadTime(() => expect(read(mutant)).toBe(read(mutant)))).toBeLessThan(2000);
  }), { numRuns: 3000 });
});

test('every cut of an object', () => {
  const bytes = rich(true);
  for (let length = 0; length < bytes.length; length++) expect(typeof read(bytes.subarray(0, length))).toBe('string');
});

test('random instructions make an outline that every rule takes', async () => {
  const instruction = fc.record({
    code: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x85, 0x95, 0x05, 0x15, 0x1d, 0x61, 0x63, 0x79, 0x7b, 0xb7, 0xbf, 0x18, 0xdb)),
    dst: fc.integer({ min: 0, max: 15 }), src: fc.integer({ min: 0, max: 15 }), off: fc.integer({ min: -12, max: 12 }), imm: fc.oneof(fc.integer({ min: -2, max: 211 }), fc.integer()),
  });
  await fc.assert(fc.asyncProperty(fc.array(instruction, { maxLength: 60 }), fc.constantFrom('xdp', 'tc', 'kprobe/x', 'lsm/file_open', '.text', 'nothing', 'a"\\\n'), async (code, section) => {
    const object = new ObjectEncoder();
    object.program(section, 'prog', code as EncodedInstruction[]);
    const made = outlineOf(object.bytes(), facts);
    if ('error' in made) throw new Error(made.error.message);
    expect(made.origins).toHaveLength(made.text.split('\n').length - 1);
    const analysed = await unit(made.text, { kernel: '4.9..6.12' });
    expect(analysed.failures).toEqual([]);
    expect(analysed.model.main.problems).toEqual([]);
  }), { numRuns: 300 });
});

test('a function of many branches on questions takes no time out of proportion', () => {
  const object = new ObjectEncoder();
  const code: EncodedInstruction[] = [];
  for (let i = 0; i < 20_000; i++) code.push(op.load(1, 6, 0), op.jumpIf(1, i, i % 3), op.call(14));
  const index = object.program('xdp', 'prog', [op.wide(6), ...code, op.move(0, 0), op.exit()]);
  object.relocate(index, 0, object.symbol('switches', { section: object.section('.rodata', new Uint8Array(4)), size: 4, kind: 'data' }));
  expect(threadTime(() => expect(read(object.bytes())).toContain('if (switches)'))).toBeLessThan(10_000);
});
