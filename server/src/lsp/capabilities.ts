/**
 * What the server says of itself in its answer to `initialize`: a constant but for what the client's abilities decide. The process's entry
 * gives this answer before anything else is loaded, so this imports types and names only, nothing of the protocol's library.
 */
import type { CodeActionKind, InitializeParams, InitializeResult, PositionEncodingKind, ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver';
import { TRIGGERS } from '../features/completion/triggers.js';
import { LEGEND } from './semanticLegend.js';

/** "Fix all" of this server alone, which `editor.codeActionsOnSave` may name. */
export const FIX_ALL: CodeActionKind = 'source.fixAll.ebpf-lens';

const INCREMENTAL: typeof TextDocumentSyncKind.Incremental = 2;
const CODE_ACTIONS: CodeActionKind[] = ['quickfix' satisfies typeof CodeActionKind.QuickFix, 'refactor.rewrite' satisfies typeof CodeActionKind.RefactorRewrite, FIX_ALL];

const ALWAYS: ServerCapabilities = {
  // What every client can do; some that can do others ask to be told.
  positionEncoding: 'utf-16' satisfies typeof PositionEncodingKind.UTF16,
  textDocumentSync: { openClose: true, change: INCREMENTAL, save: { includeText: false } },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  hoverProvider: true,
  completionProvider: { triggerCharacters: Object.keys(TRIGGERS), resolveProvider: true, completionItem: { labelDetailsSupport: true } },
  signatureHelpProvider: { triggerCharacters: ['(', ','], retriggerCharacters: [')'] },
  codeActionProvider: { codeActionKinds: CODE_ACTIONS },
  documentSymbolProvider: { label: 'eBPF Lens' },
  workspaceSymbolProvider: true,
  codeLensProvider: { resolveProvider: false },
  inlayHintProvider: true,
  semanticTokensProvider: { legend: LEGEND, full: { delta: true }, range: true },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentLinkProvider: { resolveProvider: false },
};

/** The client lets us say later for which documents we have a call hierarchy. */
export function registersCallHierarchy(client: InitializeParams['capabilities'] | undefined): boolean {
  return client?.textDocument?.callHierarchy?.dynamicRegistration === true;
}

/**
 * The whole answer.
 * @param client as the client sent it: nothing in it can be relied on
 */
export function initializeResult(version: string, client: InitializeParams['capabilities'] | undefined): InitializeResult {
  return {
    serverInfo: { name: 'ebpf-lens', version },
    capabilities: { ...ALWAYS, ...(registersCallHierarchy(client) ? {} : { callHierarchyProvider: true }) },
  };
}
