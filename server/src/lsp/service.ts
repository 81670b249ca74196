/** What the server does between messages: keeps documents, analyses them in time, publishes what was found. */
import type { Connection, FileEvent, InitializeParams } from 'vscode-languageserver';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import { parseTarget } from '../analysis.js';
import type { FactBook } from '../facts/factBook.types.js';
import { fileKind, isHeader } from '../features/ebpfFile.js';
import type { FileSettings } from '../project/projectFile.types.js';
import type { Settings } from '../settings/settings.js';
import { Background } from './background.js';
import { Configuration } from './configuration.js';
import { analyse, Documents, type Current, type OpenDocument } from './documents.js';
import { Guard } from './guard.js';
import { includeKey, IncludeReader } from './includeTexts.js';
import type { Loaded, ServerHost } from './host.js';
import { Log } from './log.js';
import { ANALYZED_NOTIFICATION, type AnalyzedParams } from './messages.js';
import { isProjectFile, ProjectConfigs } from './projectConfigs.js';
import { MatrixIndex } from './matrixIndex.js';
import { ClosedUnits } from './closedUnits.js';
import { HeaderUnits } from './headerUnits.js';
import { inHeader } from './openHeaders.js';
import { toDiagnostic } from './toProtocol.js';
import { warmUp } from './warmUp.js';
import { UnitSource } from './unitSource.js';
import { WorkspaceFiles } from './workspaceFiles.js';
import { WorkspaceIndex, type IndexContext } from './workspaceIndex.js';

/** Milliseconds for which changes on the disk are gathered. */
const CHANGES_MS = 50;

/** Files that a target may name. */
const KERNEL_TYPES = /\/(?:[^/]+\.btf|vmlinux)$/;

export class Service {
  readonly log: Log;
  readonly guard: Guard;
  readonly configuration: Configuration;
  readonly files: WorkspaceFiles;
  readonly includes: IncludeReader;
  /** The project files that count for documents and workspace. */
  readonly projects: ProjectConfigs;
  /** Work that nobody waits for takes its turns from this. */
  readonly background = new Background();
  /** What the files of the workspace hold, open or not. */
  readonly workspace: WorkspaceIndex;
  /** The same files against kernels, while somebody looks. */
  readonly matrix: MatrixIndex;
  /** Units of files that are not open, for a question about all of them. */
  readonly closed: ClosedUnits;
  /** Whom an open header is judged for, beside the open files. */
  private readonly headers: HeaderUnits;
  private readonly documents = new Documents();
  private readonly loading: Promise<Loaded | undefined>;
  /** Starts the loading; a second call does nothing. */
  start: () => void = () => undefined;
  /** Set once loading has ended well, so that requests then need not wait a turn. */
  private ready: Loaded | undefined;
  /** True once loading has failed, which is told there and then. */
  private failed = false;
  /** Counts changes of settings: answers to what was asked before the latest of them are old. */
  private settingsRound = 0;
  private disposed = false;
  /** URIs of the workspace's folders. */
  private folders: readonly string[] = [];
  /** False where the client says that the workspace may be a stranger's. A client that knows no such thing trusts what it opens. */
  private trusted = true;
  /** What reads files for the background. */
  private readonly sources: UnitSource[] = [];
  /** What changed on the disk and was not looked at yet. */
  private readonly changes: FileEvent[] = [];
  private changesTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners: ((current: Current) => void)[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly host: ServerHost,
  ) {
    this.log = new Log(connection);
    this.guard = new Guard(this.log);
    this.files = new WorkspaceFiles(connection, host);
    const { files, log, guard } = this;
    this.projects = new ProjectConfigs({
      connection, files, log, guard,
      facts: async () => (await this.loading)?.facts,
      changed: () => guard.run('project', () => this.configurationChanged(undefined)),
    });
    this.configuration = new Configuration(connection, log, guard, (uri, settings) => this.projects.apply(uri, settings));
    this.includes = new IncludeReader(this.files, this.documents, (text) => this.log.info(text));
    const shared = this.indexContext();
    this.workspace = new WorkspaceIndex({ ...shared, source: this.newSource() });
    this.matrix = new MatrixIndex({ ...shared, source: this.newSource(), index: this.workspace });
    this.closed = new ClosedUnits({ ...shared, source: this.newSource(), index: this.workspace, note: (text) => this.log.info(text) });
    this.headers = new HeaderUnits({
      ...shared, index: this.workspace, source: this.newSource(),
      header: (uri) => this.documents.get(uri)?.text,
      changed: (uri) => {
        const document = this.documents.get(uri);
        if (document !== undefined) this.send(document);
      },
    });
    this.loading = new Promise<void>((resolve) => (this.start = resolve)).then(() => this.load());
  }

  /** What the client says of itself and of the workspace before anything else. */
  initialize(params: InitializeParams): void {
    this.configuration.initialize(params);
    this.files.initialize(params);
    this.trusted = (params.initializationOptions as { trusted?: unknown } | null | undefined)?.trusted !== false;
    if (!this.trusted) this.log.info('The workspace is not trusted: nothing is read outside of its folders, but the headers of the system.');
    this.setFolders(params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []));
  }

  /** Folders came to the workspace or left it. */
  foldersChanged(added: readonly string[], removed: readonly string[]): void {
    this.setFolders([...this.folders.filter((uri) => !removed.includes(uri)), ...added]);
  }

  /** Facts and session; undefined if they could not be loaded. */
  loaded(): Promise<Loaded | undefined> {
    return this.loading;
  }

  open(uri: string, languageId: string, version: number, content: string): void {
    const document = this.documents.add(uri, languageId, version, content);
    document.pending = this.prepare(document).finally(() => (document.pending = undefined));
    void document.pending.then(() => this.guard.run('analyse', () => this.publish(document)));
    this.workspace.edited(uri);
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const document = this.documents.change(uri, version, changes);
    if (document === undefined) return;
    this.background.noteMessage();
    this.updateIncluders(document);
    this.headers.edited(uri);
    this.workspace.edited(uri);
    this.workspace.headerChanged(uri);
    if (document.pending === undefined) this.schedule(document);
  }

  /** Frees the trees and takes back what was shown. */
  close(uri: string): void {
    const document = this.documents.remove(uri);
    if (document === undefined) return;
    for (const path of [uri, ...document.includes.files.keys()]) if (!this.isNeeded(path)) this.ready?.session.forget(path);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
    this.headers.closed(uri);
    this.workspace.closed(uri);
    // What was typed and not saved is gone: from now on the disk's text counts for those that include it.
    for (const other of this.documents.all()) if (other.pending === undefined && other.includes.files.has(uri)) this.refreshIncludes(other);
  }

  /** A file was written: what includes it, or it includes, may have changed on the disk. */
  saved(uri: string): void {
    const document = this.documents.get(uri);
    if (document !== undefined) this.refreshIncludes(document);
  }

  /** Files changed on the disk, and any open document may include them. Some clients tell of each file of a checkout by itself. */
  filesChanged(changes: readonly FileEvent[]): void {
    for (const change of changes) this.changes.push(change);
    this.changesTimer ??= setTimeout(() => this.guard.run('didChangeWatchedFiles', () => this.takeChanges()), CHANGES_MS);
  }

  private takeChanges(): void {
    this.changesTimer = undefined;
    const changes = this.changes.splice(0);
    if (this.disposed) return;
    if (changes.some(({ uri }) => isProjectFile(uri))) this.projects.forget();
    this.workspace.changedOnDisk(changes);
    for (const document of this.documents.all()) if (document.pending === undefined) this.refreshIncludes(document);
    // Types of a kernel are another target under the same name.
    if (changes.some(({ uri }) => KERNEL_TYPES.test(uri))) for (const document of this.documents.all()) this.applySettings(document, { ...document.settings });
  }

  async configurationChanged(settings: unknown): Promise<void> {
    this.configuration.push(settings);
    this.workspace.settingsChanged();
    const documents = [...this.documents.all()];
    if (documents.length === 0) return;
    const round = ++this.settingsRound;
    const apply = (list: readonly FileSettings[]): void => {
      if (round === this.settingsRound) documents.forEach((document, i) => this.applySettings(document, list[i]!));
    };
    apply(await this.configuration.of(documents.map((document) => document.text.uri), apply));
  }

  /** The document and its unit, analysed now if it changed; undefined if the document is not open or nothing could be loaded. */
  now(uri: string): Current | undefined {
    const document = this.documents.get(uri);
    if (document === undefined || this.ready === undefined) return undefined;
    const unit = analyse(document, this.ready);
    const includers = isHeader(uri) ? this.includersOf(uri) : [];
    return { text: document.text, unit: includers.length === 0 ? unit : { ...unit, includers } };
  }

  /** The version of an open document's text as it stands. */
  versionOf(uri: string): number | undefined {
    return this.documents.get(uri)?.text.version;
  }

  /** Hears of every document that was analysed to be shown, also where only a header or a setting of it changed. */
  onAnalyzed(listener: (current: Current) => void): void {
    this.listeners.push(listener);
  }

  /** The book, once it is there. */
  facts(): FactBook | undefined {
    return this.ready?.facts;
  }

  /** Include folders of the open documents' settings, as absolute paths. */
  includePaths(): readonly string[] {
    return [...new Set([...this.documents.all()].flatMap((document) => this.includes.includePaths(document)))];
  }

  /** What has to be waited for before `now` can answer; undefined if nothing. */
  pendingFor(uri: string): Promise<unknown> | undefined {
    this.background.noteMessage();
    return this.documents.get(uri)?.pending ?? (this.ready === undefined ? this.loading : undefined);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.changesTimer);
    this.matrix.stop();
    this.projects.dispose();
    this.headers.dispose();
    this.workspace.dispose();
    for (const document of [...this.documents.all()]) this.documents.remove(document.text.uri);
    this.ready?.session.dispose();
    this.ready = undefined;
  }

  private setFolders(uris: readonly string[]): void {
    this.folders = uris;
    this.host.setFolders?.(uris, this.trusted);
    this.includes.setWorkspaceFolders(uris);
    for (const source of this.sources) source.setFolders(uris);
    this.workspace.setFolders(uris);
  }

  private newSource(): UnitSource {
    const source = new UnitSource(this.files, this.documents, (text) => this.log.info(text));
    this.sources.push(source);
    return source;
  }

  private indexContext(): Omit<IndexContext, 'source'> {
    const { files, configuration, guard, background, documents } = this;
    return {
      files, configuration, guard, background,
      loaded: () => this.loading,
      openUris: () => [...documents.all()].map((document) => document.text.uri),
      now: (uri) => this.now(uri),
      pendingFor: (uri) => documents.get(uri)?.pending,
    };
  }

  private async load(): Promise<Loaded | undefined> {
    try {
      const loaded = await this.host.load();
      this.ready = this.disposed ? undefined : loaded;
      warmUp(loaded.facts, () => !this.disposed && this.documents.isEmpty(), (error) => this.guard.report('warm-up', error));
      return loaded;
    } catch (error) {
      this.failed = true;
      this.guard.report('load', error);
      this.log.show('error', 'eBPF Lens could not load its facts or its parser; see the output channel. It shows nothing until it is restarted.');
      return undefined;
    }
  }

  /** Everything that the first analysis of a document needs. Never rejects. */
  private async prepare(document: OpenDocument): Promise<void> {
    try {
      let round: number;
      do {
        const asked = (round = this.settingsRound);
        const late = ([settings]: readonly FileSettings[]): void => {
          if (asked === this.settingsRound) this.applySettings(document, settings!);
        };
        const [[settings]] = await Promise.all([this.configuration.of([document.text.uri], late), this.loading]);
        document.settings = settings!;
        // What changed while the client was asked, or facts were loaded, is asked for again.
      } while (round !== this.settingsRound);
      document.includes = await this.includes.collect(document);
    } catch (error) {
      this.guard.report('prepare', error);
    }
  }

  /** Shows what was found after the pause that the user wants. */
  private schedule(document: OpenDocument): void {
    clearTimeout(document.timer);
    const delay = document.settings.debounceMs;
    if (delay === 0 && this.ready !== undefined) this.publish(document);
    else document.timer = setTimeout(() => this.guard.run('analyse', () => this.publish(document)), delay);
  }

  /** Documents that include an edited one see its new text. */
  private updateIncluders(edited: OpenDocument): void {
    const { uri } = edited.text;
    for (const document of this.documents.all()) {
      if (document === edited || !document.includes.files.has(uri)) continue;
      document.includes = { ...document.includes, files: new Map(document.includes.files).set(uri, edited.text.getText()) };
      this.schedule(document);
      this.workspace.edited(document.text.uri);
    }
  }

  /** True if an open document is this file or includes it. */
  private isNeeded(uri: string): boolean {
    for (const document of this.documents.all()) if (document.text.uri === uri || document.includes.files.has(uri)) return true;
    return false;
  }

  /** Reads the included files anew and analyses again if that changed anything. */
  private refreshIncludes(document: OpenDocument): void {
    this.guard.run('includes', async () => {
      const before = document.includes;
      const after = await this.includes.collect(document);
      if (document.closed || sameTexts(before.files, after.files, document.text.uri)) return;
      document.includes = after;
      this.publish(document);
      this.workspace.edited(document.text.uri);
    });
  }

  private applySettings(document: OpenDocument, settings: FileSettings): void {
    if (document.closed) return;
    const places = ({ includePaths, defines }: Settings): string => [...includePaths, '', ...defines].join('\n');
    const moved = places(document.settings) !== places(settings);
    document.settings = settings;
    if (moved) this.refreshIncludes(document);
    this.workspace.edited(document.text.uri);
    this.guard.run('analyse', () => this.publish(document));
  }

  /** The units of other files that include this one: of open documents, and for a header of the workspace's files (`HeaderUnits.of`). */
  includersOf(uri: string, stale = false): readonly Unit[] {
    const { ready } = this;
    if (ready === undefined) return [];
    const open = [...this.documents.all()].filter((d) => d.text.uri !== uri && d.includes.files.has(uri)).map((d) => analyse(d, ready));
    return [...open, ...this.headers.of(uri, stale)];
  }

  /** The units of all open documents, as they are now. */
  openUnits(): readonly Current[] {
    const { ready } = this;
    return ready === undefined ? [] : [...this.documents.all()].map((document) => ({ text: document.text, unit: analyse(document, ready) }));
  }

  /** Sends what was found in a document, and anew what was found in the open headers that it includes. */
  private publish(document: OpenDocument): void {
    this.send(document);
    if (document.includes.files.size <= 1) return;
    for (const other of this.documents.all()) {
      if (other !== document && document.includes.files.has(other.text.uri) && isHeader(other.text.uri)) this.send(other);
    }
  }

  /** Analyses a document as it is now and sends what was found, unless it was closed meanwhile. */
  private send(document: OpenDocument): void {
    if (document.closed) return;
    const { text, settings } = document;
    // What another server showed for this document before a restart must not stay.
    if (this.failed) void this.connection.sendDiagnostics({ uri: text.uri, version: text.version, diagnostics: [] });
    if (this.ready === undefined) return;
    const unit = analyse(document, this.ready);
    const isOurs = fileKind(unit, text.uri) !== 'other' && settings.excluded !== true;
    const own = isOurs ? unit.findings.map((finding) => toDiagnostic(unit, text, finding)) : [];
    if (isHeader(text.uri)) this.headers.shown(text);
    const diagnostics = isHeader(text.uri) && settings.excluded !== true ? [...own, ...inHeader(text, this.includersOf(text.uri))] : own;
    void this.connection.sendDiagnostics({ uri: text.uri, version: text.version, diagnostics });
    const analyzed: AnalyzedParams = { uri: text.uri, version: text.version };
    void this.connection.sendNotification(ANALYZED_NOTIFICATION, analyzed);
    for (const listener of this.listeners) this.guard.run('analyzed', () => listener({ text, unit }));
    for (const limit of unit.model.limits ?? []) this.includes.tell(`${text.uri}: ${limit}`);
    for (const failure of unit.failures) this.guard.report(`rule ${failure.rule}`, failure.error);
    if (isOurs) this.checkTarget(settings, this.ready);
    const key = includeKey(document);
    if (document.includeKey !== undefined && document.includeKey !== key) this.refreshIncludes(document);
    document.includeKey = key;
    this.log.debug(() => `${text.uri} version ${text.version}: ${unit.findings.length} findings`);
  }

  private checkTarget({ targetKernel }: Settings, { facts }: Loaded): void {
    if (targetKernel === '') return;
    const parsed = parseTarget(targetKernel, facts);
    if ('error' in parsed) this.configuration.complain(`ebpfLens.targetKernel: ${parsed.error.slice(0, 200)}; no target is assumed`);
  }
}

function sameTexts(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>, except: string): boolean {
  const others = (map: ReadonlyMap<string, string>): [string, string][] => [...map].filter(([uri]) => uri !== except);
  const [left, right] = [others(a), others(b)];
  return left.length === right.length && left.every(([uri, text]) => b.get(uri) === text);
}
