/** Collects what is to be told, so that many small changes make one message. */

export class Gatherer<T> {
  private items = new Map<string, T>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param tell gets the latest item of each key, oldest first */
  constructor(
    private readonly ms: number,
    private readonly tell: (items: readonly T[]) => void,
  ) {}

  /** Keeps an item for the next message; `now` sends it at once, with all that waits. */
  add(key: string, item: T, now: boolean): void {
    this.items.set(key, item);
    if (now) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), this.ms);
  }

  /** Tells at once, even if there is nothing. */
  flush(): void {
    const items = [...this.items.values()];
    this.clear();
    this.tell(items);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.items = new Map();
  }
}
