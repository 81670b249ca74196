/** Work that nobody waits for: done in slices of a few milliseconds, and not while somebody types. */

/** After this many milliseconds of work, messages get their turn. */
const SLICE_MS = 4;
/** Milliseconds without a message after which nobody is taken to be at work. */
const QUIET_MS = 60;
/** Somebody who never pauses must not keep the work from ever being done. */
const PATIENCE_MS = 300;

/** How often a waiting piece of work looks up. */
const STEP_MS = 10;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Background {
  private lastMessage = 0;
  private sliceStart = 0;

  /** A message came: the next slices wait. */
  noteMessage(): void {
    this.lastMessage = Date.now();
  }

  /**
   * To be awaited between any two pieces of work. Costs nothing within a slice, else lets messages in, and waits for a quiet moment.
   * @param urgent asked while it waits: something better to do ends the waiting
   */
  async turn(urgent: () => boolean = () => false): Promise<void> {
    if (Date.now() - this.sliceStart < SLICE_MS && Date.now() - this.lastMessage > QUIET_MS) return;
    const start = Date.now();
    do await pause(Math.max(0, Math.min(QUIET_MS - (Date.now() - this.lastMessage), STEP_MS)));
    while (!urgent() && Date.now() - this.lastMessage < QUIET_MS && Date.now() - start < PATIENCE_MS);
    this.sliceStart = Date.now();
  }
}
