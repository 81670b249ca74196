/**
 * The floor: a server on the same library with constant answers. `--items=N` sets how many completions it gives, `--answers=FILE` what it
 * answers to other methods.
 */
import { readFileSync } from 'node:fs';
import { createConnection, ProposedFeatures, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const count = Number(process.argv.find((a) => a.startsWith('--items='))?.slice('--items='.length) ?? 20);
const items = Array.from({ length: count }, (_, i) => ({ label: `member_${i}`, kind: 5, detail: '__u32 · read', sortText: String(i).padStart(4, '0') }));
const hover = { contents: { kind: 'markdown', value: '**echo** '.repeat(120) } };

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    hoverProvider: true,
    completionProvider: { triggerCharacters: ['>', '.', '"'] },
  },
}));
connection.onHover(() => hover);
connection.onCompletion(() => items);
const answers = process.argv.find((a) => a.startsWith('--answers='))?.slice('--answers='.length);
if (answers) for (const [method, answer] of Object.entries(JSON.parse(readFileSync(answers, 'utf8')))) connection.onRequest(method, () => answer);
documents.onDidChangeContent(({ document }) => void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: [] }));
documents.listen(connection);
connection.listen();
