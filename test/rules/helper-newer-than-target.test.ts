/** Helpers that came after the oldest kernel of the target, or came to the program type after it. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const LOOP = `
static long each(__u32 i, void *data)
{
    return 0;
}
SEC("xdp")
int f(struct xdp_md *ctx)
{
    return bpf_loop(4, each, 0, 0);
    //     ^^^^^^^^ helper-newer-than-target (error): MESSAGE
}
${GPL}`;

test('a helper that the kernel does not know', async () => {
  const unit = await check(LOOP.replace('MESSAGE', 'invalid func unknown#181'), { kernel: '5.15' });
  expect(only(unit).message).toContain('upstream since Linux 5.17');
});

test.each(['5.17', '5.18..6.8', '6.1', '7.3'])('nothing on %s, which has it', async (kernel) => {
  await check(LOOP.replace(/\n.*MESSAGE/, ''), { kernel });
});

test('without a target there is nothing to be newer than', async () => {
  await check(LOOP.replace(/\n.*MESSAGE/, ''));
});

test('in a range the lowest kernel decides, and those that lack it are named', async () => {
  await check(LOOP.replace('MESSAGE', 'Linux 5.4 to 5.16 lack it'), { kernel: '5.4..6.8' });
});

test('5.9 is older than 5.10', async () => {
  const code = `
SEC("fentry.s/do_unlinkat")
int f(void *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-newer-than-target
}
${GPL}`;
  await check(code, { kernel: '5.9' });
  await check(code.replace(/\n.*\^\^.*/, ''), { kernel: '5.10' });
});

test('a helper that came to this program type later', async () => {
  const unit = await check(
    `
SEC("xdp")
int f(struct xdp_md *ctx)
{
    char comm[16];
    return bpf_get_current_comm(comm, sizeof(comm));
    //     ^^^^^^^^^^^^^^^^^^^^ helper-newer-than-target: unknown func bpf_get_current_comm#16
}
${GPL}`,
    { kernel: '6.1' },
  );
  expect(only(unit).message).toMatch(/from .*6\.1[0-9].* on, but not on Linux 6\.1\./);
});

test('the same helper in a type that always had it', async () => {
  await check(
    `
SEC("kprobe/x")
int f(void *ctx)
{
    char comm[16];
    return bpf_get_current_comm(comm, sizeof(comm));
}
${GPL}`,
    { kernel: '5.4' },
  );
});

test('a shared function names the programs on which it depends', async () => {
  const unit = await check(
    `
static int who(char *comm)
{
    return bpf_get_current_comm(comm, 16);
    //     ^^^^^^^^^^^^^^^^^^^^ helper-newer-than-target
}
SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
    char comm[16];
    return who(comm);
}
SEC("kprobe/x")
int on_kprobe(void *ctx)
{
    char comm[16];
    return who(comm);
}
${GPL}`,
    { kernel: '6.1' },
  );
  expect(only(unit).programs).toEqual(['on_xdp']);
  expect(only(unit).related.map((r) => r.message)).toEqual(['called from `on_xdp` (XDP)']);
});

test('programs that differ make one finding a rule', async () => {
  const unit = await check(
    `
static int read_opt(void *ctx)
{
    return bpf_getsockopt(ctx, 0, 0, 0, 0);
    //     ^^^^^^^^^^^^^^ helper-newer-than-target
    //     ^^^^^^^^^^^^^^ helper-not-allowed
}
SEC("cgroup/sock_create")
int later(struct bpf_sock *ctx)
{
    return read_opt(ctx);
}
SEC("xdp")
int never(struct xdp_md *ctx)
{
    return read_opt(ctx);
}
${GPL}`,
    { kernel: '6.12' },
  );
  expect(only(unit, 'helper-newer-than-target').programs).toEqual(['later']);
  expect(only(unit, 'helper-not-allowed').programs).toEqual(['never']);
});

test('allowed earlier, refused here, allowed later: the lowest target refuses and a later one allows', async () => {
  await check(
    `
SEC("lwt_seg6local")
int f(struct __sk_buff *skb)
{
    return bpf_skb_pull_data(skb, 20);
    //     ^^^^^^^^^^^^^^^^^ helper-newer-than-target
}
${GPL}`,
    { kernel: '6.1' },
  );
});

test('a kernel that lacks the helper refuses it in a program of any kind', async () => {
  await check(
    `
static long each(__u32 i, void *data)
{
    return 0;
}
SEC("freplace/old")
int f(void *ctx)
{
    return bpf_loop(4, each, 0, 0);
    //     ^^^^^^^^ helper-newer-than-target: invalid func unknown#181
}
${GPL}`,
    { kernel: '5.4' },
  );
});

test.each([
  ['an enum value test', 'if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len)) return bpf_xdp_get_buff_len(ctx);'],
  ['an early return', 'if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len)) return 0; return bpf_xdp_get_buff_len(ctx);'],
  ['a ternary', 'return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len) ? bpf_xdp_get_buff_len(ctx) : 0;'],
  ['a kernel version at run time', 'if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 18, 0)) return bpf_xdp_get_buff_len(ctx);'],
])('nothing is said behind %s', async (_, body) => {
  await check(`extern int LINUX_KERNEL_VERSION __kconfig;\nSEC("xdp")\nint f(struct xdp_md *ctx)\n{\n    ${body}\n    return 1;\n}\n${GPL}`, { kernel: '5.4' });
});

test.each(['mine/loader'])('a program of unknown type (%s) makes none', async (section) => {
  const unit = await check(`SEC("${section}")\nint f(void *ctx)\n{\n    return bpf_xdp_get_buff_len(ctx);\n}\n${GPL}`, { kernel: '5.4' });
  expect(unit.model.programs.map((p) => p.programType)).toEqual([null]);
});

const PROBE = (section: string, said: string): string => `
SEC("${section}")
int f(void *ctx)
{
    int x = 0;
    bpf_probe_read_kernel(&x, sizeof(x), ctx);
//  ^^^^^^^^^^^^^^^^^^^^^ helper-newer-than-target ${said}
    return x;
}
${GPL}`;

test('what loaders rewrite is information only', async () => {
  await check(PROBE('kprobe/x', '(info): libbpf and cilium/ebpf call `bpf_probe_read` in its place'), { kernel: '5.4' });
});

test('where they cannot, it is an error', async () => {
  await check(PROBE('xdp', '(error)'), { kernel: '5.4' });
});

test('a kernel without this kind of program does not keep loaders from rewriting', async () => {
  await check(`struct task_struct { int pid; };\nSEC("fentry/x")\nint f(void *ctx)\n{\n    struct task_struct *t = ctx;\n    return BPF_CORE_READ(t, pid);\n}\n${GPL}`, { kernel: '5.3..6.12' });
});
