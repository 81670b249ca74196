/** bpf_printk with many arguments. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (body: string): string => `SEC("tc")\nint f(struct __sk_buff *ctx)\n{\n    int a = 1;\n${body}\n    return 0;\n}\nchar LICENSE[] SEC("license") = "GPL";\n`;

test('reported once, in words about arguments', async () => {
  await check(program('    bpf_printk("%d %d %d %d", a, a, a, a);\n//  ^^^^^^^^^^ printk-arguments-newer-than-target (error): with 4 arguments behind the format calls `bpf_trace_vprintk`, upstream since Linux 5.16, which Linux 5.10 lacks'), { kernel: '5.10' });
});

test.each([
  ['5.16', 'bpf_printk("%d %d %d %d", a, a, a, a);'],
  ['5.10', 'bpf_printk("%d %d %d", a, a, a);'],
  ['5.10', 'bpf_printk("x");'],
  ['5.10', 'if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_trace_vprintk)) bpf_printk("%d %d %d %d", a, a, a, a);'],
])('nothing on %s: %s', async (kernel, body) => {
  await check(program(`    ${body}`), { kernel });
});

test('no target, no finding', async () => {
  await check(program('    bpf_printk("%d %d %d %d", a, a, a, a);'));
});

test('the helper called by its own name stays with helper-newer-than-target', async () => {
  await check(program('    bpf_trace_vprintk("x", 2, 0, 0);\n//  ^^^^^^^^^^^^^^^^^ helper-newer-than-target'), { kernel: '5.10' });
});
