/** "Set Up clangd": finds headers, shows what would be written into `.clangd` beside what is there, and writes it when told to. */
import { Disposable, EventEmitter, RelativePattern, Uri, commands, env, window, workspace } from 'vscode';
import type { TextDocumentContentProvider, WorkspaceFolder } from 'vscode';
import { CLANGD_HEADERS, CLANGD_SETUP_REQUEST, WORKSPACE_REQUEST } from '../../server/src/lsp/messages.js';
import type { ClangdSetupParams, ClangdSetupResult, WorkspaceInfo } from '../../server/src/lsp/messages.js';
import { textOf, writeText } from './fileText.js';
import type { Part, PartContext } from './part.js';

/** Scheme of the text that would be written: `ebpf-lens-clangd:/folder/.clangd`. */
const SCHEME = 'ebpf-lens-clangd';
const VMLINUX_LINE = 'bpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h';
/** Debian's folders for headers of the machine, with the architecture as libbpf calls it. Others keep them in /usr/include. */
const MACHINES: readonly (readonly [string, string])[] = [
  ['x86_64-linux-gnu', 'x86'], ['aarch64-linux-gnu', 'arm64'], ['arm-linux-gnueabihf', 'arm'], ['powerpc64le-linux-gnu', 'powerpc'], ['s390x-linux-gnu', 's390'], ['riscv64-linux-gnu', 'riscv'],
];
const MAX_HEADERS = 200;

interface Proposal {
  readonly file: Uri;
  /** Undefined: the file is not there. */
  readonly before: string | undefined;
  readonly text: string;
  readonly hasVmlinux: boolean;
}

export const clangdSetup: Part = (context) => new ClangdSetup(context);

class ClangdSetup implements Disposable, TextDocumentContentProvider {
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;
  private proposal: Proposal | undefined;
  private readonly registered: Disposable;

  constructor(private readonly context: PartContext) {
    this.registered = Disposable.from(
      this.changed,
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      commands.registerCommand('ebpfLens.setUpClangd', () => this.propose()),
      commands.registerCommand('ebpfLens.applyClangd', () => this.apply()),
    );
  }

  dispose(): void {
    this.registered.dispose();
  }

  /** Both sides of the comparison: what would be written, and nothing where no file is. */
  provideTextDocumentContent(uri: Uri): string {
    return uri.query === 'none' ? '' : (this.proposal?.text ?? '');
  }

  private async propose(): Promise<void> {
    const folder = await chooseFolder();
    if (!folder) return;
    const file = Uri.joinPath(folder.uri, '.clangd');
    const before = await textOf(file);
    const made = await this.context.request<ClangdSetupResult | null>(CLANGD_SETUP_REQUEST, await this.look(folder, before));
    if (!made || 'error' in made) {
      void window.showErrorMessage(`eBPF Lens: ${made?.error ?? 'the .clangd could not be written; see the log.'}`);
      return;
    }
    if (!made.changed) {
      void window.showInformationMessage('eBPF Lens: the .clangd says all that is needed already.');
      if (!made.hasVmlinux) await offerVmlinux();
      return;
    }
    this.proposal = { file, before, text: made.text, hasVmlinux: made.hasVmlinux };
    const right = file.with({ scheme: SCHEME, query: '' });
    this.changed.fire(right);
    const left = before === undefined ? file.with({ scheme: SCHEME, query: 'none' }) : file;
    await commands.executeCommand('vscode.diff', left, right, `.clangd: ${before === undefined ? 'new' : 'now'} ↔ for eBPF`, { preview: true });
    const answer = await window.showInformationMessage('eBPF Lens: write this .clangd?', 'Apply', 'Cancel');
    if (answer === 'Apply') await this.apply();
  }

  /** What the server cannot see: the workspace through the editor, and the machine that it runs on. */
  private async look(folder: WorkspaceFolder, existing: string | undefined): Promise<ClangdSetupParams> {
    const [headers, machine, known] = await Promise.all([
      workspace.findFiles(new RelativePattern(folder, CLANGD_HEADERS), '**/node_modules/**', MAX_HEADERS),
      machineOf(folder),
      this.context.request<WorkspaceInfo | null>(WORKSPACE_REQUEST, {}),
    ]);
    const root = `${folder.uri.toString()}/`;
    const own = (known?.files ?? []).filter((f) => f.programs.length > 0 && f.uri.startsWith(root) && /\.[ch]$/.test(f.uri));
    return {
      ...(existing === undefined ? {} : { existing }),
      arch: machine.arch,
      machineDirs: machine.dirs,
      headers: headers.map((uri) => uri.fsPath.replace(/\\/g, '/')),
      otherFiles: own.map((f) => decodeURIComponent(f.uri.slice(root.length))),
    };
  }

  private async apply(): Promise<void> {
    const { proposal } = this;
    if (!proposal) {
      void window.showInformationMessage('eBPF Lens: nothing to apply; run “Set Up clangd” first.');
      return;
    }
    this.proposal = undefined;
    if ((await textOf(proposal.file)) !== proposal.before) {
      void window.showWarningMessage('eBPF Lens: the .clangd changed meanwhile, so it was left alone. Run “Set Up clangd” again.');
      return;
    }
    try {
      await writeText(proposal.file, proposal.text);
    } catch (error) {
      void window.showErrorMessage(`eBPF Lens: the .clangd could not be written: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    await window.showTextDocument(proposal.file, { preview: false });
    const restart = 'clangd.restart';
    if ((await commands.getCommands(true)).includes(restart)) void commands.executeCommand(restart);
    if (!proposal.hasVmlinux) await offerVmlinux();
  }
}

/** The line is never run by us: it goes to the clipboard, or into a terminal where the user presses Enter. */
async function offerVmlinux(): Promise<void> {
  const answer = await window.showInformationMessage(`There is no vmlinux.h here yet. This makes one of the running kernel: ${VMLINUX_LINE}`, 'Copy', 'Put into Terminal');
  if (answer === 'Copy') await env.clipboard.writeText(VMLINUX_LINE);
  else if (answer === 'Put into Terminal') {
    const terminal = window.activeTerminal ?? window.createTerminal();
    terminal.show();
    terminal.sendText(VMLINUX_LINE, false);
  }
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  const { activeTextEditor } = window;
  const own = activeTextEditor && workspace.getWorkspaceFolder(activeTextEditor.document.uri);
  if (own) return own;
  if (folders.length === 1) return folders[0];
  if (folders.length > 1) return window.showWorkspaceFolderPick({ placeHolder: 'The folder whose .clangd is set up' });
  void window.showInformationMessage('Open a folder first: clangd reads its .clangd from there.');
  return undefined;
}

async function machineOf(folder: WorkspaceFolder): Promise<{ readonly arch: string; readonly dirs: readonly string[] }> {
  for (const [name, arch] of MACHINES) {
    const dir = `/usr/include/${name}`;
    try {
      await workspace.fs.stat(folder.uri.with({ path: `${dir}/asm/types.h` }));
      return { arch, dirs: [dir] };
    } catch {
      // not this one
    }
  }
  return { arch: 'x86', dirs: [] };
}
