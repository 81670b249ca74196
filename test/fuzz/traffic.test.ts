/** Random traffic with the language server: every request is answered once, nothing fails, and what is shown at last is what a fresh server shows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { INITIALIZE, startRaw, type RawClient } from '../lsp/rawClient.js';
import { until } from '../support/until.js';
import { runs, tell } from './support.js';

const URIS = ['file:///w/a.bpf.c', 'file:///w/b.bpf.c', 'file:///w/shared.h', 'untitled:Untitled-1', 'file:///w/__proto__.bpf.c'];
const STRANGE = ['file:///nowhere.c', '', 'nonsense', 'file:///w/%ff.c', 'http://localhost/x.c', 'file:///w/../../etc/passwd', 'constructor'];
const TEXTS = [
  'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid() + ctx->data; }\n',
  '#include "shared.h"\nSEC("xdp") int q(struct xdp_md *ctx) { return shared(ctx); }\n',
  'static __always_inline int shared(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n',
  'int main(void) { return 0; }\n', '', 'SEC("tc") int constructor(struct __sk_buff *__proto__) { return __proto__->mark; }\nSEC("sk_lookup") int toString(struct bpf_sk_lookup *c) {',
];
const METHODS = [
  'textDocument/hover', 'textDocument/completion', 'textDocument/signatureHelp', 'textDocument/definition', 'textDocument/references', 'textDocument/documentHighlight', 'textDocument/documentSymbol', 'textDocument/codeAction',
  'textDocument/codeLens', 'textDocument/inlayHint', 'textDocument/semanticTokens/full', 'textDocument/documentLink', 'textDocument/prepareCallHierarchy', 'workspace/symbol', 'completionItem/resolve', 'ebpfLens/status', 'textDocument/noSuchThing',
];
const number = fc.oneof(fc.nat(120), fc.constantFrom(-1, 0, 1e9, 1.5, NaN, 2 ** 31));
const position = fc.record({ line: fc.oneof(fc.nat(3), number), character: number });
const range = fc.record({ start: position, end: position });
const uri = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...URIS) }, { weight: 1, arbitrary: fc.constantFrom(...STRANGE) });
const piece = fc.oneof(fc.constantFrom(...TEXTS, 'bpf_', '}', '{', '\r\n', '#include "shared.h"\n', 'bpf_copy_from_user(0, 0, 0);', '/*', '"'), fc.string({ unit: 'binary', maxLength: 6 }));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), uri, text: fc.constantFrom(...TEXTS) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('change' as const), uri, edits: fc.array(fc.record({ range: fc.option(range, { freq: 8, nil: undefined }), text: piece }), { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), uri }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('ask' as const), uri, method: fc.constantFrom(...METHODS), position, range }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), back: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settings' as const), kernel: fc.constantFrom('', '5.4', '6.1..6.8', 'nonsense') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('nonsense' as const), method: fc.constantFrom(...METHODS, 'textDocument/didOpen', 'textDocument/didChange', 'textDocument/didClose', 'workspace/didChangeConfiguration', 'workspace/didChangeWatchedFiles'), params: fc.oneof(fc.object({ maxDepth: 2 }), fc.constantFrom({}, [], { textDocument: null }, { textDocument: { uri: 7 } })) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Plays the steps and keeps the texts as the protocol says they are. */
class Play {
  readonly texts = new Map<string, TextDocument>();
  readonly closed = new Set<string>();
  readonly asked: number[] = [];
  kernel = '';
  nonsense = false;
  private id = 0;

  constructor(private readonly client: RawClient) {}

  ask(method: string, params: unknown): Promise<void> {
    this.asked.push(++this.id);
    return this.client.send({ id: this.id, method, params });
  }

  async play(s: Step): Promise<void> {
    const { client, texts } = this;
    switch (s.do) {
      case 'open':
        // Some clients open twice, so this one does too.
        texts.set(s.uri, TextDocument.create(s.uri, 'c', 1, s.text));
        return client.send({ method: 'textDocument/didOpen', params: { textDocument: { uri: s.uri, languageId: 'c', version: 1, text: s.text } } });
      case 'change': {
        const document = texts.get(s.uri);
        const version = (document?.version ?? 1) + 1;
        const contentChanges = s.edits.map((e) => (e.range === undefined ? { text: e.text } : { range: JSON.parse(JSON.stringify(e.range)) as typeof e.range, text: e.text }));
        if (document !== undefined) TextDocument.update(document, contentChanges, version);
        return client.send({ method: 'textDocument/didChange', params: { textDocument: { uri: s.uri, version }, contentChanges } });
      }
      case 'close':
        if (texts.delete(s.uri)) this.closed.add(s.uri);
        return client.send({ method: 'textDocument/didClose', params: { textDocument: { uri: s.uri } } });
      case 'ask':
        return this.ask(s.method, { textDocument: { uri: s.uri }, position: s.position, range: s.range, context: { diagnostics: [], includeDeclaration: true }, query: 'p', label: 'x', data: { kind: s.uri, name: '__proto__' } });
      case 'cancel':
        return client.send({ method: '$/cancelRequest', params: { id: this.id - s.back } });
      case 'settings':
        this.kernel = s.kernel;
        return client.send({ method: 'workspace/didChangeConfiguration', params: { settings: null } });
      case 'nonsense':
        this.nonsense = true;
        return /did/.test(s.method) ? client.send({ method: s.method, params: s.params }) : this.ask(s.method, s.params);
      case 'wait':
        return turn();
    }
  }
}

async function finish(client: RawClient, play: Play): Promise<void> {
  await until('all requests are answered', () => play.asked.every((id) => client.answers.has(id)));
  for (const id of play.asked) expect(client.answers.get(id)).toHaveLength(1);
  // Nonsense is answered, and said once in the log; what any client may send is not to fail.
  if (!play.nonsense) expect(client.logged.filter((text) => text.includes('failed (said once)') && !/did\w+ failed/.test(text))).toEqual([]);
  const settings = { targetKernel: play.kernel };
  const fresh = startRaw(() => settings);
  await fresh.send({ id: 1, method: 'initialize', params: INITIALIZE });
  await fresh.send({ method: 'initialized', params: {} });
  for (const [uri, document] of play.texts) await fresh.send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'c', version: document.version, text: document.getText() } } });
  const said = (c: RawClient, uri: string): string => JSON.stringify(c.shown.get(uri)?.diagnostics);
  await until('a fresh server shows all', () => [...play.texts.keys()].every((uri) => fresh.shown.has(uri)));
  for (const uri of play.texts.keys()) await until(() => `${uri} shows what a fresh server shows: ${said(client, uri)}, not ${said(fresh, uri)}`, () => said(client, uri) === said(fresh, uri));
  for (const uri of play.closed) if (!play.texts.has(uri)) await until(`nothing is shown of ${uri}, which is closed`, () => said(client, uri) === '[]');
  await end(fresh);
}

async function end(client: RawClient): Promise<void> {
  await client.send({ id: 'end', method: 'shutdown' });
  await until('the end is answered', () => client.answers.has('end'));
  client.stop();
}

it('random traffic', async () => {
  const parameters = runs(150, 6_000);
  let steps = 0;
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), fc.array(step, { maxLength: 4 }), async (list, early) => {
      let play: Play | undefined = undefined;
      const client = startRaw(() => ({ targetKernel: play?.kernel ?? '' }));
      play = new Play(client);
      // Before the handshake nothing counts, and requests get an error.
      for (const s of early) await play.play(s);
      const before = [...play.asked];
      await until('early requests are answered', () => before.every((id) => client.answers.has(id)));
      for (const id of before) expect(client.answers.get(id)![0]!.error?.code).toBeOneOf([-32002, -32601, -32602, -32800]);
      play.texts.clear();
      play.closed.clear();
      await play.ask('initialize', INITIALIZE);
      await client.send({ method: 'initialized', params: {} });
      for (const s of list) await play.play(s);
      steps += list.length + early.length;
      await finish(client, play);
      const asked = play.asked.length;
      await play.ask('shutdown', undefined);
      await play.ask('textDocument/hover', { textDocument: { uri: URIS[0] }, position: { line: 0, character: 0 } });
      await until('the end is answered', () => play.asked.slice(asked).every((id) => client.answers.has(id)));
      expect(client.answers.get(play.asked.at(-1)!)![0]!.error?.code).toBe(-32600);
      requests += play.asked.length;
      await end(client);
    }),
    parameters,
  );
  tell('language server traffic', { sessions: parameters.numRuns, messages: steps, 'requests, each answered once': requests });
}, 3_600_000);
