/**
 * Objects that rustc made. aya loads them, and not libbpf: it reads definitions in `maps`, takes a missing section `license` for "GPL", and lets
 * a name stand behind a section's kind (aya-obj/src/obj.rs: `Object::parse`, `ProgramSection::from_str`; aya-obj/src/maps.rs: `bpf_map_def`).
 */
import { isLegacyMaps, type Parts } from './parts.js';

/** A codegen unit of rustc, by which it names the source: `prog.eeafc9cfbc97e9eb-cgu.0`. */
const CODEGEN_UNIT = /-cgu\.\d+$/;
/** Names as rustc mangles them, the older way and the newer. */
const MANGLED = /^(?:_ZN\w+17h[0-9a-f]{16}E|_RN[A-Z]\w+)$/;
/** aya's `bpf_map_def`: libbpf's five members, an id and the kind of pinning, 32 bits each. libbpf's own has 20 bytes. */
const AYA_MAP = 28;

/** True where lines, names or maps are those of Rust. */
export function isFromRust(parts: Parts): boolean {
  const { object, functions, maps } = parts;
  return object.symbols.some((s) => (s.section === -1 && CODEGEN_UNIT.test(s.name)) || MANGLED.test(s.name))
    || functions.some((fn) => object.ext?.lineAt(fn.section.name, fn.start, fn.start)?.file.endsWith('.rs') === true)
    || maps.some((map) => isLegacyMaps(map.section) && map.size === AYA_MAP);
}
