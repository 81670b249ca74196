/** The client's cheap look at a document: which ones start the server. */
import { describe, expect, it } from 'vitest';
import { isCandidate, looksLikeEbpf } from '../../client/src/ebpfDocument.js';
import type { DocumentLike } from '../../client/src/ebpfDocument.js';

function doc(path: string, text = '', languageId = 'c', scheme = 'file'): DocumentLike {
  return { languageId, uri: { path, scheme }, getText: () => text };
}

describe('documents that start the server', () => {
  it.each([
    ['a name', doc('/w/xdp_filter.bpf.c')],
    ['a name of the kernel samples', doc('/w/xdp1_kern.c')],
    ['a header by name, which the editor takes for C++', doc('/w/maps.bpf.h', '', 'cpp')],
    ['SEC', doc('/w/a.c', 'SEC("xdp")\nint f(void *ctx) { return 0; }')],
    ['SEC with a name', doc('/w/a.c', 'SEC (NAME) int f(void *ctx);')],
    ["cilium's macro", doc('/w/a.c', '__section_entry\n__section("tc")\nint f(void *ctx);')],
    ['the attribute', doc('/w/a.c', '__attribute__((section("xdp"), used)) int f(void *ctx);')],
    ['vmlinux.h', doc('/w/a.c', '#include "../vmlinux.h"')],
    ["libbpf's header", doc('/w/a.h', ' #  include <bpf/bpf_helpers.h>', 'cpp')],
    ['CRLF', doc('/w/a.c', '#include <a.h>\r\n#include <bpf/bpf_tracing.h>\r\n')],
    ['an untitled document', doc('Untitled-1', 'SEC("xdp")', 'c', 'untitled')],
    ['a file of a virtual workspace', doc('/w/a.bpf.c', '', 'c', 'vscode-vfs')],
  ])('%s', (_why, document) => {
    expect(looksLikeEbpf(document)).toBe(true);
  });

  it.each([
    ['the loader', doc('/w/main.c', '#include <bpf/libbpf.h>\n#include <bpf/bpf.h>\n#include "x.skel.h"\nint main(void) { return 0; }')],
    ['other C', doc('/w/main.c', 'int SECTION(void); int x = PARSEC(1);')],
    ['C++ source', doc('/w/main.cpp', 'SEC("xdp")', 'cpp')],
    ['other languages', doc('/w/x.bpf.c', 'SEC("xdp")', 'plaintext')],
    ["git's copy of a file", doc('/w/x.bpf.c', 'SEC("xdp")', 'c', 'git')],
  ])('not %s', (_why, document) => {
    expect(looksLikeEbpf(document)).toBe(false);
  });

  it('does not read the text of documents that are none of its business', () => {
    const unread: DocumentLike = {
      languageId: 'python',
      uri: { path: '/w/a.py', scheme: 'file' },
      getText: () => {
        throw new Error('read');
      },
    };
    expect(isCandidate(unread)).toBe(false);
    expect(looksLikeEbpf(unread)).toBe(false);
  });

  it('finds nothing in 5 MB of C that is not eBPF', () => {
    const text = 'int x; /* SECtion ( */ # include < not one\n'.repeat(120_000);
    expect(looksLikeEbpf(doc('/w/big.c', text))).toBe(false);
  });
});
