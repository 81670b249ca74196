// SPDX-License-Identifier: GPL-2.0
/* bpf_skb_load_bytes is for programs that see an skb: no XDP program loads with it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 64);
} ports SEC(".maps");

SEC("xdp")
int filter(struct xdp_md *ctx)
{
	__u8 version = 0;

	if (bpf_skb_load_bytes(ctx, 14, &version, sizeof(version)) < 0)
		return XDP_ABORTED;
	if (version >> 4 != 4)
		return XDP_PASS;
	return bpf_redirect_map(&ports, 0, XDP_DROP);
}

char LICENSE[] SEC("license") = "GPL";
