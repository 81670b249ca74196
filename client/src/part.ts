/** What a part of the editor's side is, and what it gets to work with: a command with its view, a tree, a page. */
import type { Disposable, Event, ExtensionContext, LogOutputChannel } from 'vscode';

export interface PartContext {
  readonly extension: ExtensionContext;
  readonly log: LogOutputChannel;
  /** Asks the server, which is started for it if need be; undefined when it has no answer (the log says why). */
  request<R>(method: string, params: unknown): Promise<R | undefined>;
  /** Tells the server, if one runs. */
  notify(method: string, params: unknown): void;
  /** Fires with the document's URI, as the editor spells it, when the server has analysed it anew. */
  readonly onAnalyzed: Event<string>;
  /** Fires with each notification of this method that the server sends. */
  onNotification<P>(method: string, handler: (params: P) => void): Disposable;
  /** Answers each request of this method that a server sends. One handler a method. */
  onRequest<P, R>(method: string, handler: (params: P) => R | Promise<R>): Disposable;
  /** Fires when a server runs, the first or one that took over. */
  readonly onRunning: Event<void>;
}

/** Makes the part; called once when the extension starts. It must cost next to nothing until it is used. */
export type Part = (context: PartContext) => Disposable;
