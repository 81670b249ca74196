/** The status bar item: which kernel the active file, or the program under the cursor, needs. */
import { Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window, workspace } from 'vscode';
import type { StatusBarItem, TextEditor } from 'vscode';
import type { StatusInfo, StatusParams } from '../../server/src/lsp/messages.js';
import { isCandidate } from './ebpfDocument.js';

/** Asks the server; undefined when it does not run or has no answer. */
export type AskStatus = (params: StatusParams) => Promise<StatusInfo | undefined>;

/** Moving the cursor with a held key must not send a request for every line. */
const SELECTION_DELAY_MS = 120;

export class StatusBar implements Disposable {
  private readonly item: StatusBarItem;
  private readonly listeners: Disposable;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  private asked = 0;
  /** Why the server is of no use, in a sentence; undefined while it is. */
  private trouble: string | undefined;

  constructor(private readonly ask: AskStatus) {
    this.item = window.createStatusBarItem('ebpfLens.minimumKernel', StatusBarAlignment.Right, 100);
    this.item.name = 'eBPF minimum kernel';
    this.listeners = Disposable.from(
      window.onDidChangeActiveTextEditor(() => this.refresh()),
      window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor === window.activeTextEditor) this.refresh(SELECTION_DELAY_MS);
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('ebpfLens')) this.refresh();
      }),
    );
  }

  /** The server analysed a document: what is shown may be out of date. */
  analyzed(uri: string): void {
    if (window.activeTextEditor?.document.uri.toString() === uri) this.refresh();
  }

  /** Says that the server is off for good, or what else ails it, until `serverRunning` is called. */
  serverStopped(trouble = 'The eBPF Lens server is not running'): void {
    this.trouble = trouble;
    this.refresh();
  }

  serverRunning(): void {
    this.trouble = undefined;
    this.refresh();
  }

  /** Asks again after `delay` ms and shows the answer. */
  refresh(delay = 0): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), delay);
  }

  private async update(): Promise<void> {
    const question = ++this.asked;
    const editor = window.activeTextEditor;
    // The Output view counts as the active editor while it has the focus: keep what is shown.
    if (editor?.document.uri.scheme === 'output') return;
    if (!editor || !isCandidate(editor.document) || !workspace.getConfiguration('ebpfLens').get('statusBar.enabled', true)) {
      this.item.hide();
      return;
    }
    if (this.trouble !== undefined) {
      this.showTrouble(this.trouble);
      return;
    }
    const info = await this.ask(statusParams(editor));
    if (question !== this.asked) return;
    if (!info || info.state === 'not-ebpf') this.item.hide();
    else this.show(info);
  }

  private show(info: StatusInfo): void {
    this.item.text = info.text;
    // No commands and no HTML: the text holds names from the user's file.
    this.item.tooltip = new MarkdownString(info.tooltip);
    this.item.command = 'ebpfLens.showMinimumKernel';
    this.item.backgroundColor = info.exceedsTarget ? new ThemeColor('statusBarItem.errorBackground') : undefined;
    const state = info.exceedsTarget ? `, more than the target kernel ${info.targetKernel} has` : '';
    this.item.accessibilityInformation = { label: `${info.text.replace('≥', 'needs kernel')}${state}`, role: 'button' };
    this.item.show();
  }

  private showTrouble(trouble: string): void {
    this.item.text = '$(warning) eBPF Lens';
    this.item.tooltip = `${trouble}. Click to start it again.`;
    this.item.command = 'ebpfLens.restartServer';
    this.item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
    this.item.accessibilityInformation = { label: trouble, role: 'button' };
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listeners.dispose();
    this.item.dispose();
  }
}

/** The question for an editor: its document, at its cursor. */
export function statusParams(editor: TextEditor): StatusParams {
  const { line, character } = editor.selection.active;
  return { textDocument: { uri: editor.document.uri.toString() }, position: { line, character } };
}
