/** The server's log: goes to the client's output channel, as much of it as the user asked for. */
import type { Connection } from 'vscode-languageserver';
import type { Settings } from '../settings/settings.js';

const RANK = { off: 0, error: 1, info: 2, debug: 3 } as const;

export class Log {
  private level: Settings['logLevel'] = 'info';

  constructor(private readonly connection: Connection) {}

  setLevel(level: Settings['logLevel']): void {
    this.level = level;
  }

  error(text: string): void {
    if (RANK[this.level] >= RANK.error) this.connection.console.error(text);
  }

  info(text: string): void {
    if (RANK[this.level] >= RANK.info) this.connection.console.info(text);
  }

  /** `text` is a function, so that what nobody reads is not put together. */
  debug(text: () => string): void {
    if (RANK[this.level] >= RANK.debug) this.connection.console.log(text());
  }
}
