/** Says on a person's terminal how far a run is, in a line that goes away before anything else is written. */
import type { CliHost } from './host.js';
import { fitting, printable } from './terminal.js';

/** A shorter run needs no words. */
const QUIET_MS = 400;
const EVERY_MS = 100;
const CLEAR = '\r\u001b[K';

/** Counts what is done. Without a terminal it does nothing, and its host is the one that it was given. */
export class Progress {
  /** The same, but what it writes stands in lines of its own. */
  readonly host: CliHost;
  private done = 0;
  private shown = false;
  private next: number;

  /**
   * @param wanted false where the user wants to hear little
   * @param now a clock in milliseconds
   */
  constructor(private readonly inner: CliHost, private readonly wanted = true, private readonly now: () => number = () => performance.now()) {
    this.next = now() + QUIET_MS;
    const over = (write: (text: string) => void) => (text: string): void => {
      this.clear();
      write(text);
    };
    this.host = this.isOn ? { ...inner, out: over((text) => inner.out(text)), err: over((text) => inner.err(text)) } : inner;
  }

  private get isOn(): boolean {
    return this.wanted && this.inner.progress !== undefined;
  }

  /** One more file is done. */
  step(path: string): void {
    this.done++;
    if (!this.isOn || this.now() < this.next) return;
    this.next = this.now() + EVERY_MS;
    // The last column stays free: in it some terminals break the line.
    const line = fitting(printable(`checked ${this.done} files, ${path}`).replaceAll('\t', ' '), (this.inner.progress ?? 80) - 1);
    this.inner.err(`${CLEAR}${line}`);
    this.shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown) this.inner.err(CLEAR);
    this.shown = false;
  }
}
