/** Kfuncs that may sleep in programs that may not. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

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
