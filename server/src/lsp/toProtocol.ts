/** Plain data of the core as protocol values. */
import {
  DiagnosticSeverity,
  SymbolKind,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type MarkupContent,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { Status } from '../features/status.js';
import type { SymbolData } from '../features/symbols.js';
import type { HoverInfo, InfoSection } from '../features/text/info.js';
import { toMarkdown, type LinkOf } from '../features/text/markdown.js';
import { toPlain } from '../features/text/plain.js';
import type { Finding, Severity } from '../rules/rule.js';
import type { ClientAbilities } from './fromProtocol.js';
import { includeSpanOf } from './headerFindings.js';
import { OPEN_PAGE_COMMAND, type StatusInfo } from './messages.js';
import { visible } from '../text/printable.js';
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
    message: visible(finding.message),
    ...(related.length > 0
      ? { relatedInformation: related.map((r) => ({ location: { uri: r.path, range: rangeOf(unit, document, r.path, r.span) }, message: visible(r.message) })) }
      : {}),
  };
}

/** Sections in the markup that the client asked for. */
export function toMarkup(sections: readonly InfoSection[], markdown: boolean): MarkupContent {
  return markdown ? { kind: 'markdown', value: toMarkdown(sections) } : { kind: 'plaintext', value: toPlain(sections) };
}

/** The client's command with the page's id, which is one of the book's and holds nothing that could end the link. */
export function pageCommand(id: string): string {
  return `command:${OPEN_PAGE_COMMAND}?${encodeURIComponent(JSON.stringify([id])).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))}`;
}

/** The client that opens pages gets links to the page of what the hover is about, and to those of ideas that it names. */
export function toHover(document: TextDocument, info: HoverInfo, client: ClientAbilities, { concepts }: Pick<FactBook, 'concepts'>): Hover {
  const range = { start: document.positionAt(info.span.start), end: document.positionAt(info.span.end) };
  if (!client.commandLinks || !client.hoverMarkdown) return { contents: toMarkup(info.sections, client.hoverMarkdown), range };
  const value = toMarkdown(info.sections, linksTo(concepts));
  if (info.page === undefined) return { contents: { kind: 'markdown', value }, range };
  return { contents: { kind: 'markdown', value: `${value}\n\n[Open the reference page](${pageCommand(info.page)})` }, range };
}

type Concepts = FactBook['concepts'];
const links = new WeakMap<Concepts, LinkOf>();

/** Links to the pages of ideas: the same function for the same book, by which Markdown is kept. */
function linksTo(concepts: Concepts): LinkOf {
  let linkOf = links.get(concepts);
  if (linkOf === undefined) links.set(concepts, (linkOf = (code) => (concepts.has(code) ? pageCommand(`concept/${code}`) : undefined)));
  return linkOf;
}

export const SYMBOL_KIND: Readonly<Record<SymbolData['kind'], SymbolKind>> = { program: SymbolKind.Event, map: SymbolKind.Struct, global: SymbolKind.Variable, attribute: SymbolKind.Property };

export function toDocumentSymbol(document: TextDocument, { name, detail, kind, span, nameSpan, children }: SymbolData): DocumentSymbol {
  const range = ({ start, end }: SymbolData['span']): Range => ({ start: document.positionAt(start), end: document.positionAt(end) });
  return { name: visible(name), detail: visible(detail), kind: SYMBOL_KIND[kind], range: range(span), selectionRange: range(nameSpan), ...(children === undefined ? {} : { children: children.map((child) => toDocumentSymbol(document, child)) }) };
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
