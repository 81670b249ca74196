/** Which operations table and member a struct_ops program fills, from the variables in `.struct_ops` sections. */
import type { VariableView } from '../syntax/views.js';
import { sectionText } from './sections.js';
import type { UnitIndex } from './unitIndex.js';

/** Macros of sched_ext and HID-BPF that declare such a variable, with the struct they declare. */
const DECLARING: ReadonlyMap<string, string> = new Map([['SCX_OPS_DEFINE', 'sched_ext_ops'], ['HID_BPF_OPS', 'hid_bpf_ops']]);

function opsName(variable: VariableView, index: UnitIndex): string | undefined {
  for (const a of variable.annotations) {
    const ops = DECLARING.get(a.name);
    if (ops) return ops;
  }
  const declared = variable.sections.some((use) => sectionText(use, index)?.replace(/^\?/, '').startsWith('.struct_ops'));
  const m = /\bstruct\s+(\w+)/.exec(variable.type);
  return declared && m ? m[1] : undefined;
}

/**
 * Function name → `ops.member` of every place that it is put into.
 * A flavour suffix (`tcp_congestion_ops___x`) names the same kernel type, as in libbpf.
 */
export function structOpsMembers(index: UnitIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  for (const list of index.variables.values()) {
    for (const { view } of list) {
      if (view.initializers.length === 0) continue;
      const ops = opsName(view, index)?.replace(/___.*$/, '');
      if (ops === undefined) continue;
      for (const init of view.initializers) {
        if (init.identifier === undefined) continue;
        const set = members.get(init.identifier) ?? new Set<string>();
        set.add(`${ops}.${init.field}`);
        members.set(init.identifier, set);
      }
    }
  }
  return members;
}
