/** What a hover says and what the rules find must never differ: every helper and kfunc, from several kinds of program, on several targets. */
import { describe, expect, it } from 'vitest';
import { hover } from '../../server/src/features/hover/hover.js';
import { complete } from '../../server/src/features/completion/completion.js';
import { loadTestFacts } from '../support/facts.js';
import { unit } from '../support/unit.js';

const facts = await loadTestFacts();
const SECTIONS = ['xdp', 'tc', 'kprobe/x', 'fentry/x', 'fentry.s/x', 'lsm/file_open', 'lsm.s/file_open', 'cgroup/connect4', 'sk_msg', 'syscall', 'freplace/x', 'struct_ops/x'];
const TARGETS = ['', '4.19', '5.10', '5.15..6.8', '6.12'];
const NOT_ALLOWED = /^(helper|kfunc)-(not-allowed|newer-than-target)$|^kfunc-removed-in-target$/;
const NEEDS_SLEEPABLE = /^(helper|kfunc)-needs-sleepable$/;

describe.each(SECTIONS)('SEC("%s")', (section) => {
  it.each(TARGETS)('target "%s"', async (kernel) => {
    const helpers = [...facts.helpers.keys()].map((name) => `\t${name}();`);
    const kfuncs = [...facts.kfuncs.keys()].map((name) => `\t${name}();`);
    const externs = [...facts.kfuncs.keys()].map((name) => `extern int ${name}(void) __ksym;`);
    const text = `${externs.join('\n')}\nSEC("${section}") int prog(void *ctx) {\n${[...helpers, ...kfuncs].join('\n')}\n\treturn 0;\n}\nchar LICENSE[] SEC("license") = "GPL";\n`;
    const analysed = await unit(text, { kernel });
    const differing: string[] = [];
    for (const name of [...facts.helpers.keys(), ...facts.kfuncs.keys()]) {
      const offset = text.indexOf(`\t${name}();`) + 1;
      const first = hover(analysed, offset)?.sections[0];
      const answer = first?.kind === 'verdict' ? first.answers[0]!.answer : 'none';
      const found = analysed.findings.filter((f) => f.span.start === offset).map((f) => f.rule);
      const expected = found.some((rule) => NOT_ALLOWED.test(rule)) ? ['no'] : found.some((rule) => NEEDS_SLEEPABLE.test(rule)) ? ['limited'] : ['yes', 'unknown'];
      if (!expected.includes(answer)) differing.push(`${name}: hover says ${answer}, found ${found.join(', ') || 'nothing'}`);
    }
    expect(differing).toEqual([]);
  });
});

describe.each([
  ['xdp', 'xdp_md'],
  ['xdp/devmap', 'xdp_md'],
  ['tc', '__sk_buff'],
  ['cgroup_skb/egress', '__sk_buff'],
  ['sk_skb/stream_parser', '__sk_buff'],
  ['cgroup/connect4', 'bpf_sock_addr'],
  ['cgroup/sendmsg6', 'bpf_sock_addr'],
  ['sockops', 'bpf_sock_ops'],
  ['sk_lookup', 'bpf_sk_lookup'],
  ['cgroup/getsockopt', 'bpf_sockopt'],
  ['cgroup/sysctl', 'bpf_sysctl'],
])('fields of SEC("%s")', (section, context) => {
  it.each(TARGETS)('are offered, and hovers say no, exactly as loads and stores are refused, target "%s"', async (kernel) => {
    const fields = [...facts.contexts.get(context)!.fields.values()];
    const use = (name: string, array: boolean, mode: 'r' | 'w'): string => (mode === 'r' ? `\tx += (long)ctx->${name}${array ? '[0]' : ''};` : `\tctx->${name}${array ? '[0]' : ''} = 0;`);
    const lines = fields.flatMap((field) => [use(field.name, field.array !== undefined, 'r'), use(field.name, field.array !== undefined, 'w')]);
    const text = `SEC("${section}") int prog(struct ${context} *ctx) {\n\tlong x = 0;\n${lines.join('\n')}\n\tctx->;\n\treturn x;\n}\n`;
    const analysed = await unit(text, { kernel });
    const offered = new Set(complete(analysed, text.indexOf('ctx->;') + 5)?.entries.map((entry) => entry.label));
    const refused = (name: string, array: boolean, mode: 'r' | 'w'): boolean => {
      const at = text.indexOf(use(name, array, mode));
      const end = text.indexOf('\n', at);
      return analysed.findings.some((f) => f.rule === 'context-field-not-allowed' && f.span.start >= at && f.span.end <= end);
    };
    const saysNo = (name: string, array: boolean, mode: 'r' | 'w'): boolean => {
      const first = hover(analysed, text.indexOf('->', text.indexOf(use(name, array, mode))) + 2)?.sections[0];
      return first?.kind === 'verdict' && first.answers[0]?.answer === 'no';
    };
    for (const field of fields) {
      const array = field.array !== undefined;
      for (const mode of ['r', 'w'] as const) expect(saysNo(field.name, array, mode), `hover on ${field.name}, ${mode}`).toBe(refused(field.name, array, mode));
      const both = refused(field.name, array, 'r') && refused(field.name, array, 'w');
      expect(offered.has(field.name), `${field.name} offered`).toBe(!both);
    }
  });
});
