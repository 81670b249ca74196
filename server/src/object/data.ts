/** Writes what an object has beside functions: its licence, maps, variables, operation tables, and what it wants of the kernel. */
import type { Btf } from '../btf/btf.js';
import type { FactBook } from '../facts/factBook.types.js';
import { mapFlagsText } from './flagNames.js';
import { MAP_TYPES } from './mapTypes.js';
import type { LineInfo } from './btfExt.js';
import { identifier, quoted } from './names.js';
import type { ObjectFile } from './objectFile.js';
import type { Origin, Writer } from './outline.types.js';
import { isLegacyMaps, sizeOfType, type ObjectVariable, type Parts } from './parts.js';

/** Members of `struct bpf_map_def` in order, 32 bits each. */
const LEGACY = ['type', 'key_size', 'value_size', 'max_entries', 'map_flags'] as const;
/** Slots with something in them that are written down. */
const MAX_VALUES = 1024;
const MAX_TABLES = 256;
/** Attributes of a map. */
const MAX_MEMBERS = 64;
/** Members of a table; the largest, `struct tcp_congestion_ops` and `struct sched_ext_ops`, have some dozens. */
const MAX_OPERATIONS = 4096;

const originOf = ({ section }: { readonly section: string }): Origin => ({ section, offset: undefined, source: undefined });

/** The text of the section `license`, up to its first zero byte. */
export function writeLicense(object: ObjectFile, out: Writer): void {
  const section = object.sections.find((s) => s.name === 'license');
  if (!section) return;
  const bytes = object.bytes(section.index);
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 128)));
  out.line(`char _license[] SEC("license") = ${quoted(text)};`, originOf({ section: 'license' }));
}

/**
 * All maps.
 * @param uses the source line that uses a map first, as far as there is one
 */
export function writeMaps(parts: Parts, facts: FactBook, uses: ReadonlyMap<ObjectVariable, LineInfo>, out: Writer): void {
  for (const map of parts.maps) {
    const at: Origin = { ...originOf(map), map: { name: map.name, use: uses.get(map) } };
    if (isLegacyMaps(map.section)) writeLegacyMap(map, parts.object, facts, at, out);
    else writeMap(map, parts, facts, at, out);
  }
}

const numberedType = (n: number): string => MAP_TYPES[n] ?? String(n);

function attributeText(facts: FactBook, attributes: ReadonlyMap<string, number>, name: string, value: number): string {
  if (name === 'type') return numberedType(value);
  return name === 'map_flags' ? mapFlagsText(facts, numberedType(attributes.get('type') ?? 0), value) : String(value);
}

function writeLegacyMap(map: ObjectVariable, object: ObjectFile, facts: FactBook, at: Origin, out: Writer): void {
  const bytes = object.bytes(map.sectionIndex);
  if (map.offset + 4 * LEGACY.length > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset + map.offset, 4 * LEGACY.length);
  const attributes = new Map(LEGACY.map((name, i) => [name as string, view.getUint32(4 * i, object.littleEndian)]));
  const members = [...attributes].map(([name, value]) => `.${name} = ${attributeText(facts, attributes, name, value)}`);
  out.line(`struct bpf_map_def SEC(${quoted(map.section)}) ${map.name} = { ${members.join(', ')} };`, at);
}

function writeMap(map: ObjectVariable, parts: Parts, facts: FactBook, at: Origin, out: Writer): void {
  const { btf } = parts.object;
  const type = btf && map.type !== undefined ? btf.resolve(map.type, MAX_MEMBERS) : undefined;
  if (!btf || type?.kind !== 'struct') return;
  const attributes = mapAttributes(btf, type);
  out.line('struct {', at);
  for (const [name, value] of attributes) out.line(TYPED.has(name) ? `\t__type(${name}, char[${value}]);` : `\t__uint(${name}, ${attributeText(facts, attributes, name, value)});`, at);
  const values = type.members.find((m) => m.name === 'values');
  if (values) out.line(`\t__array(values, ${innerMap(btf, values.type) ? 'struct inner' : 'int (void *)'});`, at);
  const slots = values ? staticSlots(map, values.offset / 8, parts) : [];
  out.line(`} ${map.name} SEC(".maps")${slots.length === 0 ? '' : ` = { .values = { ${slots.join(', ')} } }`};`, at);
}

/** What says a size by a type: loaders do not all read that as a size (cilium/ebpf's ring buffers). */
const TYPED: ReadonlySet<string> = new Set(['key', 'value']);

/** `__uint` is a pointer to an array of so many, `__type` a pointer to the type, `__ulong` an enumerator. */
function mapAttributes(btf: Btf, type: { readonly members: readonly { readonly name: string; readonly type: number }[] }): ReadonlyMap<string, number> {
  const attributes = new Map<string, number>();
  for (const member of type.members) {
    const own = btf.resolve(member.type, 1);
    const target = own?.kind === 'pointer' ? btf.resolve(own.type, 0) : undefined;
    if (TYPED.has(member.name)) {
      const size = own?.kind === 'pointer' ? sizeOfType(btf, own.type) : undefined;
      if (size !== undefined) attributes.set(member.name, size);
    } else if (target?.kind === 'array' && member.name !== 'values') attributes.set(identifier(member.name, 'member'), target.count);
    else if (own?.kind === 'enum64' && own.values[0] && own.values[0].value <= BigInt(Number.MAX_SAFE_INTEGER)) attributes.set(identifier(member.name, 'member'), Number(own.values[0].value));
  }
  return attributes;
}

/** True for an array of maps, and not of programs. */
function innerMap(btf: Btf, id: number): boolean {
  const array = btf.resolve(id, 0);
  const element = array?.kind === 'array' ? btf.resolve(array.element, 0) : undefined;
  return element?.kind === 'pointer' && btf.resolve(element.type, 0)?.kind === 'struct';
}

/** What relocations put into a map's slots. */
function staticSlots(map: ObjectVariable, from: number, parts: Parts): readonly string[] {
  const relocations = parts.object.relocations(map.sectionIndex);
  const slots: string[] = [];
  for (let offset = map.offset + from, slot = 0; offset < map.offset + map.size && slot < MAX_VALUES; offset += 8, slot++) {
    const symbol = relocations.get(offset);
    const target = symbol && parts.at(symbol, 0);
    if (target?.offset === 0) slots.push(`[${slot}] = (void *)&${target.part.name}`);
  }
  return slots;
}

/** Variables that functions refer to: those of the object, and those of the kernel and its configuration. */
export function writeVariables(used: Iterable<ObjectVariable>, btf: Btf | undefined, out: Writer): void {
  for (const variable of used) {
    const { name, section, weak } = variable;
    const strength = weak ? ' __weak' : '';
    if (variable.kind === 'map') continue;
    if (variable.kind === 'kconfig') out.line(`extern int ${name} __kconfig${strength};`, originOf(variable));
    else if (variable.kind === 'ksym') out.line(`extern const ${isVoid(btf, variable.type) ? 'void' : 'int'} ${name} __ksym${strength};`, originOf(variable));
    else if (/^\.(?:data|bss)/.test(section)) out.line(`int ${name} SEC(${quoted(section)});`, originOf(variable));
    else if (section.startsWith('.rodata')) out.line(`const volatile int ${name} SEC(${quoted(section)});`, originOf(variable));
  }
}

/** `extern const void symbol __ksym`: an address only, looked up in kallsyms. */
function isVoid(btf: Btf | undefined, type: number | undefined): boolean {
  const own = type === undefined ? undefined : btf?.resolve(type, 0);
  return own === undefined || own.kind === 'void';
}

/** Tables of operations, with the functions in them. */
export function writeStructOps(parts: Parts, out: Writer): void {
  const { object } = parts;
  const { btf } = object;
  if (!btf) return;
  let left = MAX_TABLES;
  for (const section of object.sections) {
    if (!/^\??\.struct_ops/.test(section.name)) continue;
    const relocations = object.relocations(section.index);
    for (const symbol of object.symbolsIn(section.index)) {
      if (symbol.kind !== 'data' || symbol.name === '' || --left < 0) continue;
      const variable = btf.type(btf.named('variable').get(symbol.name) ?? 0, 0);
      const type = variable?.kind === 'variable' ? btf.resolve(variable.type, MAX_OPERATIONS) : undefined;
      if (type?.kind !== 'struct') continue;
      const members = type.members.flatMap((member) => {
        const target = relocations.get(symbol.value + member.offset / 8);
        const fn = target && parts.at(target, 0);
        return fn?.part.kind === 'function' ? [`.${identifier(member.name, 'member')} = (void *)${fn.part.name}`] : [];
      });
      const name = identifier(symbol.name, 'ops');
      out.line(`struct ${identifier(type.name, 'ops')} ${name} SEC(${quoted(section.name)}) = { ${members.join(', ')} };`, originOf({ section: section.name }));
    }
  }
}
