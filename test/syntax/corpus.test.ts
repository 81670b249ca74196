/**
 * The mask against real programs: the selftests of Debian's linux-source packages where they are unpacked
 * (`.cache/linux-source-*`, or a folder in EBPF_LENS_CORPUS), and hand-written shapes otherwise.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lex } from '../../server/src/syntax/lexer.js';
import { setupSyntax } from '../support/syntax.js';
import { generated } from './sources.js';
import { masked, view } from './support.js';

beforeAll(setupSyntax);

const PROGS = 'tools/testing/selftests/bpf/progs';

/** Folders of a corpus, with the share of files that may keep an error node. */
function folders(): { name: string; files: string[] }[] {
  const cache = new URL('../../.cache/', import.meta.url).pathname;
  const sources = existsSync(cache) ? readdirSync(cache).filter((d) => d.startsWith('linux-source-')).map((d) => join(cache, d)) : [];
  const given = process.env.EBPF_LENS_CORPUS;
  const result: { name: string; files: string[] }[] = [];
  for (const root of given === undefined ? sources : [...sources, given]) {
    const inside = [root, ...readdirSync(root).map((d) => join(root, d))].map((d) => join(d, PROGS)).find((d) => existsSync(d));
    const folder = inside ?? (given === root ? root : undefined);
    if (folder === undefined) continue;
    const files = readdirSync(folder).filter((f) => f.endsWith('.c')).map((f) => join(folder, f)).filter((f) => statSync(f).isFile());
    if (files.length > 0) result.push({ name: root, files });
  }
  return result;
}

/** Offsets of `SEC(` in code (not in comments, strings and defines). */
function sectionsInCode(text: string): number[] {
  const tokens = lex(text);
  const result: number[] = [];
  for (let i = 0; i + 1 < tokens.count; i++) {
    if (tokens.kind[i + 1] === 40 && text.slice(tokens.start[i], tokens.end[i]) === 'SEC') result.push(tokens.start[i] as number);
  }
  return result;
}

interface Count {
  files: number;
  withErrors: string[];
  sections: number;
  lost: string[];
}

function count(texts: Iterable<readonly [name: string, text: string]>): Count {
  const result: Count = { files: 0, withErrors: [], sections: 0, lost: [] };
  for (const [name, text] of texts) {
    result.files++;
    const { errors, text: out } = masked(text);
    expect(out.length).toBe(text.length);
    if (errors.length > 0) result.withErrors.push(`${name}: ${errors[0]}`);
    const v = view(text, name);
    const seen = new Set([...v.functions, ...v.variables].flatMap((x) => x.sections.map((s) => s.span.start)));
    for (const at of sectionsInCode(text)) {
      result.sections++;
      if (!seen.has(at)) result.lost.push(`${name}:${text.slice(0, at).split('\n').length}`);
    }
  }
  return result;
}

const corpora = folders();

describe('hand-written shapes', () => {
  it('leave no error node and lose no section', () => {
    const result = count([['generated', generated(2000)]]);
    expect(result.withErrors).toEqual([]);
    expect(result.lost).toEqual([]);
    expect(result.sections).toBeGreaterThan(50);
  });
});

describe.each(corpora)('selftests of $name', ({ files }) => {
  it('at most 3% keep an error node, and 99.5% of the sections are found', { timeout: 300_000 }, () => {
    const result = count(files.map((f) => [f, readFileSync(f, 'utf8')] as const));
    expect(result.withErrors.slice(Math.floor(result.files * 0.03))).toEqual([]);
    expect(result.lost.slice(Math.floor(result.sections * 0.005))).toEqual([]);
  });
});
