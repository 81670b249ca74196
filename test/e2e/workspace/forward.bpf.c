// SPDX-License-Identifier: GPL-2.0
/* Forwards packets through a device map and reports the long ones. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define LONG_PACKET 1500

struct event {
	__u32 ifindex;
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
	__uint(max_entries, 64);
} ports SEC(".maps");

static void report(__u32 ifindex, __u32 length)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return;
	event->ifindex = ifindex;
	event->length = length;
	bpf_ringbuf_submit(event, 0);
}

SEC("xdp")
int forward(struct xdp_md *ctx)
{
	__u32 length = bpf_xdp_get_buff_len(ctx);

	if (length > LONG_PACKET)
		report(ctx->ingress_ifindex, length);
	return bpf_redirect_map(&ports, ctx->ingress_ifindex, XDP_PASS);
}

SEC("xdp/devmap")
int leave(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;

	if (length > LONG_PACKET)
		report(ctx->egress_ifindex, length);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
