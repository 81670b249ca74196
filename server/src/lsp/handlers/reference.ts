/** The searchable reference and its pages. */
import { PAGE_REQUEST, SEARCH_INDEX_REQUEST, type PageParams, type SearchIndexParams } from '../messages.js';
import { page, searchIndex } from '../reference.js';
import { UpstreamText } from '../upstreamText.js';
import type { HandlerSet } from './handlerSet.js';

export const referenceHandlers: HandlerSet = {
  register({ connection, service, host, ofFacts }) {
    const upstream = new UpstreamText(host, () => service.includePaths());
    connection.onRequest(SEARCH_INDEX_REQUEST, ofFacts('searchIndex', (facts, params: SearchIndexParams | undefined) => searchIndex(facts, params ?? {})));
    connection.onRequest(PAGE_REQUEST, ofFacts('page', (facts, params: PageParams) => page(facts, params, upstream)));
  },
};
