/**
 * Flags kfuncs that are called and declared nowhere. Evidence: C itself (clang says `call to undeclared function`), and that
 * libbpf resolves a kfunc by its declaration in `.ksyms`; prototypes are those of data/kfuncs.
 */
import type { EntityCall } from '../model/model.types.js';
import { isKnownHeader } from '../model/knownHeaders.js';
import { defineRule, type Fix, type RuleContext } from './rule.js';
import { callGroups, callReport } from './support/calls.js';
import { declareEdit } from './support/insertions.js';
import { listKeeper } from './support/keep.js';
import { remember } from './support/memo.js';
import { indexOf, unseenHeaders } from './support/unit.js';

export const kfuncUndeclared = defineRule({
  id: 'kfunc-undeclared',
  severity: 'warning',
  doc: {
    summary: 'The program calls a kfunc that nothing in sight declares.',
    why:
      'A kfunc is called like a function of the kernel, so C needs its declaration, and the loader needs it with `__ksym` to find the function in the kernel. ' +
      'Without one clang says `call to undeclared function`.',
    bad: {
      code: `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_unlock(void) __ksym;

SEC("tc")
int hold(struct __sk_buff *ctx)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

SEC("tc")
int hold(struct __sk_buff *ctx)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'There is no finding for what the headers of libbpf declare (`bpf_iter_num_new` …), and none where a header that was not read may declare it: `vmlinux.h`, which does on newer kernels, or any that is not found. Texts without an `#include` are taken for fragments.',
  },
  run(context, report) {
    const index = indexOf(context.model);
    const reported = new Set<string>();
    let complete: boolean | undefined;
    const libbpf = declaredByLibbpf(context);
    for (const call of direct(index, index, callGroups(context), (group) => group.filter(isDirect))) {
      const { name } = call;
      if (reported.has(name) || libbpf.has(name)) continue;
      if (index.prototypes.has(name) || index.functions.has(name) || index.variables.has(name) || index.defines.has(name)) continue;
      if (!(complete ??= seesEverything(context))) return;
      reported.add(name);
      const message = `\`${name}\` is a kfunc, and nothing here declares it: clang says \`call to undeclared function\`, and the loader finds kfuncs by declarations with \`__ksym\` only.`;
      report(callReport(context, call, call.programs, message, () => declare(context, call)));
    }
  },
});

/** Calls of kfuncs as they are written, by programs. */
const direct = listKeeper<readonly EntityCall[], EntityCall>();

function isDirect({ kind, call, via, preprocessor, programs }: EntityCall): boolean {
  return kind === 'kfunc' && call.form === 'direct' && via === undefined && !preprocessor && programs.length > 0;
}

/** Kfuncs that libbpf's own headers declare, since macros there call them. */
function declaredByLibbpf({ facts }: RuleContext): ReadonlySet<string> {
  return remember(facts, 'kfuncs of libbpf', () => {
    const names = new Set<string>();
    for (const macro of facts.macros.values()) for (const need of macro.needs) if (need.kind === 'kfunc') names.add(need.name);
    return names;
  });
}

/** True where every text that could declare a kfunc was read. */
function seesEverything({ model }: RuleContext): boolean {
  if (model.main.includes.length === 0 || unseenHeaders(model).length > 0) return false;
  for (const file of model.files.values()) {
    // libbpf's own headers declare none; vmlinux.h does where the kernel's BTF has them.
    if (file.includes.some(({ path }) => isKnownHeader(path) && /(?:^|\/)vmlinux\.h$/.test(path))) return false;
    if (file.macroUses?.some((use) => use.args.some((arg) => /^bpf_\w+$/.test(arg.trim())))) return false;
  }
  return true;
}

/** Writes the declaration into the file that calls it. */
function declare(context: RuleContext, call: EntityCall): readonly Fix[] {
  const edit = declareEdit(context, call.path, call.name);
  return edit ? [{ title: `Declare \`${call.name}\``, edits: [edit], safe: true }] : [];
}
