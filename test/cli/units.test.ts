/** The parts of the command line that need no analysis: targets, reading, finding files, drawing text. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../server/src/cli/host.js';
import { expandInputs, hasSec } from '../../server/src/cli/inputs.js';
import { parseKernelOption, parseTargets, targetSetting } from '../../server/src/cli/kernelOption.js';
import { decode, MAX_BYTES, readText } from '../../server/src/cli/readText.js';
import { blanks, printable } from '../../server/src/cli/terminal.js';

describe('--kernel', () => {
  it.each([
    ['5.15', '5.15', '5.15'],
    ['v6.1', '6.1', '6.1'],
    ['6.1.192', '6.1', '6.1'],
    ['6.1.0-18-amd64', '6.1', '6.1'],
    ['5.4..6.8', '5.4', '6.8'],
    ['5.9..5.10', '5.9', '5.10'],
  ])('takes %s', (text, min, max) => expect(parseKernelOption(text)).toEqual({ min, max }));

  it.each(['', '5', 'five', '5.15..', '..5.15', '5.4..6.8..6.9', '5.4...6.8', '5.4-6.8', '-1.2', '5,15', 'latest', '5.15 6.1'])('refuses %j and shows what it takes', (text) => {
    expect(() => parseKernelOption(text)).toThrow(UsageError);
    expect(() => parseKernelOption(text)).toThrow(/5\.15.*5\.4\.\.6\.8/);
  });

  it('says how to turn a range around', () => expect(() => parseKernelOption('6.8..5.4')).toThrow(/write 5\.4\.\.6\.8/));

  it.each([
    ['6.1.0-18-amd64', '6.1'],
    ['5.15.167.4-microsoft-standard-WSL2', '5.15'],
    ['6.12.0', '6.12'],
    ['7.3-rc1+', '7.3'],
    ['4.18.0-553.el8_10.x86_64', '4.18'],
  ])('running: %s is %s', (osrelease, release) => expect(parseKernelOption('running', () => osrelease)).toEqual({ min: release, max: release }));
  it('running: says where it works', () => {
    expect(() => parseKernelOption('running', () => undefined)).toThrow(UsageError);
    expect(() => parseKernelOption('running', () => undefined)).toThrow(/osrelease cannot be read, it is there on Linux only/);
    expect(() => parseKernelOption('running', () => 'odd\u001b[1m')).toThrow(/says 'odd·\[1m', which is no kernel release/);
  });

  it.each([
    ['5.15', ['5.15'], '5.15'],
    ['5.4..5.10,6.1', ['5.4..5.10', '6.1'], '5.4..6.1'],
    ['6.12, 5.4', ['6.12', '5.4'], '5.4..6.12'],
    ['5.9,5.10', ['5.9', '5.10'], '5.9..5.10'],
    ['5.4..6.8,6.1', ['5.4..6.8', '6.1'], '5.4..6.8'],
    ['5.4,v5.4.3', ['5.4'], '5.4'],
    ['running,5.4', ['6.1', '5.4'], '5.4..6.1'],
  ])('several: %s', (text, targets, bounds) => {
    const read = parseTargets(text, () => '6.1.0-18-amd64');
    expect({ targets: read.targets.map(targetSetting), bounds: targetSetting(read.bounds) }).toEqual({ targets, bounds });
  });
  it.each([',', '5.4,', ',5.4', '5.4,,6.1', '5.4;6.1'])('several: refuses %j', (text) => expect(() => parseTargets(text)).toThrow(UsageError));

  it('writes the setting', () => {
    expect(targetSetting(null)).toBe('');
    expect(targetSetting({ min: '6.1', max: '6.1' })).toBe('6.1');
    expect(targetSetting({ min: '5.4', max: '6.8' })).toBe('5.4..6.8');
  });
});

describe('a SEC', () => {
  it.each(['SEC("xdp") int f(void) {}', 'char L[] SEC("license") = "GPL";', 'SEC ("tc")', 'char c = \'"\'; SEC("xdp")', '"a\\"b" SEC("x")', '/* " */ SEC("x")', 'char l[] __section("license") = "GPL";', 'char l[] __attribute__((section("license"), used)) = "GPL";',
    'struct bpf_map_def __section( "maps" ) m = {};', 'struct { int a; } m __section(".maps");', '__section_cls_entry int f(struct __sk_buff *skb) {}', '__section_entry\nint f(void *ctx) {}',
    '__section("classifier_out") int f(struct __sk_buff *skb) { return 0; }', '__attribute__((section("xdp"), used)) int f(struct xdp_md *ctx) { return 2; }'])('is in %s', (text) =>
    expect(hasSec(text)).toBe(true));
  it.each(['', 'int main(void) {}', '// SEC("xdp")', '/* SEC("xdp") */', 'puts("SEC(xdp)");', 'INSEC("x")', 'SECTION("x")', 'int SEC;', '// __section("license")', 'puts("__section(license)");', 'int x __section(".data..read_mostly");',
    'static int __init __section(".init.text") f(void) {}', 'int __section_entries;', '__section("classifier_out") int f(void);',
    'static u32 convert(const struct __sk_buff *skb);'])('is not in %s', (text) => expect(hasSec(text)).toBe(false));
});

describe('reading', () => {
  it('drops a byte order mark', () => expect(decode(Buffer.from('\ufeffint x;'))).toEqual({ text: 'int x;' }));
  it('keeps what is not UTF-8 as one unit a byte', () => expect(decode(Buffer.from([0x61, 0xe9, 0x62]))).toEqual({ text: 'a\ufffdb' }));
  it('refuses binary bytes', () => expect(decode(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]))).toEqual({ error: expect.stringContaining('binary'), there: true }));
  it('names UTF-16', () => expect(decode(Buffer.from('\ufeffint x;', 'utf16le'))).toEqual({ error: expect.stringContaining('UTF-16'), there: true }));
  it('does not wait for a device', () => expect(readText('/dev/zero')).toEqual({ error: 'not a regular file', there: true }));
});

describe('finding files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-inputs-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  };
  const found = (...paths: string[]): string[] => [...expandInputs(paths.map((p) => path.join(dir, p)))].map((i) => path.relative(dir, i.path));

  it('takes .c files with a SEC, in a stable order, at any depth', () => {
    for (const name of ['b.c', 'a.bpf.c', 'Z.c', 'a/x.c', 'a/deep/er/y.c', 'node_modules/n.c', '.git/g.c', 'sub/.git/g.c']) write(name, 'SEC("xdp") int f;');
    write('user.c', 'int main(void) { return 0; }');
    write('header.h', 'SEC("xdp") int f;');
    write('upper.C', 'SEC("xdp") int f;');
    expect(found('.')).toEqual(['Z.c', 'a/deep/er/y.c', 'a/x.c', 'a.bpf.c', 'b.c']);
  });

  it('always takes a file, and each only once', () => {
    write('a.h', 'int x;');
    write('d/b.c', 'SEC("xdp") int f;');
    expect(found('a.h', 'd', 'd/b.c', './a.h')).toEqual(['a.h', 'd/b.c']);
  });

  it('follows no links in a folder, so that loops end', () => {
    write('real/a.c', 'SEC("xdp") int f;');
    symlinkSync(dir, path.join(dir, 'real/loop'));
    symlinkSync(path.join(dir, 'real/a.c'), path.join(dir, 'link.c'));
    symlinkSync('self.c', path.join(dir, 'self.c'));
    expect(found('.')).toEqual(['real/a.c']);
    expect(found('link.c')).toEqual(['link.c']);
  });

  it('gives the reason for what cannot be read', () => {
    symlinkSync('self.c', path.join(dir, 'self.c'));
    const [gone, self] = [...expandInputs([path.join(dir, 'gone.c'), path.join(dir, 'self.c')])].map((i) => i.read());
    expect(gone).toEqual({ error: 'no such file or directory' });
    expect(self).toEqual({ error: 'too many symbolic links' });
  });

  it('refuses what is too large to be C', () => {
    write('big.c', 'x'.repeat(MAX_BYTES + 1));
    expect([...expandInputs([path.join(dir, 'big.c')])][0]?.read()).toEqual({ error: expect.stringContaining('16 MiB'), there: true });
    expect(found('.')).toEqual([]);
  });
});

describe('text for a terminal', () => {
  it('holds no control characters and no direction overrides', () => expect(printable('a\u001b[31mb\u202ec\u0007\td')).toBe('a·[31mb·c·\td'));
  it('counts cells, not units', () => expect(blanks('a\tä漢e\u0301')).toBe(' \t    '));
});
