/** A type as C would declare it, for people: one line, as deep as a line bears. */
import type { Btf } from './btf.js';

/** Pointers, arrays and typedefs on the way to a name; what is deeper is cut, circles with it. */
const MAX_DEPTH = 24;
const MAX_PARAMETERS = 24;

/** `struct task_struct *parent`, `char comm[16]`, `int (*show)(struct seq_file *, void *)`; a function with its own name. */
export function typeText(btf: Btf, id: number, name = ''): string {
  return declare(btf, id, name, 0).trimEnd();
}

function declare(btf: Btf, id: number, inner: string, depth: number): string {
  const type = btf.type(id);
  if (!type || depth > MAX_DEPTH) return join('…', inner);
  switch (type.kind) {
    case 'void':
      return join('void', inner);
    case 'int': case 'float': case 'typedef':
      return join(type.name, inner);
    case 'struct': case 'union': case 'enum': case 'enum64': case 'forward':
      return join(`${word(type)} ${type.name === '' ? '{…}' : type.name}`, inner);
    case 'pointer':
      return declare(btf, type.type, wraps(btf, type.type) ? `(*${inner})` : `*${inner}`, depth + 1);
    case 'const': case 'volatile': case 'restrict':
      // Behind a star it belongs to the pointer, else in front of the type.
      return btf.kind(type.type) === 'pointer' ? declare(btf, type.type, join(type.kind, inner), depth + 1) : `${type.kind} ${declare(btf, type.type, inner, depth + 1)}`;
    case 'type-tag': case 'decl-tag': case 'variable':
      return declare(btf, type.type, inner, depth + 1);
    case 'array':
      return declare(btf, type.element, `${inner}[${type.count}]`, depth + 1);
    case 'function':
      return declare(btf, type.type, type.name, depth + 1);
    case 'prototype': {
      const shown = type.parameters.slice(0, MAX_PARAMETERS).map((p) => (p.type === 0 && p.name === '' ? '...' : declare(btf, p.type, p.name, depth + 1)));
      const list = shown.length === 0 ? 'void' : [...shown, ...(type.parameters.length > MAX_PARAMETERS ? ['…'] : [])].join(', ');
      return declare(btf, type.returns, `${inner}(${list})`, depth + 1);
    }
    case 'section':
      return join(type.name, inner);
  }
}

function word(type: { readonly kind: 'struct' | 'union' | 'enum' | 'enum64' | 'forward'; readonly union?: boolean }): string {
  if (type.kind === 'forward') return type.union ? 'union' : 'struct';
  return type.kind === 'enum64' ? 'enum' : type.kind;
}

function wraps(btf: Btf, id: number): boolean {
  const kind = btf.kind(id);
  return kind === 'array' || kind === 'prototype';
}

function join(type: string, inner: string): string {
  if (inner === '') return type;
  return inner.startsWith('*') || inner.startsWith('[') || inner.startsWith('(') ? `${type} ${inner}`.replace(/ \[/, '[') : `${type} ${inner}`;
}
