/**
 * Offers `bpf_probe_read_kernel` and `bpf_probe_read_user` in place of `bpf_probe_read`, which cannot tell the two kinds of memory
 * apart (and is not there on machines where their addresses overlap, such as s390).
 */
import type { Unit } from '../../analysis.types.js';
import type { EntityCall } from '../../model/model.types.js';
import type { Span } from '../../text/span.js';
import { judgeCall } from '../verdict.js';
import type { CodeActionData } from './codeAction.types.js';
import { entryOf } from '../../text/entryOf.js';

const SUCCESSORS: Readonly<Record<string, { readonly kernel: string; readonly user: string }>> = {
  bpf_probe_read: { kernel: 'bpf_probe_read_kernel', user: 'bpf_probe_read_user' },
  bpf_probe_read_str: { kernel: 'bpf_probe_read_kernel_str', user: 'bpf_probe_read_user_str' },
};

/** @param offered corrections that findings offer already; those are not repeated */
export function probeReads(unit: Unit, selection: Span, offered: readonly CodeActionData[]): readonly CodeActionData[] {
  const { main } = unit.model;
  return unit.model.calls.flatMap((call): CodeActionData[] => {
    const names = entryOf(SUCCESSORS, call.name);
    const { span, nameSpan, form } = call.call;
    if (!names || call.path !== main.path || form !== 'direct' || call.via !== undefined || span.start > selection.end || span.end < selection.start) return [];
    if (main.text.slice(nameSpan.start, nameSpan.end) !== call.name) return [];
    const memory = memoryOf(main.text, call);
    const order = memory === undefined ? (['kernel', 'user'] as const) : [memory];
    return order
      .filter((kind) => fits(unit, call, names[kind]) && !offered.some((o) => o.title === `Call \`${names[kind]}\``))
      .map((kind) => ({ title: `Call \`${names[kind]}\`: ${kind} memory`, kind: 'refactor.rewrite', edits: [{ path: main.path, span: nameSpan, newText: names[kind] }], preferred: memory !== undefined }));
  });
}

/** Not offered where a kernel of the target is known to refuse it. */
function fits(unit: Unit, call: EntityCall, name: string): boolean {
  const fact = unit.facts.helpers.get(name);
  if (!fact) return false;
  return call.programs.every((p) => judgeCall(unit, fact, p.key).answer !== 'no');
}

/** Which memory the third argument points to, where the code says so; undefined where it does not. */
function memoryOf(text: string, { call, fn, programs }: EntityCall): 'kernel' | 'user' | undefined {
  const arg = call.args[2];
  if (!arg) return undefined;
  const base = /^(?:\([^()]*\))*&?\(?([A-Za-z_]\w*)/.exec(arg.text.replace(/\s+/g, ''))?.[1];
  const declared = base === undefined ? undefined : [...fn.params, ...fn.locals].find((d) => d.name === base);
  if (/\b__user\b/.test(arg.text) || (declared && isUser(text, declared))) return 'user';
  const uprobes = programs.length > 0 && programs.every((p) => /^u(?:ret)?probe|^usdt/.test(p.section.def?.name ?? ''));
  if (uprobes && (/\bPT_REGS_/.test(arg.text) || fn.params.some((p) => p.name === base))) return 'user';
  const syscalls = programs.length > 0 && programs.every((p) => /^(?:tracepoint|tp)\/syscalls\/sys_enter_|^ksyscall\//.test(p.section.name));
  if (syscalls && base !== undefined && /^\(?[^&]*\bctx\s*->\s*args\b/.test(arg.text)) return 'user';
  // `&task->comm`: a field of a struct of the kernel's, reached by its pointer.
  const kernel = declared && /^(?:const )?struct (?:task_struct|sock|sk_buff|file|inode|dentry|path|mm_struct|cred|nsproxy|net|net_device|socket|linux_binprm|super_block|vfsmount|mount|pid|signal_struct|css_set|cgroup|request|bio|sock_common|inet_sock|tcp_sock|vm_area_struct|page|rq)\s*\*/.test(declared.type);
  return kernel && /->/.test(arg.text) ? 'kernel' : undefined;
}

/** The mask takes `__user` out of a type: the text around the name still has it. */
function isUser(text: string, { nameSpan, type }: { readonly nameSpan: Span; readonly type: string }): boolean {
  const before = text.slice(Math.max(0, nameSpan.start - 60), nameSpan.start);
  return /\b__user\b/.test(type) || /\b__user\b[\s*]*$/.test(before);
}
