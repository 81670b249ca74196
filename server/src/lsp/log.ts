/** What the server says by itself: a log for the client's output channel, as much of it as the user asked for, and messages that pop up. */
import { MessageType, ShowMessageNotification, type Connection } from 'vscode-languageserver';
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

  /** Shows a message to the user. A notification, since clients need not know the request by which the library would send it, and refuse it. */
  show(kind: 'warning' | 'error', text: string): void {
    const type = kind === 'error' ? MessageType.Error : MessageType.Warning;
    void this.connection.sendNotification(ShowMessageNotification.type, { type, message: text }).catch(() => undefined);
  }

  /** `text` is a function, so that what nobody reads is not put together. */
  debug(text: () => string): void {
    if (RANK[this.level] >= RANK.debug) this.connection.console.log(text());
  }
}
