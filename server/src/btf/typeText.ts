/** A type as C would declare it, for people: one line, as deep as a line bears. */
import type { Btf } from './btf.js';

/** Pointers, arrays and qualifiers on the way to a name; what is deeper is cut, circles with it. */
const MAX_DEPTH = 24;
const MAX_PARAMETERS = 24;
/** Characters of a text; each type costs a few, with or without a name. Functions whose parameters are functions would else be written for ever. */
const MAX_TEXT = 2_000;
const COST = 8;

/** What is left of `MAX_TEXT`. */
interface Budget { left: number }

/** `struct task_struct *parent`, `char comm[16]`, `int (*show)(struct seq_file *, void *)`; a function with its own name. */
export function typeText(btf: Btf, id: number, name = ''): string {
  return declare(btf, id, name, 0, { left: MAX_TEXT }).trimEnd();
}

function declare(btf: Btf, id: number, inner: string, depth: number, budget: Budget): string {
  const type = depth > MAX_DEPTH || budget.left < 0 ? undefined : btf.type(id, MAX_PARAMETERS + 1);
  if (!type) return join('…', inner);
  budget.left -= COST + type.name.length;
  const next = (to: number, rest: string): string => declare(btf, to, rest, depth + 1, budget);
  switch (type.kind) {
    case 'void':
      return join('void', inner);
    case 'int': case 'float': case 'typedef':
      return join(type.name, inner);
    case 'struct': case 'union': case 'enum': case 'enum64': case 'forward':
      return join(`${word(type)} ${type.name === '' ? '{…}' : type.name}`, inner);
    case 'pointer':
      return next(type.type, wraps(btf, type.type) ? `(*${inner})` : `*${inner}`);
    case 'const': case 'volatile': case 'restrict':
      // Behind a star it belongs to the pointer, else in front of the type.
      return btf.kind(type.type) === 'pointer' ? next(type.type, join(type.kind, inner)) : `${type.kind} ${next(type.type, inner)}`;
    case 'type-tag': case 'decl-tag': case 'variable':
      return next(type.type, inner);
    case 'array':
      return next(type.element, `${inner}[${type.count}]`);
    case 'function':
      return next(type.type, type.name);
    case 'prototype': {
      const shown: string[] = [];
      for (const p of type.parameters) {
        budget.left -= p.name.length;
        const isCut = shown.length >= MAX_PARAMETERS || budget.left < 0;
        shown.push(isCut ? '…' : p.type === 0 && p.name === '' ? '...' : next(p.type, p.name));
        if (isCut) break;
      }
      const list = shown.length === 0 ? 'void' : shown.join(', ');
      return next(type.returns, `${inner}(${list})`);
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
