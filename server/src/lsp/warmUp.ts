/**
 * Analyses a text of our own while nothing is to be done yet: the first analyses of a process are slow, since code is compiled
 * when it first runs, and the user should not wait for that.
 */
import { createSession } from '../analysis.js';
import type { FactBook } from '../facts/factBook.types.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';

/** One of each shape that programs are made of. The number makes names of several copies differ. */
const shapes = (n: number): string => `#define LIMIT_${n} ${n + 10}
struct event_${n} { __u32 pid; __u64 bytes; char comm[16]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LIMIT_${n});
	__type(key, __u32);
	__type(value, struct event_${n});
} state_${n} SEC(".maps");
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

SEC("xdp")
int on_packet_${n}(struct xdp_md *ctx)
{
	__u32 key = ctx->rx_queue_index;

	/* a comment */
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) && key)
		return count_${n}(ctx, key) < 0 ? XDP_DROP : XDP_PASS;
	switch (key) { case 1: return XDP_TX; default: break; }
	return bpf_skb_pull_data(ctx, 0);
}

SEC("kprobe/vfs_read")
int BPF_KPROBE(on_read_${n}, struct file *file, __u64 count)
{
	struct event_${n} e = {};

	e.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_printk("read %d", BPF_CORE_READ(file, f_mode));
	return 0;
}
`;
const LICENCE = 'char LICENSE[] SEC("license") = "GPL";\n';

/** A file of the shapes, one to one more than `last`. */
function textOf(first: number, last: number): string {
  let text = '#include <bpf/bpf_helpers.h>\n';
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
    const text = textOf(round, round + (round >> 3));
    try {
      analyse(text);
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
