/** Notices a server that is alive and answers nothing any more. */

/** Milliseconds from something to work on to the question whether the server is there; typing asks no more often. */
export const ASK_AFTER_MS = 3_000;
/** Milliseconds without an answer after which the server counts as hanging. The largest file takes a tenth of this. */
export const PATIENCE_MS = 20_000;
/** An answer that waits behind other messages, since the editor itself was busy or the machine slept, gets this long to be seen. */
export const GRACE_MS = 1_000;

export class Watchdog {
  private asking = false;
  private hanging = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts servers, so that nothing late about one is taken for news of the next. */
  private round = 0;

  /**
   * @param ask asks the server anything that it answers at once; settled, in whatever way, means that it is there
   * @param tell called with true when the server hangs, with false when it answers after all
   */
  constructor(
    private readonly ask: () => Promise<unknown>,
    private readonly tell: (hanging: boolean) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** The server was given something to work on: see to it that it answers, soon. */
  stir(): void {
    if (this.asking || this.timer !== undefined) return;
    this.timer = setTimeout(() => this.question(), ASK_AFTER_MS);
  }

  /** The server is gone, or another one runs. */
  reset(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asking = this.hanging = false;
    this.round++;
  }

  private question(): void {
    const { round } = this;
    this.asking = true;
    const answered = (): void => {
      if (round !== this.round) return;
      const { hanging } = this;
      this.reset();
      if (hanging) this.tell(false);
    };
    this.ask().then(answered, answered);
    this.wait(PATIENCE_MS);
  }

  private wait(ms: number): void {
    const due = this.now() + ms;
    this.timer = setTimeout(() => {
      // Long past the time: nothing ran here meanwhile, so nothing is known of the server.
      if (this.now() - due > GRACE_MS) return this.wait(PATIENCE_MS);
      this.timer = setTimeout(() => {
        this.hanging = true;
        this.tell(true);
      }, GRACE_MS);
    }, ms);
  }
}
