/** Sections that the user's libbpf does not know. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (section: string, carets = ''): string => `SEC("${section}") int f(void *ctx) { return 0; }\n${carets}char LICENSE[] SEC("license") = "GPL";\n`;
const under = (section: string, rest: string): string => `//   ${'^'.repeat(section.length)} section-newer-than-libbpf ${rest}\n`;

test.each([
  ['netfilter', '1.0', '(warning): knows it from 1.3 on'],
  ['uprobe.multi/x', '1.2.2', ': libbpf 1.2.2 does not know'],
  ['kprobe.session/x', 'v1.4', ': missing BPF prog type'],
  ['classifier/x', '1.0', '(warning): no longer takes'],
])('%s with libbpf %s', async (section, libbpfVersion, rest) => {
  await check(program(section, under(section, rest)), { settings: { libbpfVersion } });
});

test.each([
  ['netfilter', ''],
  ['netfilter', '1.3'],
  ['netfilter', '1.10'],
  ['xdp', '0.1'],
  ['my/section', '0.1'],
  ['classifier/x', '0.8'],
])('nothing about %s with libbpf %s', async (section, libbpfVersion) => {
  await check(program(section), { settings: { libbpfVersion } });
});
