/**
 * Flags programs that attach to a function, hook or tracepoint that a kernel does not have, by that kernel's own types. libbpf
 * looks the target of such programs up in the kernel's BTF (`libbpf_find_kernel_btf_id`) and refuses what is not there. Never an error: a loader may set
 * another target (`bpf_program__set_attach_target`) or not load the program, as bcc's fsslower, tetragon and xdpdump do.
 */
import { distance } from 'fastest-levenshtein';
import type { KernelTypes } from '../btf/kernelTypes.js';
import { defineRule } from './rule.js';
import { attachTarget, isEverywhere, isProbe, knowsTarget, type AttachTarget } from './support/attachTarget.js';
import { named, sentence } from './support/words.js';

const WHAT = { function: 'function', hook: 'hook of the security modules', typedef: 'tracepoint' } as const;
/** Neighbours in the alphabet that are compared for a likely name. */
const MAX_COMPARED = 4000;

export const attachTargetMissing = defineRule({
  id: 'attach-target-missing',
  severity: 'warning',
  doc: {
    summary: 'The program attaches to a function, hook or tracepoint that the target kernel does not have.',
    why:
      'libbpf looks the target of `fentry`, `fexit`, `fmod_ret`, `lsm` and `tp_btf` programs up in the BTF of the running kernel, and does not load the object if it is not there. ' +
      'A loader may name another target before it loads (`bpf_program__set_attach_target`), or leave the program out (`bpf_program__set_autoload`), so this is a warning. ' +
      'Functions come and go between releases, and the compiler may inline them: only the types of the kernel itself tell, so the rule speaks where a target is a BTF file or the running kernel.',
    bad: {
      kernel: './vmlinux.btf',
      code: `SEC("fentry/do_unlink")
int on_unlink(void *ctx)
{
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: './vmlinux.btf',
      code: `SEC("fentry/do_unlinkat")
int on_unlink(void *ctx)
{
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Without the types of a kernel nothing is known. A `kprobe` may attach to functions of which types say nothing: a missing one is a note only. ' +
      'Where only vmlinux\'s types are at hand, not a folder with those of all modules beside them, a missing function or tracepoint may be a module\'s, and the message says so. ' +
      'Optional programs (`SEC("?fentry/…")`), those under an `#if` that the build decides, functions of a module that is named (`fentry/nf_conntrack:…`), and names with offsets, patterns or the compiler\'s suffixes (`.isra.0`) are not judged.',
  },
  run({ model, target }, report) {
    const kernel = target?.kernel;
    if (!kernel?.types) return;
    const { types } = kernel;
    const name = named(kernel);
    for (const program of model.programs) {
      const wanted = attachTarget(program);
      if (!wanted || knowsTarget(types, wanted) || !isEverywhere(model, program)) continue;
      const near = likely(types, wanted);
      const meant = near === undefined ? '' : ` Did you mean \`${near}\`?`;
      const at = { path: program.path, span: wanted.span, subject: wanted.name, programs: [program] };
      if (isProbe(program)) report({ ...at, severity: 'info', message: `The types of ${name} know no function \`${wanted.name}\`: it may be inlined, or not be there at all, and then \`${program.name}\` does not attach.${meant}` });
      else report({
        ...at,
        // libbpf looks into the types of modules too; hooks are never a module's.
        message: sentence(`${name} has no ${WHAT[wanted.kind]} \`${wanted.name}\`: its types do not know \`${wanted.btf}\`, and libbpf does not load \`${program.name}\` there, unless the loader sets another target${kernel.whole || wanted.kind === 'hook' ? '' : ' or a module has it whose types are not at hand'}.${meant}`),
        fixes: near === undefined ? [] : [{ title: `Attach to \`${near}\``, edits: [{ path: program.path, span: wanted.span, newText: near }] }],
      });
    }
  },
});

/** A name that begins the same and differs by little. */
function likely(types: KernelTypes, { name, btf, kind }: AttachTarget): string | undefined {
  const before = btf.slice(0, btf.length - name.length);
  const stem = before + name.slice(0, Math.max(3, Math.floor(name.length / 2)));
  const { names } = kind === 'typedef' ? types.names('typedef', stem, MAX_COMPARED) : types.functions(stem, MAX_COMPARED);
  const limit = name.length >= 8 ? 2 : 1;
  const [best] = names.map((other) => ({ other: other.slice(before.length), d: distance(other, btf) })).filter(({ d }) => d <= limit).sort((a, b) => a.d - b.d);
  return best?.other;
}
