/** Flags sections that look like a program's but are not libbpf's: old spellings, prefixes, typing errors. */
import { FROM_RUST } from '../model/compiled.js';
import type { ResolvedSection } from '../model/model.types.js';
import { defineRule, type Fix, type Report, type RuleContext, type Severity } from './rule.js';
import { sectionFix } from './support/fixes.js';
import { kindOf } from './support/words.js';

export const unknownSection = defineRule({
  id: 'unknown-section',
  severity: 'warning',
  doc: {
    summary: 'The section is none that libbpf knows: a near miss of one, an old name, or one that only other loaders understand.',
    why:
      "libbpf tells a program's type from its section. For a name that is not in its table it says `missing BPF prog type, check ELF section name`, " +
      'and the program is not loaded unless the loader sets the type by itself. A near miss is reported as a warning; a name that older libbpf took, or that the ' +
      "cilium/ebpf library takes by prefix, as information: the program's type is then known, and everything else is checked.",
    bad: {
      code: `SEC("xpd")
int drop_all(struct xdp_md *ctx)
{
	return 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("xdp")
int drop_all(struct xdp_md *ctx)
{
	return 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      "A section that resembles none is taken for a project's own loader's and left alone; a setting can give it a type. Data sections (`.maps`, `license`, `.rodata` …) are no programs.",
  },
  run(context, report) {
    // aya names sections by rules of its own.
    if (context.model.main.text.startsWith(FROM_RUST)) return;
    for (const section of context.model.sections) {
      const finding = sectionReport(context, section);
      if (finding) report(finding);
    }
  },
});

function sectionReport(context: RuleContext, section: ResolvedSection): Report | undefined {
  const said = sentence(context, section);
  if (!said) return undefined;
  return {
    path: section.path,
    span: section.use.argumentSpan,
    message: said.message,
    severity: said.severity,
    subject: section.text ?? section.name,
    programs: context.model.programs.filter((p) => p.section === section || (p.path === section.path && p.section.use.span.start === section.use.span.start)),
    fixes: said.fixes,
  };
}

function sentence(context: RuleContext, section: ResolvedSection): { message: string; severity: Severity; fixes: readonly Fix[] } | undefined {
  const { def, name } = section;
  const shown = `\`SEC("${name}")\``;
  const refused = '`missing BPF prog type, check ELF section name`';
  switch (section.match) {
    case 'near-miss': {
      if (section.suggestion === undefined) return undefined;
      const message = `${shown} is no section that libbpf knows, so it does not load the program (${refused}). Did you mean \`SEC("${section.suggestion}")\`?`;
      return { message, severity: 'warning', fixes: fixTo(section, section.suggestion) };
    }
    case 'legacy': {
      // With the user's libbpf known, section-newer-than-libbpf says what that one does.
      if (!def?.legacy || context.libbpf !== undefined) return undefined;
      const { until, modern } = def.legacy;
      const message = `libbpf before ${until} took ${shown} for \`SEC("${modern}")\`; newer versions refuse it with ${refused}.`;
      return { message, severity: 'info', fixes: fixTo(section, modern).map((fix) => ({ ...fix, safe: true as const })) };
    }
    case 'cilium': {
      if (!def) return undefined;
      const message =
        `${shown} is taken for \`SEC("${def.name}")\` (${kindOf(context.facts, def.programType)}), as the cilium/ebpf library does by prefix; ` +
        `libbpf 1.0 and later refuse it with ${refused}.`;
      return { message, severity: 'info', fixes: fixTo(section, def.name) };
    }
    default:
      return undefined;
  }
}

/** One fix; a section that is not loaded by default (`?`) stays so. */
function fixTo(section: ResolvedSection, name: string): readonly Fix[] {
  const fix = sectionFix(section, `${section.optional && !name.startsWith('?') ? '?' : ''}${name}`);
  return fix ? [fix] : [];
}
