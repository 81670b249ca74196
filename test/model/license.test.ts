/** Where a licence may stand, and what is known of it. */
import { expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const PROGRAM = '#include "l.h"\nSEC("kprobe/x") int prog(struct pt_regs *ctx) { bpf_trace_printk("x", 2); return 0; }\n';
const MACRO = '#define __section(x) __attribute__((section(x), used))\n#define __section_license __section("license")\n#define BPF_LICENSE(NAME) char ____license[] __section_license = NAME\n';

/** The licence's text, whether it is compatible, and the rules that speak. */
async function licence(code: string, header = ''): Promise<unknown[]> {
  const u = await unit(PROGRAM + code, { kernel: '6.1', files: { 'l.h': header } });
  return [u.model.license.text, u.model.license.gplCompatible, u.findings.map((f) => f.rule).join()];
}

it.each([
  ['in the file', 'char l[] SEC("license") = "MIT";', '', ['MIT', false, 'helper-needs-gpl']],
  ['type first', 'char SEC("license") l[] = "GPL v2";', '', ['GPL v2', true, '']],
  ['in a header', '', 'char l[] SEC("license") = "MIT";', ['MIT', false, 'helper-needs-gpl']],
  ['by a macro with the text', 'char l[] SEC("license") = L;', '#define L "Dual " "MIT/GPL"', ['Dual MIT/GPL', true, '']],
  ['by a macro that declares it', 'BPF_LICENSE("MIT");', MACRO, ['MIT', false, 'helper-needs-gpl']],
  ['by such a macro, compatible', 'BPF_LICENSE("Dual BSD/GPL");', MACRO, ['Dual BSD/GPL', true, '']],
  ['by a macro whose text is not in sight', 'BPF_LICENSE(PROJECT_LICENSE);', MACRO, [undefined, undefined, '']],
  ['different by #if', '#ifdef A\nchar l[] SEC("license") = "GPL";\n#else\nchar l[] SEC("license") = "MIT";\n#endif', '', ['GPL', undefined, '']],
  ['nowhere', '', '', [undefined, undefined, 'missing-license']],
])('a licence %s', async (_, code, header, expected) => expect(await licence(code, header)).toEqual(expected));
