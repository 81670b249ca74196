/** In documents that are verifier logs: hovers over registers and messages, and links from `file.c:12` to the line. */
import { DocumentLink, Disposable, Hover, MarkdownString, Range, languages, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import { LOG_HOVER_REQUEST } from '../../server/src/lsp/messages.js';
import type { LogHover, LogHoverParams } from '../../server/src/lsp/messages.js';
import type { PartContext } from './part.js';

export const LOG_LANGUAGE = 'bpf-verifier-log';
/** ` @ file.c:12` at the end of a line of code, and ` @ file.c:12:5` in the reports of Linux 7.x. */
const PLACE = / @ ([^\s:][^:\n]{0,300}):(\d{1,7})(?::\d+)?$/gm;
const MAX_LINKS = 5000;

class PlaceLink extends DocumentLink {
  constructor(range: Range, readonly file: string, readonly line: number) {
    super(range);
    this.tooltip = 'Open the source line';
  }
}

export function logLanguageFeatures({ request }: PartContext): Disposable {
  const selector = { language: LOG_LANGUAGE };
  return Disposable.from(
    languages.registerHoverProvider(selector, {
      async provideHover(document, position) {
        const params: LogHoverParams = { line: document.lineAt(position).text, character: position.character };
        const hover = await request<LogHover | null>(LOG_HOVER_REQUEST, params);
        // Not trusted: what comes out of a log can run nothing.
        return hover ? new Hover(new MarkdownString(hover.markdown), new Range(position.line, hover.start, position.line, hover.end)) : undefined;
      },
    }),
    languages.registerDocumentLinkProvider(selector, { provideDocumentLinks: links, resolveDocumentLink: resolve }),
  );
}

function links(document: TextDocument): PlaceLink[] {
  const out: PlaceLink[] = [];
  for (const m of document.getText().matchAll(PLACE)) {
    if (out.length >= MAX_LINKS) break;
    const start = m.index + 3;
    out.push(new PlaceLink(new Range(document.positionAt(start), document.positionAt(m.index + m[0].length)), m[1] ?? '', Number(m[2])));
  }
  return out;
}

/** Looks for the file only when somebody follows the link. */
async function resolve(link: DocumentLink): Promise<DocumentLink> {
  if (!(link instanceof PlaceLink)) return link;
  const name = link.file.split(/[\\/]/).at(-1) ?? link.file;
  const [uri] = await workspace.findFiles(`**/${name.replace(/[[\]{}*?]/g, '?')}`, '**/node_modules/**', 1);
  if (uri) link.target = uri.with({ fragment: `L${link.line}` });
  return link;
}
