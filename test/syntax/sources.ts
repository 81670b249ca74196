/** Hand-written eBPF C of many shapes, as material for edits and truncations. */

export const SOURCE = `// SPDX-License-Identifier: MIT
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#define MAX 10
#define INLINE static __always_inline
#define private(name) SEC(".data." #name) __hidden

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, u32);
	__type(value, struct event);
} events SEC(".maps");

enum kind : __u64 { A, B = 3 };
struct event { u64 ts; char comm[16]; struct { int a, b; } in; } __attribute__((packed));
const volatile int limit = 5;
private(A) struct bpf_spin_lock lock;
extern int bpf_thing(struct task_struct *p) __ksym __weak;

INLINE int helper(struct xdp_md *ctx, int a)
{
	/* ebpf-lens: allow(some-rule) */
	if (!bpf_ksym_exists(bpf_thing))
		return 0;
	#pragma unroll
	for (int i = 0; i < MAX; i++)
		a += ctx->data_end - ctx->data;
	return a > 3 && bpf_thing(bpf_get_current_task_btf()) ? bpf_ktime_get_ns() : bpf_redirect(a, 0);
}

#ifdef NEW
SEC("xdp.frags")
#else
SEC("xdp")
#endif
int prog(struct xdp_md *ctx)
{
	struct event *e = bpf_map_lookup_elem(&events, &(int){ 1 }), x = {};
	void *data = (void *)(long)ctx->data;
	int i;

	bpf_for(i, 0, 10) { helper(ctx, i); }
	if (!e)
		goto out;
#if defined(A) && B > 3
	ctx->rx_queue_index++;
	if (bpf_core_type_exists(struct bpf_ringbuf)) {
#else
	{
#endif
		bpf_ringbuf_output(&events, &x, sizeof(x), 0);
	}
	asm volatile ("r1 = %[x]; call %[bpf_get_prandom_u32];" : : [x]"r"(ctx->ingress_ifindex), __imm(bpf_get_prandom_u32) : __clobber_all);
	switch (x.in.a) { case 1 ... 3: e->ts = ((struct __sk_buff *)ctx)->mark; break; default: return 1; }
out:
	return XDP_PASS;
}

SEC("fentry/do_unlinkat")
int BPF_PROG(do_unlinkat, int dfd, struct filename *name)
{
	typeof(dfd) copy = dfd;
	bpf_printk("x" FMT, BPF_CORE_READ(name, name));
	return container_of(name, struct event, in.a) ? 0 : copy;
}

SCX_OPS_DEFINE(ops, .init = (void *)helper, .name = "x");
char LICENSE[] SEC("license") = "Dual " "BSD/GPL";
`;

/** A program file with about `lines` lines: many functions of the shapes above. */
export function generated(lines: number): string {
  const at = SOURCE.indexOf('INLINE int helper');
  const tail = SOURCE.indexOf('SCX_OPS_DEFINE');
  const body = SOURCE.slice(at, tail);
  const count = Math.max(1, Math.round((lines - 30) / body.split('\n').length));
  let out = SOURCE.slice(0, at);
  for (let i = 0; i < count; i++) out += body.replace(/\b(helper|prog|do_unlinkat)\b/g, `$1_${i}`);
  return out + SOURCE.slice(tail);
}
