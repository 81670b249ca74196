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
