/**
 * Programs with hostile names and strings, edited at random: whatever the language server says of them is about the text as it is now, points
 * into it, and is no markup, link or command of theirs.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import { entries } from '../../server/src/features/reference/entries.js';
import { OPEN_PAGE_COMMAND } from '../../server/src/lsp/messages.js';
import { loadTestFactsJson } from '../support/facts.js';
import { INITIALIZE, startRaw, type RawClient } from '../lsp/rawClient.js';
import { until } from '../support/until.js';
import { active, hostile } from './markup.js';
import { change, changed, runs, tell } from './support.js';

const URI = 'file:///w/a.bpf.c';
const ASKED = { ...INITIALIZE, initializationOptions: { debounceMs: 0, commandLinks: true }, capabilities: { ...INITIALIZE.capabilities, textDocument: { hover: { contentFormat: ['markdown'] }, completion: { completionItem: { documentationFormat: ['markdown'], snippetSupport: true } }, signatureHelp: { signatureInformation: { documentationFormat: ['markdown'] } } } } };

/** Programs in which the hostile text is a section, a comment, a licence, a macro, a name in a message and an argument, as far as it can be. */
const program = (text: string): string => {
  const [line = ''] = text.split(/[\r\n]/);
  const quoted = line.replace(/["\\]/g, '\\$&');
  const word = `w${text.replace(/\W/g, '_')}`.slice(0, 60);
  return `/* ${text.replace(/\*\//g, '')} */
#define DOC_${word.toUpperCase()} "${quoted}" /* ${line.replace(/\*\//g, '')} */
#define LATE(x) (x) ${line.replace(/\\$/, '')}
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, ${line.replace(/[(),;]/g, '')}); __type(key, ${word}); } ${word} SEC(".maps");
struct ${word}_s { int ${word}; /* ${line.replace(/\*\//g, '')} */ };
static int helper_${word}(struct xdp_md *ctx, int ${word}) { return bpf_get_cgroup_classid(ctx) + ${word}; } // ${line}
SEC("${quoted}") int a_${word}(void *ctx) { return 0; }
SEC("xdp/${quoted}") int ${word}_x(struct xdp_md *ctx) {
  bpf_printk("${quoted}", helper_${word}(ctx, "${quoted}"));
  bpf_ringbuf_reserve(&${word}, ctx->egress_ifindex, LATE(${line}));
  return DOC_${word.toUpperCase()} + ${line};
}
SEC("kprobe/${quoted}") int BPF_KPROBE(${word}_k, int ${word}) { return bpf_get_func_ip(ctx); }
char _license[] SEC("license") = "${quoted}";
`;
};

interface Place { readonly line: number; readonly character: number }
interface Said { readonly markdown: string[]; readonly plain: string[]; readonly ranges: { readonly start: Place; readonly end: Place }[]; readonly commands: string[] }

const isPlace = (value: unknown): value is Place => typeof value === 'object' && value !== null && 'line' in value && 'character' in value;

/** Sorts what an answer holds: Markdown, other texts, ranges in our document, commands. */
function sort(value: unknown, into: Said, uri = URI): void {
  if (typeof value !== 'object' || value === null) return;
  const own = 'uri' in value && typeof value.uri === 'string' ? value.uri : uri;
  if ('start' in value && 'end' in value && isPlace(value.start) && isPlace(value.end)) {
    if (own === URI) into.ranges.push({ start: value.start, end: value.end });
    return;
  }
  if ('kind' in value && value.kind === 'markdown' && 'value' in value) into.markdown.push(String(value.value));
  if ('tooltip' in value && typeof value.tooltip === 'string') into.markdown.push(value.tooltip);
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (key === 'command' && typeof inner === 'string') into.commands.push(inner);
    else if (typeof inner === 'string' && ['title', 'label', 'message', 'detail'].includes(key)) into.plain.push(inner);
    else sort(inner, into, own);
  }
}

let ours: ReadonlySet<string>;
beforeAll(async () => {
  ours = new Set(entries(loadFactBook(await loadTestFactsJson())).map((entry) => entry.id));
});

/** Pages of the reference by our own command, and addresses of the sources that the book names. */
function isOurs(href: string): boolean {
  const page = new RegExp(`^command:${OPEN_PAGE_COMMAND}\\?(.+)$`).exec(href)?.[1];
  if (page !== undefined) return ours.has((JSON.parse(decodeURIComponent(page)) as [string])[0]);
  return /^https:\/\/(?:docs\.kernel\.org|git\.kernel\.org|github\.com|man7\.org|lore\.kernel\.org|www\.kernel\.org|docs\.ebpf\.io|elixir\.bootlin\.com|lwn\.net|docs\.cilium\.io)\//.test(href);
}

/** Text that looks the same in every editor and turns nothing around. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

class Client {
  private id = 1;
  constructor(private readonly raw: RawClient) {}

  async ask(method: string, params: object): Promise<unknown> {
    const id = ++this.id;
    await this.raw.send({ id, method, params });
    await until(`${method} is answered`, () => this.raw.answers.has(id));
    const [{ result, error } = {}] = this.raw.answers.get(id)!;
    this.raw.answers.delete(id);
    // What an edit overtook may be left out; nothing edits here meanwhile.
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

it('of programs with hostile names and strings', async () => {
  const raw = startRaw(() => ({ targetKernel: '5.4..6.8' }));
  const client = new Client(raw);
  await raw.send({ id: 1, method: 'initialize', params: ASKED });
  await raw.send({ method: 'initialized', params: {} });
  const parameters = runs(40, 8_000);
  let [version, answers, markdowns, links] = [0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(hostile, fc.array(change, { maxLength: 5 }), fc.array(fc.nat(1_000_000), { minLength: 2, maxLength: 6 }), async (text, changes, places) => {
      let document = TextDocument.create(URI, 'c', ++version, program(text));
      await raw.send({ method: 'textDocument/didOpen', params: { textDocument: { uri: URI, languageId: 'c', version, text: document.getText() } } });
      for (const c of changes) {
        const next = changed(document.getText(), c);
        document = TextDocument.create(URI, 'c', ++version, next);
        await raw.send({ method: 'textDocument/didChange', params: { textDocument: { uri: URI, version }, contentChanges: [{ text: next }] } });
      }
      const now = document.getText();
      const textDocument = { uri: URI };
      const words = [...now.matchAll(/\b(?:bpf_\w+|SEC|ctx|LATE|DOC_\w+|w\w+|xdp|kprobe|BPF_\w+)\b/g)].map((m) => m.index + 1);
      const offsets = [...places.map((p) => Math.floor((p / 1_000_000) * now.length)), ...places.map((p) => words[p % Math.max(1, words.length)] ?? 0)];
      const said: Said = { markdown: [], plain: [], ranges: [], commands: [] };
      const take = async (method: string, params: object): Promise<unknown> => {
        const answer = await client.ask(method, { textDocument, ...params });
        answers++;
        sort(answer, said);
        return answer;
      };
      const all = { start: { line: 0, character: 0 }, end: document.positionAt(now.length) };
      for (const method of ['textDocument/codeLens', 'textDocument/documentSymbol', 'textDocument/documentLink', 'ebpfLens/status']) await take(method, {});
      await take('textDocument/inlayHint', { range: all });
      await take('textDocument/codeAction', { range: all, context: { diagnostics: raw.shown.get(URI)?.diagnostics ?? [] } });
      for (const offset of offsets) {
        const position = document.positionAt(offset);
        for (const method of ['textDocument/hover', 'textDocument/signatureHelp', 'textDocument/definition', 'textDocument/documentHighlight', 'ebpfLens/status']) await take(method, { position });
        const list = (await take('textDocument/completion', { position })) as { items?: readonly object[] } | null;
        for (const item of (list?.items ?? []).slice(0, 2)) sort(await client.ask('completionItem/resolve', item), said);
      }
      // Diagnostics are of this text, or on their way.
      await until('diagnostics of the last text', () => raw.shown.get(URI)?.version === version);
      sort(raw.shown.get(URI)?.diagnostics, said);
      for (const { start, end } of said.ranges) {
        for (const place of [start, end]) expect(document.positionAt(document.offsetAt(place)), JSON.stringify(place)).toEqual(place);
        expect(document.offsetAt(start)).toBeLessThanOrEqual(document.offsetAt(end));
      }
      for (const markdown of new Set(said.markdown)) {
        const found = active(markdown);
        expect([found.images, found.html, found.links.filter((href) => !isOurs(href))], markdown).toEqual([[], [], []]);
        markdowns++;
        links += found.links.length;
      }
      // A lens that only says something has none.
      for (const command of said.commands) expect(command).toMatch(/^$|^ebpfLens\.\w+$/);
      for (const plain of said.plain) expect(plain).not.toMatch(CONTROL);
      await raw.send({ method: 'textDocument/didClose', params: { textDocument } });
    }),
    parameters,
  );
  expect(raw.logged.filter((line) => line.includes('failed'))).toEqual([]);
  expect(Math.min(links, markdowns - parameters.numRuns)).toBeGreaterThan(0);
  raw.stop();
  tell('answers about hostile programs', { programs: parameters.numRuns, answers, 'pieces of Markdown read': markdowns, 'links, all of them ours': links });
}, 3_600_000);
