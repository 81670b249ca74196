// SPDX-License-Identifier: GPL-2.0
/* Counts packets by port and hands the long ones on: maps, shared functions, tail calls and a callback. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int long_ones(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1024);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__array(values, int(void *));
} stages SEC(".maps") = {
	.values = { [0] = (void *)&long_ones },
};

const volatile int limit = 1500;

static void count(__u32 port)
{
	__u64 *known = bpf_map_lookup_elem(&counts, &port);
	__u64 one = 1;

	if (known)
		__sync_fetch_and_add(known, 1);
	else
		bpf_map_update_elem(&counts, &port, &one, BPF_ANY);
}

SEC("xdp")
int arrived(struct xdp_md *ctx)
{
	count(ctx->ingress_ifindex);
	if (ctx->data_end - ctx->data > limit)
		bpf_tail_call(ctx, &stages, 0);
	return XDP_PASS;
}

SEC("xdp")
int long_ones(struct xdp_md *ctx)
{
	if (bpf_xdp_get_buff_len(ctx) > 9000)
		return XDP_DROP;
	count(ctx->rx_queue_index);
	return XDP_PASS;
}

SEC("tc")
int leaving(struct __sk_buff *skb)
{
	count(skb->ifindex);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
