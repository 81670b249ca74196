/**
 * Lets go of requests that were overtaken by an edit. Editors that do not cancel what they ask for after every key would otherwise have a
 * busy server analyse each text that there was, one after the other, long after the last key.
 */
import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Wrapped } from './handlers/handlerSet.js';

/**
 * Requests about a whole document, which editors repeat by themselves after an edit. Others are about a position in the text of that
 * moment and are answered for that text.
 */
const REPEATED: ReadonlySet<string> = new Set(['codeLens', 'inlayHint', 'semanticTokens', 'semanticTokens/delta', 'semanticTokens/range', 'documentSymbol', 'documentLink']);

/** Long enough for the messages that have arrived already to be taken in their turns, edits among them. */
const TURN_MS = 1;

/**
 * Wraps a handler of one of these requests: if the document is another one by the time that what has arrived is taken in, the answer is the
 * protocol's `ContentModified`, and nothing is analysed. Handlers of other requests stay as they are.
 */
export function unlessOvertaken<P extends { readonly textDocument: { readonly uri: string } }, R>(name: string, versionOf: (uri: string) => number | undefined, handler: Wrapped<P, R>): Wrapped<P, R> {
  if (!REPEATED.has(name)) return handler;
  return async (params: P, token: CancellationToken) => {
    const { uri } = params.textDocument;
    const version = versionOf(uri);
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, `${name} was cancelled`);
    if (version !== undefined && versionOf(uri) !== version) return new ResponseError(LSPErrorCodes.ContentModified, `${name}: the text has changed since`);
    return handler(params, token);
  };
}
