/** What is said of files that are not checked. */
import { expect, test } from 'vitest';
import { notice } from '../../server/src/features/recognition.js';
import { unit } from '../support/unit.js';

test.each([
  ['a program', 'a.bpf.c', 'SEC("xdp") int f(struct xdp_md *c) { return 0; }', undefined],
  ['headers without a program', 'a.c', '#include <bpf/bpf_helpers.h>\nint f(void) { return 0; }', 'includes headers of eBPF programs, but no function'],
  ['maps alone', 'a.c', 'struct { __uint(type, BPF_MAP_TYPE_HASH); } m SEC(".maps");', 'It has maps, but no function'],
  ['nothing but its name', 'a.bpf.c', 'int f(void) { return 0; }', 'No function stands in'],
  ['sections of a loader of its own', 'a.bpf.c', 'SEC("mine/one") int f(void *c) { return 0; }', 'SEC("mine/one"): no section that libbpf knows'],
  ['bcc', 'a.c', 'BPF_HASH(m, u32);\nint kprobe__x(struct pt_regs *ctx) { return 0; }', 'C for bcc'],
  ['a loader', 'a.c', '#include <bpf/libbpf.h>\nint main(void) { return bpf_object__open("x") == 0; }', 'bpf/libbpf.h is for the side that loads'],
  ['a loader with a skeleton', 'a.c', '#include "x.skel.h"\nint main(void) { return 0; }', 'x.skel.h'],
  ['calls alone', 'a.c', 'int f(void) { return bpf_thing(1); }', 'functions named bpf_'],
  ['any C', 'a.c', 'int main(void) { return 0; }', undefined],
  ['a header', 'a.h', '#include <bpf/bpf_helpers.h>\nstatic int f(void) { return 0; }', undefined],
])('%s', async (_, path, code, said) => {
  const found = notice(await unit(code, { path }), path);
  if (said === undefined) expect(found).toBeUndefined();
  else expect(found?.reason).toContain(said);
});
