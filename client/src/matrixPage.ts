/** The compatibility matrix: a page beside the editors that shows the workspace's programs against kernels. */
import { Disposable, Range, Uri, ViewColumn, commands, window, workspace } from 'vscode';
import type { Webview, WebviewPanel } from 'vscode';
import { MATRIX_CHANGED_NOTIFICATION, MATRIX_CLOSED_NOTIFICATION, MATRIX_EXPORT_REQUEST, MATRIX_REQUEST } from '../../server/src/lsp/messages.js';
import type { MatrixChange, MatrixExportParams, MatrixInfo } from '../../server/src/lsp/messages.js';
import type { FromPage, MatrixFocus, ToPage } from './matrix/protocol.js';
import type { PartContext } from './part.js';

const VIEW_TYPE = 'ebpfLens.matrix';

export class MatrixPage implements Disposable {
  private panel: WebviewPanel | undefined;
  /** Where to go once the page can be told. */
  private focus: MatrixFocus | undefined;
  private readonly registered: Disposable;

  constructor(private readonly context: PartContext) {
    this.registered = Disposable.from(
      commands.registerCommand('ebpfLens.showMatrix', (focus?: MatrixFocus) => this.show(focus)),
      window.registerWebviewPanelSerializer(VIEW_TYPE, { deserializeWebviewPanel: async (panel) => this.adopt(panel) }),
      context.onNotification<MatrixChange>(MATRIX_CHANGED_NOTIFICATION, (change) => this.post({ type: 'change', change })),
      // A server that took over knows nothing of who asked the one before it.
      context.onRunning(() => {
        if (this.panel?.visible) void this.load();
      }),
    );
  }

  dispose(): void {
    this.registered.dispose();
    this.panel?.dispose();
  }

  private show(focus: MatrixFocus | undefined): void {
    this.focus = focus?.uri === undefined ? undefined : focus;
    if (this.panel) {
      this.panel.reveal();
      this.tellFocus();
      return;
    }
    this.adopt(window.createWebviewPanel(VIEW_TYPE, 'eBPF Compatibility Matrix', ViewColumn.Active, this.options()));
  }

  private options(): { enableScripts: true; enableFindWidget: true; localResourceRoots: readonly Uri[] } {
    return { enableScripts: true, enableFindWidget: true, localResourceRoots: [this.resource()] };
  }

  private resource(...path: string[]): Uri {
    return Uri.joinPath(this.context.extension.extensionUri, 'dist', ...path);
  }

  /** Brings a panel to life: a new one, or one that the editor kept over a restart. */
  private adopt(panel: WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.webview.options = this.options();
    panel.webview.onDidReceiveMessage((message: FromPage) => this.receive(message));
    panel.onDidChangeViewState(() => {
      // A hidden page is torn down by the editor, and says `ready` when it comes back.
      if (!panel.visible) this.context.notify(MATRIX_CLOSED_NOTIFICATION, {});
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.context.notify(MATRIX_CLOSED_NOTIFICATION, {});
    });
    panel.webview.html = this.html(panel.webview);
  }

  /** The page's frame; everything else comes from its script, which puts texts into it as texts only. */
  private html(webview: Webview): string {
    const source = (name: string): string => webview.asWebviewUri(this.resource(name)).toString();
    const policy = `default-src 'none'; script-src ${webview.cspSource}; style-src ${webview.cspSource}`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${source('matrixPage.css')}">
<title>eBPF Compatibility Matrix</title>
</head>
<body><main></main><script src="${source('matrixPage.js')}"></script></body>
</html>`;
  }

  private post(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private receive(message: FromPage): void {
    switch (message.type) {
      case 'ready':
        void this.load();
        return;
      case 'open': {
        const { start, end } = message.range;
        void window.showTextDocument(Uri.parse(message.uri), { selection: new Range(start.line, start.character, end.line, end.character), viewColumn: this.beside() });
        return;
      }
      case 'export':
        void this.export({ format: message.format, rows: message.rows });
        return;
      case 'setTarget':
        void commands.executeCommand('ebpfLens.setTargetKernel');
    }
  }

  /** Another column than the page's, so that it stays in sight, if there is one. */
  private beside(): ViewColumn {
    const other = window.tabGroups.all.find((group) => group.viewColumn !== this.panel?.viewColumn);
    return other?.viewColumn ?? ViewColumn.Active;
  }

  private async load(): Promise<void> {
    const info = await this.context.request<MatrixInfo | null>(MATRIX_REQUEST, {});
    this.post(info ? { type: 'matrix', info } : { type: 'failed' });
    this.tellFocus();
  }

  private tellFocus(): void {
    if (this.focus) this.post({ type: 'focus', focus: this.focus });
    this.focus = undefined;
  }

  /** Opens the document, to be saved or copied as people like. */
  private async export(params: MatrixExportParams): Promise<void> {
    const content = await this.context.request<string | null>(MATRIX_EXPORT_REQUEST, params);
    if (typeof content !== 'string') return;
    await window.showTextDocument(await workspace.openTextDocument({ content, language: params.format === 'markdown' ? 'markdown' : 'plaintext' }));
  }
}
