/** What a set of request handlers is, and what it gets to work with. One file beside this one per feature of the editor. */
import type { CancellationToken, Connection, ResponseError } from 'vscode-languageserver';
import type { FactBook } from '../../facts/factBook.types.js';
import type { ClientAbilities } from '../fromProtocol.js';
import type { ServerHost } from '../host.js';
import type { Current } from '../documents.js';
import type { Service } from '../service.js';

/** Any request that names a document. */
export interface AboutDocument {
  readonly textDocument: { readonly uri: string };
}

/** A handler as the connection takes it; a request that was cancelled while it waited is answered with an error. */
export type Wrapped<P, R> = (params: P, token: CancellationToken) => Promise<R | null | ResponseError<void>>;

export interface HandlerContext {
  readonly connection: Connection;
  readonly service: Service;
  readonly host: ServerHost;
  /** What the client can do; known once `initialize` has come, which is before any request. */
  client(): ClientAbilities;
  /**
   * Wraps a request about an open document: waits for what it needs, and answers `null` for documents that are not open, or when
   * the handler throws (logged once by `name`). The token tells a handler that takes its time that nobody waits any more.
   */
  about<P extends AboutDocument, R>(name: string, handler: (current: Current, params: P, token: CancellationToken) => R | Promise<R>): Wrapped<P, R>;
  /** Wraps a request about the facts alone, likewise. */
  ofFacts<P, R>(name: string, handler: (facts: FactBook, params: P, token: CancellationToken) => R | Promise<R>): Wrapped<P, R>;
}

export interface HandlerSet {
  /** Connects the handlers. Called once, before the connection listens. What they answer to is in `capabilities.ts`. */
  register(context: HandlerContext): void;
}
