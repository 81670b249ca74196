/** Names that a function declares itself, kept with its view. */
import type { FunctionView } from '../syntax/views.js';

export interface Scope {
  readonly params: ReadonlySet<string>;
  readonly locals: ReadonlySet<string>;
}

const scopes = new WeakMap<FunctionView, Scope>();

/** Parameters and locals of a function, by name. */
export function scopeOf(fn: FunctionView): Scope {
  let scope = scopes.get(fn);
  if (!scope) scopes.set(fn, (scope = { params: new Set(fn.params.map((p) => p.name)), locals: new Set(fn.locals.map((l) => l.name)) }));
  return scope;
}
