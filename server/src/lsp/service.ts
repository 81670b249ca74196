/** What the server does between messages: keeps documents, analyses them in time, publishes what was found. */
import type { Connection } from 'vscode-languageserver';
import type { TextDocument, TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import { fileKind } from '../features/ebpfFile.js';
import type { Settings } from '../settings/settings.js';
import { Configuration } from './configuration.js';
import { analyse, Documents, type OpenDocument } from './documents.js';
import { Guard } from './guard.js';
import type { Loaded, ServerHost } from './host.js';
import { Log } from './log.js';
import { ANALYZED_NOTIFICATION, type AnalyzedParams } from './messages.js';
import { toDiagnostic } from './toProtocol.js';

/** A document as it is now, with its analysis. */
export interface Current {
  readonly text: TextDocument;
  readonly unit: Unit;
}

export class Service {
  readonly log: Log;
  readonly guard: Guard;
  readonly configuration: Configuration;
  private readonly documents = new Documents();
  private readonly loading: Promise<Loaded | undefined>;
  /** Set once loading has ended well, so that requests then need not wait a turn. */
  private ready: Loaded | undefined;
  private disposed = false;

  constructor(
    private readonly connection: Connection,
    private readonly host: ServerHost,
  ) {
    this.log = new Log(connection);
    this.guard = new Guard(this.log);
    this.configuration = new Configuration(connection, this.log, this.guard);
    this.loading = this.load();
  }

  /** Facts and session; undefined if they could not be loaded. */
  loaded(): Promise<Loaded | undefined> {
    return this.loading;
  }

  open(uri: string, languageId: string, version: number, content: string): void {
    const document = this.documents.add(uri, languageId, version, content);
    document.pending = this.prepare(document).finally(() => (document.pending = undefined));
    void document.pending.then(() => this.guard.run('analyse', () => this.publish(document)));
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const document = this.documents.change(uri, version, changes);
    if (document === undefined || document.pending !== undefined) return;
    clearTimeout(document.timer);
    const delay = document.settings.debounceMs;
    if (delay === 0 && this.ready !== undefined) this.publish(document);
    else document.timer = setTimeout(() => this.guard.run('analyse', () => this.publish(document)), delay);
  }

  /** Frees the trees and takes back what was shown. */
  close(uri: string): void {
    if (this.documents.remove(uri) === undefined) return;
    this.ready?.session.forget(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  saved(uri: string): void {
    const document = this.documents.get(uri);
    if (document !== undefined) this.log.debug(() => `saved ${uri}`);
  }

  async configurationChanged(settings: unknown): Promise<void> {
    this.configuration.push(settings);
    const documents = [...this.documents.all()];
    if (documents.length === 0) return;
    const apply = (list: readonly Settings[]): void => documents.forEach((document, i) => this.applySettings(document, list[i]!));
    apply(await this.configuration.of(documents.map((document) => document.text.uri), apply));
  }

  /** The document and its unit, analysed now if it changed; undefined if the document is not open or nothing could be loaded. */
  now(uri: string): Current | undefined {
    const document = this.documents.get(uri);
    if (document === undefined || this.ready === undefined) return undefined;
    return { text: document.text, unit: analyse(document, this.ready) };
  }

  /** What has to be waited for before `now` can answer; undefined if nothing. */
  pendingFor(uri: string): Promise<unknown> | undefined {
    return this.documents.get(uri)?.pending ?? (this.ready === undefined ? this.loading : undefined);
  }

  dispose(): void {
    this.disposed = true;
    for (const document of [...this.documents.all()]) this.documents.remove(document.text.uri);
    this.ready?.session.dispose();
    this.ready = undefined;
  }

  private async load(): Promise<Loaded | undefined> {
    try {
      const loaded = await this.host.load();
      this.ready = this.disposed ? undefined : loaded;
      return loaded;
    } catch (error) {
      this.guard.report('load', error);
      this.connection.window.showErrorMessage('eBPF Lens could not load its facts or its parser; see the output channel. It shows nothing until it is restarted.');
      return undefined;
    }
  }

  /** Everything that the first analysis of a document needs. Never rejects. */
  private async prepare(document: OpenDocument): Promise<void> {
    const late = ([settings]: readonly Settings[]): void => this.applySettings(document, settings!);
    const [[settings]] = await Promise.all([this.configuration.of([document.text.uri], late), this.loading]);
    document.settings = settings!;
  }

  private applySettings(document: OpenDocument, settings: Settings): void {
    if (document.closed) return;
    document.settings = settings;
    this.guard.run('analyse', () => this.publish(document));
  }

  /** Analyses a document as it is now and sends what was found, unless it was closed meanwhile. */
  private publish(document: OpenDocument): void {
    if (document.closed || this.ready === undefined) return;
    const { text, settings } = document;
    const unit = analyse(document, this.ready);
    const isOurs = fileKind(unit, text.uri) !== 'other';
    const diagnostics = isOurs ? unit.findings.map((finding) => toDiagnostic(unit, text, finding)) : [];
    void this.connection.sendDiagnostics({ uri: text.uri, version: text.version, diagnostics });
    const analyzed: AnalyzedParams = { uri: text.uri, version: text.version };
    void this.connection.sendNotification(ANALYZED_NOTIFICATION, analyzed);
    for (const failure of unit.failures) this.guard.report(`rule ${failure.rule}`, failure.error);
    if (isOurs && settings.targetKernel !== '' && unit.target === undefined) {
      this.configuration.complain(`ebpfLens.targetKernel: ${JSON.stringify(settings.targetKernel.slice(0, 60))} is no kernel release (5.15) or range of them (5.4..6.8); no target is assumed`);
    }
    this.log.debug(() => `${text.uri} version ${text.version}: ${unit.findings.length} findings`);
  }
}
