/** What the suites share: opening samples, and waiting for what the server answers. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

export const EXTENSION_ID = 'ebpf-lens.ebpf-lens';

/** Address of a file in the samples' folder. */
export function sample(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the samples are open as a folder');
  return vscode.Uri.joinPath(folder.uri, name);
}

export async function open(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sample(name)));
}

/** Our problems of a document, in the order of the text. */
export function problems(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.source === 'ebpf-lens')
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The rule id of a problem. */
export function rule(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Asks until the answer passes, or fails with the last answer. */
export async function eventually<T>(what: string, ask: () => T | Thenable<T>, passes: (answer: T) => boolean, ms = 40_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (passes(answer)) return answer;
    if (Date.now() > end) assert.fail(`${what}; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Position of the first `needle` after the first `context`, moved on by `shift` characters. */
export function at(document: vscode.TextDocument, context: string, needle = context, shift = 0): vscode.Position {
  const from = document.getText().indexOf(context);
  const offset = document.getText().indexOf(needle, from);
  assert.ok(from >= 0 && offset >= 0, `${context} … ${needle} is in ${document.fileName}`);
  return document.positionAt(offset + shift);
}

/** All hovers at a place, as one text. */
export async function hoverText(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

/** Labels of what is offered at a place. */
export async function completions(document: vscode.TextDocument, position: vscode.Position): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, position);
  return list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
}
