/** Brackets that do not match yet, as while typing: what is patched is what cutting the whole text anew gives, and it is patched, not cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeBetween, patchUnit } from '../../server/src/syntax/patch.js';
import { cutSource, type SourceUnit } from '../../server/src/syntax/sourceUnit.js';

const SOURCE = `#include "vmlinux.h"
struct { __uint(type, BPF_MAP_TYPE_HASH); } counts SEC(".maps");
static int first(struct xdp_md *ctx, int a)
{
	if (a > 1) {
		a += f(ctx->data, 2);
	}
	return a;
}

int v[3] = { 1, 2, 3 };

SEC("xdp")
int second(struct xdp_md *ctx)
{
	for (;;) { first(ctx, v[0]); }
	return 2;
}

int BPF_PROG(third, int a)
{
	return g((a), "x");
}

static __always_inline void fourth(void)
{
int inside = 1;
}

char LICENSE[] SEC("license") = "GPL";
`;

/** Without a line in the first column of a body, which guessing takes for a definition. */
const INDENTED = SOURCE.replace('\nint inside', '\n\tint inside');

/** All that is known of the brackets and the chunks. */
function said({ tokens, chunks }: SourceUnit): unknown {
  const { count, kind, start, end, word, match, restart, lone, guessed, open } = tokens;
  return { count, arrays: [kind, start, end, word, match, restart].map((array) => [...array.subarray(0, count)]), lone, guessed, open, chunks: chunks.map(({ first, last, body }) => ({ first, last, body })) };
}

/** Applies an edit to a unit; what is patched must be what is cut. @returns the new unit, and whether it was patched */
function edit(unit: SourceUnit, text: string): { readonly unit: SourceUnit; readonly patched: boolean } {
  const fresh = cutSource(text);
  const patched = patchUnit(unit, text, changeBetween(unit.text, text))?.unit;
  if (patched === undefined) return { unit: fresh, patched: false };
  expect(said(patched)).toEqual(said(fresh));
  // Certain of less is allowed, of more is not.
  if (patched.tokens.neutral) expect(fresh.tokens.neutral).toBe(true);
  return { unit: patched, patched: true };
}

describe('brackets that do not match', () => {
  it('are patched to what cutting gives, whatever is typed', () => {
    const pieces = ['(', ')', '{', '}', '[', ']', 'if (x) {', ');', ';', 'x', ' ', '\n', 'int y;\n', 'SEC("tc")\nint z(void) {'];
    let patched = 0;
    let broken = 0;
    fc.assert(
      fc.property(fc.constantFrom(SOURCE, INDENTED), fc.array(fc.tuple(fc.nat(SOURCE.length), fc.nat(1), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 10 }), (source, edits) => {
        let unit = cutSource(source);
        for (const [at, remove, insert] of edits) {
          const after = edit(unit, unit.text.slice(0, at) + insert + unit.text.slice(at + remove));
          unit = after.unit;
          if (after.patched) patched++;
          if (after.patched && unit.tokens.guessed) broken++;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(patched).toBeGreaterThan(500);
    expect(broken).toBeGreaterThan(50);
  });

  it('decide which arms of an #if stay, so that there the text is cut anew', () => {
    const arms = `${INDENTED}#ifdef A\nint w __attribute((section(".data"))) = 0;\n#else\nint w = 1;\n#endif\n`;
    const unit = cutSource(arms);
    const broken = edit(unit, arms.replace('ute((section', 'section'));
    expect(broken.patched).toBe(false);
    expect(edit(broken.unit, arms).patched).toBe(false);
    expect(edit(cutSource(arms), arms.replace(' = 0;', ' = 02;')).patched).toBe(true);
  });

  const typed = ['if (v[0] > f(1)) {\n\t\tg((2));\n\t}\n', 'for (int i = 0; i < 3; i++) { while (1) { h(")"); } }', 'x = (struct s){ .a = { 1 } };'];
  const places = { 'a function': '\treturn a;', 'the function before one that a macro makes': '\treturn 2;', 'one behind others': '\treturn g(' };
  for (const [where, before] of Object.entries(places)) {
    it(`cost no cutting anew while they are typed in ${where}`, () => {
      const text = INDENTED;
      const at = text.indexOf(before);
      for (const line of typed) {
        let unit = cutSource(text);
        for (let i = 1; i <= line.length; i++) {
          const after = edit(unit, text.slice(0, at) + line.slice(0, i) + text.slice(at));
          expect([line.slice(0, i), after.patched]).toEqual([line.slice(0, i), true]);
          unit = after.unit;
        }
        // And taken back.
        const back = edit(unit, text);
        expect(back.patched).toBe(true);
        expect(back.unit.tokens.guessed).toBe(false);
      }
    });
  }
});
