/** Which variables are the context, wherever it is passed. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

async function accesses(code: string): Promise<string[]> {
  const { model } = await unit(code);
  return model.contextAccesses.map((a) => `${a.access.field} ${a.access.access}: ${a.programs.map((p) => p.name).join(' ')}`);
}

describe('the context', () => {
  it('is the first parameter, whatever it is called', async () => {
    expect(await accesses('SEC("xdp") int f(struct xdp_md *packet) { return packet->ingress_ifindex; }')).toEqual(['ingress_ifindex read: f']);
  });

  it('goes on in locals that it is assigned to', async () => {
    expect(await accesses('SEC("tc") int f(void *ctx) { struct __sk_buff *skb = ctx; skb->mark = 1; return 0; }')).toEqual(['mark write: f']);
  });

  it('goes on in functions that it is passed to, for the programs that pass it', async () => {
    expect(await accesses(`
static int mark(int n, struct __sk_buff *s) { return s->mark; }
SEC("tc") int a(struct __sk_buff *skb) { return mark(1, skb); }
SEC("socket") int b(struct __sk_buff *skb) { return mark(1, skb); }
SEC("xdp") int c(struct xdp_md *ctx) { return mark(1, other); }
`)).toEqual(['mark read: a b']);
  });

  it('is what a cast says it is', async () => {
    expect(await accesses('SEC("xdp") int f(void *ctx) { return ((struct xdp_md *)ctx)->ingress_ifindex; }')).toEqual(['ingress_ifindex read: f']);
    expect(await accesses('SEC("xdp") int f(struct xdp_md *ctx) { return ((struct mine *)ctx)->ingress_ifindex; }')).toEqual([]);
  });

  it('follows a macro that names its struct', async () => {
    expect(await accesses('#define __ctx_buff __sk_buff\nSEC("tc") int f(struct __ctx_buff *ctx) { return ctx->mark; }')).toEqual(['mark read: f']);
  });

  it('is left alone where the struct is another one', async () => {
    expect(await accesses('SEC("xdp") int f(struct __sk_buff *skb) { return skb->mark; }')).toEqual([]);
    expect(await accesses('SEC("tracepoint/a/b") int f(struct my_event *e) { return e->mark; }')).toEqual([]);
  });

  it('is not an unpacked parameter of BPF_PROG', async () => {
    expect(await accesses('SEC("fentry/x") int BPF_PROG(f, struct __sk_buff *skb) { return skb->mark; }')).toEqual([]);
  });

  it('is no longer followed in a variable that becomes something else', async () => {
    expect(await accesses('SEC("tc") int f(struct __sk_buff *skb, struct __sk_buff *b) { struct __sk_buff *x = skb; x = b; return x->mark; }')).toEqual([]);
    expect(await accesses('SEC("tc") int f(struct __sk_buff *skb) { struct __sk_buff own = {}, *x = skb; x = &own; return x->mark; }')).toEqual([]);
    expect(await accesses('SEC("tc") int f(struct __sk_buff *skb) { struct __sk_buff *x = skb; x = other(skb); return x->mark; }')).toEqual([]);
    expect(await accesses('static int g(struct __sk_buff *skb) { skb = other(skb); return skb->mark; }\nSEC("tc") int f(struct __sk_buff *skb) { return g(skb); }')).toEqual([]);
  });
});
