/** Kfuncs that are not registered for a program type, or filtered by attach type. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const CALL = (section: string, caret = ''): string => `
extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("${section}")
int f(void *ctx)
{
    return bpf_sock_destroy(0);
${caret}}
${GPL}`;
const CARET = '    //     ^^^^^^^^^^^^^^^^ kfunc-not-allowed (error): calling kernel function bpf_sock_destroy is not allowed\n';

test.each(['xdp', 'fentry/tcp_close', 'kprobe/tcp_close'])('refused in %s', async (section) => {
  await check(CALL(section, CARET));
});

test('refused on the one kernel of a target', async () => {
  await check(CALL('xdp', CARET), { kernel: '6.12' });
});

test('allowed in the one attach type', async () => {
  await check(CALL('iter/tcp'));
  await check(CALL('iter/tcp'), { kernel: '6.6..7.3' });
});

test('a kfunc bound to a device is not refused', async () => {
  await check(`
extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;
SEC("xdp")
int f(struct xdp_md *ctx)
{
    __u64 t;
    return bpf_xdp_metadata_rx_timestamp(ctx, &t) ? 1 : 2;
}
${GPL}`);
});

test.each([
  ["the kernel's own test functions", 'extern int bpf_kfunc_call_test2(void *sk, int a, int b) __ksym;\nSEC("xdp") int f(struct xdp_md *ctx) { return bpf_kfunc_call_test2(0, 1, 2); }'],
  ['a kfunc of a module that nobody knows', 'extern int my_module_kfunc(int a) __ksym;\nSEC("xdp") int f(struct xdp_md *ctx) { return my_module_kfunc(1); }'],
  ['a guard', 'extern int bpf_sock_destroy(void *sk) __ksym __weak;\nSEC("xdp") int f(struct xdp_md *ctx) { if (bpf_ksym_exists(bpf_sock_destroy)) return bpf_sock_destroy(0); return 1; }'],
  ['a weak symbol as a condition', 'extern int bpf_sock_destroy(void *sk) __ksym __weak;\nSEC("xdp") int f(struct xdp_md *ctx) { if (!bpf_sock_destroy) return 0; return bpf_sock_destroy(0); }'],
  ['an own function of the same name', 'static int bpf_sock_destroy(void *sk) { return 0; }\nSEC("xdp") int f(struct xdp_md *ctx) { return bpf_sock_destroy(0); }'],
  ['dead code', 'extern int bpf_sock_destroy(void *sk) __ksym;\nstatic int unused(void) { return bpf_sock_destroy(0); }'],
  ['freplace', 'extern int bpf_sock_destroy(void *sk) __ksym;\nSEC("freplace/x") int f(void *ctx) { return bpf_sock_destroy(0); }'],
])('nothing is said about %s', async (_, code) => {
  await check(`${code}\n${GPL}`);
});

test('the subject is the kfunc, the programs are all that reach it', async () => {
  const unit = await check(`
extern int bpf_sock_destroy(void *sk) __ksym;
static int kill(void)
{
    return bpf_sock_destroy(0);
    //     ^^^^^^^^^^^^^^^^ kfunc-not-allowed
}
SEC("tc")
int a(struct __sk_buff *skb)
{
    return kill();
}
SEC("xdp")
int b(struct xdp_md *ctx)
{
    return kill();
}
${GPL}`);
  expect(only(unit).subject).toBe('bpf_sock_destroy');
  expect(only(unit).programs).toEqual(['a', 'b']);
});

const HID = (caret = '', section = '"fmod_ret/hid_bpf_device_event"'): string => `
extern __u8 *hid_bpf_get_data(struct hid_bpf_ctx *ctx, unsigned int offset, const size_t rdwr_buf_size) __ksym;
SEC(${section})
int BPF_PROG(on_event, struct hid_bpf_ctx *hctx)
{
    return !hid_bpf_get_data(hctx, 0, 8);
${caret}}
${GPL}`;

test('what a type was allowed for a few releases between two measured kernels', async () => {
  await check(HID());
  await check(HID(), { kernel: '6.3..6.10' });
  await check(HID('    //      ^^^^^^^^^^^^^^^^ kfunc-not-allowed: is no longer allowed\n'), { kernel: '6.6..6.18' });
  await check(HID('    //      ^^^^^^^^^^^^^^^^ kfunc-newer-than-target\n'), { kernel: '6.1..6.6' });
});

test('one of several sections that an #if chooses is no ground where another may call it', async () => {
  const either = (arm: string): string => `#ifdef HID_BPF_TRACING
#define ON_EVENT "fmod_ret/hid_bpf_device_event"
#else
#define ON_EVENT "${arm}"
#endif
`;
  await check(either('struct_ops/hid_device_event') + HID('', 'ON_EVENT'), { kernel: '6.16' });
  await check(either('xdp') + HID('    //      ^^^^^^^^^^^^^^^^ kfunc-not-allowed\n', 'ON_EVENT'), { kernel: '6.16' });
});
