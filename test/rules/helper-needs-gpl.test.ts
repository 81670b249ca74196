/** GPL-only helpers under licences that are known not to be compatible. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

const program = (licence: string, caret = ''): string => `
SEC("kprobe/do_unlinkat")
int f(void *ctx)
{
    int x = 0;
    bpf_probe_read_kernel(&x, sizeof(x), ctx);
${caret}    return x;
}
${licence}`;
const CARET = '//  ^^^^^^^^^^^^^^^^^^^^^ helper-needs-gpl (error): cannot call GPL-restricted function from non-GPL compatible program\n';

test.each(['Apache-2.0', 'Proprietary', 'MIT', 'BSD', 'gpl', 'GPL-2.0', ''])('refused under "%s"', async (text) => {
  await check(program(`char LICENSE[] SEC("license") = "${text}";\n`, CARET));
});

test.each(['GPL', 'GPL v2', 'GPL and additional rights', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Dual MPL/GPL'])('fine under "%s"', async (text) => {
  await check(program(`char LICENSE[] SEC("license") = "${text}";\n`));
});

test('a licence that is not in sight is not known', async () => {
  await check(program(''));
});

test('what to assume can be set', async () => {
  await check(program('', CARET), { settings: { assumeLicense: 'Proprietary' } });
});

test('a helper for everyone', async () => {
  await check('SEC("xdp") int f(struct xdp_md *ctx) { return bpf_ktime_get_ns() & 1; }\nchar LICENSE[] SEC("license") = "MIT";\n');
});

test('no finding where the call is refused anyway', async () => {
  await check(`
SEC("xdp")
int f(struct xdp_md *ctx)
{
    return bpf_override_return(ctx, 0);
    //     ^^^^^^^^^^^^^^^^^^^ helper-not-allowed
}
char LICENSE[] SEC("license") = "MIT";
`);
});

test('no finding behind a guard or in dead code', async () => {
  await check(`
static int unused(void *p) { int x = 0; bpf_probe_read_kernel(&x, 4, p); return x; }
SEC("kprobe/x")
int f(void *ctx)
{
    int x = 0;
    if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_probe_read_kernel))
        bpf_probe_read_kernel(&x, 4, ctx);
    return x;
}
char LICENSE[] SEC("license") = "MIT";
`);
});

test('a slip of spelling is mended', async () => {
  const code = program('char LICENSE[] SEC("license") = "gpl";\n', CARET);
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toContain('= "GPL"');
});

test('the licence is shown beside the finding', async () => {
  const unit = await check(program('char LICENSE[] SEC("license") = "MIT";\n', CARET));
  expect(only(unit).related.map((r) => r.message)).toContain('the licence');
});
