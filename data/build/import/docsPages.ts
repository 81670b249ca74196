/** Reads pages of an ebpf-docs checkout. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Text of a page below docs/linux. */
export async function docsPage(ebpfDocsDir: string, page: string): Promise<string> {
  return readFile(path.join(ebpfDocsDir, 'docs/linux', page), 'utf8');
}
