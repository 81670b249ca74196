/** The façade: rules that throw, severities, order, edits, and texts that are no programs at all. */
import { describe, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import type { Input } from '../../server/src/analysis.types.js';
import type { Rule } from '../../server/src/rules/rule.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser, unit } from '../support/unit.js';

const doc = { summary: '', why: '', bad: { code: '' }, good: { code: '' }, exceptions: '' };
const input = (text: string, path = 'a.bpf.c'): Input => ({ main: path, files: new Map([[path, text]]) });

describe('a session', () => {
  it('goes on when a rule throws, and says so once', async () => {
    await startParser();
    const broken: Rule = { id: 'broken', severity: 'error', doc, run: () => { throw new Error('boom'); } };
    const good: Rule = { id: 'good', severity: 'info', doc, run: ({ model }, report) => report({ path: model.main.path, span: { start: 0, end: 1 }, message: 'here', programs: [] }) };
    const u = createSession(await loadTestFacts(), [broken, good]).analyze(input('int x;'), DEFAULT_SETTINGS);
    expect(u.failures.map((f) => f.rule)).toEqual(['broken']);
    expect(u.findings.map((f) => f.rule)).toEqual(['good']);
  });

  it('finds after an edit what a fresh analysis finds', async () => {
    await startParser();
    const facts = await loadTestFacts();
    const session = createSession(facts);
    const texts = ['SEC("xdp") int f(struct xdp_md *ctx) { return 0; }', 'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }', '', 'SEC("tc'];
    for (const text of texts) {
      const edited = session.analyze(input(text), DEFAULT_SETTINGS);
      const fresh = createSession(facts).analyze(input(text), DEFAULT_SETTINGS);
      expect(edited.findings).toEqual(fresh.findings);
      expect(edited.model.programs.map((p) => p.name)).toEqual(fresh.model.programs.map((p) => p.name));
    }
    session.forget('a.bpf.c');
    session.dispose();
  });

  it('takes the user\'s severity, and off for silence', async () => {
    const code = 'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }';
    expect((await unit(code, { settings: { severity: { 'helper-not-allowed': 'info' } } })).findings.map((f) => f.severity)).toEqual(['info']);
    expect((await unit(code, { settings: { severity: { 'helper-not-allowed': 'off' } } })).findings).toEqual([]);
  });

  it('analyses without a target when the setting is no version', async () => {
    expect((await unit('int x;', { kernel: 'five' })).target).toBeUndefined();
  });

  it('reports a finding in a header with the header\'s path, after those of the main file', async () => {
    const u = await unit('#include "a.h"\nSEC("xdp") int f(struct xdp_md *ctx) { bpf_skb_load_bytes(ctx, 0, 0, 0); return go(ctx); }\n', {
      files: { 'a.h': 'static int go(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n' },
    });
    expect(u.findings.map((f) => [f.path, f.programs])).toEqual([['main.bpf.c', ['f']], ['a.h', ['f']]]);
  });

  it.each([
    ['nothing', ''],
    ['binary bytes', '\u0000\u0001\uFFFD\u0000SEC("xdp")\u0000'],
    ['a file with no end brace', 'SEC("xdp") int f(struct xdp_md *ctx) { if (1) { bpf_loop('],
    ['a SEC without a string', 'SEC() int f(void *ctx) { return 0; }\nSEC( int g(void) { }'],
    ['deep nesting', `SEC("xdp") int f(void *ctx) { return ${'('.repeat(5000)}1${')'.repeat(5000)}; }`],
    ['many functions that call each other', Array.from({ length: 400 }, (_, i) => `static int f${i}(void) { return f${(i + 1) % 400}() + f${(i * 7) % 400}(); }`).join('\n')],
  ])('does not mind %s', async (_, text) => {
    const u = await unit(text);
    expect(u.failures).toEqual([]);
    expect(u.findings.filter((f) => f.severity === 'error')).toEqual([]);
  });

  it('sums up thousands of programs without comparing each with all', async () => {
    const program = (i: number): string => `SEC("xdp") int f${i}(struct xdp_md *ctx) { return shared() + ctx->ingress_ifindex; }\n`;
    const u = await unit(`static int shared(void) { return bpf_get_smp_processor_id(); }\n${Array.from({ length: 2000 }, (_, i) => program(i)).join('')}`);
    expect(new Set(u.model.programs.map((p) => u.minKernel(p).version))).toEqual(new Set([4016]));
  });

  it('has an empty unit for a main file that is not among the texts', async () => {
    await startParser();
    const u = createSession(await loadTestFacts()).analyze({ main: 'gone.c', files: new Map() }, DEFAULT_SETTINGS);
    expect(u.model.programs).toEqual([]);
  });
});
