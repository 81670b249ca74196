/** Helpers that a program type or attach type may never call, or no longer. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';

test('no kernel allows it in this type', async () => {
  const unit = await check(`
SEC("tracepoint/sched/sched_switch")
int f(void *ctx)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed (error): program of this type cannot use helper bpf_redirect#23
}
${GPL}`);
  const finding = only(unit);
  expect(finding.programs).toEqual(['f']);
  expect(finding.subject).toBe('bpf_redirect');
  expect(finding.related).toEqual([]);
});

test('old kernels say it in other words', async () => {
  await check(
    `
SEC("tracepoint/sched/sched_switch")
int f(void *ctx)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed: unknown func bpf_redirect#23
}
${GPL}`,
    { kernel: '6.1' },
  );
});

test('a range quotes the first kernel that refuses', async () => {
  await check(
    `
SEC("tracepoint/sched/sched_switch")
int f(void *ctx)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed: on Linux 6.12
}
${GPL}`,
    { kernel: '6.12..6.18' },
  );
});

test('only some attach types may call it, and the message names them', async () => {
  await check(`
SEC("cgroup/bind4")
int f(struct bpf_sock_addr *ctx)
{
    return bpf_bind(ctx, 0, 0) == 0;
    //     ^^^^^^^^ helper-not-allowed: /Of their sections .SEC\\("cgroup\\/connect4"\\). and .SEC\\("cgroup\\/connect6"\\). may call it/
}
${GPL}`);
});

test('an allowed attach type makes no finding', async () => {
  await check(`
SEC("cgroup/connect4")
int f(struct bpf_sock_addr *ctx)
{
    return bpf_bind(ctx, 0, 0) == 0;
}
${GPL}`);
});

test.each(['cgroup/recvmsg4', 'cgroup/recvmsg6', 'cgroup/getpeername4', 'cgroup/getsockname6'])('bpf_set_retval in %s', async (section) => {
  await check(`
SEC("${section}")
int f(struct bpf_sock_addr *ctx)
{
    bpf_set_retval(-1);
//  ^^^^^^^^^^^^^^ helper-not-allowed
    return 1;
}
${GPL}`);
});

test('a shared function names every program for which it holds, and how it is reached', async () => {
  const unit = await check(`
static int send(void)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed: kprobe
}
SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
    return send();
}
SEC("kprobe/do_unlinkat")
int on_kprobe(void *ctx)
{
    return send();
}
SEC("tp/sched/sched_switch")
int on_tp(void *ctx)
{
    return send();
}
${GPL}`);
  const finding = only(unit);
  expect(finding.programs).toEqual(['on_kprobe', 'on_tp']);
  expect(finding.related.map((r) => r.message)).toEqual([expect.stringMatching(/^called from `on_kprobe` \(\w+\)$/), expect.stringMatching(/^called from `on_tp` \(\w+\)$/)]);
});

test('what only a callback calls is reached', async () => {
  await check(`
static long each(__u32 i, void *data)
{
    bpf_redirect(i, 0);
//  ^^^^^^^^^^^^ helper-not-allowed
    return 0;
}
SEC("kprobe/do_unlinkat")
int f(void *ctx)
{
    return bpf_loop(4, each, 0, 0);
}
${GPL}`);
});

test('once allowed, refused at the end of the target', async () => {
  await check(
    `
SEC("lwt_seg6local")
int f(struct __sk_buff *skb)
{
    return bpf_skb_pull_data(skb, 20);
    //     ^^^^^^^^^^^^^^^^^ helper-not-allowed: no longer allowed
}
${GPL}`,
    { kernel: '6.12..7.3' },
  );
});

test('a release in the middle refuses, and is named', async () => {
  await check(
    `
SEC("lwt_seg6local")
int f(struct __sk_buff *skb)
{
    return bpf_skb_pull_data(skb, 20);
    //     ^^^^^^^^^^^^^^^^^ helper-not-allowed: Linux 6.1, inside the target
}
${GPL}`,
    { kernel: '5.10..6.12' },
  );
});

test('a kernel that allows it between two that refuse makes no finding', async () => {
  await check(
    `
SEC("lwt_seg6local")
int f(struct __sk_buff *skb)
{
    return bpf_skb_pull_data(skb, 20);
}
${GPL}`,
    { kernel: '6.12' },
  );
});

test('a sleepable helper in a type that can never sleep', async () => {
  await check(
    `
SEC("xdp")
int f(struct xdp_md *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-not-allowed
}
${GPL}`,
  );
});

test('a sleepable helper in a type that cannot sleep before 7.1 says so', async () => {
  await check(
    `
SEC("tp/syscalls/sys_enter_openat")
int f(void *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-not-allowed: 7.1
}
${GPL}`,
    { kernel: '6.1..6.12' },
  );
});

test('a safe replacement is offered, both ways', async () => {
  const unit = await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    int x;
    bpf_probe_read(&x, sizeof(x), 0);
//  ^^^^^^^^^^^^^^ helper-not-allowed: Use \`bpf_probe_read_kernel\`
    return x;
}
${GPL}`);
  expect(only(unit).fixes.map((f) => f.title)).toEqual(['Call `bpf_probe_read_kernel`', 'Call `bpf_probe_read_user`']);
});

test.each([
  ['dead code', 'static int unused(void) { return bpf_redirect(1, 0); }'],
  ['a static function that nobody calls beside a program', 'static int unused(void) { return bpf_redirect(1, 0); }\nSEC("kprobe/x") int f(void *ctx) { return 0; }'],
  ['a freplace program', 'SEC("freplace/old") int f(struct xdp_md *ctx) { return bpf_redirect(1, 0); }'],
  ['a struct_ops member that was not measured', 'SEC("struct_ops/my_op") int f(void *ctx) { return bpf_redirect(1, 0); }\nSEC(".struct_ops") struct my_ops o = { .my_op = (void *)f };'],
  ['a section that is not recognised', 'SEC("mine/loader") int f(void *ctx) { return bpf_redirect(1, 0); }'],
  ['a section whose macro is not in sight', 'SEC(MY_SECTION) int f(void *ctx) { return bpf_redirect(1, 0); }'],
  ['a name in a comment', 'SEC("kprobe/x") int f(void *ctx) { /* bpf_redirect(1, 0) */ return 0; // bpf_redirect(1, 0)\n}'],
  ['a name in a string', 'SEC("kprobe/x") int f(void *ctx) { const char *s = "bpf_redirect(1, 0)"; return !s; }'],
  ['a function that is not a helper', 'SEC("kprobe/x") int f(void *ctx) { return bpf_no_such_helper(1, 0); }'],
  ['an own function of the same name', 'static int bpf_redirect(int a, int b) { return a + b; }\nSEC("kprobe/x") int f(void *ctx) { return bpf_redirect(1, 0); }'],
  [
    'a guard',
    'SEC("kprobe/x") int f(void *ctx) { if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_redirect)) return bpf_redirect(1, 0); return 0; }',
  ],
  ['code under #if', '#if LINUX_VERSION_CODE >= KERNEL_VERSION(9, 0, 0)\nstatic int go(void) { return bpf_redirect(1, 0); }\n#else\nstatic int go(void) { return 0; }\n#endif\nSEC("kprobe/x") int f(void *ctx) { return go(); }'],
])('nothing is said about %s', async (_, code) => {
  await check(`${code}\n${GPL}`);
});

test('a section that is not loaded by default is a program like any other', async () => {
  await check(`
SEC("?kprobe/x")
int f(void *ctx)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed
}
${GPL}`);
});

test('each call has its own finding', async () => {
  await check(`
SEC("kprobe/x")
int f(void *ctx)
{
    bpf_redirect(1, 0);
//  ^^^^^^^^^^^^ helper-not-allowed
    return bpf_redirect(2, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed
}
${GPL}`);
});

test('what a later kernel opened makes no finding without a target', async () => {
  await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    char comm[16];
    return bpf_get_current_comm(comm, sizeof(comm));
}
${GPL}`);
});

test('an iterator that was not measured on newer kernels is not refused there', async () => {
  const code = `SEC("iter/unix") int f(struct bpf_iter__unix *ctx) { return bpf_setsockopt(ctx->unix_sk, 0, 0, 0, 0); }\n${GPL}`;
  await check(code);
  await check(code, { kernel: '6.1' });
});

test('where only sleeping is in the way, the message says so in the words of the kernel', async () => {
  const code = (said: string): string => `
SEC("xdp")
int f(struct xdp_md *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-not-allowed: ${said}
}
${GPL}`;
  await check(code('may sleep, which XDP programs never can'));
  await check(code('or `sleepable helper bpf_copy_from_user#148 in non-sleepable prog` on Linux 7.3'));
  await check(code('or `helper call might sleep in a non-sleepable prog` on Linux 6.18'), { kernel: '6.18' });
  await check(code('invalid func unknown#148'), { kernel: '5.4' });
});
