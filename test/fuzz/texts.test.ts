/** Real files cut off anywhere, mutated, and texts made to be slow: every feature answers or is silent, in time that grows with the text. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import type { Session } from '../../server/src/analysis.types.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';
import { expectSame } from '../support/unitSaid.js';
import { exercise } from './exercise.js';
import { breathe, change, changed, FULL, realFiles, runs, tell } from './support.js';
import { threadTime } from '../support/threadTime.js';

let facts: FactBook;
beforeAll(async () => {
  await startParser();
  facts = await loadTestFacts();
});

function withSession(use: (session: Session) => void): void {
  const session = createSession(facts);
  try {
    use(session);
  } finally {
    session.dispose();
  }
}

const targeted = { ...DEFAULT_SETTINGS, targetKernel: '5.4..6.8' };

/** As one who types or deletes at the end of a file: its beginnings, by length. */
function* lengths(whole: number, typing: boolean): Generator<number> {
  for (let i = 0; i <= whole; i++) yield typing ? i : whole - i;
}

it('real files cut off after every character', async () => {
  const files = realFiles(50, FULL ? 12_000 : 3_000, 700);
  // Each cut is an edit of the one before; some are compared with a fresh analysis, and every feature is asked about them.
  const each = FULL ? 23 : 139;
  let [cuts, compared] = [0, 0];
  for (const [i, { text }] of files.entries()) {
    await breathe();
    withSession((session) => {
      for (const end of lengths(text.length, i % 2 === 0)) {
        const input = { main: 'a.bpf.c', files: new Map([['a.bpf.c', text.slice(0, end)]]) };
        const unit = session.analyze(input, targeted);
        if (unit.failures.length > 0) throw new Error(`after ${end} characters: ${String(unit.failures[0]!.error)}`);
        for (const { span } of unit.findings) if (span.start < 0 || span.start > span.end || span.end > end) throw new Error(`a finding at ${span.start}-${span.end} of ${end}`);
        if (cuts++ % each !== 0) continue;
        withSession((fresh) => expectSame(unit, fresh.analyze(input, targeted), [end >> 1, end]));
        exercise(session, text.slice(0, end), [end, end >> 1], targeted);
        compared++;
      }
    });
  }
  expect(cuts).toBe(files.reduce((sum, { text }) => sum + text.length + 1, 0));
  tell('files cut off after every character', { files: files.length, truncations: cuts, 'comparisons with a fresh analysis': compared });
}, 7_200_000);

it('real files with anything changed', () => {
  const files = realFiles(50, 6_000);
  const parameters = runs(600, 20_000);
  let changes = 0;
  fc.assert(
    fc.property(fc.nat(files.length - 1), fc.array(change, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(1_000_000), { maxLength: 3 }), (which, list, places) => {
      const text = list.reduce(changed, files[which]!.text);
      changes += list.length;
      withSession((session) => void exercise(session, text, places.map((p) => Math.floor((p / 1_000_000) * text.length)), targeted));
    }),
    parameters,
  );
  tell('mutated files', { files: files.length, mutants: parameters.numRuns, changes });
}, 3_600_000);

const PROGRAM = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_ktime_get_ns() + ctx->data; }\n';
const SHAPES: readonly (readonly [string, (n: number) => string])[] = [
  ['parentheses', (n) => `int f(void) { return ${'('.repeat(n)}1${')'.repeat(n)}; }\n`],
  ['braces', (n) => `int f(void) ${'{'.repeat(n)}${'}'.repeat(n)}\n`],
  ['open braces', (n) => `int f(void) ${'{ if (a) '.repeat(n)}`],
  ['brackets', (n) => `int a${'[1]'.repeat(n)};\n`],
  ['one line', (n) => `int f(void) { ${'a = b + c; '.repeat(n)} }\n`],
  ['one comment', (n) => `/*${' *'.repeat(n)}\n`],
  ['one string', (n) => `char *s = "${'\\"'.repeat(n)}`],
  ['one name', (n) => `int ${'a'.repeat(n)};\n`],
  ['NULs', (n) => '\0'.repeat(n)],
  ['spaces', (n) => `#define${' '.repeat(n)}X\nint f(void) {${' '.repeat(n)}}`],
  ['tabs after include', (n) => `#include${'\t'.repeat(n)}x\n`],
  ['lone surrogates', (n) => `int f(void) { ${'\ud800 '.repeat(n)} }`],
  ['lines that end in CR', (n) => 'int x;\r'.repeat(n)],
  ['continued lines', (n) => `#define A ${'\\\n'.repeat(n)}\n`],
  ['conditions', (n) => `${'#if A\n'.repeat(n)}int x;\n${'#endif\n'.repeat(n)}`],
  ['unclosed conditions', (n) => `${'#if A\n#else\n'.repeat(n)}`],
  ['macros of macros', (n) => `${Array.from({ length: n }, (_v, i) => `#define M${i + 1} M${i} M${i}\n`).join('')}int f(void) { return M${n}; }\n`],
  ['macros with arguments', (n) => `#define D(x) x x\nint f(void) { return ${'D('.repeat(n)}1${')'.repeat(n)}; }\n`],
  ['functions in a circle', (n) => Array.from({ length: n }, (_v, i) => `static int f${i}(int a) { if (a) return f${(i + 1) % n}(a); return f${(i * 7) % n}(1); }\n`).join('')],
  ['operators', (n) => `int f(void) { if (${'!'.repeat(n)}a${' && !b || c'.repeat(n)}) return 1; }\n`],
  ['sections', (n) => `SEC("${'/'.repeat(n)}") int f(void) {}\nSEC("${'kprobe/'.repeat(n)}") int g(void) {}\n`],
  ['strings in a row', (n) => `SEC("x" ${'"y" '.repeat(n)}) int f(void) {}\n`],
  ['suppressions', (n) => '/* ebpf-lens: allow(a) */'.repeat(n)],
  ['pointers', (n) => `int ${'*'.repeat(n)}p;\nint f(void) { return ${'&'.repeat(n)}p; }\n`],
  ['assembly', (n) => `int f(void) { asm volatile ("${'r1 = r2; '.repeat(n)}" : : "r"(a)); }\n`],
  ['else if', (n) => `int f(int a) { ${'if (a) a++; else '.repeat(n)} return 0; }\n`],
  ['operators of #if', (n) => `#if A${' && !B || C > 3'.repeat(n)}\nint x;\n#endif\n`],
  ['elif', (n) => `#if A\n${'#elif B\nint x;\n'.repeat(n)}#endif\n`],
  ['conditional operators', (n) => `int f(int a) { return ${'a ? '.repeat(n)}1${' : 0'.repeat(n)}; }\n`],
  ['early returns', (n) => `SEC("xdp") int q(struct xdp_md *c) { ${'if (bpf_core_type_exists(struct x)) return 1; '.repeat(n)} return bpf_ktime_get_boot_ns(); }\n`],
  ['guards in guards', (n) => `SEC("xdp") int q(struct xdp_md *c) { ${'if (bpf_core_type_exists(struct x)) { '.repeat(n)} bpf_ktime_get_boot_ns(); ${'}'.repeat(n)} return 0; }\n`],
  ['macros that name the one before', (n) => `${Array.from({ length: n }, (_v, i) => `#define M${i + 1} M${i}\n`).join('')}SEC(M${n}) int f(void) { return M${n}; }\n`],
  ['programs with a finding each', (n) => Array.from({ length: n }, (_v, i) => `SEC("xdp") int p${i}(struct xdp_md *c) { return bpf_get_cgroup_classid(c); }\n`).join('')],
  ['programs that call one function', (n) => `static int leaf(struct __sk_buff *c) { return bpf_get_cgroup_classid(c); }\n${Array.from({ length: n }, (_v, i) => `SEC("xdp") int p${i}(void *c) { return leaf(c); }\n`).join('')}`],
  ['definitions of one macro', (n) => Array.from({ length: n }, (_v, i) => `#define A ${i}\n#undef A\n`).join('')],
  ['initialisers', (n) => `int a[] = { ${'1, '.repeat(n)} };\nint b[] = ${'{'.repeat(n)}1${'}'.repeat(n)};\n`],
  ['labels', (n) => `int f(int a) { ${Array.from({ length: n }, (_v, i) => `l${i}: if (a) goto l${(i * 7) % n};`).join(' ')} return 0; }\n`],
  ['structs in structs', (n) => `struct a { ${'struct { '.repeat(n)} int x; ${'} y;'.repeat(n)} };\n`],
  ['members', (n) => `SEC("xdp") int q(struct xdp_md *ctx) { return ctx${'->data'.repeat(n)}; }\n`],
];

it.each(SHAPES)('a text full of %s costs what its length costs', (_name, shape) => {
  const time = (n: number): number => {
    const text = `${PROGRAM}${shape(n)}\n${PROGRAM.replace(' p(', ' last(')}`;
    let least = Infinity;
    for (let i = 0; i < 2; i++) {
      withSession((session) => {
        least = Math.min(least, threadTime(() => void exercise(session, text, [40, text.length >> 1, text.length])));
      });
    }
    return least;
  };
  const [short, long] = [time(400), time(1_600)];
  // Four times the text: 16 times where it is quadratic. What takes a blink is not worth telling apart.
  expect(long, `${short.toFixed(0)} ms for a quarter of it`).toBeLessThan(Math.max(1_500, short * 11));
});
