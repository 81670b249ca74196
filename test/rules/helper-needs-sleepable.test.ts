/** Helpers that may sleep in programs that may not. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const IN = (section: string, caret = ''): string => `
SEC("${section}")
int f(void *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
${caret}}
${GPL}`;
const CARET = '    //     ^^^^^^^^^^^^^^^^^^ helper-needs-sleepable (error)';

test('the sleepable form of the section is offered', async () => {
  const code = IN('lsm/file_open', `${CARET}: helper call might sleep in a non-sleepable prog\n`);
  const unit = await check(code, { kernel: '6.1' });
  const [fix] = only(unit).fixes;
  expect(fix && applied(code, fix)).toContain('SEC("lsm.s/file_open")');
});

test('from 7.1 on the verifier names the helper', async () => {
  await check(IN('lsm/file_open', `${CARET}: sleepable helper bpf_copy_from_user#148 in non-sleepable prog\n`), { kernel: '7.1..7.3' });
});

test('it holds without a target too', async () => {
  await check(IN('fentry/do_unlinkat', `${CARET}: sleepable helper bpf_copy_from_user#148\n`));
});

test('a section that is not loaded by default stays so', async () => {
  const code = IN('?fexit/do_unlinkat', `${CARET}\n`);
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toContain('SEC("?fexit.s/do_unlinkat")');
});

test.each(['lsm.s/file_open', 'fentry.s/do_unlinkat', 'iter.s/task', 'syscall', 'uprobe.s//bin/sh:main'])('nothing in %s', async (section) => {
  await check(IN(section));
  await check(IN(section), { kernel: '6.12' });
});

test('a kprobe has no sleepable form to offer', async () => {
  expect(only(await check(IN('kprobe/x', `${CARET}\n`))).fixes).toEqual([]);
});

test('a uprobe has one', async () => {
  const code = IN('uprobe//bin/sh:main', `${CARET}\n`);
  const [fix] = only(await check(code, { kernel: '6.1' })).fixes;
  expect(fix && applied(code, fix)).toContain('SEC("uprobe.s//bin/sh:main")');
});

test('a shared function is a finding for the program that may not sleep only', async () => {
  const unit = await check(`
static int get(void)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-needs-sleepable: \`awake\` is not
}
SEC("lsm.s/file_open")
int asleep(void *ctx)
{
    return get();
}
SEC("lsm/file_open")
int awake(void *ctx)
{
    return get();
}
${GPL}`);
  expect(only(unit).programs).toEqual(['awake']);
});

test('a member below the helper is named beside', async () => {
  await check(IN('fentry/x', `${CARET}: Linux 5.4 to 5.10 refuse it as well, with \`invalid func unknown#148\`\n`), { kernel: '5.4..6.8' });
});

test('no section can be edited where its string is a macro', async () => {
  const unit = await check(`
#define HOOK "lsm/file_open"
SEC(HOOK)
int f(void *ctx)
{
    char c;
    return bpf_copy_from_user(&c, 1, 0);
    //     ^^^^^^^^^^^^^^^^^^ helper-needs-sleepable
}
${GPL}`);
  expect(only(unit).fixes).toEqual([]);
});

const TIMER = (section: string, carets: string, more = ''): string => `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct elem); } m SEC(".maps");
static int get(void)
{
    char c;
    bpf_copy_from_user(&c, 1, 0);
${carets}    return 0;
}
static int cb(void *map, int *key, struct elem *value)
{
    get();
    return 0;
}
static int arm(struct elem *e)
{
    return bpf_timer_set_callback(&e->t, cb);
}
SEC("${section}")
int f(void *ctx)
{
    struct elem *e = bpf_map_lookup_elem(&m, &(int){ 0 });
    if (e) arm(e);
    return 0;
}
${more}${GPL}`;
const WAKEFUL = '//  ^^^^^^^^^^^^^^^^^^ helper-needs-sleepable (error): a callback of `bpf_timer_set_callback` may not, whatever its program may do\n';

test('a callback of a timer may not sleep in a program that may, from the kernel on that sees to it', async () => {
  const unit = await check(TIMER('syscall', WAKEFUL), { kernel: '6.18' });
  expect(only(unit).programs).toEqual(['f']);
  expect(only(unit).message).toContain('on Linux 6.18.');
  await check(TIMER('lsm.s/file_open', WAKEFUL), { kernel: '6.1..7.1' });
});

test('kernels before that let it, and without a target nobody knows', async () => {
  await check(TIMER('syscall', ''), { kernel: '6.12' });
  await check(TIMER('syscall', ''));
});

test('the program that calls it itself may', async () => {
  const unit = await check(TIMER('syscall', WAKEFUL, 'SEC("syscall") int g(void *ctx) { return get(); }\n'), { kernel: '6.18' });
  expect(only(unit).programs).toEqual(['f']);
});

test('a program that may not sleep is told what it is told elsewhere', async () => {
  await check(TIMER('fentry/x', '//  ^^^^^^^^^^^^^^^^^^ helper-needs-sleepable: only sleepable programs may call it\n'), { kernel: '6.18' });
});

test('nothing where the kernel is asked before, or a work queue takes the callback', async () => {
  await check(TIMER('syscall', '').replace('    return bpf_timer', '    if (bpf_core_type_exists(struct x)) return bpf_timer'), { kernel: '6.18' });
  await check(TIMER('syscall', '').replace('bpf_timer_set_callback(&e->t, cb)', 'bpf_wq_set_callback_impl(&e->t, cb, 0, 0)'), { kernel: '6.18' });
});
