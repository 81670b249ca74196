// SPDX-License-Identifier: GPL-2.0
/* A section that no loader knows, one letter from one that all know. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xpd")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
