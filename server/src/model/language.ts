/** What the shape of the code itself needs of a kernel, where that is certain from the text. */
import type { Lifetime } from '../facts/factBook.types.js';
import type { Condition, FunctionView, VariableView } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import type { GraphNode } from './callGraph.js';
import { scopeOf } from './scope.js';
import { sectionText } from './sections.js';
import type { Located, UnitIndex } from './unitIndex.js';

/** Calls between BPF functions: kernel commit cc8b0b92a169 ("bpf: introduce function calls"), 4.16. */
export const BPF_CALLS: { readonly feature: string; readonly lifetime: Lifetime } = { feature: 'calls between BPF functions', lifetime: { since: 4016 } };
/** Global variables: kernel commit d8eca5bbb2be ("bpf: implement lookup-free direct value access for maps"), 5.2. */
export const GLOBAL_DATA: { readonly feature: string; readonly lifetime: Lifetime } = { feature: 'global variables', lifetime: { since: 5002 } };

/** True if a call of the function surely stays a call: only then does it need a kernel that knows calls. */
export function isNeverInlined(fn: FunctionView): boolean {
  return fn.annotations.some((a) => a.name === '__noinline' || a.name === 'noinline') && fn.bodySpan !== undefined;
}

/**
 * True if loads of the variable surely stay in the program: `volatile`, or visible to other objects and not constant.
 * Static variables that nobody writes, and constants, may be folded by the compiler.
 */
function isKept(variable: VariableView, index: UnitIndex): boolean {
  if (variable.isExtern || variable.mapAttributes.length > 0) return false;
  if (variable.annotations.some((a) => /^__(?:ksym|kconfig|arena|arena_global)$/.test(a.name))) return false;
  if (!variable.sections.every((use) => /^\.(?:data|rodata|bss)/.test(sectionText(use, index) ?? ''))) return false;
  if (variable.type.includes('(')) return false;
  return variable.isVolatile || (!variable.isStatic && !variable.isConst);
}

/** Global variables of the unit that need kernel support for global data. */
export function globalData(index: UnitIndex): ReadonlyMap<string, Located<VariableView>> {
  const result = new Map<string, Located<VariableView>>();
  for (const [name, list] of index.variables) {
    const kept = list.find((v) => isKept(v.view, index));
    if (kept && list.length === 1 && !index.functions.has(name)) result.set(name, kept);
  }
  return result;
}

/** Calls `use` for each mention of one of `names` in a function: plain uses and bases of member accesses. */
export function forUsedNames(node: GraphNode, names: ReadonlyMap<string, unknown>, use: (span: Span, conditions: readonly Condition[]) => void): void {
  const { fn } = node;
  const own = scopeOf(fn);
  const isOther = (name: string): boolean => names.has(name) && !own.locals.has(name) && !own.params.has(name);
  for (const i of fn.identifiers) if (isOther(i.name)) use(i.span, i.conditions);
  for (const f of fn.fields) if (isOther(f.base)) use(f.baseSpan, f.conditions);
}
