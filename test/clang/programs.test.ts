/** Every program that clang puts into an object is found in its source: over the kernel's selftests and samples that compile here. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Headers } from '../../server/src/cli/headers.js';
import { createSession } from '../../server/src/analysis.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../support/facts.js';
import { setupSyntax } from '../support/syntax.js';
import { programsOf, type ElfProgram } from './elf.js';
import { HEADERS, TARGET_ARCH, hasClang } from './tools.js';

const CORPORA = ['.cache/linux-source-6.1', '.cache/linux-source-6.12'];
const PROGS = 'tools/testing/selftests/bpf/progs';
/** One file of so many is compiled, to keep the time; all whose programs are made by macros of their own. */
const EVERY = 3;
const MACRO_MADE = /^#[ \t]*define\s+\w+\([^)]*\)[^\n]*(?:\\\n[^\n]*)*\bSEC\s*\(/m;

/** What can be compiled without the kernel's own vmlinux.h. */
async function candidates(corpus: string): Promise<readonly string[]> {
  const files = await Promise.all([PROGS, 'samples/bpf'].map(async (folder) =>
    (await readdir(path.join(corpus, folder)).catch(() => [])).filter((f) => f.endsWith('.c')).sort().map((f) => path.join(corpus, folder, f))));
  const chosen: string[] = [];
  let plain = 0;
  for (const file of files.flat()) {
    const text = await readFile(file, 'utf8');
    if (!/\bSEC\s*\(/.test(text) || /include\s*[<"](?:vmlinux\.h|bpf_experimental|bpf_arena)/.test(text)) continue;
    if (MACRO_MADE.test(text) || plain++ % EVERY === 0) chosen.push(file);
  }
  return chosen;
}

/** The object's programs; undefined for what does not compile with Debian's headers. */
function compiled(file: string, to: string): Promise<readonly ElfProgram[] | undefined> {
  const folder = path.dirname(file);
  const args = ['-target', 'bpf', '-O2', '-g', '-w', `-D__TARGET_ARCH_${TARGET_ARCH}`, `-I${folder}`, `-I${path.dirname(folder)}`, '-idirafter', HEADERS, '-c', file, '-o', to];
  return new Promise((resolve) => {
    execFile('clang-19', args, { timeout: 150_000, maxBuffer: 16e6 }, (error) => resolve(error ? undefined : readFile(to).then(programsOf)));
  });
}

test('an object that is none of an ELF file has no programs to compare', () => {
  expect(() => programsOf(Buffer.alloc(64))).not.toThrow();
  expect(programsOf(Buffer.alloc(64))).toEqual([]);
});

test.runIf(hasClang && CORPORA.some((c) => existsSync(c)))('what clang compiles is found, by name and section', async () => {
  await setupSyntax();
  const facts = await loadTestFacts();
  const folder = await mkdtemp(path.join(tmpdir(), 'ebpf-lens-objects-'));
  const session = createSession(facts, []);
  const headers = new Headers((path) => session.forget(path));
  const missed: string[] = [];
  let objects = 0;
  let programs = 0;
  try {
    const work = (await Promise.all(CORPORA.filter((c) => existsSync(c)).map(candidates))).flat();
    const next = work.entries();
    const lane = async (lane: number): Promise<void> => {
      for (const [, file] of next) {
        const wanted = await compiled(file, path.join(folder, `${lane}.o`));
        if (wanted === undefined) continue;
        const { model } = session.analyze(headers.collect(file, await readFile(file, 'utf8'), DEFAULT_SETTINGS), DEFAULT_SETTINGS);
        const ours = new Set(model.programs.map((p) => `${p.section.text} ${p.name}`));
        session.forget(file);
        headers.trim();
        objects++;
        programs += wanted.length;
        for (const p of wanted) if (!ours.has(`${p.section} ${p.name}`)) missed.push(`${file}: SEC("${p.section}") ${p.name}`);
      }
    };
    await Promise.all([lane(0), lane(1)]);
  } finally {
    session.dispose();
    await rm(folder, { recursive: true });
  }
  expect(missed).toEqual([]);
  // A set that shrinks to nothing proves nothing.
  expect(objects).toBeGreaterThan(80);
  expect(programs).toBeGreaterThan(80);
});
