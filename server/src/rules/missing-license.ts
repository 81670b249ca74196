/**
 * Points at units without any licence that call what GPL-compatible programs alone may call. Evidence: the verifier's
 * `gpl_only` of each helper, and its check for kfuncs; an object without the section `license` is loaded with none.
 */
import { WITHOUT_LICENSE } from '../model/compiled.js';
import type { Model } from '../model/model.types.js';
import { defineRule, type Fix, type RuleContext } from './rule.js';
import { callReport, factOf, unguarded } from './support/calls.js';
import { appendEdit } from './support/insertions.js';
import { judge } from './support/judge.js';
import { indexOf, unseenHeaders } from './support/unit.js';

export const missingLicense = defineRule({
  id: 'missing-license',
  severity: 'info',
  doc: {
    summary: 'The program calls what GPL-compatible programs alone may call, and nothing in sight states a licence.',
    why:
      'The loader reads the licence from the section `license`. An object without one is loaded with an empty licence, and the verifier refuses calls of GPL-only helpers and of kfuncs with ' +
      '`cannot call GPL-restricted function from non-GPL compatible program`.',
    bad: {
      code: `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe/do_unlinkat")
int on_unlink(void *ctx)
{
	return bpf_trace_printk("x", 2);
}
`,
    },
    good: {
      code: `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe/do_unlinkat")
int on_unlink(void *ctx)
{
	return bpf_trace_printk("x", 2);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'There is no finding in headers, none where an included file was not found (it may state the licence) or where the text declares what another object defines (that one may), and none where the setting says what to assume. Texts without an `#include` are taken for fragments. Another object of the program may hold the licence all the same: hence information only.',
  },
  run(context, report) {
    const { model } = context;
    if (model.license.text !== undefined || model.license.span || model.license.gplCompatible !== undefined || !isWhole(model)) return;
    for (const kind of ['helper', 'kfunc'] as const) {
      for (const call of unguarded(context, kind)) {
        const fact = factOf(context, call);
        if (!fact || call.path !== model.main.path) continue;
        const programs = call.programs.filter((p) => p.programType !== null && judge(context, fact, p.key).length === 0 && context.facts.gplOnly(fact, p.key) === true);
        if (programs.length === 0) continue;
        const message = `\`${call.name}\` is for GPL-compatible programs only, and no licence is in sight: without \`char LICENSE[] SEC("license") = "…";\` the verifier refuses the call.`;
        report(callReport(context, call, programs, message, licenceLines(context)));
        return;
      }
    }
  },
});

/** What SPDX names say in the kernel's words; the kernel's own list is in include/linux/license.h. */
const BY_SPDX: readonly (readonly [RegExp, string])[] = [
  [/\bBSD-[23]-Clause\b/, 'Dual BSD/GPL'],
  [/\bMIT\b/, 'Dual MIT/GPL'],
  [/\bGPL-2\.0\b/, 'GPL'],
];

/** The line to add, for each licence that is common: which one to take is the author's decision, unless the file's own SPDX line made it. */
function licenceLines(context: RuleContext): readonly Fix[] {
  const { main } = context.model;
  const spdx = /SPDX-License-Identifier:([^\n]*)/.exec(main.text.slice(0, 2000))?.[1] ?? '';
  const said = /GPL/.test(spdx) ? BY_SPDX.find(([pattern]) => pattern.test(spdx))?.[1] : undefined;
  return (said === undefined ? ['GPL', 'Dual BSD/GPL'] : [said]).map((licence) => ({
    title: `Add the licence "${licence}"`,
    edits: [appendEdit(main, `char LICENSE[] SEC("license") = "${licence}";`)],
  }));
}

/** A `.c` file all of whose headers were read, or an object that needs no other. */
function isWhole(model: Model): boolean {
  if (model.main.text.startsWith(WITHOUT_LICENSE)) return true;
  if (!/\.c$/.test(model.main.path) || model.main.includes.length === 0) return false;
  if (unseenHeaders(model).length > 0) return false;
  if (needsAnotherObject(model)) return false;
  // A macro of the unit may write the variable.
  return ![...model.files.values()].some((file) => file.macroUses?.some((use) => /licen[cs]e/i.test(use.name)) || file.defines.some((d) => /"license"/.test(d.body)));
}

/** True where the unit is linked with others: it declares functions or variables that it does not define, and the kernel has none of. */
function needsAnotherObject(model: Model): boolean {
  const { functions, prototypes } = indexOf(model);
  const outside = (words: readonly { readonly name: string }[]): boolean => !words.some(({ name }) => name === '__ksym' || name === '__kconfig');
  for (const [name, [first]] of prototypes) if (first && !functions.has(name) && first.path === model.main.path && outside(first.view.annotations)) return true;
  return model.main.variables.some((v) => v.isExtern && outside(v.annotations)) || model.main.functions.some((f) => f.annotations.some((a) => a.name === '__hidden'));
}
