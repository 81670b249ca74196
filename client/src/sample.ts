/** The sample that the walkthrough opens: small, whole, and with something to find in it. */
export const SAMPLE = `// SPDX-License-Identifier: GPL-2.0
/*
 * A sample for eBPF Lens: an XDP program that counts packets and lets them pass.
 *
 *  - Rest the pointer on bpf_map_lookup_elem, on SEC("xdp.frags") or on
 *    ctx->data: what is it, and who may use it?
 *  - bpf_skb_load_bytes is underlined: XDP programs may not call it. Put the
 *    cursor there and press Ctrl+. (Cmd+. on a Mac) for a fix.
 *  - The status bar says which kernel the program needs. Click it to see why.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

SEC("xdp.frags")
int count_packets(struct xdp_md *ctx)
{
	__u8 first[14];
	__u32 key = 0;
	__u64 *count;

	if (ctx->data + sizeof(first) > ctx->data_end)
		return XDP_PASS;
	if (bpf_skb_load_bytes(ctx, 0, first, sizeof(first)))
		return XDP_PASS;

	count = bpf_map_lookup_elem(&packets, &key);
	if (count)
		*count += 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;
