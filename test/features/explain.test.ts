/** `explain`: every kind of word, and what is near to one that is not known. */
import { describe, expect, it } from 'vitest';
import { explain, explanationText } from '../../server/src/features/explain.js';
import { RULES } from '../../server/src/rules/index.js';
import { loadTestFacts } from '../support/facts.js';

const facts = await loadTestFacts();
const text = (word: string): string => explanationText(explain(word, facts, RULES), 10_000);

describe('explain', () => {
  it.each([
    ['bpf_redirect_map', 'docs.ebpf.io/linux/helper-function/bpf_redirect_map/'],
    ['bpf_redirect_map()', 'BPF_PROG_TYPE_XDP'],
    ['redirect_map', 'Helper bpf_redirect_map'],
    ['bpf_task_acquire', 'Kfunc bpf_task_acquire'],
    ['xdp', 'BPF_PROG_TYPE_XDP'],
    ['xdp.frags/devmap', 'BPF_XDP_DEVMAP'],
    ['SEC("kprobe/do_unlinkat")', 'BPF_PROG_TYPE_KPROBE'],
    ['BPF_PROG_TYPE_XDP', 'struct xdp_md'],
    ['BPF_MAP_TYPE_RINGBUF', 'Linux 5.8'],
    ['ringbuf', 'BPF_MAP_TYPE_RINGBUF'],
    ['BPF_XDP_DEVMAP', 'Attach type BPF_XDP_DEVMAP'],
    ['struct xdp_md', 'rx_queue_index'],
    ['xdp_md.egress_ifindex', 'XDP'],
    ['ctx->rx_queue_index', 'rx_queue_index'],
    ['family', 'is a field of'],
    ['invalid bpf_context access off=76 size=4', 'What to do'],
    ['R0 invalid mem access \'map_value_or_null\'', 'What to do'],
    ['context-access', 'The verifier says'],
    ['BPF_PROG', 'bpf/bpf_tracing.h'],
    ['helper-not-allowed', 'ebpf-lens: allow(helper-not-allowed)'],
  ])('knows %s', (word, part) => {
    expect(explain(word, facts, RULES).known).toBe(true);
    expect(text(word)).toContain(part);
  });

  it('prints the matrix of program types with the release of each', () => {
    expect(text('bpf_redirect_map')).toMatch(/^BPF_PROG_TYPE_XDP +4\.14$/m);
    expect(text('bpf_xdp_adjust_tail')).not.toContain('BPF_PROG_TYPE_KPROBE');
  });

  it.each([
    ['bpf_redirekt_map', 'bpf_redirect_map'],
    ['BPF_MAP_TYPE_RINGBUFF', 'BPF_MAP_TYPE_RINGBUF'],
    ['xpd', 'xdp'],
    ['helper-not-alowed', 'helper-not-allowed'],
  ])('suggests for %s', (word, near) => {
    const answer = explain(word, facts, RULES);
    expect(answer).toMatchObject({ known: false });
    expect(answer.known ? [] : answer.suggestions).toContain(near);
    expect(answer.known ? 0 : answer.suggestions.length).toBeLessThanOrEqual(3);
  });

  it.each(['', '   ', 'zzzzzzzzzzzzzzzzz', 'x'.repeat(5000), '__proto__', 'constructor', '\u0000', '('])('has nothing for %j', (word) => {
    const answer = explain(word, facts, RULES);
    expect(answer.known).toBe(false);
  });

  it('explains every helper, kfunc, type and section without trouble', () => {
    const names = [...facts.helpers.keys(), ...facts.kfuncs.keys(), ...facts.programTypes.keys(), ...facts.mapTypes.keys(), ...facts.attachTypes.keys(), ...facts.contexts.keys()];
    for (const name of names) expect(text(name), name).toContain(name);
    for (const def of facts.sections) expect(text(def.name), def.name).toContain(def.programType);
  });
});
