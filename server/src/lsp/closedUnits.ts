/**
 * Units of the workspace's files that are not open, made for one question and let go with its answer: read from the disk anew, since nobody
 * tells of every change there, and only where a text holds what is looked for.
 */
import type { CancellationToken } from 'vscode-languageserver';
import { createSession } from '../analysis.js';
import type { Session } from '../analysis.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { Current } from './documents.js';
import type { Opened, UnitSource } from './unitSource.js';
import { keyOf } from './uriPath.js';
import { within } from './within.js';
import type { IndexContext, WorkspaceIndex } from './workspaceIndex.js';

/** Somebody waits for the answer. For so long an index that has just begun is waited for, */
const INDEX_MS = 10_000;
/** and for so long files are looked into. What is found by then is better than nothing. */
const SEARCH_MS = 10_000;
/** Settings are asked for of so many files at once. */
const BATCH = 32;
/** After so many milliseconds of work, messages get their turn: a request that is taken back, a hover. */
const SLICE_MS = 8;

export interface ClosedContext extends Omit<IndexContext, 'source'> {
  readonly index: WorkspaceIndex;
  /** Its own, since the index lets go of its texts whenever it is done. */
  readonly source: UnitSource;
  note(text: string): void;
}

/** What is looked for, and where it was looked for already. */
export interface Search {
  readonly names: readonly string[];
  /** Keys of files whose uses of the names are known; the caller adds those of the units that it took. */
  readonly searched: ReadonlySet<string>;
  /** Keys of files of which a unit must have one to be of interest; undefined: any may be. */
  readonly sharing: ReadonlySet<string> | undefined;
  readonly token: CancellationToken;
}

interface Opening extends Opened {
  readonly settings: Settings;
}

export class ClosedUnits {
  private running = 0;

  constructor(private readonly context: ClosedContext) {}

  /**
   * One unit after the other, by URI, for each file of the index that is not open and has one of the names in a text that was not searched. It
   * ends early when it is cancelled, or when it takes too long, which is noted. No unit is to be kept beyond the next.
   */
  async *with(search: Search): AsyncGenerator<Current> {
    const { loaded, note } = this.context;
    const facts = (await loaded())?.facts;
    let cut = !(await this.indexed(search.token));
    if (facts === undefined) return;
    const session = this.begin(facts);
    const deadline = Date.now() + SEARCH_MS;
    const inTime = (): boolean => {
      const left = Date.now() < deadline;
      cut ||= !left;
      return left;
    };
    try {
      for await (const { document, input, settings } of this.opened(search, inTime)) {
        yield { text: document, unit: session.analyze(input, settings) };
        session.forget(document.uri);
      }
    } finally {
      this.end(session);
    }
    if (cut && !search.token.isCancellationRequested) note(`Not every file of the workspace was searched for ${search.names.join(', ')}: it took too long.`);
  }

  /**
   * Gives the unit of one file that is not open to `use`, and lets go of it.
   * @returns what `use` does; undefined if the file is no eBPF, or cannot be read
   */
  async unitOf<T>(uri: string, use: (current: Current) => T | Promise<T>): Promise<T | undefined> {
    const { source, loaded, configuration } = this.context;
    const facts = (await loaded())?.facts;
    if (facts === undefined) return undefined;
    const session = this.begin(facts);
    try {
      const [settings] = await configuration.of([uri], () => undefined);
      const opened = await source.open(uri, settings!);
      return opened === undefined || opened === 'gone' ? undefined : await use({ text: opened.document, unit: session.analyze(opened.input, settings!) });
    } finally {
      this.end(session);
    }
  }

  /** A session for one question. Rules have no say in where a name is. */
  private begin(facts: FactBook): Session {
    // Texts may have changed on the disk since the last question.
    if (this.running++ === 0) this.context.source.clear();
    return createSession(facts, []);
  }

  private end(session: Session): void {
    session.dispose();
    if (--this.running === 0) this.context.source.clear();
  }

  /** True once all files are known; false if that takes too long, or nobody waits any more. */
  private indexed(token: CancellationToken): Promise<boolean> {
    const ready = within(INDEX_MS, this.context.index.ready.then(() => true));
    return Promise.race([ready, new Promise<undefined>((resolve) => void token.onCancellationRequested(() => resolve(undefined)))]).then((done) => done === true);
  }

  private async *opened({ names, searched, sharing, token }: Search, inTime: () => boolean): AsyncGenerator<Opening> {
    const { index, source, configuration } = this.context;
    const isOpen = (uri: string): boolean => [...this.context.openUris()].some((open) => keyOf(open) === keyOf(uri));
    const uris = index.files().map((file) => file.uri);
    let sliceStart = Date.now();
    for (let at = 0; at < uris.length; at += BATCH) {
      const batch = uris.slice(at, at + BATCH);
      const settings = await configuration.of(batch, () => undefined);
      for (const [i, uri] of batch.entries()) {
        if (Date.now() - sliceStart > SLICE_MS) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          sliceStart = Date.now();
        }
        if (token.isCancellationRequested || !inTime()) return;
        if (isOpen(uri)) continue;
        const opened = await source.open(uri, settings[i]!);
        if (opened === undefined || opened === 'gone') continue;
        if (sharing && ![...opened.input.files.keys()].some((path) => sharing.has(keyOf(path)))) continue;
        const texts = [...opened.input.files].filter(([path]) => !searched.has(keyOf(path)));
        if (texts.some(([, text]) => names.some((name) => text.includes(name)))) yield { ...opened, settings: settings[i]! };
      }
    }
  }
}
