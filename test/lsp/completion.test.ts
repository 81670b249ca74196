/** Completion and signature help over the protocol: forms for poor and rich clients, declarations of kfuncs, and their edits. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CompletionItem, CompletionList, SignatureHelp } from 'vscode-languageserver-protocol';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { splitCursor } from '../support/carets.js';
import { startClient, type ClientOptions, type TestClient } from './client.js';

const URI = 'file:///w/main.bpf.c';
const RICH: ClientOptions['capabilities'] = {
  textDocument: {
    completion: {
      completionItem: { snippetSupport: true, labelDetailsSupport: true, tagSupport: { valueSet: [1] }, resolveSupport: { properties: ['documentation', 'additionalTextEdits'] } },
      completionList: { itemDefaults: ['editRange'] },
    },
    signatureHelp: { signatureInformation: { documentationFormat: ['markdown'], parameterInformation: { labelOffsetSupport: true } } },
  },
};
const HEAD = '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n\nSEC("xdp")\nint p(struct xdp_md *ctx)\n{\n\t';

let client: TestClient;
afterEach(() => client.stop());

interface Asked {
  readonly document: TextDocument;
  readonly position: { readonly line: number; readonly character: number };
}

async function open(marked: string, options: ClientOptions = {}): Promise<Asked> {
  const { text, offset } = splitCursor(marked);
  client = await startClient(options);
  await client.open(URI, text);
  const document = TextDocument.create(URI, 'c', 1, text);
  return { document, position: document.positionAt(offset) };
}

const complete = ({ position }: Asked): Promise<CompletionList | null> => client.connection.sendRequest('textDocument/completion', { textDocument: { uri: URI }, position });
const signature = ({ position }: Asked): Promise<SignatureHelp | null> => client.connection.sendRequest('textDocument/signatureHelp', { textDocument: { uri: URI }, position });
const named = (list: CompletionList | null, label: string): CompletionItem => list!.items.find((item) => item.label === label)!;

describe('completion', () => {
  it('tells what speaks against an item behind its label, or in its detail', async () => {
    const rich = named(await complete(await open(`${HEAD}bpf_skb_load/*|*/\n}`, { capabilities: RICH })), 'bpf_skb_load_bytes');
    expect(rich).toMatchObject({ labelDetails: { description: 'not in XDP' }, tags: [1], textEditText: 'bpf_skb_load_bytes($0)', insertTextFormat: 2 });
    await client.stop();
    const poor = named(await complete(await open(`${HEAD}bpf_skb_load/*|*/\n}`)), 'bpf_skb_load_bytes');
    expect(poor.detail).toMatch(/, not in XDP$/);
    expect(poor).not.toHaveProperty('labelDetails');
    expect(poor).not.toHaveProperty('tags');
    expect(poor.textEdit).toMatchObject({ newText: 'bpf_skb_load_bytes' });
  });

  it('declares a kfunc when the item is resolved', async () => {
    const asked = await open(`${HEAD}bpf_dynptr_from_x/*|*/\n}`, { capabilities: RICH });
    const item = named(await complete(asked), 'bpf_dynptr_from_xdp');
    expect(item).not.toHaveProperty('additionalTextEdits');
    const resolved = await client.connection.sendRequest<CompletionItem>('completionItem/resolve', item);
    const text = TextDocument.applyEdits(asked.document, resolved.additionalTextEdits!);
    expect(text).toContain('#include <bpf/bpf_helpers.h>\n\nextern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags, struct bpf_dynptr *ptr__uninit) __ksym;\n\nSEC("xdp")');
  });

  it('declares it at once for clients that resolve no edits, and never where the document is gone', async () => {
    const asked = await open(`${HEAD}bpf_dynptr_from_x/*|*/\n}`);
    const item = named(await complete(asked), 'bpf_dynptr_from_xdp');
    expect(TextDocument.applyEdits(asked.document, item.additionalTextEdits!)).toContain('extern int bpf_dynptr_from_xdp(');
    const gone = { label: 'bpf_dynptr_from_xdp', data: { kind: 'kfunc', name: 'bpf_dynptr_from_xdp', declare: { uri: 'file:///gone.c', line: 1 } } };
    expect(await client.connection.sendRequest('completionItem/resolve', gone)).not.toHaveProperty('additionalTextEdits');
    const hostile = { label: 'x', data: { kind: 'kfunc', name: '__proto__', declare: { uri: URI, line: 1e9 } } };
    expect(await client.connection.sendRequest('completionItem/resolve', hostile)).toEqual(hostile);
  });

  it('edits and texts of items never overlap', async () => {
    const asked = await open('#include <linux/bpf.h>\nint x;\n/*|*/', { capabilities: RICH });
    const list = (await complete(asked))!;
    const { editRange } = list.itemDefaults as { editRange: { start: Asked['position'] } };
    const edited = list.items.filter((item) => item.additionalTextEdits);
    expect(edited.length).toBeGreaterThan(0);
    for (const { additionalTextEdits } of edited) for (const edit of additionalTextEdits!) expect(asked.document.offsetAt(edit.range.end)).toBeLessThan(asked.document.offsetAt(editRange.start));
  });

  it('has commands of the editor only for the editor that says it has them', async () => {
    const asked = await open(`${HEAD}bpf_redir/*|*/\n}`, { capabilities: RICH, initializationOptions: { debounceMs: 0, editorCommands: true } });
    expect(named(await complete(asked), 'bpf_redirect').command?.command).toBe('editor.action.triggerParameterHints');
    await client.stop();
    expect(named(await complete(await open(`${HEAD}bpf_redir/*|*/\n}`, { capabilities: RICH })), 'bpf_redirect')).not.toHaveProperty('command');
  });
});

describe('signature help', () => {
  it('gives places in the label and Markdown to clients that know them', async () => {
    const help = (await signature(await open(`${HEAD}bpf_redirect(1, /*|*/\n}`, { capabilities: RICH })))!;
    const [{ label, parameters }] = help.signatures as [SignatureHelp['signatures'][0]];
    expect(help).toMatchObject({ activeSignature: 0, activeParameter: 1 });
    const [start, end] = parameters![1]!.label as [number, number];
    expect(label.slice(start, end)).toBe('__u64 flags');
    expect(parameters![1]!.documentation).toMatchObject({ kind: 'markdown', value: expect.stringContaining('BPF_F_INGRESS') });
  });

  it('gives texts to others', async () => {
    const help = (await signature(await open(`${HEAD}bpf_redirect(/*|*/`)))!;
    expect(help.signatures[0]!.parameters!.map(({ label }) => label)).toEqual(['__u32 ifindex', '__u64 flags']);
    expect(help.signatures[0]!.documentation).toMatchObject({ kind: 'plaintext' });
  });

  it('has no active parameter behind the last', async () => {
    expect((await signature(await open(`${HEAD}bpf_redirect(1, 2, /*|*/`)))!.activeParameter).toBe(2);
    await client.stop();
    const capabilities = { textDocument: { signatureHelp: { signatureInformation: { noActiveParameterSupport: true } } } } as ClientOptions['capabilities'];
    expect((await signature(await open(`${HEAD}bpf_redirect(1, 2, /*|*/`, { capabilities })))!.activeParameter).toBeNull();
  });

  it('is null outside of calls', async () => {
    expect(await signature(await open(`${HEAD}/*|*/\n}`))).toBeNull();
  });
});
