/**
 * What the compiler says of instructions, in the section `.BTF.ext`: the function that begins at one, the source line of one, and
 * the fields and types of the kernel that one depends on (CO-RE). Format: Documentation/bpf/btf.rst, tools/lib/bpf/btf.h.
 */
import type { Btf } from '../btf/btf.js';
import type { BtfError } from '../btf/btf.types.js';
import { problem } from '../btf/layout.js';

/** The source line of an instruction; lines and columns count from 1, 0 where they are not known. */
export interface LineInfo {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself, '' where it was not kept. */
  readonly text: string;
}

/** `enum bpf_core_relo_kind` of include/uapi/linux/bpf.h. */
export const CORE = { fieldOffset: 0, fieldSize: 1, fieldExists: 2, typeExists: 8, typeSize: 9, enumValueExists: 10, typeMatches: 12 } as const;

export interface CoreRelocation {
  readonly kind: number;
  readonly type: number;
  /** `0:1:2`: indexes of members, or that of an enumerator. */
  readonly access: string;
}

/** All of it by section and by an instruction's offset there in bytes. */
export interface BtfExt {
  /** The id of the function's type. */
  functionAt(section: string, offset: number): number | undefined;
  /** The last line at or before an offset, if it is not before `from`. */
  lineAt(section: string, offset: number, from: number): LineInfo | undefined;
  coreAt(section: string, offset: number): CoreRelocation | undefined;
}

const MAGIC = 0xeb9f;
const HEADER = 24;

/** Sections that a table may speak of; an object has some hundreds. */
const MAX_SECTIONS = 100_000;
/** Characters of lines and paths, each of which is kept once; those behind are empty. */
const MAX_TEXT = 32 * 1024 * 1024;

/** A table: for each section, where its records are. */
type Table = ReadonlyMap<string, { readonly at: number; readonly count: number; readonly each: number }>;

/** Reads the tables. Never throws; lengths are checked against the bytes. */
export function readBtfExt(bytes: Uint8Array, btf: Btf): BtfExt | { readonly error: BtfError } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const le = btf.littleEndian;
  if (view.byteLength < HEADER) return problem('truncated', `its header ends after ${view.byteLength} bytes`);
  if (view.getUint16(0, le) !== MAGIC) return problem('not-btf', 'it does not begin as BTF does (eb9f)');
  if (view.getUint8(2) !== 1) return problem('unsupported', `it is of version ${view.getUint8(2)}, and only 1 is known`);
  const header = view.getUint32(4, le);
  if (header < HEADER || header > view.byteLength) return problem('malformed', `its header is said to have ${header} bytes`);
  const tables: Table[] = [];
  for (const [field, least] of [[8, 8], [16, 16], [24, 16]] as const) {
    const table = field + 8 > header ? new Map() : tableAt(view, header + view.getUint32(field, le), view.getUint32(field + 4, le), least, btf);
    if ('error' in table) return table;
    tables.push(table);
  }
  const [functions, lines, relocations] = tables as [Table, Table, Table];
  const u32 = (at: number): number => view.getUint32(at, le);
  const texts = textsOf(btf);
  return {
    functionAt(section, offset) {
      const at = search(view, functions.get(section), offset, le);
      return at !== undefined && u32(at) === offset ? u32(at + 4) : undefined;
    },
    lineAt(section, offset, from) {
      const at = search(view, lines.get(section), offset, le);
      if (at === undefined || u32(at) < from) return undefined;
      return { file: texts(u32(at + 4)), text: texts(u32(at + 8)), line: u32(at + 12) >>> 10, column: u32(at + 12) & 0x3ff };
    },
    coreAt(section, offset) {
      const at = search(view, relocations.get(section), offset, le);
      return at !== undefined && u32(at) === offset ? { type: u32(at + 4), access: btf.string(u32(at + 8)), kind: u32(at + 12) } : undefined;
    },
  };
}

/** The lines and paths of one file: many instructions have the same, and hostile ones each a long one of its own. */
function textsOf(btf: Btf): (offset: number) => string {
  const known = new Map<number, string>();
  let left = MAX_TEXT;
  return (offset) => {
    let text = known.get(offset);
    if (text === undefined) {
      text = left > 0 ? btf.line(offset) : '';
      left -= text.length;
      known.set(offset, text);
    }
    return text;
  };
}

function tableAt(view: DataView, start: number, length: number, least: number, btf: Btf): Table | { readonly error: BtfError } {
  const table = new Map<string, { at: number; count: number; each: number }>();
  if (length === 0) return table;
  const end = start + length;
  const le = btf.littleEndian;
  if (length < 4 || end > view.byteLength) return problem('truncated', `a table is said to end at byte ${end}, and it has ${view.byteLength}`);
  const each = view.getUint32(start, le);
  if (each < least || each % 4 !== 0) return problem('malformed', `records are said to have ${each} bytes`);
  for (let at = start + 4; at < end; ) {
    if (at + 8 > end) return problem('truncated', `a table is cut off at byte ${at}`);
    const count = view.getUint32(at + 4, le);
    if (at + 8 + count * each > end) return problem('truncated', `the records at byte ${at} are said to be longer than their table`);
    if (table.size >= MAX_SECTIONS) return problem('too-large', `a table speaks of more than ${MAX_SECTIONS} sections`);
    table.set(btf.string(view.getUint32(at, le)), { at: at + 8, count, each });
    at += 8 + count * each;
  }
  return table;
}

/** The last record at or before an offset; compilers write them in order, and what is not in order is found or not. */
function search(view: DataView, records: { readonly at: number; readonly count: number; readonly each: number } | undefined, offset: number, le: boolean): number | undefined {
  if (!records || records.count === 0) return undefined;
  let [low, high] = [0, records.count - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (view.getUint32(records.at + middle * records.each, le) <= offset) low = middle;
    else high = middle - 1;
  }
  const at = records.at + low * records.each;
  return view.getUint32(at, le) <= offset ? at : undefined;
}
