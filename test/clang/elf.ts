/** Reads which programs a compiled BPF object holds, as libbpf does (`bpf_object__add_programs()`). */

const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHF_EXECINSTR = 4;
const STT_FUNC = 2;
const STB_LOCAL = 0;

export interface ElfProgram {
  readonly section: string;
  readonly name: string;
}

interface Section {
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** @param object a 64-bit ELF file of this machine's byte order */
export function programsOf(object: Buffer): readonly ElfProgram[] {
  const u64 = (at: number): number => Number(object.readBigUInt64LE(at));
  const text = (at: number): string => object.toString('latin1', at, object.indexOf(0, at));
  const [table, entry, count, names] = [u64(40), object.readUInt16LE(58), object.readUInt16LE(60), object.readUInt16LE(62)];
  const sections = Array.from({ length: count }, (_, i): Section => {
    const at = table + i * entry;
    return { name: object.readUInt32LE(at), type: object.readUInt32LE(at + 4), flags: u64(at + 8), offset: u64(at + 24), size: u64(at + 32), link: object.readUInt32LE(at + 40) };
  });
  const nameOf = (section: Section): string => text(sections[names]!.offset + section.name);
  const programs: ElfProgram[] = [];
  for (const symbols of sections.filter((s) => s.type === SHT_SYMTAB)) {
    for (let at = symbols.offset; at < symbols.offset + symbols.size; at += 24) {
      const info = object.readUInt8(at + 4);
      const section = sections[object.readUInt16LE(at + 6)];
      if ((info & 15) !== STT_FUNC || info >> 4 === STB_LOCAL || section?.type !== SHT_PROGBITS || (section.flags & SHF_EXECINSTR) === 0) continue;
      if (nameOf(section) !== '.text') programs.push({ section: nameOf(section), name: text(sections[symbols.link]!.offset + object.readUInt32LE(at)) });
    }
  }
  return programs;
}
