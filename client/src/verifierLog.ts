/**
 * Verifier logs in the editor: takes one from the terminal, an editor or the clipboard, opens its explanation beside the source, and marks
 * the line that was refused until that file is edited.
 */
import { Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Disposable, Location, ProgressLocation, Range, Selection, TextEditorRevealType, Uri, ViewColumn, commands, env, languages, window, workspace } from 'vscode';
import type { DiagnosticCollection, TextDocument } from 'vscode';
import { EXPLAIN_LOG_REQUEST, LOCATE_LOG_REQUEST, PAGE_SCHEME } from '../../server/src/lsp/messages.js';
import type { ExplainedLog, ExplainLogParams, LocatedLogLine, LocatedLogLines, LocateLogParams, LogFailure, LogNote } from '../../server/src/lsp/messages.js';
import { SCHEMES, looksLikeEbpf } from './ebpfDocument.js';
import { OWN_PAGES } from './ownPages.js';
import type { Part, PartContext } from './part.js';
import { LOG_LANGUAGE, logLanguageFeatures } from './verifierLogLanguage.js';

/** What only loaders and the verifier write; enough to tell a log from C or prose. */
const LOG = /(?:^|[\s:])\d+: \([0-9a-f]{2}\) \S|processed \d+ insns|BEGIN PROG LOAD LOG|^libbpf: |\bload program: |Verification failed: /m;
/** Where such words are looked for: at the start and the end of a text. */
const SAMPLE = 200_000;
/** A longer text is not sent whole; what failed stands at its end. */
const MAX_CHARS = 48 * 1024 * 1024;
const MAX_SOURCES = 60;
const MAX_STEPS = 12;

export const verifierLog: Part = (context) => new VerifierLog(context);

class VerifierLog implements Disposable {
  private readonly diagnostics: DiagnosticCollection = languages.createDiagnosticCollection('ebpf-lens-verifier-log');
  private readonly registered: Disposable;
  private pages = 0;
  /** A newer question makes what comes back for an older one void. */
  private asked = 0;

  constructor(private readonly context: PartContext) {
    this.registered = Disposable.from(
      this.diagnostics,
      commands.registerCommand('ebpfLens.explainVerifierLog', () => this.fromAnywhere()),
      commands.registerCommand('ebpfLens.explainVerifierLogInTerminal', () => this.fromTerminal()),
      commands.registerCommand('ebpfLens.clearVerifierLog', () => this.diagnostics.clear()),
      // The line may be mended now: what the log says is about the text before.
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.diagnostics.delete(document.uri);
      }),
      logLanguageFeatures(context),
    );
  }

  dispose(): void {
    this.registered.dispose();
  }

  /** Command: a selection, else a document that is a log, else the clipboard; else a place to paste one. */
  private async fromAnywhere(): Promise<void> {
    const editor = window.activeTextEditor;
    const selected = editor && !editor.selection.isEmpty ? editor.document.getText(editor.selection) : '';
    if (editor && isLog(selected)) return this.explain(selected);
    if (editor && isLogDocument(editor.document)) return this.explain(editor.document.getText());
    const copied = await env.clipboard.readText();
    if (isLog(copied)) return this.explain(copied);
    if (selected.trim() !== '') return this.explain(selected);
    await this.askToPaste();
  }

  private async askToPaste(): Promise<void> {
    const document = await workspace.openTextDocument({ language: LOG_LANGUAGE, content: '' });
    await window.showTextDocument(document);
    const chosen = await window.showInformationMessage('eBPF Lens: paste the log here. No log is selected, open or in the clipboard.', 'Explain');
    if (chosen === 'Explain') await this.explain(document.getText());
  }

  /** Command: what is selected in the terminal, or all of it; the clipboard is as before afterwards. */
  private async fromTerminal(): Promise<void> {
    const before = await env.clipboard.readText();
    const marker = `ebpf-lens ${Date.now()}`;
    await env.clipboard.writeText(marker);
    try {
      await commands.executeCommand('workbench.action.terminal.copySelection');
      let text = await env.clipboard.readText();
      if (text === marker) {
        await commands.executeCommand('workbench.action.terminal.selectAll');
        await commands.executeCommand('workbench.action.terminal.copySelection');
        text = await env.clipboard.readText();
        await commands.executeCommand('workbench.action.terminal.clearSelection');
      }
      if (text === marker || text.trim() === '') void window.showInformationMessage('eBPF Lens: the terminal holds no text to explain.');
      else await this.explain(text);
    } finally {
      await env.clipboard.writeText(before);
    }
  }

  private async explain(text: string): Promise<void> {
    const asked = ++this.asked;
    const params: ExplainLogParams = { text: text.length > MAX_CHARS ? text.slice(-MAX_CHARS) : text };
    const answer = await window.withProgress({ location: ProgressLocation.Window, title: 'Reading the verifier log' }, () => this.context.request<ExplainedLog | null>(EXPLAIN_LOG_REQUEST, params));
    if (asked !== this.asked) return;
    if (!answer) {
      void window.showErrorMessage('eBPF Lens: the log could not be read; see the log of eBPF Lens.');
      return;
    }
    this.diagnostics.clear();
    const shown = await this.mark(answer.failures);
    if (asked !== this.asked) return;
    if (shown) await reveal(shown);
    await this.open(answer);
  }

  /** Opens the page beside what is shown, as the Markdown preview, or as text where that is switched off. */
  private async open({ markdown }: ExplainedLog): Promise<void> {
    const path = `/verifier-log/${++this.pages}.md`;
    OWN_PAGES.add(path, markdown);
    const uri = Uri.from({ scheme: PAGE_SCHEME, path });
    try {
      await commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      await window.showTextDocument(uri, { preview: true, viewColumn: ViewColumn.Beside, preserveFocus: true });
    }
  }

  /** Puts a diagnostic on each line that was refused. @returns the first place */
  private async mark(failures: readonly LogFailure[]): Promise<LocatedLogLine | undefined> {
    const byUri = new Map<string, Diagnostic[]>();
    let first: LocatedLogLine | undefined;
    for (const failure of failures) {
      const place = await this.locate(failure);
      if (place === undefined) continue;
      first ??= place.at;
      byUri.set(place.at.uri, [...(byUri.get(place.at.uri) ?? []), place.diagnostic]);
    }
    for (const [uri, list] of byUri) this.diagnostics.set(Uri.parse(uri), list);
    return first;
  }

  private async locate(failure: LogFailure): Promise<{ at: LocatedLogLine; diagnostic: Diagnostic } | undefined> {
    if (failure.note === null) return undefined;
    const steps = failure.steps.slice(-MAX_STEPS);
    const notes = [failure.note, ...steps.map((step) => step.note)];
    const params: LocateLogParams = { notes, program: failure.program, sources: await sources(notes) };
    const [at, ...places] = (await this.context.request<LocatedLogLines | null>(LOCATE_LOG_REQUEST, params)) ?? [];
    if (!at) return undefined;
    const diagnostic = new Diagnostic(rangeOf(at), `${failure.title}\n${failure.message}${at.certain ? '' : '\n(The file was edited since the log was made.)'}`, DiagnosticSeverity.Error);
    diagnostic.source = 'verifier log';
    if (failure.id !== null) diagnostic.code = failure.id;
    diagnostic.relatedInformation = places.flatMap((place, i) => (place ? [new DiagnosticRelatedInformation(new Location(Uri.parse(place.uri), rangeOf(place)), steps[i]?.text ?? '')] : []));
    return { at, diagnostic };
  }
}

const rangeOf = ({ range: { start, end } }: LocatedLogLine): Range => new Range(start.line, start.character, end.line, end.character);

async function reveal(at: LocatedLogLine): Promise<void> {
  const range = rangeOf(at);
  const editor = await window.showTextDocument(Uri.parse(at.uri), { viewColumn: ViewColumn.One });
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Texts in which the lines may stand: files of the names that the log has, and open C files. */
async function sources(notes: readonly LogNote[]): Promise<LocateLogParams['sources']> {
  const names = new Set(notes.flatMap(({ file }) => (file === undefined ? [] : [file.split(/[\\/]/).at(-1) ?? file])));
  const found = (await Promise.all([...names].slice(0, 8).map((name) => workspace.findFiles(`**/${name.replace(/[[\]{}*?]/g, '?')}`, '**/node_modules/**', MAX_SOURCES)))).flat();
  // Before Linux 6.9 a log has code without a file's name.
  const unnamed = names.size === 0 ? await workspace.findFiles('**/*.{bpf.c,kern.c,ebpf.c,c}', '**/node_modules/**', MAX_SOURCES) : [];
  const texts = new Map<string, string>();
  for (const document of workspace.textDocuments) if ((SCHEMES as readonly string[]).includes(document.uri.scheme) && wants(document, names)) texts.set(document.uri.toString(), document.getText());
  for (const uri of [...found, ...unnamed]) {
    if (texts.has(uri.toString()) || texts.size >= MAX_SOURCES) continue;
    try {
      const document = { uri, languageId: 'c', getText: () => text };
      const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
      if (names.size > 0 || looksLikeEbpf(document)) texts.set(uri.toString(), text);
    } catch {
      // Gone meanwhile.
    }
  }
  return [...texts].map(([uri, text]) => ({ uri, text }));
}

function wants(document: TextDocument, names: ReadonlySet<string>): boolean {
  return names.size === 0 ? looksLikeEbpf(document) : names.has(document.uri.path.split('/').at(-1) ?? '');
}

/** A document whose kind or text says that it is a log. C files never are, even if one stands in a comment. */
function isLogDocument(document: TextDocument): boolean {
  if (document.languageId === LOG_LANGUAGE) return true;
  return document.languageId !== 'c' && document.languageId !== 'cpp' && isLog(document.getText());
}

const isLog = (text: string): boolean => LOG.test(text.slice(0, SAMPLE)) || (text.length > SAMPLE && LOG.test(text.slice(-SAMPLE)));
