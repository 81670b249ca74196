/** Guards handlers: one that throws is logged once with its name and answers with nothing, and the others go on. Answers out of the server's life are errors. */
import { ErrorCodes, LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Log } from './log.js';

/** Errors that were logged: a handler that fails on every key stroke must not flood the log. */
const MAX_REMEMBERED = 200;

export class Guard {
  private readonly seen = new Set<string>();
  /** Where the server is between `initialize` and `shutdown`: nothing else is served before and after. */
  private life: 'new' | 'running' | 'over' = 'new';

  constructor(private readonly log: Log) {}

  /** `initialize` came. @returns the error for one that is not the first. */
  begin(): ResponseError<never> | undefined {
    if (this.life !== 'new') return new ResponseError(ErrorCodes.InvalidRequest, 'initialize was requested before');
    this.life = 'running';
    return undefined;
  }

  /** `shutdown` came. */
  end(): void {
    this.life = 'over';
  }

  /** Wraps a notification from the client, which counts only while the server runs. */
  notification(name: string, work: () => void | Promise<void>): void {
    if (this.life === 'running') this.run(name, work);
  }

  /**
   * Wraps a request's handler. Whatever is thrown inside becomes `null`; a request that was cancelled while it waited, or while the
   * handler worked, is answered with the protocol's `RequestCancelled`.
   * @param ready what has to be there before the handler may run; undefined if it is
   */
  request<P, R>(
    name: string,
    ready: (params: P) => Promise<unknown> | undefined,
    handler: (params: P, token: CancellationToken) => R | Promise<R>,
  ): (params: P, token: CancellationToken) => Promise<R | null | ResponseError<void>> {
    return async (params, token) => {
      if (this.life === 'new') return new ResponseError(ErrorCodes.ServerNotInitialized, `${name} was requested before initialize`);
      if (this.life === 'over') return new ResponseError(ErrorCodes.InvalidRequest, `${name} was requested after shutdown`);
      try {
        const waiting = ready(params);
        if (waiting !== undefined) await waiting;
        const cancelled = (): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestCancelled, `${name} was cancelled`);
        if (token.isCancellationRequested) return cancelled();
        const answer = await handler(params, token);
        return token.isCancellationRequested ? cancelled() : answer;
      } catch (error) {
        this.report(name, error);
        return null;
      }
    };
  }

  /** Wraps any piece of work that nobody waits for. */
  run(name: string, work: () => void | Promise<void>): void {
    try {
      const result = work();
      if (result instanceof Promise) result.catch((error: unknown) => this.report(name, error));
    } catch (error) {
      this.report(name, error);
    }
  }

  /** Logs an error the first time that this handler fails in this way. */
  report(name: string, error: unknown): void {
    // Nobody listens any more.
    if (this.life === 'over') return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const id = `${name}: ${text.split('\n', 2).join(' ')}`;
    if (this.seen.has(id)) return;
    if (this.seen.size < MAX_REMEMBERED) this.seen.add(id);
    this.log.error(`${name} failed (said once): ${text}`);
  }
}
