/** What the types of one kernel say about it: helpers, kfuncs, enumerators, functions, structs. Asked, never listed whole. */
import { Btf } from './btf.js';
import type { BtfError } from './btf.types.js';
import type { NameIndex } from './nameIndex.js';
import { typeText } from './typeText.js';

/** Raw BTF with the name of what it describes: `vmlinux`, or a module's. */
export interface NamedBtf { readonly name: string; readonly btf: Btf }

/** A field as a program names it: those of unnamed structs and unions inside come as the struct's own. */
export interface KernelField { readonly name: string; readonly type: number; readonly btf: Btf; readonly text: string }

const MAX_FIELDS = 20_000;
/** Members that are looked at for the fields of one name; of a kernel's largest structs some thousands. */
const MAX_MEMBERS = 200_000;
/** Unnamed structs and unions in one another. */
const MAX_DEPTH = 16;
/** Fields that are kept for the next question. */
const MAX_KEPT = 400_000;
/** Names that begin alike; a kernel has some 60,000 functions. */
const MAX_NAMES = 200_000;
const MAX_KFUNCS = 50_000;
/** Enumerators are read up to here; a whole kernel has some 20,000. */
const MAX_ENUMERATORS = 500_000;

type Owner = 'struct' | 'union';

/** The types of a kernel, of its vmlinux first, then of the modules that are given with it. */
export class KernelTypes {
  readonly #enums = new Map<string, ReadonlySet<string> | undefined>();
  #enumerators: readonly NameIndex[] | undefined;
  #tagged: ReadonlySet<string> | undefined;
  readonly #fields = new Map<string, ReadonlyMap<string, KernelField> | undefined>();
  #kept = 0;

  constructor(private readonly parts: readonly NamedBtf[]) {}

  /** Names of the modules whose types are there. */
  get modules(): readonly string[] {
    return this.parts.slice(1).map((part) => part.name);
  }

  /** Is this an enumerator of that enum? Undefined where the kernel has no such enum. */
  hasEnumerator(name: string, enumerator: string): boolean | undefined {
    if (!this.#enums.has(name)) this.#enums.set(name, this.#valuesOf(name));
    return this.#enums.get(name)?.has(enumerator);
  }

  /** Is this an enumerator of any enum, named or not? */
  knowsConstant(name: string): boolean {
    return (this.#enumerators ??= this.parts.map(({ btf }) => btf.enumerators(MAX_ENUMERATORS))).some((index) => index.has(name));
  }

  /** Has it a function of this name that its types tell of? Those that were inlined or renamed by the compiler are not told of. */
  hasFunction(name: string): boolean {
    return this.parts.some(({ btf }) => btf.named('function').has(name));
  }

  /** Functions marked as kfuncs; undefined for kernels that mark none (before 6.10, or built with an older pahole). */
  get kfuncs(): ReadonlySet<string> | undefined {
    const tagged = (this.#tagged ??= this.#markedAs('bpf_kfunc'));
    return tagged.size === 0 ? undefined : tagged;
  }

  /** Has it a type of this kind and name? */
  has(kind: 'struct' | 'union' | 'typedef', name: string): boolean {
    return this.parts.some(({ btf }) => btf.named(kind).has(name));
  }

  /** At most `limit` names of functions that begin so, in alphabetical order, and whether there are more. */
  functions(prefix: string, limit: number): { readonly names: readonly string[]; readonly more: boolean } {
    return this.names('function', prefix, limit);
  }

  /** At most `limit` names of one kind that begin so. */
  names(kind: 'function' | 'struct' | 'typedef', prefix: string, limit: number): { readonly names: readonly string[]; readonly more: boolean } {
    const found = new Set<string>();
    for (const { btf } of this.parts) {
      for (const name of btf.namesOf(kind, prefix)) if (found.add(name).size >= MAX_NAMES) break;
    }
    const names = [...found].sort();
    return { names: names.slice(0, limit), more: names.length > limit };
  }

  /** The declaration of a function, `long do_unlinkat(int dfd, struct filename *name)`; undefined where there is none. */
  functionText(name: string): string | undefined {
    for (const { btf } of this.parts) {
      const id = btf.named('function').get(name);
      if (id !== undefined) return typeText(btf, id);
    }
    return undefined;
  }

  /** Fields of a struct or union by name; undefined where the kernel has none of this name, or tells of it by name only. */
  fields(owner: Owner, name: string): ReadonlyMap<string, KernelField> | undefined {
    const key = `${owner} ${name}`;
    if (this.#fields.has(key)) return this.#fields.get(key);
    const fields = this.#fieldsOf(owner, name);
    this.#kept += fields?.size ?? 0;
    if (this.#kept > MAX_KEPT) {
      this.#fields.clear();
      this.#kept = fields?.size ?? 0;
    }
    this.#fields.set(key, fields);
    return fields;
  }

  /** The struct that a field of a struct points to; undefined for other fields. */
  pointedTo(struct: string, name: string): string | undefined {
    const field = this.fields('struct', struct)?.get(name);
    const type = field?.btf.resolve(field.type, 0);
    const target = type?.kind === 'pointer' ? field?.btf.resolve(type.type, 0) : undefined;
    return target && (target.kind === 'struct' || target.kind === 'forward') ? target.name : undefined;
  }

  #fieldsOf(owner: Owner, name: string): ReadonlyMap<string, KernelField> | undefined {
    // libbpf looks for candidates in modules only where vmlinux has none (`bpf_core_find_cands`), and then in all of them.
    return fieldsIn(this.parts.slice(0, 1), owner, name) ?? fieldsIn(this.parts.slice(1), owner, name);
  }

  #valuesOf(name: string): ReadonlySet<string> | undefined {
    const { btf } = this.parts[0] ?? {};
    const id = btf?.named('enum').get(name) ?? btf?.named('enum64').get(name);
    const type = id === undefined ? undefined : btf?.type(id);
    return type && 'values' in type ? new Set(type.values.map((value) => value.name)) : undefined;
  }

  #markedAs(tag: string): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { btf } of this.parts) {
      for (const id of btf.ids('decl-tag')) {
        if (btf.name(id) !== tag) continue;
        const type = btf.type(id);
        if (type?.kind === 'decl-tag' && type.component === -1 && btf.kind(type.type) === 'function') names.add(btf.name(type.type));
        if (names.size >= MAX_KFUNCS) return names;
      }
    }
    return names;
  }
}

/**
 * Reads a kernel's types out of raw BTF: one that stands alone first, split ones of modules behind it. A module stands on vmlinux's, or
 * on the distilled `base` that it brings along; what it refers to there is known by name in vmlinux's own.
 * @returns the types, or which of them cannot be read, and why
 */
export function readKernelTypes(files: readonly { readonly name: string; readonly bytes: Uint8Array; readonly base?: Uint8Array }[]): KernelTypes | { readonly error: BtfError; readonly name: string } {
  const parts: NamedBtf[] = [];
  for (const { name, bytes, base } of files) {
    const under = base && parts.length > 0 ? Btf.read(base) : parts[0]?.btf;
    if (under && 'error' in under) return { error: under.error, name };
    const btf = Btf.read(bytes, under);
    if ('error' in btf) return { error: btf.error, name };
    parts.push({ name, btf });
  }
  return new KernelTypes(parts);
}

/** Several structs may share a name: a field of any of them is one that the program may mean. */
function fieldsIn(parts: readonly NamedBtf[], owner: Owner, name: string): ReadonlyMap<string, KernelField> | undefined {
  const fields = new Map<string, KernelField>();
  const budget = { left: MAX_MEMBERS };
  let found = false;
  for (const { btf } of parts) {
    const seen = new Set<number>();
    for (const id of btf.named(owner).all(name)) {
      found = true;
      collect(btf, id, fields, 0, seen, budget);
    }
  }
  return found ? fields : undefined;
}

/** Each type once: what is in it has the same names wherever it is unnamed. */
function collect(btf: Btf, id: number | undefined, into: Map<string, KernelField>, depth: number, seen: Set<number>, budget: { left: number }): void {
  if (id === undefined || depth > MAX_DEPTH || seen.has(id) || budget.left <= 0 || into.size >= MAX_FIELDS) return;
  seen.add(id);
  const type = btf.kind(id) === 'struct' || btf.kind(id) === 'union' ? btf.type(id, budget.left) : undefined;
  if (type?.kind !== 'struct' && type?.kind !== 'union') return;
  budget.left -= 1 + type.members.length;
  for (const member of type.members) {
    if (into.size >= MAX_FIELDS) return;
    if (member.name === '') collect(btf, btf.resolveId(member.type), into, depth + 1, seen, budget);
    else if (!into.has(member.name)) into.set(member.name, { name: member.name, type: member.type, btf, get text() { return typeText(btf, member.type, member.name); } });
  }
}
