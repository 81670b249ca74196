/** Loads and stores of context fields by program type, attach type and kernel. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';

test('a field for devmap programs only', async () => {
  const unit = await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    return ctx->egress_ifindex;
    //          ^^^^^^^^^^^^^^ context-field-not-allowed (error): invalid bpf_context access off=20 size=4
}
${GPL}`);
  expect(only(unit).message).toContain('`SEC("xdp/devmap")`');
  expect(only(unit).subject).toBe('egress_ifindex');
  expect(only(unit).programs).toEqual(['f']);
});

test.each(['xdp/devmap', 'xdp.frags/devmap'])('may be read in %s', async (section) => {
  await check(`SEC("${section}") int f(struct xdp_md *ctx) { return ctx->egress_ifindex; }\n${GPL}`);
});

test('a store to a field that may only be read', async () => {
  await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    ctx->ingress_ifindex = 1;
    //   ^^^^^^^^^^^^^^^ context-field-not-allowed: read-only
    return ctx->ingress_ifindex;
}
${GPL}`);
});

test('a field of another type that shares the struct', async () => {
  await check(`
SEC("socket")
int f(struct __sk_buff *skb)
{
    return skb->data_end - skb->data;
    //          ^^^^^^^^ context-field-not-allowed
    //                          ^^^^ context-field-not-allowed
}
${GPL}`);
});

test('stores that tc may make and a socket filter may not', async () => {
  await check(`
SEC("tc")
int a(struct __sk_buff *skb)
{
    skb->mark = 1;
    skb->priority++;
    return 0;
}
SEC("socket")
int b(struct __sk_buff *skb)
{
    skb->mark = 1;
    //   ^^^^ context-field-not-allowed
    return 0;
}
${GPL}`);
});

test('by attach type of one program type', async () => {
  await check(`
SEC("cgroup/post_bind4")
int four(struct bpf_sock *sk)
{
    return sk->src_ip4 != sk->src_ip6[0];
    //                        ^^^^^^^ context-field-not-allowed
}
SEC("cgroup/post_bind6")
int six(struct bpf_sock *sk)
{
    return sk->src_ip4 != sk->src_ip6[0];
    //         ^^^^^^^ context-field-not-allowed
}
${GPL}`);
});

test('in a shared function, with the way there', async () => {
  const unit = await check(`
static int out(struct xdp_md *ctx)
{
    return ctx->egress_ifindex;
    //          ^^^^^^^^^^^^^^ context-field-not-allowed
}
SEC("xdp")
int plain(struct xdp_md *ctx)
{
    return out(ctx);
}
SEC("xdp/devmap")
int mapped(struct xdp_md *ctx)
{
    return out(ctx);
}
${GPL}`);
  expect(only(unit).programs).toEqual(['plain']);
  expect(only(unit).related.map((r) => r.message)).toEqual(['called from `plain` (XDP)']);
});

test('a field that the kernel does not have yet', async () => {
  const code = `
SEC("xdp/devmap")
int f(struct xdp_md *ctx)
{
    return ctx->egress_ifindex;
    //          ^^^^^^^^^^^^^^ context-field-not-allowed: 5.8
}
${GPL}`;
  await check(code, { kernel: '5.4' });
  await check(code.replace(/\n.*\^\^.*/, ''), { kernel: '5.8..6.8' });
});

test('an alias of the context is the context', async () => {
  await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    struct xdp_md *x = ctx;
    return x->egress_ifindex;
    //        ^^^^^^^^^^^^^^ context-field-not-allowed
}
${GPL}`);
});

test.each([
  ['taking an address', 'SEC("socket") int f(struct __sk_buff *skb) { __u32 *p = &skb->tc_classid; return !p; }'],
  ['offsetof', 'SEC("xdp") int f(struct xdp_md *ctx) { return __builtin_offsetof(struct xdp_md, egress_ifindex); }'],
  ['sizeof', 'SEC("xdp") int f(struct xdp_md *ctx) { return sizeof(ctx->egress_ifindex); }'],
  ['typeof in a macro\'s argument', 'SEC("xdp") int f(struct xdp_md *ctx) { return min_t(typeof(ctx->egress_ifindex), 1, 2); }'],
  ['sizeof in code that no parser takes', 'SEC("xdp") int f(struct xdp_md *ctx) { int x = ) sizeof(ctx->egress_ifindex) 3; return bpf_core_field_exists(ctx->egress_ifindex) 4; }'],
  ['what no type selects', 'SEC("xdp") int f(struct xdp_md *ctx) { return _Generic(ctx->rx_queue_index, char: ctx->egress_ifindex, default: 0) + __builtin_choose_expr(0, ctx->egress_ifindex, 1); }'],
  ['a question to the compiler', 'SEC("xdp") int f(struct xdp_md *ctx) { return __builtin_constant_p(ctx->egress_ifindex); }'],
  ['an array as an address', 'SEC("cgroup/post_bind4") int f(struct bpf_sock *sk) { return helper(sk->src_ip6); }'],
  ['a name that the struct does not have', 'SEC("xdp") int f(struct xdp_md *ctx) { return ctx->no_such_field; }'],
  ['another struct with such a field', 'struct mine { int egress_ifindex; };\nSEC("xdp") int f(struct xdp_md *ctx) { struct mine m = {}; struct mine *p = &m; return p->egress_ifindex + m.egress_ifindex; }'],
  ['a context of plain registers', 'SEC("kprobe/x") int f(struct pt_regs *ctx) { return ctx->ax; }'],
  ['a section that is not recognised', 'SEC("mine/own") int f(struct xdp_md *ctx) { return ctx->egress_ifindex; }'],
  ['freplace', 'SEC("freplace/x") int f(struct xdp_md *ctx) { return ctx->egress_ifindex; }'],
  ['dead code', 'static int f(struct xdp_md *ctx) { return ctx->egress_ifindex; }'],
  ['a guard', 'SEC("xdp") int f(struct xdp_md *ctx) { if (bpf_core_field_exists(ctx->egress_ifindex)) return ctx->egress_ifindex; return 0; }'],
])('nothing is said about %s', async (_, code) => {
  await check(`${code}\n${GPL}`);
});

test('an element is quoted by its own offset, where its index is a number', async () => {
  await check(`
SEC("cgroup/post_bind4")
int f(struct bpf_sock *sk)
{
    int i = sk->mark & 3;
    //          ^^^^ context-field-not-allowed
    return sk->src_ip6[2] + sk->src_ip6[i];
    //         ^^^^^^^ context-field-not-allowed: off=36 size=4
    //                          ^^^^^^^ context-field-not-allowed: \`invalid bpf_context access\`
}
${GPL}`);
});

test('fields that tc programs had from the first, on an old target', async () => {
  await check(`
SEC("tc")
int f(struct __sk_buff *skb)
{
    return skb->mark + skb->protocol + skb->priority;
}
${GPL}`, { kernel: '4.9' });
});

test('a section that only old libbpf took for plain XDP keeps the fields of its attach type', async () => {
  await check(`
SEC("xdp/devmap/eth0")
//   ^^^^^^^^^^^^^^^ unknown-section (info)
int f(struct xdp_md *ctx)
{
    return ctx->egress_ifindex;
}
${GPL}`);
});

test('a section that an #if chooses is no ground where another lets the program read the field', async () => {
  const either = (other: string, caret = ''): string => `
#ifdef FOR_CGROUPS
#define WHERE "cgroup_skb/ingress"
#else
#define WHERE "${other}"
#endif
SEC(WHERE)
int f(struct __sk_buff *skb)
{
    return skb->tc_classid > 1;
${caret}}
`;
  await check(either('tc'));
  await check(either('cgroup_skb/egress', '    //          ^^^^^^^^^^ context-field-not-allowed\n'));
});

test('a store that only programs on a network card may make is a warning: the source does not say where they run', async () => {
  await check(`
SEC("xdp")
int steer(struct xdp_md *ctx)
{
    ctx->rx_queue_index = 3;
    //   ^^^^^^^^^^^^^^ context-field-not-allowed (warning): is read-only in XDP programs, except in those that are loaded onto a network card (offload). The verifier says
    return 2;
}
SEC("xdp")
int other(struct xdp_md *ctx)
{
    ctx->ingress_ifindex = 3;
    //   ^^^^^^^^^^^^^^^ context-field-not-allowed (error): is read-only in XDP programs. The verifier says
    return 2;
}
${GPL}`);
});
