/** Links from sections to their pages, for the client that has pages. */
import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { pageLinks } from '../../features/navigation/links.js';
import { pageCommand } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const linkHandlers: HandlerSet = {
  register({ connection, about, client }) {
    connection.onDocumentLinks(
      about<DocumentLinkParams, DocumentLink[]>('documentLink', ({ unit, text }) => {
        if (!client().commandLinks || unit.settings.navigation === 'off' || fileKind(unit, text.uri) === 'other') return [];
        return pageLinks(unit).map(({ span, page, title }) => ({ range: { start: text.positionAt(span.start), end: text.positionAt(span.end) }, target: pageCommand(page), tooltip: title }));
      }),
    );
  },
};
