/**
 * What the fuzz tests share: how long they run, real files to start from, and the counts that continuous integration prints.
 * By default every run uses the same seed and ends within seconds; `npm run fuzz` runs far longer from a seed of its own,
 * and `EBPF_LENS_FUZZ_SEED=N npm run fuzz` repeats one.
 */
import fc from 'fast-check';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FULL, SEED } from '../support/seed.js';
import { generated, SOURCE } from '../syntax/sources.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGS = 'tools/testing/selftests/bpf/progs';

/** fast-check's parameters for so many runs by default, and so many in a full run. */
export const runs = (short: number, full: number): { numRuns: number; seed: number } => ({ numRuns: FULL ? full : short, seed: SEED });

export { breathe } from '../support/breathe.js';
export { FULL, SEED };

/** Keeps what was done, for `.ci/fuzzCounts.mjs`, which prints it. */
export function tell(name: string, counts: Readonly<Record<string, number>>): void {
  const folder = join(ROOT, '.cache/fuzz');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name.replace(/\W+/g, '-')}.json`), JSON.stringify({ name, seed: SEED, counts }));
}

export interface RealFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Programs of the kernel's own tests, evenly chosen out of those with so many characters; hand-written ones where the kernel's
 * source is not on the machine.
 */
export function realFiles(count: number, maxLength: number, minLength = 0): readonly RealFile[] {
  const folder = join(ROOT, '.cache/linux-source-6.1', PROGS);
  if (!existsSync(folder)) return [{ name: 'shapes.bpf.c', text: SOURCE }, { name: 'generated.bpf.c', text: generated(150) }];
  const all = readdirSync(folder).filter((name) => name.endsWith('.c')).sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const fit = all.filter(({ text }) => text.length >= minLength && text.length <= maxLength && text.includes('SEC('));
  return Array.from({ length: Math.min(count, fit.length) }, (_v, i) => fit[Math.floor((i * fit.length) / Math.min(count, fit.length))]!);
}

/** A change of a text; places are fractions of its length in millionths, so that one change fits every text. */
export type Change = { readonly at: number } & (
  | { readonly kind: 'insert'; readonly text: string }
  | { readonly kind: 'remove'; readonly length: number }
  | { readonly kind: 'copyLine'; readonly to: number }
  | { readonly kind: 'swapWords'; readonly to: number }
  | { readonly kind: 'flip'; readonly code: number }
);

const PIECES = [
  'x', '{', '}', '(', ')', ';', ',', '"', "'", '/*', '*/', '//', '\n', '\r\n', '\r', '\0', '\ufeff', '\ud800', '\udfff', '#if X\n', '#else\n', '#endif\n', '#define INLINE\n', '\\\n', '\nSEC("tc")\n',
  '\nint f(void) { return bpf_x(); }\n', 'ctx->data', 'return 0;', ' __weak ', '🐝', 'if (a) return 1;\n', 'asm volatile ("" : ', 'BPF_PROG(', '\n#endif\nint g;\n', 'struct x', '[', ']', '=', '*', '&&', 'do {',
  '__uint(type, ', '__proto__', 'constructor', ' static ', 'if (bpf_core_type_exists(struct x)) ', 'bpf_loop(1, f, 0, 0);', '\n#define SEC(x)\n', 'toString(', '/* ebpf-lens: allow(', '#include "x.h"\n', '# ',
];
const place = fc.nat(1_000_000);

export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert' as const), at: place, text: fc.oneof(fc.constantFrom(...PIECES), fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((p) => p.join('')), fc.string({ unit: 'binary', maxLength: 4 })) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: place, length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.nat(300)) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copyLine' as const), at: place, to: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swapWords' as const), at: place, to: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, code: fc.nat(0xffff) }) },
);

const offset = (text: string, at: number): number => Math.floor((at / 1_000_000) * text.length);

function wordAt(text: string, at: number): [start: number, end: number] {
  const from = text.slice(at).search(/[A-Za-z_]/);
  const start = from < 0 ? text.length : at + from;
  return [start, start + (/^\w*/.exec(text.slice(start, start + 200))?.[0].length ?? 0)];
}

/** The text with one change made. */
export function changed(text: string, c: Change): string {
  const at = offset(text, c.at);
  switch (c.kind) {
    case 'insert':
      return text.slice(0, at) + c.text + text.slice(at);
    case 'remove':
      return text.slice(0, at) + text.slice(at + c.length);
    case 'flip':
      return text.slice(0, at) + String.fromCharCode(c.code) + text.slice(at + 1);
    case 'copyLine': {
      const start = text.lastIndexOf('\n', at) + 1;
      const end = text.indexOf('\n', at);
      const to = text.lastIndexOf('\n', offset(text, c.to)) + 1;
      return text.slice(0, to) + text.slice(start, end < 0 ? undefined : end + 1) + text.slice(to);
    }
    case 'swapWords': {
      const [[a, b], [x, y]] = [wordAt(text, at), wordAt(text, offset(text, c.to))].sort((p, q) => p[0] - q[0]) as [[number, number], [number, number]];
      return b > x ? text : text.slice(0, a) + text.slice(x, y) + text.slice(b, x) + text.slice(a, b) + text.slice(y);
    }
  }
}
