/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by several programs: which ones, this file alone does not say. */
#ifndef PORTS_BPF_H
#define PORTS_BPF_H

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 64);
} shared_ports SEC(".maps");

static __always_inline long to_port(__u32 port)
{
	return bpf_redirect_map(&shared_ports, port, 0);
}

#endif
