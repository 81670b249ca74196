/**
 * The editor's side, common to desktop and browser: starts the server when the first eBPF document shows up, keeps it
 * alive, and connects commands and status bar to it. How a server is made is for `node/` and `browser/` to say.
 */
import { Disposable, EventEmitter, commands, extensions, window, workspace } from 'vscode';
import type { ExtensionContext, LogOutputChannel, TextDocument } from 'vscode';
import { CloseAction, ErrorAction, RevealOutputChannelOn, State } from 'vscode-languageclient';
import type { BaseLanguageClient, ErrorHandler, LanguageClientOptions } from 'vscode-languageclient';
import { ANALYZED_NOTIFICATION, OPEN_PAGE_COMMAND, STATUS_REQUEST } from '../../server/src/lsp/messages.js';
import type { AnalyzedParams, StatusInfo, StatusParams } from '../../server/src/lsp/messages.js';
import { SCHEMES, isCandidate, isProjectFile, looksLikeEbpf } from './ebpfDocument.js';
import { createLog } from './log.js';
import { setTargetKernel, showMinimumKernel } from './minimumKernel.js';
import { neighbourMiddleware } from './neighbour.js';
import type { PartContext } from './part.js';
import { PARTS } from './parts.js';
import { RestartPolicy } from './restartPolicy.js';
import { StatusBar } from './statusBar.js';

/** Extensions that colour C by meaning; the editor takes such colours from one only. */
const OTHER_COLOURS = ['llvm-vs-code-extensions.vscode-clangd', 'ms-vscode.cpptools'];

/** Makes a client that is not started yet, over whatever transport the platform has. */
export type CreateClient = (id: string, name: string, options: LanguageClientOptions) => BaseLanguageClient;

export class Lens implements Disposable {
  private readonly log: LogOutputChannel = createLog();
  private readonly policy = new RestartPolicy();
  private readonly statusBar = new StatusBar((params) => this.ask(params));
  private client: BaseLanguageClient | undefined;
  private readonly analyzed = new EventEmitter<string>();
  private readonly running = new EventEmitter<void>();
  /** What parts want to hear, by method; a new client is told about each. */
  private readonly listeners = new Map<string, EventEmitter<unknown>>();
  /** What parts answer, by method. */
  private readonly answers = new Map<string, (params: unknown) => unknown>();
  private readonly disposables: Disposable[] = [this.log, this.statusBar, this.analyzed, this.running];

  /** Watches documents and registers the commands. The server starts with the first document that looks like eBPF. */
  constructor(
    extension: ExtensionContext,
    private readonly createClient: CreateClient,
  ) {
    const context: PartContext = {
      extension,
      log: this.log,
      request: (method, params) => this.request(method, params),
      notify: (method, params) => {
        if (this.client?.isRunning()) void this.client.sendNotification(method, params);
      },
      onAnalyzed: this.analyzed.event,
      onRunning: this.running.event,
      onRequest: <P, R>(method: string, handler: (params: P) => R | Promise<R>) => this.answer(method, handler as (params: unknown) => unknown),
      onNotification: <P>(method: string, handler: (params: P) => void) => this.listen(method, handler as (params: unknown) => void),
    };
    this.disposables.push(
      ...PARTS.map((part) => part(context)),
      commands.registerCommand('ebpfLens.showMinimumKernel', () => showMinimumKernel((params) => this.ask(params))),
      commands.registerCommand('ebpfLens.setTargetKernel', () => setTargetKernel((method, params) => this.request(method, params))),
      commands.registerCommand('ebpfLens.restartServer', () => this.restart()),
      commands.registerCommand('ebpfLens.showLog', () => this.log.show(true)),
      workspace.onDidOpenTextDocument((document) => this.consider(document)),
      workspace.onDidChangeTextDocument((event) => {
        // Only words that could make it eBPF are worth reading the whole text again.
        if (!this.client && event.contentChanges.some((change) => /[("]/.test(change.text))) this.consider(event.document);
      }),
    );
    for (const document of workspace.textDocuments) this.consider(document);
  }

  private consider(document: TextDocument): void {
    if (!this.client && (isProjectFile(document) || (isCandidate(document) && looksLikeEbpf(document)))) void this.start();
  }

  private async start(): Promise<void> {
    this.client ??= this.newClient();
    try {
      await this.client.start();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      this.statusBar.serverStopped();
      void this.say(window.showErrorMessage, 'eBPF Lens: the language server could not be started.', 'Try again');
    }
  }

  /** Command: a new server under a new client, whatever became of the old ones: a client that failed to start is of no more use. */
  private async restart(): Promise<void> {
    this.policy.reset();
    const old = this.client;
    this.client = undefined;
    // Throws when there is nothing to stop, or when the server does not go in time; it is abandoned either way.
    await old?.dispose().catch((error: unknown) => this.log.debug(`Stopping: ${String(error)}`));
    await this.start();
  }

  async dispose(): Promise<void> {
    Disposable.from(...this.disposables.reverse()).dispose();
    await this.client?.dispose().catch(() => undefined);
  }

  private async ask(params: StatusParams): Promise<StatusInfo | undefined> {
    if (!this.client?.isRunning()) return undefined;
    try {
      return (await this.client.sendRequest<StatusInfo | null>(STATUS_REQUEST, params)) ?? undefined;
    } catch (error) {
      // A server that stops while it is asked is no news of its own: the error handler tells.
      this.log.debug(`No status: ${String(error)}`);
      return undefined;
    }
  }

  /** Any request that needs no document: starts the server if nothing has yet. */
  private async request<R>(method: string, params: unknown): Promise<R | undefined> {
    if (!this.client) await this.start();
    try {
      return await this.client?.sendRequest<R>(method, params);
    } catch (error) {
      this.log.error(`${method}: ${String(error)}`);
      return undefined;
    }
  }

  /** Hears notifications of a part's own from this client and those after it. */
  private listen(method: string, handler: (params: unknown) => void): Disposable {
    let emitter = this.listeners.get(method);
    if (!emitter) {
      const made = (emitter = new EventEmitter<unknown>());
      this.listeners.set(method, made);
      this.disposables.push(made);
      this.client?.onNotification(method, (params: unknown) => made.fire(params));
    }
    return emitter.event(handler);
  }

  /** Answers requests of a part's own, from this client's server and those after it. */
  private answer(method: string, handler: (params: unknown) => unknown): Disposable {
    this.answers.set(method, handler);
    this.client?.onRequest(method, handler);
    return new Disposable(() => this.answers.delete(method));
  }

  private newClient(): BaseLanguageClient {
    const client = this.createClient('ebpfLens', 'eBPF Lens', {
      documentSelector: SCHEMES.flatMap((scheme) => [
        { scheme, language: 'c' },
        { scheme, language: 'cpp', pattern: '**/*.h' },
        { scheme, pattern: '**/.ebpf-lens.yaml' },
      ]),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'ebpf-lens',
      initializationOptions: { commandLinks: true, otherColours: OTHER_COLOURS.some((id) => extensions.getExtension(id) !== undefined), editorCommands: true, readsFiles: true, severityCommand: true },
      // Hovers link to pages by this one command; all other text in them is escaped by the server.
      markdown: { isTrusted: { enabledCommands: [OPEN_PAGE_COMMAND] } },
      middleware: { workspace: neighbourMiddleware },
      errorHandler: this.errorHandler(),
      initializationFailedHandler: () => false, // `start` tells
    });
    client.onNotification(ANALYZED_NOTIFICATION, (params: AnalyzedParams) => {
      // The server spells URIs its own way (encoding of ":" and such); the editor's parser makes them alike.
      const uri = client.protocol2CodeConverter.asUri(params.uri).toString();
      this.statusBar.analyzed(uri);
      this.analyzed.fire(uri);
    });
    for (const [method, emitter] of this.listeners) client.onNotification(method, (params: unknown) => emitter.fire(params));
    for (const [method, handler] of this.answers) client.onRequest(method, handler);
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      this.log.info(`Server ${client.initializeResult?.serverInfo?.version ?? ''} is running.`);
      this.statusBar.serverRunning();
      this.running.fire();
    });
    return client;
  }

  private errorHandler(): ErrorHandler {
    return {
      error: (error) => {
        this.log.error(`Connection: ${error.message}`);
        return { action: ErrorAction.Continue, handled: true };
      },
      closed: () => {
        if (this.policy.crashed()) {
          void this.say(window.showWarningMessage, 'eBPF Lens: the language server stopped unexpectedly and was started again.');
          return { action: CloseAction.Restart, message: 'The server stopped unexpectedly; starting it again.', handled: true };
        }
        this.statusBar.serverStopped();
        void this.say(window.showErrorMessage, 'eBPF Lens: the language server keeps stopping, so it stays off.', 'Start again');
        return { action: CloseAction.DoNotRestart, message: 'The server keeps stopping; it stays off.', handled: true };
      },
    };
  }

  /** Shows a message with a way to the log and, if `again` is given, a way to start the server. */
  private async say(show: (message: string, ...actions: string[]) => Thenable<string | undefined>, message: string, again?: string): Promise<void> {
    const chosen = await show(message, ...(again ? [again] : []), 'Show log');
    if (chosen === 'Show log') this.log.show(true);
    else if (chosen !== undefined && chosen === again) await this.restart();
  }
}
