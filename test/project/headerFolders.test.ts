/** Folders of headers that were found. */
import { expect, test } from 'vitest';
import { headerFolders } from '../../server/src/project/headerFolders.js';

test.each([
  ['vmlinux.h beside the sources', ['/p/src/vmlinux.h'], ['/p/src']],
  ['that of this architecture', ['/p/vmlinux/arm64/vmlinux.h', '/p/vmlinux/x86/vmlinux.h', '/p/vmlinux/x86/vmlinux_601.h'], ['/p/vmlinux/x86']],
  ['the nearest one alone', ['/p/a/b/vmlinux.h', '/p/vmlinux.h'], ['/p']],
  ['as libbpf-bootstrap has them', ['/p/vmlinux.h/include/x86/vmlinux.h', '/p/vmlinux.h/include/riscv/vmlinux.h', '/p/libbpf/include/uapi/linux/bpf.h', '/p/examples/c/.output/bpf/bpf_helpers.h'], ['/p/vmlinux.h/include/x86', '/p/examples/c/.output', '/p/libbpf/include/uapi']],
  ['nothing of others', ['/p/libbpf/src/bpf_helpers.h', '/p/vmlinux_custom.h', '/p/include/linux/bpf.h'], []],
])('%s', (_, headers, folders) => {
  expect([...headerFolders(headers, 'x86')].sort()).toEqual([...folders].sort());
});
