/** A function of a module may have the name of one of the kernel's: its declaration tells them apart. */
import { expect, it } from 'vitest';
import { unit } from '../support/unit.js';

async function found(declaration: string, call: string): Promise<string[]> {
  const u = await unit(`${declaration}\nSEC("kprobe/x") int prog(struct pt_regs *ctx) { ${call}; return 0; }\n`, { kernel: '6.1' });
  return u.findings.map((f) => `${f.rule} ${f.subject}`);
}
const newer = ['kfunc-newer-than-target bpf_strstr'];

it('a declaration with other parameters is another function, of which nothing is known', async () => {
  expect(await found('extern int bpf_strstr(const char *str, u32 str__sz, const char *substr, u32 substr__sz) __ksym;', 'bpf_strstr("a", 1, "b", 1)')).toEqual([]);
  expect(await found('extern int bpf_strstr(u64 a, u64 b) __ksym;', 'bpf_strstr(1, 2)')).toEqual([]);
  expect(await found('extern struct task_struct *bpf_task_acquire(struct my_task *p) __ksym;', 'bpf_task_acquire(0)')).toEqual([]);
});

it('one that agrees, or says nothing, is the kernel\'s', async () => {
  expect(await found('extern int bpf_strstr(const char *a, const char *b) __ksym;', 'bpf_strstr("a", "b")')).toEqual(newer);
  expect(await found('extern int bpf_strstr() __ksym;', 'bpf_strstr("a", "b")')).toEqual(newer);
  expect(await found('extern int bpf_strstr(const void *a, const char *) __ksym;', 'bpf_strstr("a", "b")')).toEqual(newer);
  expect(await found('', 'bpf_strstr("a", "b")')).toEqual(newer);
  expect(await found('extern struct task_struct *bpf_task_acquire(struct task_struct___old *p) __ksym;', 'bpf_task_acquire(0)')).toHaveLength(1);
});

it('parameters that the verifier fills in may be left out or added', async () => {
  expect(await found('extern int bpf_wq_set_callback_impl(struct bpf_wq *wq, int (cb)(void *, int *, void *), unsigned int flags, void *aux__ign) __ksym;', 'bpf_wq_set_callback_impl(0, 0, 0, 0)')).toHaveLength(1);
});
