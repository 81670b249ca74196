/** Completion entries as protocol items, in the forms that the client knows. */
import { CompletionItemKind, CompletionItemTag, InsertTextFormat, type Command, type CompletionItem, type CompletionList, type TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { plainOf, type CompletionEntry, type CompletionResult, type EntryRef } from '../features/completion/entry.js';
import type { TextEdit as Edit } from '../text/span.js';
import type { ClientAbilities } from './fromProtocol.js';

/** What comes back with an item that is resolved. */
export interface ItemData extends EntryRef {
  /** Where a kfunc's declaration is to be written: the document, and the line of the cursor when it was offered. */
  readonly declare?: { readonly uri: string; readonly line: number };
}

const ITEM_KIND: Readonly<Record<CompletionEntry['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  section: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
  constant: CompletionItemKind.EnumMember,
  macro: CompletionItemKind.Function,
  snippet: CompletionItemKind.Snippet,
  map: CompletionItemKind.Variable,
  value: CompletionItemKind.Value,
  type: CompletionItemKind.Struct,
};

/** @param declare the edit that declares a kfunc, for clients that want it at once */
export function toCompletionList(document: TextDocument, result: CompletionResult, client: ClientAbilities, declare: (kfunc: string) => Edit | undefined): CompletionList {
  const range = { start: document.positionAt(result.replace.start), end: document.positionAt(result.replace.end) };
  const shared = client.completionDefaults;
  const { line } = range.start;
  const items = result.entries.map((entry): CompletionItem => {
    const newText = newTextOf(entry, client.snippets);
    const item: CompletionItem = { label: entry.label, kind: ITEM_KIND[entry.kind], detail: detailOf(entry, client), sortText: entry.order };
    const behind = entry.note ?? entry.aside;
    if (behind !== undefined && client.completionNotes) item.labelDetails = { description: behind };
    if (entry.filter !== undefined) item.filterText = entry.filter;
    if (entry.preselect) item.preselect = true;
    if (client.snippets && newText === entry.snippet) item.insertTextFormat = InsertTextFormat.Snippet;
    if (entry.discouraged && client.completionTags) item.tags = [CompletionItemTag.Deprecated];
    const data = entry.ref && dataOf(entry, entry.ref, client, document.uri, line);
    if (data !== undefined) item.data = data;
    const declaration = entry.undeclared && !client.lateEdits ? declare(entry.label) : undefined;
    const edits = [...(entry.edits ?? []), ...(declaration ? [declaration] : [])];
    const command = commandAfter(entry, newText, client);
    if (command !== undefined) item.command = command;
    if (edits.length > 0) item.additionalTextEdits = edits.map((edit) => toTextEdit(document, edit));
    if (!shared) item.textEdit = { range, newText };
    else if (newText !== entry.label) item.textEditText = newText;
    return item;
  });
  return { isIncomplete: result.incomplete, items, ...(shared ? { itemDefaults: { editRange: range } } : {}) };
}

/** A function's snippet is its name and parentheses: a client without snippets gets the name alone, as it would be in the way otherwise. */
function newTextOf(entry: CompletionEntry, snippets: boolean): string {
  if (entry.snippet !== undefined && snippets) return entry.snippet;
  if (entry.insert !== undefined) return entry.insert;
  return entry.snippet === undefined || entry.kind === 'function' ? entry.label : plainOf(entry.snippet);
}

function detailOf(entry: CompletionEntry, client: ClientAbilities): string {
  return entry.note === undefined || client.completionNotes ? entry.detail : [entry.detail, entry.note].filter((part) => part !== '').join(', ');
}

/** In VS Code: what asks for more once the item stands there, the signature in empty parentheses, sections in empty quotes. */
function commandAfter(entry: CompletionEntry, newText: string, client: ClientAbilities): Command | undefined {
  if (!client.editorCommands) return undefined;
  if (newText.endsWith('("$0")')) return { title: 'Sections', command: 'editor.action.triggerSuggest' };
  return newText.endsWith('($0)') && entry.kind !== 'constant' ? { title: 'Parameters', command: 'editor.action.triggerParameterHints' } : undefined;
}

function dataOf(entry: CompletionEntry, ref: EntryRef, client: ClientAbilities, uri: string, line: number): ItemData {
  return entry.undeclared && client.lateEdits ? { ...ref, declare: { uri, line } } : ref;
}

export function toTextEdit(document: TextDocument, edit: Edit): TextEdit {
  return { range: { start: document.positionAt(edit.span.start), end: document.positionAt(edit.span.end) }, newText: edit.newText };
}
