// SPDX-License-Identifier: GPL-2.0
/* Things of many kinds, for their hovers. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__uint(key_size, 8);
	__uint(value_size, 4);
} routes SEC(".maps");

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check_exec, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (task)
		bpf_task_release(task);
	return 0;
}

SEC("tc")
int stamp(struct __sk_buff *skb)
{
	skb->tstamp = bpf_ktime_get_ns();
	bpf_printk("%d bytes", skb->len);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
