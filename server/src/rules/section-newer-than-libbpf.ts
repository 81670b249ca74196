/** Flags sections that the user's libbpf does not know yet; evidence: libbpf's section_defs by release tag, in data/sections. */
import { defineRule } from './rule.js';
import { compareLibbpf } from './support/libbpf.js';
import { kindOf } from './support/words.js';

export const sectionNewerThanLibbpf = defineRule({
  id: 'section-newer-than-libbpf',
  severity: 'warning',
  doc: {
    summary: "The section came after the libbpf release that the setting names, or is an old name that this release no longer takes.",
    why:
      'libbpf tells a program\'s type from its section. A release that does not know the section says `missing BPF prog type, check ELF section name`, ' +
      'and the program is not loaded unless the loader sets the type by itself.',
    bad: {
      libbpf: '1.0',
      code: `SEC("netfilter")
int accept_all(struct bpf_nf_ctx *ctx)
{
	return 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      libbpf: '1.3',
      code: `SEC("netfilter")
int accept_all(struct bpf_nf_ctx *ctx)
{
	return 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'There is no finding where the setting for the libbpf version is empty, and none for sections of other loaders.',
  },
  run(context, report) {
    const { libbpf } = context;
    if (libbpf === undefined) return;
    for (const program of context.model.programs) {
      const { section } = program;
      if (!section.def) continue;
      const shown = `\`SEC("${section.name}")\``;
      const at = { path: program.path, span: section.use.argumentSpan, subject: section.text ?? section.name, programs: [program] };
      if (section.match === 'libbpf' && compareLibbpf(libbpf, section.def.libbpf) < 0) {
        const since = section.def.libbpf === 'HEAD' ? 'is not in any release yet' : `knows it from ${section.def.libbpf} on`;
        report({ ...at, message: `libbpf ${libbpf} does not know ${shown} (${kindOf(context.facts, program.programType)}); libbpf ${since}. It says \`missing BPF prog type, check ELF section name\`.` });
      } else if (section.match === 'legacy' && section.def.legacy && compareLibbpf(libbpf, section.def.legacy.until) >= 0) {
        const { until, modern } = section.def.legacy;
        report({ ...at, message: `libbpf ${libbpf} no longer takes ${shown}, as every release from ${until} on; \`SEC("${modern}")\` took its place.` });
      }
    }
  },
});
