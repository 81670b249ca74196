/** The bytes of BTF: its header, and how long each type is. Nothing that the bytes say of themselves is believed. */
import type { BtfError } from './btf.types.js';

/** The largest BTF that is read; that of a kernel with everything in it has some 10 MB. */
export const MAX_BTF_BYTES = 64 * 1024 * 1024;

const MAGIC = 0xeb9f;
const HEADER = 24;

/** What a type may have behind its 12 bytes, by kind: `fixed` bytes, and `each` for each of `vlen`. */
const TAILS: readonly { readonly fixed: number; readonly each: number }[] = [
  [0, 0], [4, 0], [0, 0], [12, 0], [0, 12], [0, 12], [0, 8], [0, 0], [0, 0], [0, 0],
  [0, 0], [0, 0], [0, 0], [0, 8], [4, 0], [0, 12], [0, 0], [4, 0], [0, 0], [0, 12],
].map(([fixed = 0, each = 0]) => ({ fixed, each }));

/** Where things lie: offsets in bytes from the start of the view. */
export interface Layout {
  readonly littleEndian: boolean;
  readonly types: { readonly start: number; readonly end: number };
  readonly strings: { readonly start: number; readonly end: number };
}

/** Where types begin and of which kind they are, by id. */
export interface TypeIndex { readonly offsets: Uint32Array; readonly kinds: Uint8Array }

/** What is wrong with some bytes; `message` goes on after a file's name, `it …`. */
export function problem(code: BtfError['code'], message: string): { readonly error: BtfError } {
  return { error: { code, message } };
}

/** Reads the header. A section's lies are told; bytes between and behind the sections are nobody's business. */
export function readLayout(view: DataView): Layout | { readonly error: BtfError } {
  const { byteLength } = view;
  if (byteLength > MAX_BTF_BYTES) return problem('too-large', `it has ${byteLength} bytes, and more than ${MAX_BTF_BYTES} are not read`);
  const littleEndian = byteLength >= 2 && view.getUint16(0, true) === MAGIC;
  if (byteLength < 2 || (!littleEndian && view.getUint16(0, false) !== MAGIC)) return problem('not-btf', 'it does not begin as BTF does (eb9f)');
  if (byteLength < HEADER) return problem('truncated', `its header ends after ${byteLength} bytes, and has ${HEADER}`);
  const version = view.getUint8(2);
  if (version !== 1) return problem('unsupported', `it is BTF of version ${version}, and only 1 is known`);
  const header = view.getUint32(4, littleEndian);
  if (header < HEADER || header > byteLength) return problem('malformed', `its header is said to have ${header} bytes`);
  const section = (at: number, name: string): { start: number; end: number } | { error: BtfError } => {
    const start = header + view.getUint32(at, littleEndian);
    const end = start + view.getUint32(at + 4, littleEndian);
    return end > byteLength ? problem('truncated', `its ${name} are said to end at byte ${end}, and it has ${byteLength}`) : { start, end };
  };
  const types = section(8, 'types');
  if ('error' in types) return types;
  const strings = section(16, 'strings');
  if ('error' in strings) return strings;
  if ((types.start - header) % 4 !== 0) return problem('malformed', 'its types do not begin at a multiple of 4');
  return { littleEndian, types, strings };
}

/**
 * Finds where each type begins: one pass, each step at least 12 bytes long.
 * @param names how many bytes of names there are, those of the base included
 * @returns in the order of ids, offsets from the start of the view, and numbers of kinds
 */
export function indexTypes(view: DataView, { littleEndian, types }: Layout, names: number, hasBase: boolean): TypeIndex | { readonly error: BtfError } {
  const most = Math.floor((types.end - types.start) / 12);
  const offsets = new Uint32Array(most);
  const kinds = new Uint8Array(most);
  let count = 0;
  for (let at = types.start; at < types.end; count++) {
    if (at + 12 > types.end) return problem('truncated', `its last type is cut off at byte ${at}`);
    const info = view.getUint32(at + 4, littleEndian);
    const kind = (info >>> 24) & 0x1f;
    const tail = TAILS[kind];
    if (tail === undefined || kind === 0) return problem('unsupported', `type ${count + 1}, at byte ${at}, is of kind ${kind}, which is not known`);
    if (view.getUint32(at, littleEndian) >= Math.max(names, 1)) {
      return hasBase
        ? problem('malformed', `the name of type ${count + 1} is said to lie behind the last name`)
        : problem('needs-base', `the name of type ${count + 1} is not in it; the BTF of a module needs that of its vmlinux beside it`);
    }
    const length = 12 + tail.fixed + tail.each * (info & 0xffff);
    if (at + length > types.end) return problem('truncated', `type ${count + 1}, at byte ${at}, is said to be longer than all types`);
    offsets[count] = at;
    kinds[count] = kind;
    at += length;
  }
  return { offsets: offsets.subarray(0, count), kinds: kinds.subarray(0, count) };
}
