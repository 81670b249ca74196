/** Kernels out of files: BTF of a vmlinux, of a module on it, ELF around it, and what is none. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Btf } from '../../server/src/btf/btf.js';
import { lookUpKernels, stampsOf } from '../../server/src/cli/kernelFiles.js';
import { hasThing, type Kernel } from '../../server/src/facts/kernel.js';
import { BtfEncoder, encodeElf } from '../support/btfEncoder.js';
import { loadTestFacts } from '../support/facts.js';
import { testBtf } from '../support/kernels.js';

const facts = await loadTestFacts();
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-'));
  const base = Btf.read(testBtf());
  if ('error' in base) throw new Error(base.error.message);
  const e = new BtfEncoder(true, base);
  e.declTag('bpf_kfunc', e.function('bpf_ct_release', e.prototype(0, [])));
  mkdirSync(path.join(dir, 'all'));
  for (const name of ['vmlinux.btf', 'all/vmlinux']) writeFileSync(path.join(dir, name), testBtf());
  for (const name of ['nf_conntrack.btf', 'all/nf_conntrack']) writeFileSync(path.join(dir, name), e.bytes());
  writeFileSync(path.join(dir, 'vmlinux-5.10.0-9'), encodeElf({ '.BTF': testBtf(), '.rodata': new TextEncoder().encode('Linux version 5.10.46 (gcc)') }));
  writeFileSync(path.join(dir, 'broken.btf'), testBtf().subarray(0, 60));
});
afterAll(() => rmSync(dir, { recursive: true }));

const find = (target: string) => lookUpKernels(target, facts, [dir]);
const kernel = (target: string): Kernel => find(target).get(target.split(',')[0]!) as Kernel;

test('a file of a module joins the vmlinux before it', () => {
  const alone = kernel('vmlinux.btf');
  expect(hasThing(alone, 'kfunc', 'bpf_ct_release', facts)).toBeUndefined();
  expect(find('vmlinux.btf,nf_conntrack.btf').get('nf_conntrack.btf')).toEqual({ joins: 'vmlinux.btf' });
  expect(hasThing(kernel('vmlinux.btf,nf_conntrack.btf'), 'kfunc', 'bpf_ct_release', facts)).toBe(true);
});

test('a folder is a vmlinux with its modules', () => {
  expect(kernel('./all').types?.modules).toEqual(['nf_conntrack']);
  expect(hasThing(kernel('./all'), 'kfunc', 'bpf_ct_release', facts)).toBe(true);
});

test('an ELF file is read by its section, and says its release', () => {
  expect(kernel('vmlinux-5.10.0-9')).toMatchObject({ release: 5010 });
});

test('a module alone, a broken file and no file are no kernels', () => {
  for (const name of ['nf_conntrack.btf', 'broken.btf', 'nothing.btf']) expect(find(name).get(name), name).toMatchObject({ error: expect.stringContaining(name) as string });
});

test('a file that changed is another kernel', () => {
  const [before, stamp] = [kernel('vmlinux.btf'), stampsOf('vmlinux.btf', [dir])];
  expect(kernel('vmlinux.btf')).toBe(before);
  writeFileSync(path.join(dir, 'vmlinux.btf'), Buffer.concat([testBtf(), new Uint8Array(1)]));
  expect(kernel('vmlinux.btf')).not.toBe(before);
  expect(stampsOf('vmlinux.btf', [dir])).not.toBe(stamp);
});
