/**
 * Writes eBPF C of any length in the shape of real programs: includes, constants, event structs, BTF maps, static
 * functions, and programs of several types that look things up, read their context and submit events.
 * Deterministic: the same length gives the same text.
 */
const HEAD = `// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAX_ENTRIES 10240
#define ETH_P_IP 0x0800

`;
const TAIL = `
char LICENSE[] SEC("license") = "GPL";
`;

const structOf = (n) => `struct event_${n} {
	__u32 pid;
	__u32 uid;
	__u64 ts;
	__u64 bytes;
	char comm[16];
};
`;
const hashOf = (n) => `struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_ENTRIES);
	__type(key, __u32);
	__type(value, struct event_${n});
} state_${n} SEC(".maps");
`;
const ringOf = (n) => `struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events_${n} SEC(".maps");
`;
const helperOf = (n) => `static __always_inline int account_${n}(__u32 key, __u64 bytes)
{
	struct event_${n} *e;

	/* the slot may be gone by now */
	e = bpf_map_lookup_elem(&state_${n}, &key);
	if (!e)
		return -1;
	__sync_fetch_and_add(&e->bytes, bytes);
	e->ts = bpf_ktime_get_ns();
	return 0;
}
`;
const xdpOf = (n) => `SEC("xdp")
int on_packet_${n}(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 key = ctx->ingress_ifindex;
	__u64 len = data_end - data;

	if (data + 14 > data_end)
		return XDP_PASS;
	if (account_${n}(key, len) < 0)
		return XDP_DROP;
	if (ctx->rx_queue_index > ${n + 3} && len > 64)
		return bpf_redirect(key, 0);
	return XDP_PASS;
}
`;
const tcOf = (n) => `SEC("tc")
int on_skb_${n}(struct __sk_buff *ctx)
{
	__u32 key = ctx->ifindex;

	if (ctx->protocol != bpf_htons(ETH_P_IP))
		return 0;
	if (ctx->mark == ${n})
		ctx->priority = ${n % 8};
	bpf_skb_pull_data(ctx, 0);
	return account_${n}(key, ctx->len) ? 2 : 0;
}
`;
const probeOf = (n) => `SEC("kprobe/vfs_${['read', 'write', 'open', 'fsync'][n % 4]}")
int BPF_KPROBE(on_call_${n}, struct file *file, __u64 count)
{
	struct event_${n} *e;
	__u64 id = bpf_get_current_pid_tgid();

	e = bpf_ringbuf_reserve(&events_${n}, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = id >> 32;
	e->uid = (__u32)bpf_get_current_uid_gid();
	e->ts = bpf_ktime_get_ns();
	e->bytes = count;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}
`;
const PARTS = [structOf, hashOf, ringOf, helperOf, xdpOf, tcOf, probeOf];

/** A program of at least `lines` lines, by at most one part more. */
export function generateProgram(lines) {
  let text = HEAD;
  let count = HEAD.split('\n').length + TAIL.split('\n').length;
  for (let i = 0; ; i++) {
    const part = PARTS[i % PARTS.length](Math.floor(i / PARTS.length));
    // A short file still gets one XDP program, with what it needs.
    if (count >= lines && i >= 5) break;
    text += `${part}\n`;
    count += part.split('\n').length;
  }
  return text + TAIL;
}

/** A stand-in for vmlinux.h: the types that the programs use among some 6,000 others, as long as the real one. */
export function generateVmlinux(structs = 6000) {
  const out = [
    '#ifndef __VMLINUX_H__', '#define __VMLINUX_H__',
    '#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)',
    'typedef unsigned char __u8;', 'typedef unsigned short __u16;', 'typedef unsigned int __u32;', 'typedef unsigned long long __u64;',
    'typedef int __s32;', 'typedef long long __s64;', 'typedef _Bool bool;', 'struct file;',
    'enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_RINGBUF = 27 };', 'enum xdp_action { XDP_ABORTED, XDP_DROP, XDP_PASS };',
    'struct pt_regs { unsigned long di, si, dx, cx, r8; };',
    'struct xdp_md { __u32 data; __u32 data_end; __u32 data_meta; __u32 ingress_ifindex; __u32 rx_queue_index; __u32 egress_ifindex; };',
    'struct __sk_buff { __u32 len; __u32 pkt_type; __u32 mark; __u32 queue_mapping; __u32 protocol; __u32 vlan_present; __u32 priority; __u32 ifindex; __u32 data; __u32 data_end; };',
  ];
  for (let n = 0; n < structs; n++) {
    out.push(`struct generated_${n} {`);
    for (let m = 0; m < 16; m++) out.push(m % 5 === 4 ? `\tstruct generated_${Math.max(0, n - 1 - m)} *next_${m};` : `\t__u${[8, 16, 32, 64][(n + m) % 4]} member_${n}_${m};`);
    out.push('};', '', `typedef struct generated_${n} generated_${n}_t;`, '');
    if (n % 7 === 0) out.push(`enum generated_kind_${n} {`, `\tGENERATED_${n}_A = 0,`, `\tGENERATED_${n}_B = 1,`, '};', '');
  }
  out.push('#pragma clang attribute pop', '#endif', '');
  return out.join('\n');
}

const helperDeclarations = (names) => names.map(([name, proto], i) => `static ${proto.replace('NAME', `(*${name})`)} = (void *) ${i + 1};`).join('\n');

/** What the programs need of libbpf's headers, by path under bpf/. */
export const HEADERS = {
  'bpf_helpers.h': `#pragma once
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __always_inline inline __attribute__((always_inline))
#define bpf_htons(x) __builtin_bswap16(x)
${helperDeclarations([
  ['bpf_map_lookup_elem', 'void *NAME(void *map, const void *key)'],
  ['bpf_ktime_get_ns', '__u64 NAME(void)'],
  ['bpf_redirect', 'long NAME(__u32 ifindex, __u64 flags)'],
  ['bpf_skb_pull_data', 'long NAME(struct __sk_buff *skb, __u32 len)'],
  ['bpf_get_current_pid_tgid', '__u64 NAME(void)'],
  ['bpf_get_current_uid_gid', '__u64 NAME(void)'],
  ['bpf_get_current_comm', 'long NAME(void *buf, __u32 size)'],
  ['bpf_ringbuf_reserve', 'void *NAME(void *ringbuf, __u64 size, __u64 flags)'],
  ['bpf_ringbuf_submit', 'void NAME(void *data, __u64 flags)'],
])}
`,
  'bpf_tracing.h': `#pragma once
#define BPF_KPROBE(name, args...) name(struct pt_regs *ctx); \\
static inline int ____##name(struct pt_regs *ctx, ##args); \\
int name(struct pt_regs *ctx) { return ____##name(ctx, (void *)ctx->di, ctx->si); } \\
static inline int ____##name(struct pt_regs *ctx, ##args)
`,
};
