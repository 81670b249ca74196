/**
 * The editor's side, common to desktop and browser: starts the server when the first eBPF document shows up, keeps it
 * alive, and connects commands and status bar to it. How a server is made is for `node/` and `browser/` to say.
 */
import { Disposable, EventEmitter, commands, extensions, window, workspace } from 'vscode';
import type { ExtensionContext, LogOutputChannel, TextDocument } from 'vscode';
import { CloseAction, ErrorAction, RevealOutputChannelOn, State } from 'vscode-languageclient';
import type { BaseLanguageClient, ErrorHandler, LanguageClientOptions } from 'vscode-languageclient';
import { ALIVE_REQUEST, ANALYZED_NOTIFICATION, OPEN_PAGE_COMMAND, STATUS_REQUEST } from '../../server/src/lsp/messages.js';
import type { AnalyzedParams, StatusInfo, StatusParams } from '../../server/src/lsp/messages.js';
import { SCHEMES, isCandidate, isProjectFile, looksLikeEbpf } from './ebpfDocument.js';
import { createLog } from './log.js';
import { setTargetKernel, showMinimumKernel } from './minimumKernel.js';
import { neighbourMiddleware } from './neighbour.js';
import type { PartContext } from './part.js';
import { PARTS } from './parts.js';
import { RestartPolicy } from './restartPolicy.js';
import { StatusBar } from './statusBar.js';
import { PATIENCE_MS, Watchdog } from './watchdog.js';

/** Extensions that colour C by meaning; the editor takes such colours from one only. */
const OTHER_COLOURS = ['llvm-vs-code-extensions.vscode-clangd', 'ms-vscode.cpptools'];

/** Makes a client that is not started yet, over whatever transport the platform has. */
export type CreateClient = (id: string, name: string, options: LanguageClientOptions) => BaseLanguageClient;
/** Gives what ends a client's server at once, whatever that is at; asked for while the client still knows it. */
export type KillServer = (client: BaseLanguageClient) => () => void;

export class Lens implements Disposable {
  private readonly log: LogOutputChannel = createLog();
  private readonly policy = new RestartPolicy();
  /** True where the server crashed too often, until the user wants another. */
  private givenUp = false;
  /** True from a crash until the server that is started for it runs. */
  private comingBack = false;
  private readonly watchdog = new Watchdog(() => this.client?.sendRequest(ALIVE_REQUEST) ?? Promise.resolve(), (hanging) => this.hangs(hanging));
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
    private readonly killServer: KillServer,
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
      workspace.onDidGrantWorkspaceTrust(() => {
        // A server that was told of a stranger's workspace reads less, and has read less.
        if (this.client) void this.restart();
      }),
      workspace.onDidOpenTextDocument((document) => this.consider(document)),
      workspace.onDidChangeTextDocument((event) => {
        if (this.client?.isRunning() && isCandidate(event.document)) this.watchdog.stir();
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
    const client = (this.client ??= this.newClient());
    try {
      await client.start();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      // One that ended on the way is started again, or was given up with a message of its own; a client that was replaced is of no interest.
      if (this.comingBack || this.givenUp || client !== this.client) return;
      this.statusBar.serverStopped();
      void this.say(window.showErrorMessage, 'eBPF Lens: the language server could not be started.', 'Try again');
    }
  }

  /** Command: a new server under a new client, whatever became of the old ones: a client that failed to start is of no more use. */
  private async restart(): Promise<void> {
    this.policy.reset();
    this.watchdog.reset();
    this.comingBack = this.givenUp = false;
    const old = this.client;
    this.client = undefined;
    if (old) await this.end(old);
    await this.start();
  }

  /** Stops a client and its server. One that does not go in time, or hangs, is ended. */
  private async end(client: BaseLanguageClient): Promise<void> {
    const kill = this.killServer(client);
    await client.dispose().catch((error: unknown) => {
      this.log.debug(`Stopping: ${String(error)}`);
      kill();
    });
  }

  async dispose(): Promise<void> {
    this.watchdog.reset();
    Disposable.from(...this.disposables.reverse()).dispose();
    if (this.client) await this.end(this.client);
  }

  /** The server works on something for very long, or is done after all. Whoever typed what it hangs on may want to wait. */
  private hangs(hanging: boolean): void {
    if (!hanging) return this.statusBar.serverRunning();
    const trouble = `The eBPF Lens server has not answered for ${PATIENCE_MS / 1000} seconds`;
    this.log.warn(`${trouble}.`);
    this.statusBar.serverStopped(trouble);
    void this.say(window.showWarningMessage, `eBPF Lens: the language server has not answered for ${PATIENCE_MS / 1000} seconds.`, 'Restart');
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
      initializationOptions: { commandLinks: true, otherColours: OTHER_COLOURS.some((id) => extensions.getExtension(id) !== undefined), editorCommands: true, readsFiles: true, severityCommand: true, trusted: workspace.isTrusted },
      // Hovers link to pages by this one command; all other text in them is escaped by the server.
      markdown: { isTrusted: { enabledCommands: [OPEN_PAGE_COMMAND] } },
      middleware: { workspace: neighbourMiddleware },
      errorHandler: this.errorHandler(),
      initializationFailedHandler: () => false, // `start` tells
    });
    // What the library would show in boxes of its own is told by the error handler, or by `start`.
    const error = client.error.bind(client);
    client.error = (message, data) => error(message, data, false);
    client.onNotification(ANALYZED_NOTIFICATION, (params: AnalyzedParams) => {
      // The server spells URIs its own way (encoding of ":" and such); the editor's parser makes them alike.
      const uri = client.protocol2CodeConverter.asUri(params.uri).toString();
      this.statusBar.analyzed(uri);
      this.analyzed.fire(uri);
    });
    for (const [method, emitter] of this.listeners) client.onNotification(method, (params: unknown) => emitter.fire(params));
    for (const [method, handler] of this.answers) client.onRequest(method, handler);
    client.onDidChangeState(({ newState }) => {
      if (client !== this.client) return;
      this.watchdog.reset();
      if (newState !== State.Running) return;
      this.comingBack = false;
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
        this.watchdog.reset();
        this.givenUp = !this.policy.crashed();
        this.comingBack = !this.givenUp;
        if (this.comingBack) {
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
