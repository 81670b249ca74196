/** Instructions of eBPF out of the bytes of a section. Encoding: Documentation/bpf/standardization/instruction-set.rst. */

export interface Instruction {
  /** Offset in the section, in bytes. */
  readonly at: number;
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  readonly off: number;
  readonly imm: number;
  /** The upper half of a 64-bit constant. */
  readonly high: number;
}

/** `code & 7` */
export const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, jmp32: 6, alu64: 7 } as const;
/** `code & 0xf0` of jumps. */
export const JUMP = { always: 0x00, call: 0x80, exit: 0x90, conditional: 0xe0 } as const;
/** `lddw`: two slots. */
export const WIDE = 0x18;
/** `code & 0xe0` of loads and stores. */
export const MODE = { imm: 0x00, absolute: 0x20, indirect: 0x40, memory: 0x60, signed: 0x80, atomic: 0xc0 } as const;

export const classOf = (i: Instruction): number => i.code & 7;
export const isJump = (i: Instruction): boolean => classOf(i) === CLASS.jmp || classOf(i) === CLASS.jmp32;
export const isCall = (i: Instruction): boolean => i.code === 0x85;
export const isExit = (i: Instruction): boolean => i.code === 0x95;
/** In bytes. */
export const sizeOf = (i: Instruction): number => [4, 2, 1, 8][(i.code >>> 3) & 3]!;

/** Decodes the instructions between two offsets; what is cut off at the end is left out. */
export function decode(bytes: Uint8Array, from: number, to: number, littleEndian: boolean): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(to, bytes.length);
  const list: Instruction[] = [];
  for (let at = from; at + 8 <= end; at += 8) {
    const code = view.getUint8(at);
    const registers = view.getUint8(at + 1);
    const [low, top] = [registers & 0xf, registers >>> 4];
    const wide = code === WIDE && at + 16 <= end;
    list.push({
      at, code, dst: littleEndian ? low : top, src: littleEndian ? top : low,
      off: view.getInt16(at + 2, littleEndian), imm: view.getInt32(at + 4, littleEndian), high: wide ? view.getInt32(at + 12, littleEndian) : 0,
    });
    if (wide) at += 8;
  }
  return list;
}

/** Where a jump goes, as an offset in the section; undefined for calls, exits and what is no jump. */
export function targetOf(i: Instruction): number | undefined {
  if (!isJump(i)) return undefined;
  const operation = i.code & 0xf0;
  if (operation === JUMP.call || operation === JUMP.exit) return undefined;
  // `gotol` has its distance where others have their operand.
  const distance = i.code === (CLASS.jmp32 | JUMP.always) ? i.imm : i.off;
  return i.at + 8 + distance * 8;
}

/** True for a jump after which the next instruction may come. */
export function fallsThrough(i: Instruction): boolean {
  return !isExit(i) && !(isJump(i) && (i.code & 0xf0) === JUMP.always);
}

/** `BPF_ATOMIC`'s operations beside the plain ones that are as old as eBPF: with their old value, exchanges, acquire and release. */
export function atomicOf(i: Instruction): 'old' | 'new' | 'acquire-release' | undefined {
  if (classOf(i) !== CLASS.stx || (i.code & 0xe0) !== MODE.atomic) return undefined;
  if (i.imm === 0x100 || i.imm === 0x110) return 'acquire-release';
  return i.imm === 0 ? 'old' : 'new';
}

/** Instructions of cpu v4: sign extending moves and loads, signed division, unconditional byte swap, far jump. */
export function isVersion4(i: Instruction): boolean {
  const kind = classOf(i);
  const operation = i.code & 0xf0;
  if (kind === CLASS.ldx) return (i.code & 0xe0) === MODE.signed;
  if (i.code === (CLASS.jmp32 | JUMP.always)) return true;
  if (kind !== CLASS.alu && kind !== CLASS.alu64) return false;
  if (operation === 0xd0) return kind === CLASS.alu64;
  return (operation === 0xb0 || operation === 0x30 || operation === 0x90) && i.off !== 0;
}

/** Jumps that compare 32 bits, of cpu v3. */
export function isVersion3(i: Instruction): boolean {
  return classOf(i) === CLASS.jmp32 && i.code !== (CLASS.jmp32 | JUMP.always);
}
