/** `struct pt_regs`: which architectures' fields are meant at a place, and what a field holds. */
import type { Unit } from '../analysis.types.js';
import type { FactBook, RegisterFact, RegistersFact } from '../facts/factBook.types.js';
import { architectureOf } from '../model/architecture.js';
import { code, paragraph, type InfoSection } from './text/info.js';

/** What is shown where nothing says for which processor the programs are. */
const COMMON = ['x86-64', 'arm64'];
/** Headers of the C library and of the kernel's API, whose `struct pt_regs` is user space's. */
const USER_HEADER = /^(?:linux|asm|sys)\/ptrace\.h$/;

/** A field of one architecture, by the name that it has in this file. */
export interface Register {
  readonly name: string;
  readonly arch: string;
  readonly field: RegisterFact;
}

/** The architectures that a file is for: the one that settings or macros name, else the two that most are. */
export function architecturesOf(unit: Unit): readonly RegistersFact[] {
  const { names } = unit.model;
  const known = names && architectureOf(names, unit.settings);
  return (known === undefined ? COMMON : [known]).flatMap((arch) => unit.facts.registers.get(arch) ?? []);
}

/** All fields that a program may name here, architecture by architecture. */
export function registersOf(unit: Unit): readonly Register[] {
  const user = hasUserNames(unit);
  return architecturesOf(unit).flatMap(({ arch, fields }) => fields.map((field) => ({ name: (user ? field.user : undefined) ?? field.name, arch, field })));
}

/** What is known of a field by either of its names. */
export function describeRegister(facts: FactBook, name: string, among: readonly RegistersFact[] = [...facts.registers.values()]): readonly InfoSection[] {
  const found = among.flatMap(({ arch, fields }) => fields.flatMap((field) => (field.name === name || field.user === name ? [{ arch, field }] : [])));
  return found.length === 0 ? [] : [
    { kind: 'code', code: found.map(({ arch, field }) => `${registerDeclaration(field, name)}; /* struct pt_regs, ${arch}, offset ${field.offset} */`).join('\n') },
    ...found.flatMap(({ arch, field }) => (field.role === undefined ? [] : [paragraph(`On ${arch}: ${field.role}.`)])),
    ...found.flatMap(({ field }) => (field.user === undefined ? [] : [paragraph(code(field.name), ' in ', code('vmlinux.h'), ', ', code(field.user), ' with the headers for user space.')])),
    paragraph('A kprobe or uprobe program may load any aligned part of its registers, and (tried up to Linux 6.18) store none. ', code('PT_REGS_PARM1(ctx)'), ' and the like read the right one on every architecture.'),
  ];
}

/** The structure as a whole, for the architectures that are meant. */
export function describeRegisters(among: readonly RegistersFact[]): readonly InfoSection[] {
  if (among.length === 0) return [];
  const lines = among.flatMap(({ arch, size, fields }) => [`/* ${arch}, ${size} bytes */`, ...fields.map((field) => `${registerDeclaration(field)};`)]);
  return [
    paragraph(code('struct pt_regs'), ': the registers at the probed place, context of kprobe and uprobe programs.'),
    { kind: 'code', code: lines.join('\n') },
    paragraph('Its fields differ by architecture; ', code('PT_REGS_PARM1(ctx)'), ' and the like of ', code('bpf_tracing.h'), ' read the right one on each.'),
  ];
}

/** `u64 regs[31]`. */
export function registerDeclaration(field: RegisterFact, name = field.name): string {
  return `${field.type} ${name}${field.array === undefined ? '' : `[${field.array}]`}`;
}

/** libbpf takes the kernel's names where `vmlinux.h` is included or `__KERNEL__` is defined (bpf_tracing.h). */
function hasUserNames(unit: Unit): boolean {
  let user = false;
  for (const file of unit.model.files.values()) {
    for (const { path } of file.includes) {
      if (/(?:^|\/)vmlinux[\w.-]*\.h$/.test(path)) return false;
      if (USER_HEADER.test(path)) user = true;
    }
  }
  return user && unit.model.names?.defines.has('__KERNEL__') !== true;
}
