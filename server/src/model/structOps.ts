/** Which operations table and member a struct_ops program fills, from the variables in `.struct_ops` sections. */
import type { FileView, VariableView } from '../syntax/views.js';
import { sectionText } from './sections.js';
import { closing, tokenize } from './tokens.js';
import type { UnitIndex } from './unitIndex.js';
import { before } from '../text/ends.js';

/** Macros of sched_ext and HID-BPF that declare such a variable whole, with the struct they declare. */
const DECLARING: readonly (readonly [macro: string, ops: string])[] = [['SCX_OPS_DEFINE', 'sched_ext_ops']];

function opsName(variable: VariableView, index: UnitIndex): string | undefined {
  const declared = variable.sections.some((use) => sectionText(use, index)?.replace(/^\?/, '').startsWith('.struct_ops'));
  const m = declared ? /\bstruct\s+(\w+)/.exec(variable.type) : null;
  if (m) return m[1];
  // HID_BPF_OPS(name) = { … } hides section and type.
  return variable.annotations.some((a) => a.name === 'HID_BPF_OPS') || variable.type === 'HID_BPF_OPS' ? 'hid_bpf_ops' : undefined;
}

/** `SCX_OPS_DEFINE(name, .enqueue = (void *)f, …)`: pairs of member and function. */
function declaredByMacro(file: FileView, macro: string): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = file.text.indexOf(`${macro}(`); at >= 0; at = file.text.indexOf(`${macro}(`, at + 1)) {
    const tokens = tokenize(file.text.slice(at, at + 8000));
    const end = closing(tokens, 1);
    for (let i = 2; i < end; i++) {
      if (tokens[i]!.value !== '.' || tokens[i + 1]?.kind !== 'word' || tokens[i + 2]?.value !== '=') continue;
      let last = i + 3;
      while (last < end && tokens[last]!.value !== ',') last++;
      const value = tokens[last - 1];
      if (value?.kind === 'word') pairs.push([tokens[i + 1]!.value, value.value]);
    }
  }
  return pairs;
}

/**
 * Function name → `ops.member` of every place that it is put into.
 * A flavour suffix (`tcp_congestion_ops___x`) names the same kernel type, as in libbpf.
 */
export function structOpsMembers(index: UnitIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  const put = (fn: string, member: string): void => {
    const set = members.get(fn);
    if (set) set.add(member);
    else members.set(fn, new Set([member]));
  };
  for (const list of index.variables.values()) {
    for (const { view } of list) {
      if (view.initializers.length === 0) continue;
      const flavoured = opsName(view, index);
      if (flavoured === undefined) continue;
      const ops = before(flavoured, '___');
      for (const init of view.initializers) if (init.identifier !== undefined) put(init.identifier, `${ops}.${init.field}`);
    }
  }
  for (const [macro, ops] of DECLARING) {
    for (const file of index.files.values()) for (const [member, fn] of declaredByMacro(file, macro)) put(fn, `${ops}.${member}`);
  }
  return members;
}
