/** Whatever the text and wherever the cursor: every feature answers or is silent, and points into the text. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { codeActions } from '../../server/src/features/codeActions/codeActions.js';
import { complete } from '../../server/src/features/completion/completion.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { signature } from '../../server/src/features/signature/signature.js';
import { status } from '../../server/src/features/status.js';
import { symbols } from '../../server/src/features/symbols.js';
import { toMarkdown } from '../../server/src/features/text/markdown.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import type { Span } from '../../server/src/text/span.js';
import { loadTestFacts } from '../support/facts.js';
import { setupSyntax } from '../support/syntax.js';

const SEED = `#include "vmlinux.h"
#define NAME "xdp"
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); } m SEC(".maps");
extern int bpf_dynptr_from_xdp(struct xdp_md *x, u64 f, struct bpf_dynptr *p) __ksym;
static __always_inline int f(struct xdp_md *ctx) { return ctx->data + bpf_skb_load_bytes(ctx, 0, 0, 0); }
SEC(NAME "/devmap") int p(struct xdp_md *ctx) { if (ctx->egress_ifindex) return f(ctx); return bpf_redirect_map(&m, 0, 0); }
SEC("kprobe/x") int BPF_KPROBE(k, int fd) { bpf_for(i, 0, 3) { bpf_printk("%d", fd); } return 0; }
char LICENSE[] SEC("license") = "GPL";
`;
const PIECES = ['SEC("', '")', '(', ')', '{', '}', '"', "'", '/*', '*/', '//', '\n', '\r', '\\\n', '#if 0\n', '#endif\n', '->', 'ctx', 'bpf_', '\u0000', '\ud800', '😀', '__uint(type, ', ';', '<', '#define X(', '\t'];

await setupSyntax();
const facts = await loadTestFacts();

it('never throws and never points outside', () => {
  const session = createSession(facts);
  const edit = fc.record({ at: fc.nat(SEED.length), cut: fc.nat(40), put: fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }) });
  const inside = (text: string, span: Span): void => {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(span.start).toBeLessThanOrEqual(span.end);
  };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(SEED.length + 200), { minLength: 8, maxLength: 8 }), fc.constantFrom('', '5.4', '5.15..6.8'), (edits, offsets, targetKernel) => {
      const text = edits.reduce((t, e) => t.slice(0, e.at) + e.put.join('') + t.slice(e.at + e.cut), SEED);
      const unit = session.analyze({ main: 'a.bpf.c', files: new Map([['a.bpf.c', text]]) }, { ...DEFAULT_SETTINGS, targetKernel });
      expect(unit.failures).toEqual([]);
      for (const symbol of symbols(unit)) inside(text, symbol.nameSpan);
      for (const at of offsets) {
        const offset = Math.min(at, text.length);
        const info = hover(unit, offset);
        if (info !== undefined) {
          inside(text, info.span);
          expect(toMarkdown(info.sections).length).toBeGreaterThan(0);
        }
        const list = complete(unit, offset);
        if (list !== undefined) {
          inside(text, list.replace);
          expect(text.slice(list.replace.start, offset)).not.toContain('\n');
          expect(list.replace.start).toBeLessThanOrEqual(offset);
        }
        const help = signature(unit, offset);
        for (const parameter of help?.parameters ?? []) inside(help!.label, parameter);
        for (const action of codeActions(unit, { start: offset, end: offset })) for (const e of action.edits) inside(text, e.span);
        status(unit, 'a.bpf.c', offset, () => 1);
      }
    }),
    { numRuns: 300 },
  );
  session.dispose();
});
