/** Kernels as they lie on disks: images that boot, gzip files, modules with a base of their own; and what is only told how to unpack. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Btf } from '../../server/src/btf/btf.js';
import { lookUpKernels } from '../../server/src/cli/kernelFiles.js';
import { hasThing, type Kernel } from '../../server/src/facts/kernel.js';
import { BtfEncoder, encodeElf } from '../support/btfEncoder.js';
import { loadTestFacts } from '../support/facts.js';

const facts = await loadTestFacts();

/** Types of a kernel with the helpers of 5.10, and enough others to be one. */
function vmlinux(): { readonly bytes: Uint8Array; readonly btf: Btf } {
  const e = new BtfEncoder(true);
  const int = e.int('int', 4, true);
  e.enum('bpf_func_id', Object.fromEntries([...facts.helpers.values()].filter(({ since }) => since <= 5010).map(({ name, id }) => [name.replace(/^bpf_/, 'BPF_FUNC_'), id])));
  const task = e.struct('task_struct', 8, [{ name: 'pid', type: int, offset: 0 }]);
  e.pointer(task);
  for (let i = 0; i < 1100; i++) e.typedef(`t${i}_t`, int);
  const bytes = e.bytes();
  return { bytes, btf: Btf.read(bytes) as Btf };
}

let folder = '';
const put = (name: string, ...parts: readonly (Uint8Array | string)[]): string => {
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
  return file;
};
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'images-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function found(...files: readonly string[]): Kernel {
  const kernel = lookUpKernels(files.join(','), facts).get(files[0]!);
  if (!kernel || !('release' in kernel)) throw new Error(kernel && 'error' in kernel ? kernel.error : 'joined');
  return kernel;
}
const error = (file: string): string => {
  const kernel = lookUpKernels(file, facts).get(file);
  return kernel && 'error' in kernel ? kernel.error : 'none';
};

const loop = (kernel: Kernel): readonly unknown[] => [hasThing(kernel, 'helper', 'bpf_ringbuf_output', facts), hasThing(kernel, 'helper', 'bpf_loop', facts)];

describe('a kernel', () => {
  const { bytes } = vmlinux();
  const elf = encodeElf({ '.rodata': Buffer.from('junk Linux version 5.10.0-28-amd64 (x@y)\0'), '.BTF': bytes });
  const boot = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500, 7)]);

  it('is found in an image that boots', () => {
    const kernel = found(put('vmlinuz', boot, gzipSync(elf), Buffer.alloc(300, 1)));
    expect(kernel).toMatchObject({ release: 5010 });
    expect(loop(kernel)).toEqual([true, false]);
  });

  it('is found behind what only looks packed', () => {
    expect(loop(found(put('bzImage', boot, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]), gzipSync('small'), gzipSync(elf))))).toEqual([true, false]);
  });

  it('is found in a gzip file, of ELF and of what 64-bit Arm boots', () => {
    expect(found(put('vmlinux.gz', gzipSync(elf)))).toMatchObject({ release: 5010 });
    expect(found(put('Image.gz', gzipSync(Buffer.concat([boot, Buffer.from('Linux version 5.10.9 x'), bytes, Buffer.alloc(40)]))))).toMatchObject({ release: 5010 });
    expect(loop(found(put('Image', boot, bytes)))).toEqual([true, false]);
  });

  it('that is packed otherwise is named, with what to do', () => {
    const plain = Buffer.concat([Buffer.alloc(64), Buffer.from([0x5d, 0, 0, 0, 4]), Buffer.alloc(64)]);
    expect(error(put('Image', boot, plain))).toMatch(/bootable kernel image without BTF that could be found/);
    expect(error(put('vmlinuz-lzma', boot, plain, Buffer.from([0x5d, 0, 0, 0, 4]), Buffer.alloc(8, 0xff)))).toMatch(/packed with lzma/);
    expect(error(put('vmlinuz-zstd', boot, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])))).toMatch(/bootable kernel image, packed with zstd: unpack it with the kernel's scripts\/extract-vmlinux, or take \/sys\/kernel\/btf\/vmlinux/);
    expect(error(put('vmlinuz-none', boot))).toMatch(/without BTF that could be found/);
    expect(error(put('x.gz', gzipSync('hello')))).toMatch(/packed with gzip, and there is no kernel/);
  });

  it('in an archive is named, with what to do', () => {
    expect(error(put('5.4.0-42-generic.btf.tar.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4])))).toMatch(/BTFHub's \.btf\.tar\.xz with `tar xf`/);
    const tar = Buffer.alloc(1024);
    tar.write('5.4.0-42-generic.btf', 0);
    tar.write('ustar', 257);
    expect(error(put('5.4.0-42-generic.btf.tar', tar))).toMatch(/tar archive/);
    expect(error(put('nf.ko.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4])))).toMatch(/zstd -dk/);
  });

  it('in a bomb is not unpacked without end', () => {
    expect(error(put('bomb.gz', gzipSync(gzipSync(Buffer.alloc(1 << 20)))))).toMatch(/there is no kernel/);
  });
});

describe('modules', () => {
  const { bytes, btf } = vmlinux();
  const module = (name: string, base: Btf): Uint8Array => {
    const e = new BtfEncoder(true, base);
    const proto = e.prototype(1, []);
    e.declTag('bpf_kfunc', e.function(name, proto, 1));
    e.struct(`${name}_state`, 8, [{ name: 'task', type: base.find('struct', 'task_struct')! + 1, offset: 0 }]);
    return e.bytes();
  };

  it('join their vmlinux, several of them', () => {
    const kernel = found(put('vmlinux.btf', bytes), put('a.btf', module('bpf_ct_release', btf)), put('b.btf', module('bpf_other', btf)));
    expect(kernel.types?.modules).toEqual(['a', 'b']);
    expect([kernel.types?.hasFunction('bpf_ct_release'), kernel.types?.hasFunction('bpf_other'), kernel.types?.kfuncs?.has('bpf_other')]).toEqual([true, true, true]);
  });

  it('stand on the base that they bring along', () => {
    const small = new BtfEncoder(true);
    small.int('int', 4, true);
    small.pointer(small.struct('task_struct', 8, []));
    const baseBytes = small.bytes();
    const own = module('bpf_ct_release', Btf.read(baseBytes) as Btf);
    const ko = put('nf_conntrack.ko', encodeElf({ '.BTF': own, '.BTF.base': baseBytes }));
    const kernel = found(put('vmlinux.btf', bytes), ko);
    expect(kernel.types?.modules).toEqual(['nf_conntrack']);
    expect(kernel.types?.functionText('bpf_ct_release')).toContain('bpf_ct_release(void)');
    expect(kernel.types?.pointedTo('bpf_ct_release_state', 'task')).toBe('task_struct');
    // Fields come from vmlinux, where the struct is whole.
    expect([...(kernel.types?.fields('struct', 'task_struct')?.keys() ?? [])]).toEqual(['pid']);
  });

  it('alone say what they need', () => {
    expect(error(put('alone.btf', module('bpf_ct_release', btf)))).toMatch(/needs that of its vmlinux/);
  });
});
