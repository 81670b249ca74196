/* Stands in for a generated vmlinux.h in tests: the UAPI, and of the kernel's own structs what new programs name. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#include <linux/types.h>
#include <linux/bpf.h>

typedef __u64 u64;
typedef __u32 u32;
typedef _Bool bool;
typedef int pid_t;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};
struct user_pt_regs {
	__u64 regs[31], sp, pc, pstate;
};
struct task_struct {
	pid_t pid;
};
struct sock;
struct socket;
struct sockaddr;
struct file;
struct filename;
struct bpf_iter_meta;
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};
struct bpf_nf_ctx {
	const void *state;
	void *skb;
};
struct bpf_perf_event_data {
	struct pt_regs regs;
	__u64 sample_period;
	__u64 addr;
};
struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
};
struct hid_bpf_ctx;
struct hid_bpf_ops {
	int (*hid_rdesc_fixup)(struct hid_bpf_ctx *ctx);
};

#pragma clang attribute pop

#endif
