/**
 * Analyses a text of our own while nothing is to be done yet: the first analyses of a process are slow, since code is compiled
 * when it first runs, and the user should not wait for that.
 */
import { createSession } from '../analysis.js';
import type { FactBook } from '../facts/factBook.types.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';

/**
 * One of each shape that programs are made of, and of each kind of token and statement: compiled code that meets what it has not seen is
 * thrown away. The number makes names of several copies differ.
 */
const shapes = (n: number): string => `#define LIMIT_${n} ${n + 10}
#define ETH_P_${n} 0x0800
struct event_${n} { __u32 pid; __u64 bytes; char comm[16]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LIMIT_${n});
	__type(key, __u32);
	__type(value, struct event_${n});
} state_${n} SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events_${n} SEC(".maps");
const volatile int limit_${n} = 3;

static __always_inline int count_${n}(struct xdp_md *ctx, __u32 key)
{
	struct event_${n} *e = bpf_map_lookup_elem(&state_${n}, &key);

	if (!e || limit_${n} > 2)
		return -1;
	for (int i = 0; i < LIMIT_${n}; i++)
		e->bytes += ctx->data_end - ctx->data;
	return e->pid ? 0 : bpf_redirect(ctx->ingress_ifindex, 0);
}

static int parents_${n}(struct task_struct *task, const char *name, unsigned long long seen)
{
	struct event_${n} local = { .pid = 1, .comm = "a\\n" }, *last = NULL;
	int left = -1; // counts down
	char first = 'x';

	while (task && left < 0x10) {
		struct task_struct *parent = BPF_CORE_READ(task, real_parent);

		if (parent == task)
			break;
		else if (++left >= 8 && local.comm[left % 4] != first)
			goto out;
		task = parent;
	}
	do { left -= 2; } while ((left & ~3) << 1 > 4UL);
	*(__u64 *)&local.bytes |= seen * sizeof(*last) + sizeof(struct event_${n});
out:
	return left ? (int)(long)last : !name[0];
}

SEC("xdp")
int on_packet_${n}(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 key = ctx->rx_queue_index;

	/* a comment */
	if (data + 14 > data_end)
		return XDP_PASS;
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) && key)
		return count_${n}(ctx, key) < 0 ? XDP_DROP : XDP_PASS;
	switch (key) { case 1: return XDP_TX; default: break; }
	return bpf_skb_pull_data(ctx, 0);
}

SEC("tc")
int on_skb_${n}(struct __sk_buff *ctx)
{
	if (ctx->protocol != bpf_htons(ETH_P_${n}))
		return 0;
	if (ctx->mark == ${n})
		ctx->priority = ${n % 8};
	return ctx->len > 64 && ctx->ifindex ? 2 : 0;
}

SEC("kprobe/vfs_read")
int BPF_KPROBE(on_read_${n}, struct file *file, __u64 count)
{
	struct event_${n} *e;
	__u64 id = bpf_get_current_pid_tgid();

	e = bpf_ringbuf_reserve(&events_${n}, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = id >> 32;
	e->bytes = (__u32)bpf_get_current_uid_gid() + count;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	bpf_printk("read %d\\n", BPF_CORE_READ(file, f_mode));
	bpf_ringbuf_submit(e, 0);
	return 0;
}
`;
const LICENCE = 'char LICENSE[] SEC("license") = "GPL";\n';

/** A file of the shapes, one to one more than `last`. */
function textOf(first: number, last: number): string {
  let text = '// SPDX-License-Identifier: GPL-2.0\n#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n';
  for (let n = first; n <= last; n++) text += shapes(n);
  return text + LICENCE;
}

/** How often the text is opened anew, and typed in. */
const ROUNDS = 24;

/**
 * Runs in small steps, a message's turn between each.
 * @param wanted is asked before each step; when it says no, nothing more is done.
 * @param failed is told what a step threw, which is the last one then.
 */
export function warmUp(facts: FactBook, wanted: () => boolean, failed: (error: unknown) => void): void {
  const session = createSession(facts);
  const settings = { ...DEFAULT_SETTINGS, targetKernel: '5.15' };
  const analyse = (text: string): unknown => session.analyze({ main: 'warm-up.bpf.c', files: new Map([['warm-up.bpf.c', text]]) }, settings).findings.length;
  const step = (round: number): void => {
    if (round >= ROUNDS || !wanted()) {
      session.dispose();
      return;
    }
    const text = textOf(round, round + (round >> 4));
    try {
      analyse(text);
      // What is typed at the second place breaks the function, so that tree-sitter, which reads such, runs too.
      for (const at of [text.indexOf('key)\n'), text.lastIndexOf('return 0')]) {
        analyse(`${text.slice(0, at)}x${text.slice(at)}`);
        analyse(text);
      }
      session.forget('warm-up.bpf.c');
      setTimeout(() => step(round + 1), 0);
    } catch (error) {
      // Nobody waits for this: what is wrong shows where it matters, and the server stays.
      failed(error);
      session.dispose();
    }
  };
  setTimeout(() => step(0), 0);
}
