/** The floor: a server on the same library with constant answers. `--items=N` sets how many completions it gives. */
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
documents.onDidChangeContent(({ document }) => void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: [] }));
documents.listen(connection);
connection.listen();
