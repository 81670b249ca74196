/**
 * The comment on a helper in libbpf's own header, where the user has that header. It is read on the user's machine when a page is
 * asked for; nothing of it is part of eBPF Lens.
 */
import type { ServerHost } from './host.js';
import { uriOfPath } from './uriPath.js';
import { within } from './within.js';
import { withoutEnd } from '../text/ends.js';

export interface HeaderComment {
  readonly path: string;
  readonly comment: string;
}

const HEADER = 'bpf/bpf_helper_defs.h';
const SYSTEM = ['/usr/include', '/usr/local/include'];
/** A page does not wait longer than this for a disk. */
const PATIENCE_MS = 1000;
/** The header is some 200 KB; what is far larger is something else. */
const MAX_LENGTH = 2_000_000;

export class UpstreamText {
  constructor(
    private readonly host: ServerHost,
    /** Absolute paths of the user's include folders, as they are now. */
    private readonly includePaths: () => readonly string[],
  ) {}

  /** The comment above a helper in the first header found; undefined where files can't be read or none has it. */
  async of(helper: string): Promise<HeaderComment | undefined> {
    const readFile = this.host.readFile?.bind(this.host);
    if (readFile === undefined) return undefined;
    for (const folder of new Set([...this.includePaths(), ...SYSTEM])) {
      const path = `${withoutEnd(folder, '/')}/${HEADER}`;
      const text = await within(PATIENCE_MS, readFile(uriOfPath(path, 'file:///'))).catch(() => undefined);
      const comment = text === undefined || text.length > MAX_LENGTH ? undefined : commentOf(text, helper);
      if (comment !== undefined) return { path, comment };
    }
    return undefined;
  }
}

/** The block comment right before `(*name)(` or `(* const name)(`, without its frame. */
export function commentOf(header: string, helper: string): string | undefined {
  const declaration = new RegExp(`\\(\\s*\\*\\s*(?:const\\s+)?${helper}\\s*\\)\\s*\\(`).exec(header);
  if (declaration === null) return undefined;
  const before = header.slice(0, declaration.index);
  const start = before.lastIndexOf('/*');
  const end = before.indexOf('*/', start);
  // Between the comment and the name only the start of this declaration may stand.
  if (start < 0 || end < 0 || before.slice(end + 2).includes(';')) return undefined;
  const lines = before.slice(start + 2, end).split('\n').map((line) => line.replace(/^\s*\*? ?/, '').replaceAll('\t', '    ').trimEnd());
  return lines.join('\n').trim() || undefined;
}
