/** The item in the language's status (`{}`) that says why a file is not checked, where one may wonder. */
import { Disposable, LanguageStatusSeverity, languages, window } from 'vscode';
import type { LanguageStatusItem } from 'vscode';
import { STATUS_REQUEST } from '../../server/src/lsp/messages.js';
import type { StatusInfo } from '../../server/src/lsp/messages.js';
import { isCandidate, looksLikeEbpf } from './ebpfDocument.js';
import type { Part, PartContext } from './part.js';
import { statusParams } from './statusBar.js';

export const languageStatus: Part = (context) => new Recognition(context);

class Recognition implements Disposable {
  private item: LanguageStatusItem | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  private asked = 0;
  /** A plain C file is no reason to start the server. */
  private running = false;
  private readonly listeners: Disposable;

  constructor(private readonly context: PartContext) {
    this.listeners = Disposable.from(
      window.onDidChangeActiveTextEditor(() => void this.update()),
      context.onAnalyzed((uri) => {
        if (window.activeTextEditor?.document.uri.toString() === uri) void this.update();
      }),
      context.onRunning(() => {
        this.running = true;
        void this.update();
      }),
    );
  }

  dispose(): void {
    this.listeners.dispose();
    this.item?.dispose();
  }

  private async update(): Promise<void> {
    const question = ++this.asked;
    const editor = window.activeTextEditor;
    const concerns = editor !== undefined && isCandidate(editor.document) && (this.running || looksLikeEbpf(editor.document));
    const info = concerns ? await this.context.request<StatusInfo | null>(STATUS_REQUEST, statusParams(editor)) : undefined;
    if (question !== this.asked) return;
    this.item?.dispose();
    this.item = undefined;
    if (!editor || !info?.notice) return;
    const { languageId, uri } = editor.document;
    const item = languages.createLanguageStatusItem('ebpfLens.recognition', { language: languageId, scheme: uri.scheme, pattern: uri.scheme === 'untitled' ? undefined : uri.path });
    item.name = 'eBPF Lens';
    item.text = `eBPF Lens: ${info.notice.text}`;
    item.detail = info.notice.reason;
    item.severity = LanguageStatusSeverity.Information;
    item.command = { title: 'Settings', command: 'workbench.action.openSettings', arguments: ['@ext:ebpf-lens.ebpf-lens'] };
    this.item = item;
  }
}
