/** Tells the client to ask again for what it shows beside the text, when that changed and the text did not. */
import type { Current } from './documents.js';

interface Served {
  readonly version: number;
  readonly unit: Current['unit'];
  readonly digest: string;
}

/** More documents than this are not remembered; the client then asks when it shows them anyway. */
const MAX_REMEMBERED = 200;

export class Refresher {
  private readonly served = new Map<string, Served>();

  /**
   * @param digest what is shown for a document, as a text to compare; asked only where settings or headers changed
   * @param refresh sends the request
   */
  constructor(
    private readonly digest: (current: Current) => string,
    private readonly refresh: () => void,
  ) {}

  /** Notes what the client was given. */
  serve({ text, unit }: Current, digest: string): void {
    this.served.delete(text.uri);
    if (this.served.size >= MAX_REMEMBERED) this.served.delete(this.served.keys().next().value!);
    this.served.set(text.uri, { version: text.version, unit, digest });
  }

  /** After an analysis. A client asks by itself after an edit, so only the same text with another answer counts. */
  analyzed(current: Current): void {
    const before = this.served.get(current.text.uri);
    if (before === undefined || before.unit === current.unit || before.version !== current.text.version) return;
    const digest = this.digest(current);
    if (digest !== before.digest) this.refresh();
    this.serve(current, digest);
  }
}
