/** Parameters that point to another type's context. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (section: string, param: string, caret = ''): string => `
SEC("${section}")
int f(${param})
${caret}{
    return 1;
}
char LICENSE[] SEC("license") = "GPL";
`;

test('the parameter is what is marked', async () => {
  await check(`
SEC("xdp")
int f(struct __sk_buff *skb)
//                      ^^^ context-type-mismatch (warning): XDP programs get a \`struct xdp_md *\` as their context
{
    return 1;
}
char LICENSE[] SEC("license") = "GPL";
`);
});

test.each([
  ['tc', 'struct xdp_md *ctx'],
  ['cgroup/sock_create', 'struct __sk_buff *ctx'],
  ['kprobe/do_x', 'struct xdp_md *ctx'],
  ['sockops', 'struct sk_msg_md *ctx'],
])('%s with %s', async (section, param) => {
  const column = `int f(${param})`.indexOf('ctx)');
  await check(program(section, param, `//${' '.repeat(column - 2)}^^^ context-type-mismatch (warning)\n`));
});

test.each([
  ['xdp', 'struct xdp_md *ctx'],
  ['xdp', 'void *ctx'],
  ['xdp', 'struct my_ctx *ctx'],
  ['xdp', 'ctx_t *ctx'],
  ['xdp', 'const struct xdp_md *ctx'],
  ['kprobe/do_x', 'struct pt_regs *ctx'],
  ['perf_event', 'struct bpf_perf_event_data *ctx'],
  ['perf_event', 'struct pt_regs *ctx'],
  ['perf_event', 'bpf_user_pt_regs_t *ctx'],
  ['cgroup_skb/egress', 'struct __sk_buff *skb'],
  ['sk_skb/stream_parser', 'struct __sk_buff *skb'],
  ['lwt_in', 'struct __sk_buff *skb'],
  ['flow_dissector', 'struct __sk_buff *skb'],
  ['tracepoint/a/b', 'struct pt_regs *ctx'],
  ['iter/task', 'struct bpf_iter__task *ctx'],
  ['raw_tp/x', 'struct pt_regs *ctx'],
  ['raw_tp/x', 'struct bpf_raw_tracepoint_args *ctx'],
  ['my/section', 'struct __sk_buff *skb'],
])('nothing about %s with %s', async (section, param) => {
  await check(program(section, param));
});

test.each([
  'SEC("kprobe/do_x") int BPF_KPROBE(f, struct __sk_buff *skb) { return 0; }',
  'SEC("tp_btf/x") int BPF_PROG(f, struct xdp_md *ctx) { return 0; }',
  'SEC("freplace/x") int f(struct xdp_md *ctx) { return 0; }',
])('nothing about %s', async (code) => {
  await check(`${code}\nchar LICENSE[] SEC("license") = "GPL";\n`);
});
