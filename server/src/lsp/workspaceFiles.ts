/** Files of the workspace, from wherever they can be had: the host where it can read them, else the client. */
import type { Connection, InitializeParams } from 'vscode-languageserver';
import type { DirectoryEntry, FolderReader } from './fileWalk.js';
import type { ServerHost } from './host.js';
import { READ_DIRECTORY_REQUEST, READ_FILE_REQUEST, type ReadParams } from './messages.js';
import { within } from './within.js';

/** A client that takes longer over one file is not waited for. */
const PATIENCE_MS = 5000;

export class WorkspaceFiles implements FolderReader {
  /** True for a client that answers questions about files, as a browser's does, whose worker has no files of its own. */
  private clientReads = false;

  constructor(
    private readonly connection: Connection,
    private readonly host: Pick<ServerHost, 'readFile' | 'readDirectory' | 'canRead' | 'whyUnread'>,
  ) {}

  initialize(params: InitializeParams): void {
    this.clientReads = (params.initializationOptions as { readsFiles?: unknown } | null | undefined)?.readsFiles === true;
  }

  /** True if there is any way to files. */
  get available(): boolean {
    return this.clientReads || this.host.readFile !== undefined;
  }

  async readFile(uri: string): Promise<string | undefined> {
    if (this.hostReads(uri)) return this.host.readFile?.(uri);
    const text = await this.ask<unknown>(READ_FILE_REQUEST, uri);
    return typeof text === 'string' ? text : undefined;
  }

  /** `ServerHost.whyUnread`, where the host reads the file itself. */
  async whyUnread(uri: string): Promise<string | undefined> {
    return this.hostReads(uri) ? this.host.whyUnread?.(uri) : undefined;
  }

  async readDirectory(uri: string): Promise<readonly DirectoryEntry[] | undefined> {
    if (this.hostReads(uri)) return this.host.readDirectory?.(uri);
    const entries = await this.ask<unknown>(READ_DIRECTORY_REQUEST, uri);
    return Array.isArray(entries) ? entries.filter(isEntry) : undefined;
  }

  private hostReads(uri: string): boolean {
    return this.host.readFile !== undefined && (this.host.canRead?.(uri) ?? true);
  }

  private async ask<R>(method: string, uri: string): Promise<R | undefined> {
    if (!this.clientReads) return undefined;
    const params: ReadParams = { uri };
    return within(PATIENCE_MS, this.connection.sendRequest<R>(method, params)).catch(() => undefined);
  }
}

function isEntry(entry: unknown): entry is DirectoryEntry {
  return Array.isArray(entry) && typeof entry[0] === 'string' && !entry[0].includes('/') && (entry[1] === 'file' || entry[1] === 'folder');
}
