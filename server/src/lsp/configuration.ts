/** Asks the client for the settings of each document, and keeps the answers. */
import { DidChangeConfigurationNotification, DidChangeWatchedFilesNotification, type Connection, type InitializeParams } from 'vscode-languageserver';
import { DEFAULT_SETTINGS, parseSettings } from '../settings/parseSettings.js';
import type { FileSettings } from '../project/projectFile.types.js';
import type { Settings } from '../settings/settings.js';
import { SECTION } from '../settings/table.js';
import type { Guard } from './guard.js';
import type { Log } from './log.js';
import { within } from './within.js';

/** A client that does not answer within this many milliseconds gets the defaults, until it does. */
const PATIENCE_MS = 1500;

/** What is included, headers and C files that others include, and what says where they are. */
const HEADERS = '**/{*.h,*.c,*.inc,compile_commands.json,.clangd,.ebpf-lens.yaml,.gitignore,*.btf,vmlinux}';

export class Configuration {
  private canPull = false;
  private canRegister = false;
  private canWatch = false;
  /** What a client started the server with, or pushed: for those that cannot be asked, or that have no answer. */
  private pushed: Settings = DEFAULT_SETTINGS;
  private debounceMs: number | undefined;
  private readonly told = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly log: Log,
    private readonly guard: Guard,
    /** Puts what project files say over the client's settings. */
    private readonly applyProject: (uri: string, settings: Settings) => Promise<FileSettings> = (_uri, settings) => Promise.resolve(settings),
  ) {}

  /** Reads what the client can do and what it started the server with. */
  initialize(params: InitializeParams): void {
    this.canPull = params.capabilities.workspace?.configuration === true;
    this.canRegister = params.capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true;
    this.canWatch = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    const options = params.initializationOptions as unknown;
    if (typeof options !== 'object' || options === null) return;
    const { debounceMs, settings } = options as { debounceMs?: unknown; settings?: unknown };
    if (typeof debounceMs === 'number' && debounceMs >= 0 && debounceMs <= 5000) this.debounceMs = debounceMs;
    if (settings !== undefined) this.pushed = this.parse(settings);
  }

  /** After the handshake: asks to be told of changed settings, and of changed headers, which open files may include. */
  initialized(): void {
    const { client } = this.connection;
    const failed = (error: unknown): void => this.guard.report('client/registerCapability', error);
    if (this.canRegister) client.register(DidChangeConfigurationNotification.type, { section: SECTION }).catch(failed);
    if (this.canWatch) client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: HEADERS }] }).catch(failed);
  }

  /** Takes the settings that a `didChangeConfiguration` carries, which counts for clients that can't be asked. */
  push(settings: unknown): void {
    if (this.canPull || typeof settings !== 'object' || settings === null) return;
    const record = settings as Record<string, unknown>;
    this.pushed = this.parse(Object.hasOwn(record, SECTION) ? record[SECTION] : undefined);
  }

  /**
   * Settings of each of some documents, in their order, with what project files say. Resolves within twice `PATIENCE_MS`; if the client
   * or a disk answers later, `late` gets what it said.
   */
  async of(uris: readonly string[], late: (settings: readonly FileSettings[]) => void): Promise<readonly FileSettings[]> {
    const projected = async (settings: readonly Settings[]): Promise<readonly FileSettings[]> => {
      const done = Promise.all(uris.map((uri, i) => this.applyProject(uri, settings[i]!))).catch((error: unknown) => {
        this.guard.report('project', error);
        return settings;
      });
      const inTime = await within(PATIENCE_MS, done);
      if (inTime === undefined) void done.then(late);
      return inTime ?? settings;
    };
    return projected(await this.ofClient(uris, (settings) => void projected(settings).then(late)));
  }

  private async ofClient(uris: readonly string[], late: (settings: readonly Settings[]) => void): Promise<readonly Settings[]> {
    if (!this.canPull) return uris.map(() => this.withDebounce(this.pushed));
    const asked = this.connection.workspace
      .getConfiguration(uris.map((scopeUri) => ({ scopeUri, section: SECTION })))
      .then((answers: unknown): readonly Settings[] => {
        const list = Array.isArray(answers) ? answers : [];
        return uris.map((_uri, i) => this.withDebounce(list[i] === null || list[i] === undefined ? this.pushed : this.parse(list[i])));
      })
      .catch((error: unknown): readonly Settings[] => {
        this.guard.report('workspace/configuration', error);
        return uris.map(() => this.withDebounce(DEFAULT_SETTINGS));
      });
    const answer = await within(PATIENCE_MS, asked);
    if (answer !== undefined) return answer;
    void asked.then(late);
    return uris.map(() => this.withDebounce(DEFAULT_SETTINGS));
  }

  /** Says a trouble with a setting to the user, once. */
  complain(problem: string): void {
    if (this.told.has(problem)) return;
    this.told.add(problem);
    this.log.error(problem);
    this.log.show('warning', `eBPF Lens: ${problem}`);
  }

  private parse(raw: unknown): Settings {
    const { settings, problems } = parseSettings(raw);
    for (const problem of problems) this.complain(problem);
    this.log.setLevel(settings.logLevel);
    return settings;
  }

  private withDebounce(settings: Settings): Settings {
    return this.debounceMs === undefined ? settings : { ...settings, debounceMs: this.debounceMs };
  }
}
