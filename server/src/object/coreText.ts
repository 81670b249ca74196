/** CO-RE relocations as C: the question that one asks the kernel, the field that one means. */
import type { Btf } from '../btf/btf.js';
import type { ContextFact } from '../facts/factBook.types.js';
import { CORE, type CoreRelocation } from './btfExt.js';
import { identifier } from './names.js';
import { before } from '../text/ends.js';

/** A type whose name ends in `___x` is a flavour of the same type of the kernel. */
const plain = (name: string): string => identifier(before(name, '___'), 'type');

/** `bpf_core_field_exists(struct task_struct, x)`; undefined for relocations that ask nothing. */
export function questionText({ kind, type, access }: CoreRelocation, btf: Btf): string | undefined {
  const name = plain(btf.name(type));
  switch (kind) {
    case CORE.fieldExists:
      return `bpf_core_field_exists(struct ${name}, ${fieldName(type, access, btf) ?? 'field'})`;
    case CORE.fieldSize:
      return `bpf_core_field_size(struct ${name}, ${fieldName(type, access, btf) ?? 'field'})`;
    case CORE.typeExists:
      return `bpf_core_type_exists(struct ${name})`;
    case CORE.typeMatches:
      return `bpf_core_type_matches(struct ${name})`;
    case CORE.typeSize:
      return `bpf_core_type_size(struct ${name})`;
    case CORE.enumValueExists:
      return `bpf_core_enum_value_exists(enum ${name}, ${enumeratorName(type, access, btf) ?? 'value'})`;
    default:
      return undefined;
  }
}

function enumeratorName(id: number, access: string, btf: Btf): string | undefined {
  const name = /^\d{1,5}$/.test(access) ? btf.enumerator(btf.resolveId(id) ?? 0, Number(access))?.name : undefined;
  return name === undefined ? undefined : plain(name);
}

/** The first member that an access names: `0:3:…` is the fourth. */
function fieldName(id: number, access: string, btf: Btf): string | undefined {
  const index = /^\d{1,6}:(\d{1,5})/.exec(access)?.[1];
  const member = index === undefined ? undefined : btf.member(btf.resolveId(id) ?? 0, Number(index));
  return member === undefined || member.name === '' ? undefined : identifier(member.name, 'field');
}

/**
 * The field of a context that is at an offset, with its index where it is an array.
 * @param relocated says which field is meant whatever its offset is
 */
export function fieldText(fact: ContextFact, offset: number, relocated: { readonly core: CoreRelocation; readonly btf: Btf } | undefined): string | undefined {
  const { core, btf } = relocated ?? {};
  if (core && btf && core.kind === CORE.fieldOffset && plain(btf.name(core.type)) === fact.name) {
    const name = fieldName(core.type, core.access, btf);
    const field = name === undefined ? undefined : fact.fields.get(name);
    if (field && field.array === undefined) return field.name;
  }
  for (const field of fact.fields.values()) {
    if (offset < field.offset || offset >= field.offset + field.size) continue;
    return field.array === undefined ? field.name : `${field.name}[${Math.floor((offset - field.offset) / (field.size / field.array))}]`;
  }
  return undefined;
}
