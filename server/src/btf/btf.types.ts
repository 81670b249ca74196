/** Types of BTF as plain data: what include/uapi/linux/btf.h lays out, decoded. */

/** Kinds by their number in btf.h; index 0 is `void`. */
export const BTF_KINDS = [
  'void', 'int', 'pointer', 'array', 'struct', 'union', 'enum', 'forward', 'typedef', 'volatile', 'const', 'restrict',
  'function', 'prototype', 'variable', 'section', 'float', 'decl-tag', 'type-tag', 'enum64',
] as const;

export type BtfKind = (typeof BTF_KINDS)[number];

/** Why bytes could not be read as BTF or ELF; `message` is a clause for people: "its header ends after 12 bytes". */
export interface BtfError {
  readonly code: 'not-btf' | 'truncated' | 'malformed' | 'unsupported' | 'too-large' | 'needs-base';
  readonly message: string;
}

/** A member of a struct or union; offsets in bits. `bits` is 0 for what is no bit field. */
export interface BtfMember { readonly name: string; readonly type: number; readonly offset: number; readonly bits: number }

export interface BtfEnumerator { readonly name: string; readonly value: bigint }

export interface BtfParameter { readonly name: string; readonly type: number }

interface Base { readonly id: number; readonly name: string }

/** References (`type`, `element`, …) are ids that may name no type: ask `Btf.type` and expect undefined. */
export type BtfType =
  | (Base & { readonly kind: 'void' })
  | (Base & { readonly kind: 'int'; readonly size: number; readonly signed: boolean; readonly char: boolean; readonly bool: boolean; readonly bits: number; readonly offset: number })
  | (Base & { readonly kind: 'pointer' | 'typedef' | 'volatile' | 'const' | 'restrict'; readonly type: number })
  | (Base & { readonly kind: 'type-tag'; readonly type: number; readonly attribute: boolean })
  | (Base & { readonly kind: 'array'; readonly element: number; readonly index: number; readonly count: number })
  | (Base & { readonly kind: 'struct' | 'union'; readonly size: number; readonly members: readonly BtfMember[] })
  | (Base & { readonly kind: 'enum' | 'enum64'; readonly size: number; readonly signed: boolean; readonly values: readonly BtfEnumerator[] })
  | (Base & { readonly kind: 'forward'; readonly union: boolean })
  | (Base & { readonly kind: 'function'; readonly type: number; readonly linkage: 'static' | 'global' | 'extern' | 'unknown' })
  | (Base & { readonly kind: 'prototype'; readonly returns: number; readonly parameters: readonly BtfParameter[] })
  | (Base & { readonly kind: 'variable'; readonly type: number; readonly linkage: 'static' | 'global' | 'extern' | 'unknown' })
  | (Base & { readonly kind: 'section'; readonly size: number; readonly variables: readonly { readonly type: number; readonly offset: number; readonly size: number }[] })
  | (Base & { readonly kind: 'float'; readonly size: number })
  /** `component` is -1 for the type itself, else the index of a member or parameter. */
  | (Base & { readonly kind: 'decl-tag'; readonly type: number; readonly component: number; readonly attribute: boolean });
