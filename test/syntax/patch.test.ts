/** Small edits, one after the other, are patched in and not lexed anew; what comes of them equals a fresh analysis all the same. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeBetween } from '../../server/src/syntax/patch.js';
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { setupSyntax } from '../support/syntax.js';

beforeAll(setupSyntax);

/** Conditions around and inside of functions, lines between and within them, but no halves of a declaration in two arms. */
const SOURCE = `#include "vmlinux.h"
#define MAX 10
#define INLINE static __always_inline

struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, u32); __type(value, u64); } counts SEC(".maps");
const volatile int limit = 5;

INLINE int first(struct xdp_md *ctx, int a)
{
	/* a comment */
	if (a > limit)
		return 0;
	#pragma unroll
	for (int i = 0; i < MAX; i++)
		a += ctx->data_end - ctx->data;
	return a && bpf_ktime_get_ns() ? 1 : bpf_redirect(a, 0);
}

#ifdef NEWER
#define FLAG 1
SEC("xdp")
int second(struct xdp_md *ctx)
{
	u32 key = 1;
	u64 *value = bpf_map_lookup_elem(&counts, &key);

	if (!value)
		goto out;
#if MAX > 3
	first(ctx, 1);
#endif
	*value += ctx->rx_queue_index;
out:
	return XDP_PASS;
}
#endif

#include <bpf/bpf_helpers.h>
#define LAST(x) bpf_printk("%d", x)

SEC("tc")
int third(struct __sk_buff *skb)
{
	LAST(skb->len);
	return skb->mark == MAX ? 2 : 0;
}

DEFINE_SOMETHING(third, 1)

char LICENSE[] SEC("license") = "GPL";
`;

const PIECES = [
  'x', ' ', '\n', ';', '1', '_', 'ctx->data', 'return 0;', 'if (a) return 1;\n', 'bpf_x(a);', '/* c */', '// c\n', 'int g(void) { return bpf_y(); }\n', 'int v;\n', '"s"', '{ }', '()', ')', '(', '{', '}', '/*', '*/', '"', '#', '\\', 'SEC("tc")\n',
];

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** What people type: a little, mostly, and mostly somewhere near. */
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(SOURCE.length + 20),
  remove: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(60) }),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)),
});

const apply = (text: string, { at, remove, insert }: Change): string => text.slice(0, at) + insert + text.slice(at + remove);

describe('a file that is typed in', () => {
  it('reads like a fresh one after every edit, and so does what stands under the cursor', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        let text = SOURCE;
        const file = new SourceFile('a.bpf.c', text);
        for (const c of changes) {
          text = apply(text, c);
          file.update(text);
          const fresh = new SourceFile('a.bpf.c', text);
          expect(file.view).toEqual(fresh.view);
          for (const offset of [c.at, c.at + c.insert.length, c.at + 200]) {
            expect(file.roleAt(offset)).toEqual(fresh.roleAt(offset));
            expect(file.completionAt(offset)).toEqual(fresh.completionAt(offset));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sees a comment that silences, and a zero, as soon as they stand there, and no longer', () => {
    const file = new SourceFile('a.bpf.c', SOURCE);
    const at = SOURCE.indexOf('\treturn XDP_PASS');
    const typed = '// ebpf-lens: allow(helper-not-allowed)\n';
    const texts = Array.from({ length: typed.length + 1 }, (_, i) => SOURCE.slice(0, at) + typed.slice(0, i) + SOURCE.slice(at));
    for (const text of [...texts, `${SOURCE}\0`, ...[...texts].reverse(), SOURCE]) {
      file.update(text);
      expect(file.view).toEqual(new SourceFile('a.bpf.c', text).view);
    }
    expect(new SourceFile('a.bpf.c', texts.at(-1)!).view.suppressions).toHaveLength(1);
  });

  it.each(['first', 'second', 'third'])('keeps every view but that of %s when its body changes', (name) => {
    const file = new SourceFile('a.bpf.c', SOURCE);
    const before = new Map(file.view.functions.map((f) => [f.name, f]));
    const { defines, variables } = file.view;
    const map = variables[0];
    const at = SOURCE.indexOf('return', SOURCE.indexOf(`int ${name}(`));
    file.update(`${SOURCE.slice(0, at)}bpf_x();\n\t${SOURCE.slice(at)}`);
    // The second has an \`#if\` inside, whose arms are decided anew with all the text.
    expect(file.view.defines === defines).toBe(name !== 'second');
    if (name !== 'second') for (const f of file.view.functions) expect(f === before.get(f.name)).toBe(f.name !== name);
    expect(file.view.variables[0]).toBe(map);
    expect(file.view).toEqual(new SourceFile('a.bpf.c', file.view.text).view);
  });
});

describe('changeBetween', () => {
  it('finds a change that makes one text of the other, and none that is too large', () => {
    const text = fc.oneof(fc.string(), fc.string({ minLength: 900, maxLength: 3000, unit: fc.constantFrom('a', 'b') }));
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(50), fc.oneof(fc.constant(''), fc.string(), text), (before, place, remove, insert) => {
        const at = before.length === 0 ? 0 : place % before.length;
        const after = before.slice(0, at) + insert + before.slice(at + remove);
        const { start, oldEnd, newEnd } = changeBetween(before, after);
        expect(before.slice(0, start) + after.slice(start, newEnd) + before.slice(oldEnd)).toBe(after);
        expect(newEnd - start).toBeLessThanOrEqual(insert.length);
        expect(start <= oldEnd && start <= newEnd).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
