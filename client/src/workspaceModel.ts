/** The workspace's eBPF programs as the server knows them, kept up to date: what the tree and the matrix show. */
import { Disposable, EventEmitter } from 'vscode';
import { WORKSPACE_CHANGED_NOTIFICATION, WORKSPACE_REQUEST } from '../../server/src/lsp/messages.js';
import type { FileSummary, WorkspaceChange, WorkspaceInfo, WorkspaceParams, WorkspaceProgress } from '../../server/src/lsp/messages.js';
import type { PartContext } from './part.js';

/** URIs of the files that changed; undefined where everything may have. */
export type ModelChange = ReadonlySet<string> | undefined;

export class WorkspaceModel implements Disposable {
  private readonly byUri = new Map<string, FileSummary>();
  private readonly changed = new EventEmitter<ModelChange>();
  private readonly listeners: Disposable;
  private loading: Promise<void> | undefined;
  /** Undefined until the server has answered. */
  progress: WorkspaceProgress | undefined;

  readonly onDidChange = this.changed.event;

  constructor(private readonly context: PartContext) {
    this.listeners = Disposable.from(
      this.changed,
      context.onNotification<WorkspaceChange>(WORKSPACE_CHANGED_NOTIFICATION, (change) => this.apply(change)),
      // A server that took over knows nothing of who asked the one before it.
      context.onRunning(() => {
        if (this.loading) this.loading = this.load({});
      }),
    );
  }

  /** In the order of their paths. */
  get files(): readonly FileSummary[] {
    return [...this.byUri.values()].sort((a, b) => a.path.localeCompare(b.path));
  }

  file(uri: string): FileSummary | undefined {
    return this.byUri.get(uri);
  }

  /** Asks the server, which is started for it; a second call asks nothing. Resolves when it has answered. */
  start(): Promise<void> {
    return (this.loading ??= this.load({}));
  }

  /** Has files looked for anew. */
  async rescan(): Promise<void> {
    await (this.loading = this.load({ rescan: true }));
  }

  /** Waits until a file is known, or, as far as `ms` go, until everything is. */
  async known(uri: string, ms: number): Promise<void> {
    await this.start();
    for (const end = Date.now() + ms; Date.now() < end && !this.byUri.has(uri) && this.progress?.state === 'indexing'; ) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  dispose(): void {
    this.listeners.dispose();
  }

  private async load(params: WorkspaceParams): Promise<void> {
    const info = await this.context.request<WorkspaceInfo | null>(WORKSPACE_REQUEST, params);
    if (!info) return;
    this.byUri.clear();
    for (const file of info.files) this.byUri.set(file.uri, file);
    this.progress = info;
    this.changed.fire(undefined);
  }

  private apply(change: WorkspaceChange): void {
    for (const uri of change.removed) this.byUri.delete(uri);
    for (const file of change.files) this.byUri.set(file.uri, file);
    const moved = this.progress?.state !== change.state || this.progress.truncated !== change.truncated;
    this.progress = change;
    this.changed.fire(moved ? undefined : new Set([...change.removed, ...change.files.map((file) => file.uri)]));
  }
}
