/**
 * The cheap look at a document that decides whether to start the server. It may say yes too often (the server looks
 * properly and then shows nothing), never no for a file that the server would analyse.
 */

/** What is needed of an editor's document; `vscode.TextDocument` fits. */
export interface DocumentLike {
  readonly languageId: string;
  readonly uri: { readonly path: string; readonly scheme: string };
  getText(): string;
}

/** Where documents may come from; `git:` and other read-only views of a file would only repeat its problems. */
export const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-test-web'] as const;

/** Names that eBPF projects give to C files for the kernel. */
const NAME = /[._](?:e?bpf|kern|xdp)\.[ch]$/i;
/** Section macros (`SEC(…)`, cilium's `__section(…)`) and the attribute under them. */
const SECTION = /\bSEC\s*\(|\b__section\w*\s*\(|\bsection\s*\(\s*"/;
/** Headers that only programs for the kernel include: `vmlinux.h` and libbpf's, but not the loader's `bpf/libbpf.h` and `bpf/bpf.h`. */
const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*[<"](?:[^>"\n]*\/)?(?:vmlinux\w*|bpf_\w+|usdt\.bpf|\w+\.bpf)\.h[>"]/m;

/** True for a document of a kind that the server is told about: C, or a header that the editor takes for C++. */
export function isCandidate(document: Pick<DocumentLike, 'languageId' | 'uri'>): boolean {
  if (!(SCHEMES as readonly string[]).includes(document.uri.scheme)) return false;
  return document.languageId === 'c' || (document.languageId === 'cpp' && /\.h$/i.test(document.uri.path));
}

/** True for a project file, whose mistakes the server marks. */
export function isProjectFile({ uri }: Pick<DocumentLike, 'uri'>): boolean {
  return (SCHEMES as readonly string[]).includes(uri.scheme) && uri.path.endsWith('/.ebpf-lens.yaml');
}

/** True when the document's name or text looks like C for eBPF. */
export function looksLikeEbpf(document: DocumentLike): boolean {
  if (!isCandidate(document)) return false;
  if (NAME.test(document.uri.path)) return true;
  const text = document.getText();
  return SECTION.test(text) || INCLUDE.test(text);
}
