/** Random BTF, ELF, project files, clangd files, compilation databases and verifier logs: an answer or a sentence about what is wrong, never a throw. */
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Btf } from '../../server/src/btf/btf.js';
import { btfBytes } from '../../server/src/btf/file.js';
import { readElf, sectionBytes } from '../../server/src/btf/elf.js';
import { Projects } from '../../server/src/project/projectFlags.js';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';
import { runs, tell } from './support.js';
import { threadTime } from '../support/threadTime.js';

const NAMES = '\0int\0task_struct\0pid\0__proto__\0bpf_func_id\0';

/** A small BTF of one kind each, as a compiler would write it. */
function btf(): Uint8Array {
  const name = (text: string): number => NAMES.indexOf(`\0${text}\0`) + 1;
  const info = (kind: number, count = 0): number => (kind << 24) | count;
  const types = [
    [name('int'), info(1), 4, 0x01000020],
    [0, info(2), 3],
    [name('task_struct'), info(4, 1), 4, name('pid'), 1, 0],
    [0, info(3), 0, 1, 1, 4],
    [name('bpf_func_id'), info(6, 1), 4, name('pid'), 7],
    [0, info(13, 1), 1, name('pid'), 2],
    [name('__proto__'), info(12, 1), 6],
    [name('pid'), info(8), 1],
    [name('__proto__'), info(17), 7, 0xffffffff],
  ].flat();
  const bytes = new Uint8Array(24 + types.length * 4 + NAMES.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  [24, 0, types.length * 4, types.length * 4, NAMES.length].forEach((value, i) => view.setUint32(4 + i * 4, value, true));
  types.forEach((value, i) => view.setUint32(24 + i * 4, value >>> 0, true));
  bytes.set(new TextEncoder().encode(NAMES), 24 + types.length * 4);
  return bytes;
}

/** An ELF file around it, with a table of sections. */
function elf(section: Uint8Array): Uint8Array {
  const names = new TextEncoder().encode('\0.BTF\0.shstrtab\0');
  const bytes = new Uint8Array(64 + 3 * 64 + section.length + names.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 247, true);
  view.setBigUint64(40, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, 3, true);
  view.setUint16(62, 2, true);
  const at = 64 + 3 * 64;
  ([[1, 1, at, section.length], [6, 3, at + section.length, names.length]] as const).forEach(([name, type, offset, size], i) => {
    const header = 64 + (i + 1) * 64;
    view.setUint32(header, name, true);
    view.setUint32(header + 4, type, true);
    view.setBigUint64(header + 24, BigInt(offset), true);
    view.setBigUint64(header + 32, BigInt(size), true);
  });
  bytes.set(section, at);
  bytes.set(names, at + section.length);
  return bytes;
}

const lie = fc.record({ at: fc.nat(1_000_000), value: fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 127, 128)), width: fc.constantFrom(1, 4) });
type Lie = typeof lie extends fc.Arbitrary<infer T> ? T : never;

function withLies(bytes: Uint8Array, lies: readonly Lie[], end: number): Uint8Array {
  const copy = bytes.slice(0, Math.max(1, Math.ceil((end / 1_000_000) * bytes.length)));
  for (const { at, value, width } of lies) copy.fill(value, Math.floor((at / 1_000_000) * copy.length), Math.floor((at / 1_000_000) * copy.length) + width);
  return copy;
}

const readAt = (bytes: Uint8Array) => (offset: number, length: number): Uint8Array | undefined => (offset >= 0 && length >= 0 && offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined);

it('files of type information and objects', () => {
  const whole = btf();
  expect(Btf.read(whole)).toBeInstanceOf(Btf);
  expect(btfBytes(readAt(elf(whole)), elf(whole).length)).toEqual(whole);
  const running = '/sys/kernel/btf/vmlinux';
  const seeds = [whole, elf(whole), ...(existsSync(running) ? [new Uint8Array(readFileSync(running).subarray(0, 4096))] : [])];
  const parameters = runs(4_000, 200_000);
  let read = 0;
  fc.assert(
    fc.property(fc.nat(seeds.length - 1), fc.array(lie, { maxLength: 6 }), fc.oneof(fc.constant(1_000_000), fc.nat(1_000_000)), fc.uint8Array({ maxLength: 40 }), (which, lies, end, tail) => {
      const bytes = which === 0 && end === 0 ? tail : withLies(seeds[which]!, lies, end);
      const file = readElf(readAt(bytes), bytes.length);
      if (!('error' in file)) for (const section of file.sections) sectionBytes(readAt(bytes), section);
      const raw = btfBytes(readAt(bytes), bytes.length);
      const types = 'error' in raw ? raw : Btf.read(raw);
      if ('error' in types) {
        expect(types.error.message).not.toBe('');
        return;
      }
      read++;
      for (let id = 0; id < Math.min(types.end, 200); id++) types.type(id);
    }),
    parameters,
  );
  expect(read).toBeGreaterThan(0);
  tell('BTF and ELF', { files: parameters.numRuns, 'read without complaint': read });
}, 3_600_000);

const WORDS = { ruleIds: ['unknown-section'], kernelProblem: () => undefined };
const KEYS = ['kernel', 'targets', 'rules', 'defines', 'include', 'includePaths', 'license', 'libbpf', 'extends', '__proto__', 'constructor', 'toString', 'CompileFlags', 'Add', 'Remove', 'If', 'PathMatch', 'directory', 'command', 'file', 'arguments'];
const piece = fc.oneof(fc.constantFrom(...KEYS.map((key) => `${key}: `), ...KEYS, '\n', '\n  ', '- ', '[', ']', '{', '}', ': ', '"', "'", '|\n', '&a ', '*a', '<<: *a', '!!js/function ', '!!set ', '---\n', '# x\n', '5.4..6.8', '-I/etc', '.*(a+)+$', '%', '\t', '\0', '\ufeff', '../../etc'), fc.string({ maxLength: 6 }));

it('project files, clangd files and compilation databases', () => {
  const parameters = runs(2_000, 100_000);
  let mistakes = 0;
  fc.assert(
    fc.property(fc.oneof(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), fc.json({ maxDepth: 4 }), fc.object({ key: fc.oneof(fc.constantFrom(...KEYS), fc.string()), maxDepth: 3 }).map((value) => JSON.stringify([value]))), (text) => {
      const file = readProjectFile(text, '/w/.ebpf-lens.yaml', WORDS);
      mistakes += file.mistakes.length;
      for (const { span, line, column } of file.mistakes) {
        expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true);
        expect(Math.min(line, column)).toBeGreaterThan(0);
      }
      for (const name of ['.clangd', 'compile_commands.json']) new Projects().flagsOf('/w/src/a.bpf.c', (path) => (path === `/w/${name}` ? text : undefined));
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    parameters,
  );
  tell('files that people write', { texts: parameters.numRuns, 'mistakes told': mistakes });
}, 3_600_000);

it('a pattern in .clangd that would try every way is not tried', () => {
  const path = `/w/${'a'.repeat(200)}.bpf.c`;
  for (const pattern of ['.*'.repeat(60) + 'x', '(a|a)*b', '(.*)*', '.*.*.*.*.*.*y', '(a?){50}a{50}']) {
    const spent = threadTime(() => void new Projects().flagsOf(path, (name) => (name === '/w/.clangd' ? `If:\n  PathMatch: '${pattern}'\nCompileFlags:\n  Add: [-DX]\n` : undefined)));
    expect(spent).toBeLessThan(2_000);
  }
});
