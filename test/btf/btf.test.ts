/** The BTF reader: every kind in both byte orders, split BTF, lies in lengths and references, ELF files around it, random bytes. */
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Btf } from '../../server/src/btf/btf.js';
import { btfBytes } from '../../server/src/btf/file.js';
import { readKernelTypes } from '../../server/src/btf/kernelTypes.js';
import { BtfEncoder, encodeElf } from '../support/btfEncoder.js';

function read(bytes: Uint8Array, base?: Btf): Btf {
  const btf = Btf.read(bytes, base);
  if ('error' in btf) throw new Error(btf.error.message);
  return btf;
}

const error = (bytes: Uint8Array, base?: Btf): string => {
  const btf = Btf.read(bytes, base);
  return 'error' in btf ? `${btf.error.code}: ${btf.error.message}` : 'none';
};

const reader = (bytes: Uint8Array) => (at: number, length: number) => bytes.subarray(at, at + length);

const fileError = (bytes: Uint8Array): string => {
  const found = btfBytes(reader(bytes), bytes.length);
  return 'error' in found ? `${found.error.code}: ${found.error.message}` : 'none';
};

/** One type of each kind. */
function everything(littleEndian: boolean): BtfEncoder {
  const e = new BtfEncoder(littleEndian);
  const int = e.int('int', 4, true); // 1
  const pointer = e.pointer(int); // 2
  e.array(int, int, 7); // 3
  e.struct('flow', 16, [{ name: 'a', type: int, offset: 0, bits: 3 }, { name: '', type: pointer, offset: 64 }]); // 4
  e.union('either', 8, [{ name: 'p', type: pointer, offset: 0 }]); // 5
  e.enum('sign', { MINUS: -1, PLUS: 1 }, true); // 6
  e.forward('later', true); // 7
  e.typedef('s32', int); // 8
  e.qualifier('volatile', 8); // 9
  e.qualifier('const', 9); // 10
  e.qualifier('restrict', 10); // 11
  const proto = e.prototype(int, [['x', int], ['', 0]]); // 12
  e.function('work', proto, 1); // 13
  e.variable('global', int); // 14
  e.section('.data', 4, [[14, 0, 4]]); // 15
  e.float('double', 8); // 16
  e.declTag('bpf_kfunc', 13); // 17
  e.typeTag('user', int, true); // 18
  e.enum64('big', { HUGE: 0xffff_ffff_0000_0001n, LOW: -2n }, true); // 19
  return e;
}

describe.each([['little', true], ['big', false]])('%s endian', (_, littleEndian) => {
  const btf = read(everything(littleEndian).bytes());

  it('decodes every kind', () => {
    expect(btf.end).toBe(20);
    expect([...Array(20).keys()].map((id) => btf.type(id))).toMatchSnapshot();
  });

  it('finds by kind and name', () => {
    expect(btf.find('function', 'work')).toBe(13);
    expect(btf.find('struct', 'work')).toBeUndefined();
    expect([...btf.ids('pointer')]).toEqual([2]);
  });

  it('leaves typedefs and qualifiers behind', () => {
    expect(btf.resolve(11)).toMatchObject({ kind: 'int', name: 'int' });
  });
});

it('reads the BTF of a module on that of its vmlinux', () => {
  const base = read(everything(true).bytes());
  const e = new BtfEncoder(true, base);
  const own = e.function('bpf_ct_release', 12, 1);
  e.declTag('bpf_kfunc', own);
  const split = read(e.bytes(), base);
  expect(split.first).toBe(20);
  expect(split.name(own)).toBe('bpf_ct_release');
  expect(split.find('function', 'work')).toBe(13);
  expect(split.type(12)).toMatchObject({ kind: 'prototype', parameters: [{ name: 'x', type: 1 }, { name: '', type: 0 }] });
  expect([...split.ids('function')]).toEqual([own]);
  expect(error(e.bytes())).toMatch(/^malformed|^needs-base/);
});

it('knows the fields of a struct that several modules have, vmlinux\'s alone where that has it', () => {
  const vmlinux = new BtfEncoder();
  const int = vmlinux.int('int', 4, true);
  vmlinux.struct('sock', 4, [{ name: 'state', type: int, offset: 0 }]);
  const base = read(vmlinux.bytes());
  const module = (name: string, field: string): { name: string; bytes: Uint8Array } => {
    const e = new BtfEncoder(true, base);
    for (const struct of ['sock', 'private']) e.struct(struct, 4, [{ name: field, type: int, offset: 0 }]);
    return { name, bytes: e.bytes() };
  };
  const types = readKernelTypes([{ name: 'vmlinux', bytes: vmlinux.bytes() }, module('a', 'one'), module('b', 'two')]);
  if ('error' in types) throw new Error(types.error.message);
  expect([...types.fields('struct', 'private')!.keys()]).toEqual(['one', 'two']);
  expect([...types.fields('struct', 'sock')!.keys()]).toEqual(['state']);
});

describe('lies', () => {
  const whole = everything(true).bytes();
  const patched = (at: number, value: number): Uint8Array => {
    const copy = whole.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };

  it('says what is wrong with a header', () => {
    expect(error(new Uint8Array(0))).toMatch(/^not-btf/);
    expect(error(new TextEncoder().encode('int main(void) { return 0; }'))).toMatch(/^not-btf/);
    expect(error(whole.subarray(0, 10))).toBe('truncated: its header ends after 10 bytes, and has 24');
    expect(error(patched(4, 0xffffffff))).toBe('malformed: its header is said to have 4294967295 bytes');
    expect(error(patched(12, 0xfffffffc))).toMatch(/^truncated: its types are said to end at byte/);
    expect(error(patched(16, 0xffffffff))).toMatch(/^truncated: its strings are said to end at byte/);
    expect(error(patched(8, 2))).toMatch(/^malformed|^truncated/);
  });

  it('says which type is longer than all types, or of no kind', () => {
    expect(error(patched(24 + 4, (4 << 24) | 0xffff))).toBe('truncated: type 1, at byte 24, is said to be longer than all types');
    expect(error(patched(24 + 4, 31 << 24))).toBe('unsupported: type 1, at byte 24, is of kind 31, which is not known');
  });

  it('ends on circles and on references to nothing', () => {
    const e = new BtfEncoder();
    e.typedef('a', 2);
    e.typedef('b', 1);
    e.pointer(4_000_000_000);
    const btf = read(e.bytes());
    expect(btf.resolve(1)).toBeUndefined();
    expect(btf.type(4_000_000_000)).toBeUndefined();
    expect(btf.name(-1)).toBe('');
    expect(btf.kind(99)).toBeUndefined();
    expect(btf.string(0xffffffff)).toBe('');
  });

  it('takes names that lie outside of the names for none', () => {
    const e = new BtfEncoder();
    e.raw(6, 0, 1, 4, [0xffffff, 1]);
    expect(read(e.bytes()).type(1)).toMatchObject({ values: [{ name: '', value: 1n }] });
  });
});

describe('files', () => {
  it.each([[64, true], [64, false], [32, true], [32, false]] as const)('finds the section in ELF of %d bits, little endian: %s', (bits, littleEndian) => {
    const raw = everything(littleEndian).bytes();
    const elf = encodeElf({ '.text': new Uint8Array(40), '.BTF': raw }, { bits, littleEndian });
    const found = btfBytes(reader(elf), elf.length);
    expect(found).toEqual(raw);
  });

  it('says what people took for BTF', () => {
    expect(fileError(new Uint8Array([0x1f, 0x8b, 8]))).toContain('gzip');
    expect(fileError(new Uint8Array([0x4d, 0x5a, 0, 0]))).toContain('extract-vmlinux');
    expect(fileError(encodeElf({ '.text': new Uint8Array(4) }))).toContain('CONFIG_DEBUG_INFO_BTF');
    expect(fileError(new Uint8Array(0))).toBe('not-btf: it is empty');
  });

  it('survives any lie in an ELF header', () => {
    const whole = encodeElf({ '.BTF': everything(true).bytes() });
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), (patches) => {
      const copy = whole.slice();
      for (const [at, value] of patches) copy[at] = value;
      btfBytes(reader(copy), copy.length);
    }), { numRuns: 2000 });
  });
});

describe('random bytes', () => {
  /** Asks for everything that a reader can be asked for. */
  function walk(bytes: Uint8Array): void {
    const btf = Btf.read(bytes);
    if ('error' in btf) return;
    for (let id = 0; id < btf.end; id++) {
      btf.type(id);
      btf.resolve(id);
      btf.name(id);
    }
    btf.find('struct', 'flow');
  }

  it('never throws on a mutated BTF', () => {
    const whole = [everything(true).bytes(), everything(false).bytes()];
    fc.assert(fc.property(fc.nat(1), fc.array(fc.tuple(fc.nat(whole[0]!.length - 1), fc.nat(255)), { maxLength: 16 }), fc.nat(whole[0]!.length), (which, patches, length) => {
      const copy = whole[which]!.slice(0, Math.max(length, 24));
      for (const [at, value] of patches) if (at < copy.length) copy[at] = value;
      walk(copy);
    }), { numRuns: 3000 });
  });

  it('never throws on noise behind a header that holds', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const types = noise.length - (noise.length % 4);
      const bytes = new Uint8Array(24 + types + 2);
      const view = new DataView(bytes.buffer);
      view.setUint16(0, 0xeb9f, true);
      view.setUint8(2, 1);
      [24, 0, types, types, 2].forEach((word, i) => view.setUint32(4 + 4 * i, word, true));
      bytes.set(noise.subarray(0, types), 24);
      walk(bytes);
    }), { numRuns: 3000 });
  });
});

const RUNNING = '/sys/kernel/btf/vmlinux';
it.runIf(existsSync(RUNNING))('reads the running kernel', () => {
  const btf = read(readFileSync(RUNNING));
  expect(btf.end).toBeGreaterThan(10_000);
  const helpers = btf.type(btf.find('enum', 'bpf_func_id')!);
  expect(helpers).toMatchObject({ kind: 'enum' });
  expect(btf.find('struct', 'task_struct')).toBeDefined();
  expect([...btf.namesOf('function', '')].length).toBeGreaterThan(10_000);
});
