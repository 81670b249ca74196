// SPDX-License-Identifier: GPL-2.0
/* Two programs that the verifier refuses: a missing null check, and a record that is not given back on one way. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct event {
	__u32 ifindex;
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = ctx->ingress_ifindex;
	__u64 *value;

	if (key == 0)
		return XDP_PASS;
	value = bpf_map_lookup_elem(&counts, &key);
	*value += 1;
	return XDP_PASS;
}

SEC("xdp")
int report(struct xdp_md *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return XDP_PASS;
	event->ifindex = ctx->ingress_ifindex;
	if (event->ifindex == 1)
		return XDP_DROP;
	event->length = ctx->data_end - ctx->data;
	bpf_ringbuf_submit(event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
