/** The workspace's programs against kernels, while somebody looks at it: judged in the background, open files as they are typed. */
import { parseTarget } from '../analysis.js';
import type { FactBook } from '../facts/factBook.types.js';
import { formatRelease, parseRelease, type Release } from '../facts/kernelVersion.js';
import { LONG_TERM } from '../features/matrix.js';
import { membersOf, type TargetParts } from '../model/target.js';
import type { Settings } from '../settings/settings.js';
import { Gatherer } from './gather.js';
import { exportMatrix, matrixRows, type Judged } from './matrixRows.js';
import type { MatrixChange, MatrixExportParams, MatrixFile, MatrixInfo, MatrixKernel } from './messages.js';
import type { UnitSource } from './unitSource.js';
import { keyOf } from './uriPath.js';
import type { IndexContext, WorkspaceIndex } from './workspaceIndex.js';

/** Changes from the background that are told together. */
const GATHER_MS = 150;

export interface MatrixContext extends Omit<IndexContext, 'source'> {
  readonly index: WorkspaceIndex;
  /** Its own, since the index lets go of its texts whenever it is done. */
  readonly source: UnitSource;
}

export class MatrixIndex {
  private readonly files = new Map<string, MatrixFile>();
  /** URIs of files that are to be judged, by key; open ones go first. */
  private readonly queue = new Map<string, string>();
  private kernels: readonly MatrixKernel[] = [];
  private target = '';
  private working = false;
  private stopListening: (() => void) | undefined;
  private listener: (change: MatrixChange) => void = () => undefined;
  /** URIs of files whose rows changed. */
  private readonly news = new Gatherer<string>(GATHER_MS, (uris) => this.announce(uris));

  constructor(private readonly context: MatrixContext) {}

  /** Begins to judge, and calls `listener` with what changes. A second call only gives the answer. */
  start(facts: FactBook, listener: (change: MatrixChange) => void): MatrixInfo {
    const { index } = this.context;
    this.listener = listener;
    if (this.stopListening === undefined) {
      this.stopListening = index.onAnalysed((uri, gone) => this.analysed(facts, uri, gone));
      for (const file of index.files()) this.queue.set(keyOf(file.uri), file.uri);
      this.chooseKernels(facts);
      this.go();
    }
    return this.info([...this.files.values()]);
  }

  /** Nobody looks any more: everything is let go. */
  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    this.news.clear();
    this.queue.clear();
    this.files.clear();
  }

  export(params: MatrixExportParams): string {
    return exportMatrix(this.sorted([...this.files.values()]), this.kernels.map((kernel) => kernel.release), params);
  }

  private get running(): boolean {
    return this.stopListening !== undefined;
  }

  private sorted(files: readonly MatrixFile[]): readonly MatrixFile[] {
    return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private info(files: readonly MatrixFile[]): MatrixInfo {
    return { kernels: this.kernels, targetKernel: this.target, files: this.sorted(files), pending: this.queue.size + Number(this.working) };
  }

  private analysed(facts: FactBook, uri: string, gone: boolean): void {
    const key = keyOf(uri);
    if (this.chooseKernels(facts)) return;
    if (gone) {
      this.queue.delete(key);
      if (this.files.delete(key)) this.news.add(key, uri, false);
      return;
    }
    this.queue.set(key, uri);
    this.go();
  }

  /** The long-term kernels and the ends of the files' targets. @returns true if they are others than before, and everything is to be judged anew */
  private chooseKernels(facts: FactBook): boolean {
    const files = this.context.index.files();
    const targets = [...new Set(files.map((file) => file.targetKernel).filter((target) => target !== ''))].sort();
    const parts = targets.flatMap((target) => targetParts(target, facts));
    const ranges = parts.flatMap(({ target: { parts: own, min, max, releases } }) => (own.some(({ kernel }) => kernel) ? [] : [{ min, max, releases }]));
    const longTerm = LONG_TERM.map((release) => parseRelease(release)!);
    const all = [...new Set<Release>([...longTerm, ...ranges.flatMap(({ min, max }) => [min, max])])].sort((a, b) => a - b);
    const named = [...new Set(parts.flatMap(({ text, target }) => (target.parts.some(({ kernel }) => kernel) ? [text] : [])))];
    const kernels = [
      ...all.map((release): MatrixKernel => ({ release: formatRelease(release), longTerm: longTerm.includes(release), target: ranges.some(({ releases }) => releases.includes(release)) })),
      // A kernel of somebody's own is no release: what was brought back is known of it by its name.
      ...named.map((release): MatrixKernel => ({ release, longTerm: false, target: true })),
    ];
    const target = targets.join('; ');
    if (target === this.target && JSON.stringify(kernels) === JSON.stringify(this.kernels)) return false;
    this.kernels = kernels;
    this.target = target;
    this.files.clear();
    this.news.clear();
    for (const { uri } of files) this.queue.set(keyOf(uri), uri);
    this.listener({ ...this.info([]), whole: true, removed: [] });
    this.go();
    return true;
  }

  private go(): void {
    if (this.working || !this.running) return;
    this.working = true;
    this.context.guard.run('matrix', async () => {
      try {
        for (let uri = this.next(); uri !== undefined && this.running; uri = this.next()) {
          this.queue.delete(keyOf(uri));
          await this.judge(uri);
        }
      } finally {
        this.working = false;
        this.context.source.clear();
        if (this.running) this.news.flush();
      }
    });
  }

  /** The next file: an open one, which somebody may be typing in, if there is any. */
  private next(): string | undefined {
    for (const open of this.context.openUris()) {
      const uri = this.queue.get(keyOf(open));
      if (uri !== undefined) return open;
    }
    return this.queue.values().next().value;
  }

  private async judge(uri: string): Promise<void> {
    const { kernels } = this;
    await this.context.pendingFor(uri);
    const current = this.context.now(uri);
    const waiting = (): boolean => this.running && this.kernels === kernels && !this.queue.has(keyOf(uri));
    if (current !== undefined) {
      const { input, settings } = current.unit;
      const session = (await this.context.loaded())?.session;
      if (session === undefined) return;
      // Other messages go first, but nothing else is waited for: somebody looks at this very file.
      const turn = async (): Promise<boolean> => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        return waiting();
      };
      await this.take(uri, { text: current.text, input, settings, session }, turn, true);
      return;
    }
    const [settings] = await this.context.configuration.of([uri], () => this.queue.set(keyOf(uri), uri));
    await this.fromDisk(uri, settings!, waiting);
  }

  private async fromDisk(uri: string, settings: Settings, waiting: () => boolean): Promise<void> {
    const { source, background } = this.context;
    const facts = (await this.context.loaded())?.facts;
    const opened = facts === undefined ? undefined : await source.open(uri, settings);
    if (facts === undefined || opened === undefined || opened === 'gone') return;
    const turn = async (): Promise<boolean> => {
      await background.turn(() => this.openIsWaiting());
      return waiting() && !this.openIsWaiting();
    };
    const done = await this.take(uri, { text: opened.document, input: opened.input, settings, session: source.session(facts) }, turn, false);
    // An open file goes first; this one is begun again behind it.
    if (!done && this.running) this.queue.set(keyOf(uri), uri);
    source.release(uri);
  }

  private openIsWaiting(): boolean {
    for (const open of this.context.openUris()) if (this.queue.has(keyOf(open))) return true;
    return false;
  }

  private async take(uri: string, judged: Judged, turn: () => Promise<boolean>, now: boolean): Promise<boolean> {
    const rows = await matrixRows(judged, this.kernels.map((kernel) => kernel.release), turn);
    if (rows === undefined || !this.running) return false;
    const path = this.context.index.file(uri)?.path;
    if (path === undefined) return true;
    this.files.set(keyOf(uri), { uri, path, rows });
    this.news.add(keyOf(uri), uri, now);
    return true;
  }

  private announce(uris: readonly string[]): void {
    const files = uris.flatMap((uri) => this.files.get(keyOf(uri)) ?? []);
    this.listener({ ...this.info(files), whole: false, removed: uris.filter((uri) => !this.files.has(keyOf(uri))) });
  }
}

/** The members of a target, read; what cannot be read is told elsewhere. */
function targetParts(text: string, facts: FactBook): readonly { readonly text: string; readonly target: TargetParts }[] {
  return membersOf(text, facts.kernelsBehind?.(text)).flatMap((member) => {
    const parsed = parseTarget(member, facts);
    return 'target' in parsed ? [{ text: member, target: parsed.target }] : [];
  });
}
