/** Kfuncs that may sleep in programs that may not. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';
import { unit } from '../support/unit.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const CALL = (section: string, caret = ''): string => `
extern int bpf_copy_from_user_str(void *dst, __u32 size, const void *from, __u64 flags) __ksym;
SEC("${section}")
int f(void *ctx)
{
    char text[8];
    return bpf_copy_from_user_str(text, sizeof(text), 0, 0);
${caret}}
${GPL}`;
const CARET = '    //     ^^^^^^^^^^^^^^^^^^^^^^ kfunc-needs-sleepable (error): program must be sleepable to call sleepable kfunc bpf_copy_from_user_str\n';

test.each(['lsm/file_open', 'fentry/do_unlinkat'])('refused in %s', async (section) => {
  await check(CALL(section, CARET));
  const code = CALL(section, CARET);
  const [fix] = only(await check(code, { kernel: '7.3' })).fixes;
  expect(fix && applied(code, fix)).toContain(`SEC("${section.replace('/', '.s/')}")`);
});

test.each(['lsm.s/file_open', 'fentry.s/do_unlinkat', 'syscall'])('nothing in %s', async (section) => {
  await check(CALL(section));
});

test('in a type that can never sleep it is not allowed', async () => {
  await check(CALL('xdp', '    //     ^^^^^^^^^^^^^^^^^^^^^^ kfunc-not-allowed\n'));
});

const ARENA = `
extern void *bpf_arena_alloc_pages(void *map, void *addr, __u32 page_cnt, int node_id, __u64 flags) __ksym;
SEC("lsm/file_open")
int f(void *ctx)
{
    return !bpf_arena_alloc_pages(0, 0, 1, 0, 0);
    //      ^^^^^^^^^^^^^^^^^^^^^ kfunc-needs-sleepable: From Linux
}
${GPL}`;

test('a kfunc that later kernels let any program call needs it on earlier ones only', async () => {
  await check(ARENA, { kernel: '6.12' });
  await check(ARENA.replace(/\n.*\^\^.*/, ''), { kernel: '7.0' });
  await check(ARENA.replace(/\n.*\^\^.*/, ''));
});

const COPIES = `
extern int bpf_copy_from_user_str(void *dst, __u32 size, const void *from, __u64 flags) __ksym;
extern int bpf_wq_set_callback_impl(struct bpf_wq *wq, int (callback_fn)(void *map, int *key, void *value), unsigned int flags, void *aux__ign) __ksym;
extern int bpf_task_work_schedule_signal_impl(struct task_struct *task, struct bpf_task_work *tw, void *map, int (callback_fn)(void *map, void *key, void *value), void *aux__prog) __ksym;
`;
const COPY = `    char text[8];

    bpf_copy_from_user(text, sizeof(text), 0);
    return bpf_copy_from_user_str(text, sizeof(text), 0, 0);
`;

test('callbacks of work queues and task work may sleep in any program', async () => {
  const code = `${COPIES}
static int copy(void)
{
${COPY}}
static int on_work(void *map, int *key, void *value) { return copy(); }
static int on_task(void *map, void *key, void *value) { return copy(); }
static int queue(struct bpf_wq *wq, int (*cb)(void *map, int *key, void *value)) { return bpf_wq_set_callback_impl(wq, cb, 0, 0); }
SEC("tc") int start(struct __sk_buff *skb) { return bpf_wq_set_callback_impl(0, on_work, 0, 0); }
SEC("xdp") int wrapped(struct xdp_md *ctx) { return queue(0, &on_work); }
SEC("fentry/do_unlinkat") int traced(void *ctx) { return bpf_task_work_schedule_signal_impl(0, 0, 0, on_task, 0); }
${GPL}`;
  await check(code, { kernel: '6.18' });
  await check(code);
  const found = await unit(code);
  expect(found.minKernel().reasons.map((reason) => reason.feature)).toContain('bpf_copy_from_user_str');
});

test('but other ways to the same code may not, and nor may timers', async () => {
  await check(`${COPIES}
static int on_work(void *map, int *key, void *value)
{
    char text[8];

    return bpf_copy_from_user_str(text, sizeof(text), 0, 0);
    //     ^^^^^^^^^^^^^^^^^^^^^^ kfunc-not-allowed: \`bpf_copy_from_user_str\` may sleep
}
SEC("tc") int start(struct __sk_buff *skb) { return bpf_wq_set_callback_impl(0, on_work, 0, 0); }
SEC("xdp") int direct(struct xdp_md *ctx) { return on_work(0, 0, 0); }
${GPL}`, { kernel: '6.18' });
  await check(`${COPIES}
static int on_time(void *map, int *key, void *value)
{
    char text[8];

    return bpf_copy_from_user_str(text, sizeof(text), 0, 0);
    //     ^^^^^^^^^^^^^^^^^^^^^^ kfunc-not-allowed
}
SEC("tc") int start(struct __sk_buff *skb) { return bpf_timer_set_callback(0, on_time); }
${GPL}`, { kernel: '6.18' });
});

test('what such a callback may not call for another reason stays refused', async () => {
  await check(`${COPIES}
static int on_work(void *map, int *key, void *value)
{
    return bpf_redirect(1, 0);
    //     ^^^^^^^^^^^^ helper-not-allowed
}
SEC("socket") int start(struct __sk_buff *skb) { return bpf_wq_set_callback_impl(0, on_work, 0, 0); }
${GPL}`, { kernel: '6.18' });
});
