/** Sections that are near misses, old names, or another loader's. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const program = (section: string, said = ''): string => `
SEC("${section}")
${said === '' ? '' : `//   ${'^'.repeat(section.length)} unknown-section ${said}\n`}int f(void *ctx)
{
    return 0;
}
${GPL}`;

test.each([
  ['xpd', 'xdp'],
  ['kprob/do_unlinkat', 'kprobe/do_unlinkat'],
  ['?xpd', '?xdp'],
  ['tracepont/sched/sched_switch', 'tracepoint/sched/sched_switch'],
])('a near miss: %s', async (section, meant) => {
  const code = program(section, '(warning): Did you mean');
  const finding = only(await check(code));
  expect(finding.message).toContain(meant.replace('?', ''));
  expect(finding.programs).toEqual(['f']);
  expect(finding.subject).toBe(section);
  const [fix] = finding.fixes;
  expect(fix && applied(code, fix)).toContain(`SEC("${meant}")`);
});

test.each(['tc/entry', 'xdp_pass', 'socket1'])("a name that cilium/ebpf's loader takes by prefix: %s", async (section) => {
  const unit = await check(program(section, '(info)'));
  expect(unit.model.programs[0]?.programType).not.toBeNull();
});

test.each([
  ['classifier/x', 'tc'],
  ['xdp_devmap', 'xdp/devmap'],
])('a name that older libbpf took: %s', async (section, modern) => {
  const code = program(section, '(info)');
  const finding = only(await check(code));
  const [fix] = finding.fixes;
  expect(fix && applied(code, fix)).toContain(`SEC("${modern}")`);
});

test.each(['xdp', 'xdp.frags/devmap', 'tc', 'classifier', 'kprobe/x', 'fentry', '?tp_btf/x', 'lsm.s/file_open', 'struct_ops/x', 'my-own-loader/thing', '.text', 'cgroup/dev', 'tcx/ingress', 'ts_ingress'])(
  'nothing is said about %s',
  async (section) => {
    await check(program(section));
  },
);

test('data sections are no programs', async () => {
  await check(`int x SEC(".data.mine");\nint y SEC(".rodata");\nstruct { int a; } m SEC(".maps");\n${GPL}`);
});

test('a setting speaks for a section', async () => {
  await check(program('xpd'), { settings: { programs: { xpd: 'xdp' } } });
});

test('a section whose macro is not in sight is silent', async () => {
  await check(`SEC(SOMETHING) int f(void *ctx) { return 0; }\n${GPL}`);
});

test('two parts are covered together, and are not edited', async () => {
  const unit = await check(`
SEC("xp" "d")
//  ^^^^^^^^ unknown-section (warning)
int f(void *ctx)
{
    return 0;
}
${GPL}`);
  expect(only(unit).fixes).toEqual([]);
});
