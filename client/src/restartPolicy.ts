/** Decides whether a server that died is started again: yes, but not for ever. */

/** Crashes that are forgiven within `WINDOW_MS`; the next one leaves the server off. */
export const MAX_RESTARTS = 4;
export const WINDOW_MS = 3 * 60_000;

export class RestartPolicy {
  private crashes: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Counts one crash. @returns true if the server should be started again. */
  crashed(): boolean {
    const now = this.now();
    this.crashes = this.crashes.filter((at) => now - at < WINDOW_MS);
    this.crashes.push(now);
    return this.crashes.length <= MAX_RESTARTS;
  }

  /** Forgets the past: the user asked for a new start. */
  reset(): void {
    this.crashes = [];
  }
}
