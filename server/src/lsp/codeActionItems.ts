/** Code actions as protocol values. */
import type { CodeAction, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import type { CodeActionData } from '../features/codeActions/codeAction.types.js';
import type { Fix } from '../rules/rule.js';
import type { ClientAbilities } from './fromProtocol.js';
import { FIX_ALL } from './capabilities.js';
import { SWITCH_RULE_OFF_COMMAND } from './messages.js';
import { visible } from '../text/printable.js';
import { rangeOf } from './places.js';
import { toDiagnostic } from './toProtocol.js';

/** @param project URI of the project file in which rules are switched off, where there is one */
export function toCodeAction(unit: Unit, document: TextDocument, data: CodeActionData, client: ClientAbilities, project?: string): CodeAction {
  const { finding, switchesOff } = data;
  const title = visible(data.title);
  return {
    title,
    kind: data.kind,
    ...(finding === undefined ? {} : { diagnostics: [toDiagnostic(unit, document, finding)] }),
    ...(switchesOff === undefined
      ? { edit: toWorkspaceEdit(unit, document, data.edits, client) }
      : { command: { title, command: SWITCH_RULE_OFF_COMMAND, arguments: [switchesOff, ...(project === undefined ? [] : [project])] } }),
    ...(data.preferred ? { isPreferred: true } : {}),
  };
}

export function toFixAll(unit: Unit, document: TextDocument, edits: Fix['edits'], client: ClientAbilities): CodeAction {
  return { title: 'Fix all that eBPF Lens can safely fix', kind: FIX_ALL, edit: toWorkspaceEdit(unit, document, edits, client) };
}

/** Edits by file; those of the document itself for its version only, where the client can tell. */
function toWorkspaceEdit(unit: Unit, document: TextDocument, edits: Fix['edits'], client: ClientAbilities): WorkspaceEdit {
  const byUri = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const list = byUri.get(edit.path) ?? [];
    list.push({ range: rangeOf(unit, document, edit.path, edit.span), newText: edit.newText });
    byUri.set(edit.path, list);
  }
  if (!client.versionedEdits) return { changes: Object.fromEntries(byUri) };
  return {
    documentChanges: [...byUri].map(([uri, list]) => ({ textDocument: { uri, version: uri === document.uri ? document.version : null }, edits: list })),
  };
}
