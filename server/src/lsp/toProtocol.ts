/** Plain data of the core as protocol values. */
import {
  CompletionItemKind,
  CompletionItemTag,
  DiagnosticSeverity,
  InsertTextFormat,
  SymbolKind,
  type CompletionItem,
  type CompletionList,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type MarkupContent,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import type { CompletionEntry, CompletionResult } from '../features/completion/completion.js';
import type { Status } from '../features/status.js';
import type { SymbolData } from '../features/symbols.js';
import type { HoverInfo, InfoSection } from '../features/text/info.js';
import { toMarkdown } from '../features/text/markdown.js';
import { toPlain } from '../features/text/plain.js';
import type { Finding, Severity } from '../rules/rule.js';
import type { ClientAbilities } from './fromProtocol.js';
import { includeSpanOf } from './headerFindings.js';
import { OPEN_PAGE_COMMAND, type StatusInfo } from './messages.js';
import { rangeOf } from './places.js';

/** Where the page of a rule stands; the rule's id and `.md` follow. */
export const RULE_PAGES = 'https://github.com/ebpf-lens/ebpf-lens/blob/main/docs/rules/';
export const SOURCE = 'ebpf-lens';

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** A finding in a header stands on the `#include` through which it came, and points into the header. */
export function toDiagnostic(unit: Unit, document: TextDocument, finding: Finding): Diagnostic {
  const own = finding.path === document.uri;
  const span = own ? finding.span : includeSpanOf(unit, finding.path);
  const related = own ? finding.related : [{ path: finding.path, span: finding.span, message: 'in this included file' }, ...finding.related];
  return {
    range: rangeOf(unit, document, document.uri, span),
    severity: SEVERITY[finding.severity],
    code: finding.rule,
    codeDescription: { href: `${RULE_PAGES}${finding.rule}.md` },
    source: SOURCE,
    message: finding.message,
    ...(related.length > 0
      ? { relatedInformation: related.map((r) => ({ location: { uri: r.path, range: rangeOf(unit, document, r.path, r.span) }, message: r.message })) }
      : {}),
  };
}

/** Sections in the markup that the client asked for. */
export function toMarkup(sections: readonly InfoSection[], markdown: boolean): MarkupContent {
  return markdown ? { kind: 'markdown', value: toMarkdown(sections) } : { kind: 'plaintext', value: toPlain(sections) };
}

/** The client's command with the page's id, which is one of the book's and holds nothing that could end the link. */
function pageLink(id: string): string {
  return `command:${OPEN_PAGE_COMMAND}?${encodeURIComponent(JSON.stringify([id])).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))}`;
}

export function toHover(document: TextDocument, info: HoverInfo, client: ClientAbilities): Hover {
  const range = { start: document.positionAt(info.span.start), end: document.positionAt(info.span.end) };
  const contents = toMarkup(info.sections, client.hoverMarkdown);
  if (info.page === undefined || !client.commandLinks || !client.hoverMarkdown) return { contents, range };
  return { contents: { ...contents, value: `${contents.value}\n\n[Open the reference page](${pageLink(info.page)})` }, range };
}

const ITEM_KIND: Readonly<Record<CompletionEntry['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  section: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
  constant: CompletionItemKind.EnumMember,
};

export function toCompletionList(document: TextDocument, result: CompletionResult, client: ClientAbilities): CompletionList {
  const range = { start: document.positionAt(result.replace.start), end: document.positionAt(result.replace.end) };
  const shared = client.completionDefaults;
  const items = result.entries.map((entry): CompletionItem => {
    const snippet = entry.snippet !== undefined && client.snippets;
    const newText = snippet ? entry.snippet! : (entry.insert ?? entry.label);
    const item: CompletionItem = { label: entry.label, kind: ITEM_KIND[entry.kind], detail: entry.detail, sortText: entry.order, data: entry.ref };
    if (snippet) item.insertTextFormat = InsertTextFormat.Snippet;
    if (entry.discouraged && client.completionTags) item.tags = [CompletionItemTag.Deprecated];
    if (!shared) item.textEdit = { range, newText };
    else if (newText !== entry.label) item.textEditText = newText;
    return item;
  });
  return { isIncomplete: result.incomplete, items, ...(shared ? { itemDefaults: { editRange: range } } : {}) };
}

export function toDocumentSymbol(document: TextDocument, data: SymbolData): DocumentSymbol {
  const range = (span: { start: number; end: number }) => ({ start: document.positionAt(span.start), end: document.positionAt(span.end) });
  return { name: data.name, detail: data.detail, kind: data.kind === 'program' ? SymbolKind.Event : SymbolKind.Struct, range: range(data.span), selectionRange: range(data.nameSpan) };
}

export function toStatusInfo(unit: Unit | undefined, document: TextDocument | undefined, status: Status, targetKernel: string): StatusInfo {
  return {
    state: status.state,
    text: status.text,
    tooltip: toMarkdown(status.tooltip),
    minKernel: status.minKernel,
    maxKernel: status.maxKernel,
    exceedsTarget: status.exceedsTarget,
    targetKernel,
    program: status.program,
    reasons:
      unit === undefined || document === undefined
        ? []
        : status.reasons.map(({ path, span, ...reason }) => ({ ...reason, uri: path, range: rangeOf(unit, document, path, span) })),
  };
}
