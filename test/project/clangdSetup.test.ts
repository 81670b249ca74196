/** Writing and amending a `.clangd`, and what the real clangd makes of it. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { newProgram } from '../../server/src/features/newProgram/newProgram.js';
import { setUpClangd, type ClangdFound } from '../../server/src/project/clangdSetup.js';
import { clangdFlags } from '../../server/src/project/clangdFile.js';
import { clangdSays } from '../clang/clangd.js';
import { HEADERS, TARGET_ARCH, hasClang } from '../clang/tools.js';
import { loadTestFacts } from '../support/facts.js';

const FOUND: ClangdFound = { arch: 'x86', includeDirs: ['/work/p/src', '/usr/include/x86_64-linux-gnu'] };

function setUp(existing: string | undefined, found: ClangdFound = FOUND): string {
  const result = setUpClangd(existing, found);
  if ('error' in result) throw new Error(result.error);
  expect(result.changed).toBe(result.text !== (existing ?? ''));
  for (const document of parseAllDocuments(result.text)) expect('errors' in document ? document.errors : []).toEqual([]);
  // Once is enough.
  expect(setUpClangd(result.text, found)).toEqual({ text: result.text, changed: false });
  return result.text;
}

describe('a new file', () => {
  it('says what clang is told, for eBPF C alone', () => {
    expect(setUp(undefined)).toBe(`# eBPF C, as clang compiles it for the kernel (written by eBPF Lens; edit it as you like)
If:
  PathMatch:
    - '.*\\.bpf\\.[ch]'
CompileFlags:
  # the build's flags for the machine itself
  Remove:
    - '-m*'
    - '-fsanitize*'
    - '-fcf-protection*'
  Add:
    - --target=bpf
    - -D__TARGET_ARCH_x86
    - -I/work/p/src
    - -idirafter/usr/include/x86_64-linux-gnu
Diagnostics:
  # what idioms of eBPF C trip
  Suppress:
    - unused-includes
    - -Wmissing-declarations
    - -Wpass-failed
    - -Waddress-of-packed-member
    - -Wcompare-distinct-pointer-types
`);
  });

  it('is what we read ourselves', () => {
    expect(JSON.stringify(clangdFlags(setUp(''), '/work/p', '/work/p/a.bpf.c'))).toContain('"/work/p/src"');
    expect(JSON.stringify(clangdFlags(setUp(''), '/work/p', '/work/p/a.c'))).not.toContain('/work/p/src');
  });

  it('names files whose names do not tell', () => {
    const text = setUp(undefined, { ...FOUND, otherFiles: ['src/xdp(1)_kern.c', 'a.bpf.c'] });
    expect(text).toContain("    - 'src/xdp\\(1\\)_kern\\.c'\n");
    expect(text).not.toContain('a\\.bpf\\.c');
    expect(clangdFlags(text, '/p', '/p/src/xdp(1)_kern.c').defines).toContainEqual(['__TARGET_ARCH_x86', '1']);
  });

  it('quotes what YAML would read otherwise', () => {
    expect(setUp(undefined, { arch: 'x86', includeDirs: ["/work/it's: here"] })).toContain("    - '-I/work/it''s: here'\n");
  });
});

describe('a file that is there', () => {
  const OWN = '# ours\nCompileFlags:\n  Add: [-Wall] # all of them\n\nIndex:\n  Background: Skip\n';

  it('stays byte by byte, with a document behind it', () => {
    expect(setUp(OWN).startsWith(`${OWN}---\n# eBPF C`)).toBe(true);
    expect(setUp(`${OWN}---\n`).startsWith(`${OWN}---\n# eBPF C`)).toBe(true);
    expect(setUp(OWN.trimEnd()).startsWith(`${OWN}---\n# eBPF C`)).toBe(true);
  });

  it('keeps its line ends', () => {
    expect(setUp(OWN.replace(/\n/g, '\r\n')).replace(/\r\n/g, '')).not.toContain('\n');
  });

  it('is amended where it speaks of eBPF C: comments, keys and other documents stay', () => {
    const old = `${OWN}---\n# kernel side\nIf: {PathMatch: '.*\\.bpf\\.[ch]'} # by name\nCompileFlags:\n  Add:\n    - -target # two flags\n    - bpf\n    - -D__TARGET_ARCH_arm64\n    - -isystem/work/p/src/\nHover:\n  ShowAKA: Yes # keep\n`;
    const text = setUp(old);
    for (const kept of ['# ours', '# all of them', '  Background: Skip', '# kernel side', '# by name', '# two flags', '-isystem/work/p/src/', 'ShowAKA: Yes # keep']) expect(text).toContain(kept);
    expect(text).toContain('-idirafter/usr/include/x86_64-linux-gnu');
    expect(text).not.toMatch(/--target=bpf|ARCH_x86|-I\/work/);
    expect(text.match(/^---$/gm)).toHaveLength(1);
  });

  it('that is no YAML is left alone, with the reason', () => {
    expect(setUpClangd('CompileFlags: [', FOUND)).toEqual({ error: expect.stringContaining('no YAML') as unknown });
  });
});

describe.skipIf(!hasClang)('the real clangd', () => {
  it('has errors before, and none after', async () => {
    const facts = await loadTestFacts();
    const folder = await mkdtemp(path.join(tmpdir(), 'ebpf-lens-clangd-'));
    try {
      // As in libbpf-bootstrap: vmlinux.h in a folder of its own, libbpf's headers on the machine, a compile command for the machine itself.
      await cp(fileURLToPath(new URL('../clang/vmlinux.h', import.meta.url)), `${folder}/kernel/vmlinux.h`);
      const files: string[] = [];
      for (const section of ['kprobe', 'ksyscall', 'fentry', 'tp_btf', 'iter', 'xdp', 'tc', 'struct_ops', 'perf_event']) {
        const made = newProgram(facts, { section, mapTypes: ['BPF_MAP_TYPE_HASH', 'BPF_MAP_TYPE_RINGBUF'] });
        if ('error' in made) throw new Error(made.error);
        const name = `${section}.bpf.c`;
        files.push(name);
        await writeFile(`${folder}/${name}`, made.text);
      }
      const commands = files.map((file) => ({ directory: folder, file, arguments: ['cc', '-m64', '-march=x86-64', '-fcf-protection=full', '-c', file] }));
      await writeFile(`${folder}/compile_commands.json`, JSON.stringify(commands));
      const before = await clangdSays(folder, files);
      const kernel = files.filter((file) => !/^(?:xdp|tc)\./.test(file));
      for (const file of kernel) expect(before.get(file)?.join(), file).toContain("'vmlinux.h' file not found");
      await writeFile(`${folder}/.clangd`, setUp(undefined, { arch: TARGET_ARCH, includeDirs: [`${folder}/kernel`, HEADERS] }));
      const after = await clangdSays(folder, files);
      expect([...after].filter(([, said]) => said.length > 0)).toEqual([]);
      expect(after.size).toBe(files.length);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
