/**
 * What the eBPF C files of the workspace hold, kept up to date: files on the disk are analysed in the background, open ones as they are
 * typed. It keeps summaries, never units, and does nothing until somebody asks.
 */
import type { FileEvent } from 'vscode-languageserver';
import { summarize } from '../features/summary.js';
import type { Background } from './background.js';
import type { Configuration } from './configuration.js';
import { walk, type IgnoreRules } from './fileWalk.js';
import { Gatherer } from './gather.js';
import type { Guard } from './guard.js';
import type { Loaded } from './host.js';
import type { FileSummary, WorkspaceChange, WorkspaceProgress } from './messages.js';
import type { Current } from './documents.js';
import { toFileSummary } from './summaries.js';
import type { UnitSource } from './unitSource.js';
import type { WorkspaceFiles } from './workspaceFiles.js';
import { keyOf } from './uriPath.js';
import { withoutEnd } from '../text/ends.js';

/** Files whose settings are asked for at once. */
const BATCH = 32;
/** Milliseconds between an edit and the look at what it changed; a slow file is looked at less often. */
const LIVE_MS = 20;
/** Background changes told together. */
const GATHER_MS = 100;
/** Quiet time after changed headers, settings or folders before files are read again. */
const SETTLE_MS = 300;

/** What the index needs of the service around it. */
export interface IndexContext {
  readonly files: WorkspaceFiles;
  readonly source: UnitSource;
  readonly configuration: Configuration;
  readonly guard: Guard;
  readonly background: Background;
  loaded(): Promise<Loaded | undefined>;
  openUris(): Iterable<string>;
  /** An open document with its unit as it is now. */
  now(uri: string): Current | undefined;
  pendingFor(uri: string): Promise<unknown> | undefined;
}

interface Entry {
  readonly uri: string;
  /** Absent where the file has no eBPF of its own. */
  readonly summary: FileSummary | undefined;
  /** Keys of all files of the unit beside the main one. */
  readonly includes: ReadonlySet<string>;
  /** Last parts of the paths that it includes and that were not found. */
  readonly unresolved: ReadonlySet<string>;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export class WorkspaceIndex {
  private folders: readonly string[] = [];
  private started = false;
  private disposed = false;
  private state: WorkspaceProgress['state'] = 'indexing';
  private truncated = false;
  /** Told apart by it: a walk that was overtaken by another stops. */
  private generation = 0;
  private scanning = false;
  private working = false;
  private readonly entries = new Map<string, Entry>();
  private readonly rules = new Map<string, IgnoreRules>();
  /** URIs of files on the disk that are to be read, by key. */
  private readonly queue = new Map<string, string>();
  private readonly live = new Map<string, { timer: ReturnType<typeof setTimeout>; cost: number } | { timer: undefined; cost: number }>();
  private readonly listeners = new Set<(change: WorkspaceChange) => void>();
  private readonly analysedListeners = new Set<(uri: string, gone: boolean) => void>();
  private readonly waiters: (() => void)[] = [];
  /** Summaries of files that changed, and URIs of those that are gone. */
  private readonly news = new Gatherer<FileSummary | string>(GATHER_MS, (all) => this.announce(all));
  private settleTimer: ReturnType<typeof setTimeout> | undefined;
  private rescanWanted = false;

  constructor(private readonly context: IndexContext) {}

  /** Every eBPF file known so far, by path. Starts the index. */
  files(): readonly FileSummary[] {
    this.start();
    return [...this.entries.values()].flatMap((entry) => entry.summary ?? []).sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  /** Resolves when everything that is known to be there has been read. Starts the index. */
  get ready(): Promise<void> {
    this.start();
    return this.idle() ? Promise.resolve() : new Promise((resolve) => this.waiters.push(resolve));
  }

  get progress(): WorkspaceProgress {
    return { state: this.state, truncated: this.truncated };
  }

  /** Calls `listener` with each change from now on. @returns what ends that */
  onChanged(listener: (change: WorkspaceChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls `listener` with each eBPF file that was analysed anew, whether or not its summary changed, or is `gone`. @returns what ends that */
  onAnalysed(listener: (uri: string, gone: boolean) => void): () => void {
    this.analysedListeners.add(listener);
    return () => this.analysedListeners.delete(listener);
  }

  /** The summary of one file, if it is known. */
  file(uri: string): FileSummary | undefined {
    return this.entries.get(keyOf(uri))?.summary;
  }

  /** URIs of the files whose units a file is part of, through other headers too, as far as they are known. Starts the index. */
  includersOf(uri: string): readonly string[] {
    this.start();
    const key = keyOf(uri);
    return [...this.entries.values()].filter((entry) => entry.includes.has(key) && entry.summary !== undefined).map((entry) => entry.uri);
  }

  /** Begins, if it has not: looks at the open documents, then at the disk. */
  start(): void {
    if (this.started || this.disposed) return;
    this.started = true;
    for (const uri of this.context.openUris()) this.edited(uri);
    this.rescan();
  }

  /** Looks for files anew and reads all of them again. */
  rescan(): void {
    if (this.started) this.context.guard.run('index', () => this.scan());
  }

  setFolders(uris: readonly string[]): void {
    this.folders = uris.map((uri) => withoutEnd(uri, '/'));
    this.settle(true);
  }

  settingsChanged(): void {
    this.settle(true);
  }

  /** A document was opened or edited, or what it includes was. */
  edited(uri: string): void {
    if (!this.started) return;
    const known = this.live.get(uri);
    if (known?.timer !== undefined) return;
    const cost = known?.cost ?? 0;
    this.live.set(uri, { cost, timer: setTimeout(() => this.context.guard.run('index', () => this.look(uri)), Math.max(LIVE_MS, 3 * cost)) });
  }

  /** A document was closed: from now on the disk counts. */
  closed(uri: string): void {
    clearTimeout(this.live.get(uri)?.timer);
    this.live.delete(uri);
    if (!this.started) return;
    if (this.accepts(uri)) this.enqueue(uri);
    else this.drop(uri);
    this.headerChanged(uri);
  }

  /** A document's new text concerns files that include it and are not open. */
  headerChanged(uri: string): void {
    if (!this.started) return;
    const includers = this.includersOf(uri).filter((includer) => !this.isOpen(includer));
    for (const includer of includers) this.queue.set(keyOf(includer), includer);
    if (includers.length > 0) this.settle(false);
  }

  /** Files appeared, changed or went on the disk. */
  changedOnDisk(changes: readonly FileEvent[]): void {
    if (!this.started) return;
    const open = new Set([...this.context.openUris()].map(keyOf));
    const changed = new Set<string>();
    const appeared = new Set<string>();
    for (const { uri, type } of changes) {
      const key = keyOf(uri);
      if (/\/(?:\.gitignore|\.clangd|compile_commands\.json)$/.test(uri)) this.settle(true);
      if (open.has(key)) continue;
      if (type === 3) this.drop(uri);
      else if (this.accepts(uri)) this.enqueue(uri);
      changed.add(key);
      if (type === 1) appeared.add(nameOf(key));
    }
    // A checkout changes thousands of files at once: each file that is known is looked at once.
    const concerned = (entry: Entry): boolean => (entry.summary !== undefined && hasOne(changed, entry.includes)) || hasOne(appeared, entry.unresolved);
    for (const [key, entry] of this.entries) {
      if (open.has(key) || !concerned(entry)) continue;
      this.queue.set(key, entry.uri);
      this.settle(false);
    }
  }

  dispose(): void {
    this.disposed = true;
    this.generation++;
    this.news.clear();
    clearTimeout(this.settleTimer);
    for (const { timer } of this.live.values()) clearTimeout(timer);
    this.queue.clear();
    this.listeners.clear();
    this.context.source.clear();
  }

  // What is looked at.

  private isOpen(uri: string): boolean {
    const key = keyOf(uri);
    for (const open of this.context.openUris()) if (keyOf(open) === key) return true;
    return false;
  }

  private folderOf(uri: string): string | undefined {
    return this.folders.find((folder) => keyOf(uri).startsWith(`${keyOf(folder)}/`));
  }

  /** True for a C file that a walk of its folder would find. */
  private accepts(uri: string): boolean {
    const folder = this.folderOf(uri);
    const rules = folder === undefined ? undefined : this.rules.get(folder);
    return rules !== undefined && isSource(uri) && !rules.leavesOutUri(uri) && (!this.truncated || this.entries.has(keyOf(uri)));
  }

  private pathOf(uri: string): string {
    const folder = this.folderOf(uri);
    if (folder === undefined) return nameOf(keyOf(uri));
    const path = keyOf(uri).slice(keyOf(folder).length + 1);
    return this.folders.length > 1 ? `${nameOf(keyOf(folder))}/${path}` : path;
  }

  private async scan(): Promise<void> {
    const generation = ++this.generation;
    const current = (): boolean => generation === this.generation && !this.disposed;
    this.scanning = true;
    this.state = 'indexing';
    try {
      await this.find(current);
    } finally {
      if (current()) this.scanning = false;
    }
    if (current()) await this.work();
  }

  /** Queues every file that there is, and drops those that are no more. */
  private async find(current: () => boolean): Promise<void> {
    const { configuration, files } = this.context;
    this.truncated = false;
    await this.context.loaded();
    const seen = new Set<string>();
    let off = this.folders.length > 0;
    for (const folder of files.available ? this.folders : []) {
      const [settings] = await configuration.of([folder], () => this.settle(true));
      if (!current()) return;
      if (!settings!.workspaceIndex) continue;
      off = false;
      const found = await walk(folder, files, isSource, Math.max(0, settings!.workspaceIndexFiles - seen.size), current);
      if (!current()) return;
      this.rules.set(folder, found.rules);
      this.truncated ||= found.truncated;
      for (const uri of found.uris) {
        seen.add(keyOf(uri));
        if (!this.isOpen(uri)) this.queue.set(keyOf(uri), uri);
      }
    }
    for (const [key, { uri }] of [...this.entries]) if (!seen.has(key) && !this.isOpen(uri)) this.drop(uri);
    for (const uri of this.context.openUris()) this.edited(uri);
    if (off) this.state = 'off';
  }

  private enqueue(uri: string): void {
    this.queue.set(keyOf(uri), uri);
    this.settle(false);
  }

  /** Goes on when things have been quiet for a while. */
  private settle(rescan: boolean): void {
    if (!this.started) return;
    this.rescanWanted ||= rescan;
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => {
      this.settleTimer = undefined;
      const again = this.rescanWanted;
      this.rescanWanted = false;
      this.context.guard.run('index', () => (again ? this.scan() : this.work()));
    }, SETTLE_MS);
  }

  // Files on the disk.

  /** Reads what is queued, batch by batch; a second call while it runs does nothing, the first takes up what was added. */
  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      while (this.queue.size > 0 && !this.disposed) {
        const batch = [...this.queue.values()].slice(0, BATCH);
        for (const uri of batch) this.queue.delete(keyOf(uri));
        const again = (): void => {
          for (const uri of batch) this.queue.set(keyOf(uri), uri);
          this.settle(false);
        };
        const settings = await this.context.configuration.of(batch, again);
        for (const [i, uri] of batch.entries()) {
          if (this.disposed) return;
          await this.read(uri, settings[i]!);
        }
      }
    } finally {
      this.working = false;
    }
    this.context.source.clear();
    if (this.idle()) this.settled();
  }

  private async read(uri: string, settings: Parameters<UnitSource['open']>[1]): Promise<void> {
    const { source, background, guard } = this.context;
    const facts = (await this.context.loaded())?.facts;
    await background.turn();
    if (facts === undefined || this.isOpen(uri)) return;
    const opened = await source.open(uri, settings);
    if (this.disposed || this.isOpen(uri)) return;
    if (opened === 'gone') return this.drop(uri);
    if (opened === undefined) return this.keep(uri, { uri, summary: undefined, includes: new Set(), unresolved: new Set() }, false);
    await background.turn();
    try {
      this.keep(uri, this.entryOf({ text: opened.document, unit: source.session(facts).analyze(opened.input, settings) }), false);
    } catch (error) {
      guard.report('index', error);
    } finally {
      source.release(uri);
    }
  }

  // Open documents.

  private async look(uri: string): Promise<void> {
    await this.context.pendingFor(uri);
    const start = Date.now();
    const current = this.disposed ? undefined : this.context.now(uri);
    if (current !== undefined) {
      this.keep(uri, this.entryOf(current), true);
      this.queue.delete(keyOf(uri));
    }
    if (this.live.has(uri)) this.live.set(uri, { timer: undefined, cost: Date.now() - start });
  }

  // What is kept and told.

  private entryOf({ text, unit }: Current): Entry {
    const data = summarize(unit, text.uri);
    const unresolved = [...unit.model.files].flatMap(([path, view]) => view.includes.filter((include) => !unit.input.includes?.get(path)?.has(include.path)).map((include) => nameOf(include.path)));
    return {
      uri: text.uri,
      summary: data.kind === 'program' ? toFileSummary(unit, text, this.pathOf(text.uri), data) : undefined,
      includes: new Set(data.includes.map(keyOf)),
      unresolved: new Set(unresolved),
    };
  }

  private keep(uri: string, entry: Entry, now: boolean): void {
    const key = keyOf(uri);
    const before = this.entries.get(key)?.summary;
    this.entries.set(key, entry);
    if (entry.summary === undefined) {
      if (before !== undefined) this.news.add(key, before.uri, now);
    } else if (JSON.stringify(before) !== JSON.stringify(entry.summary)) this.news.add(key, entry.summary, now);
    if (before !== undefined || entry.summary !== undefined) for (const listener of this.analysedListeners) listener(uri, entry.summary === undefined);
  }

  private drop(uri: string): void {
    const key = keyOf(uri);
    const before = this.entries.get(key);
    this.entries.delete(key);
    this.queue.delete(key);
    if (before?.summary === undefined) return;
    this.news.add(key, before.uri, false);
    for (const listener of this.analysedListeners) listener(uri, true);
  }

  private announce(all: readonly (FileSummary | string)[]): void {
    const change: WorkspaceChange = { ...this.progress, files: all.filter((what) => typeof what !== 'string'), removed: all.filter((what) => typeof what === 'string') };
    for (const listener of this.listeners) this.context.guard.run('index', () => listener(change));
  }

  private idle(): boolean {
    return this.disposed || (!this.scanning && !this.working && this.queue.size === 0 && this.settleTimer === undefined);
  }

  private settled(): void {
    if (this.state === 'indexing') this.state = 'ready';
    this.news.flush();
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}

const hasOne = (wanted: ReadonlySet<string>, names: ReadonlySet<string>): boolean => wanted.size > 0 && [...names].some((name) => wanted.has(name));

const isSource = (name: string): boolean => /\.c$/i.test(name);
