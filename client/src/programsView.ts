/** The "eBPF Programs" view: the workspace's files, their programs, and what is known of each, as they are typed. */
import { Disposable, EventEmitter, Uri, commands, window, workspace } from 'vscode';
import type { QuickPickItem, TreeDataProvider, TreeItem, TreeView } from 'vscode';
import { OPEN_PAGE_COMMAND } from '../../server/src/lsp/messages.js';
import type { FileSummary, ProgramSummary } from '../../server/src/lsp/messages.js';
import type { PartContext } from './part.js';
import { details, toTreeItem, type FileNode, type Node, type ProgramNode } from './programNodes.js';
import type { WorkspaceModel } from './workspaceModel.js';

const VIEW = 'ebpfLens.programs';
/** Where the chosen types are remembered, by workspace. */
const FILTER = 'ebpfLens.programs.types';
/** Programs whose section says nothing known, in the filter's list. */
const NO_TYPE = 'Unknown type';
/** Names under which eBPF projects keep their programs: reason enough to show the view before one is opened. */
const LIKELY = '**/*{.bpf,.ebpf,_kern,.kern}.c';

const typeOf = (program: ProgramSummary): string => program.typeTitle ?? NO_TYPE;

export class ProgramsView implements TreeDataProvider<Node>, Disposable {
  private readonly files = new Map<string, FileNode>();
  private readonly changed = new EventEmitter<Node | undefined>();
  private readonly view: TreeView<Node>;
  private readonly registered: Disposable;
  private shown: ReadonlySet<string>;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly context: PartContext,
    private readonly model: WorkspaceModel,
  ) {
    this.shown = new Set(context.extension.workspaceState.get<readonly string[]>(FILTER, []));
    this.view = window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.registered = Disposable.from(
      this.view,
      this.changed,
      model.onDidChange((uris) => this.update(uris)),
      context.onRunning(() => this.show()),
      commands.registerCommand('ebpfLens.programs.filter', () => this.filter()),
      commands.registerCommand('ebpfLens.programs.clearFilter', () => this.setFilter([])),
      commands.registerCommand('ebpfLens.programs.refresh', () => model.rescan()),
      commands.registerCommand('ebpfLens.programs.revealActive', () => this.revealActive()),
      commands.registerCommand('ebpfLens.programs.openPage', (node: Node) => openPage(node)),
      commands.registerCommand('ebpfLens.programs.focusMatrix', (node: Node) => commands.executeCommand('ebpfLens.showMatrix', matrixFocus(node))),
    );
    this.describe();
    void this.look();
  }

  getTreeItem(node: Node): TreeItem {
    return toTreeItem(node);
  }

  /** Asked for only while the view is seen, which is when the server is asked. */
  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      void this.model.start();
      return this.roots();
    }
    if (node.kind === 'file') return this.programsOf(node);
    return node.kind === 'program' ? details(node) : [...(node.children ?? [])];
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'file' ? undefined : node.parent;
  }

  dispose(): void {
    this.registered.dispose();
  }

  /** Shows the view where there is something to show: most workspaces with C have no eBPF. */
  private async look(): Promise<void> {
    if ((await workspace.findFiles(LIKELY, undefined, 1)).length > 0) this.show();
  }

  private show(): void {
    void commands.executeCommand('setContext', 'ebpfLens.active', true);
  }

  // Nodes.

  private isShown(program: ProgramSummary): boolean {
    return this.shown.size === 0 || this.shown.has(typeOf(program));
  }

  private isListed(file: FileSummary): boolean {
    return file.programs.some((program) => this.isShown(program));
  }

  private roots(): FileNode[] {
    return this.model.files.filter((file) => this.isListed(file)).map((file) => this.nodeOf(file));
  }

  private nodeOf(file: FileSummary): FileNode {
    let node = this.files.get(file.uri);
    if (node === undefined) this.files.set(file.uri, (node = { kind: 'file', uri: file.uri, file, programs: new Map() }));
    node.file = file;
    return node;
  }

  private programsOf(node: FileNode): ProgramNode[] {
    const seen = new Map<string, number>();
    const nodes = node.file.programs.filter((program) => this.isShown(program)).map((program): ProgramNode => {
      const count = seen.get(program.name) ?? 0;
      seen.set(program.name, count + 1);
      const key = count === 0 ? program.name : `${program.name}~${count}`;
      const known = node.programs.get(key) ?? { kind: 'program', key, parent: node, program };
      known.program = program;
      return known;
    });
    node.programs.clear();
    for (const program of nodes) node.programs.set(program.key, program);
    return nodes;
  }

  /** Draws what changed: one file where only it did, everything where files came or went. */
  private update(uris: ReadonlySet<string> | undefined): void {
    const whole = uris === undefined || [...uris].some((uri) => {
      const file = this.model.file(uri);
      return !this.files.has(uri) || file === undefined || !this.isListed(file);
    });
    if (whole) {
      for (const uri of this.files.keys()) if (this.model.file(uri) === undefined) this.files.delete(uri);
      this.changed.fire(undefined);
    } else {
      for (const uri of uris) this.changed.fire(this.nodeOf(this.model.file(uri)!));
    }
    this.describe();
  }

  /** What the view says of itself: the filter, how far the index is, and which of the empty states this is. */
  private describe(): void {
    const { progress } = this.model;
    const programs = this.model.files.flatMap((file) => file.programs);
    const empty = programs.length === 0 ? (progress === undefined || progress.state === 'indexing' ? 'indexing' : progress.state === 'off' ? 'off' : 'none') : 'some';
    void commands.executeCommand('setContext', 'ebpfLens.programs.state', empty);
    void commands.executeCommand('setContext', 'ebpfLens.programs.filtered', this.shown.size > 0);
    this.view.description = [...this.shown].sort().join(', ');
    this.view.message = this.message(programs, empty === 'some');
  }

  private message(programs: readonly ProgramSummary[], any: boolean): string | undefined {
    if (any && !programs.some((program) => this.isShown(program))) return `None of the ${programs.length} programs is of the chosen type.`;
    if (any && this.model.progress?.state === 'indexing') return 'Still looking through the workspace…';
    return any && this.model.progress?.truncated ? 'The workspace has more C files than `ebpfLens.workspaceIndex.maxFiles` allows; some are not listed.' : undefined;
  }

  // Commands.

  private async filter(): Promise<void> {
    const counts = new Map<string, number>();
    for (const type of this.model.files.flatMap((file) => file.programs).map(typeOf)) counts.set(type, (counts.get(type) ?? 0) + 1);
    for (const type of this.shown) if (!counts.has(type)) counts.set(type, 0);
    if (counts.size === 0) {
      void window.showInformationMessage('There are no eBPF programs to filter yet.');
      return;
    }
    const items = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([label, count]): QuickPickItem => ({ label, description: `${count} program${count === 1 ? '' : 's'}`, picked: this.shown.has(label) }));
    const chosen = await window.showQuickPick(items, { canPickMany: true, title: 'Show programs of these types', placeHolder: 'None chosen shows all' });
    if (chosen) this.setFilter(chosen.length === items.length ? [] : chosen.map((item) => item.label));
  }

  private setFilter(types: readonly string[]): void {
    this.shown = new Set(types);
    void this.context.extension.workspaceState.update(FILTER, types);
    this.changed.fire(undefined);
    this.describe();
  }

  /** Selects the program around the cursor, or its file. */
  private async revealActive(): Promise<void> {
    const editor = window.activeTextEditor;
    this.show();
    await commands.executeCommand(`${VIEW}.focus`);
    if (!editor) return;
    const uri = editor.document.uri.toString();
    const { line } = editor.selection.active;
    await this.model.known(uri, 5000);
    // The server may spell a URI another way.
    const same = (other: string): boolean => other === uri || Uri.parse(other).toString() === uri;
    const inside = (program: ProgramSummary): boolean => same(program.uri) && program.range.start.line <= line && line <= program.range.end.line;
    const file = this.roots().find((node) => same(node.uri)) ?? this.roots().find((node) => node.file.programs.some(inside));
    if (file === undefined) {
      void window.showInformationMessage('The active file has no eBPF program in the view.');
      return;
    }
    const program = this.programsOf(file).find((node) => inside(node.program));
    await this.view.reveal(program ?? file, { select: true, focus: true, expand: program === undefined });
  }
}

/** Opens the page of a program's type, or of a helper, kfunc or map type. */
async function openPage(node: Node | undefined): Promise<void> {
  const page = node?.kind === 'detail' ? node.page : node?.kind === 'program' && node.program.programType !== null ? `program-type/${node.program.programType}` : undefined;
  if (page !== undefined) await commands.executeCommand(OPEN_PAGE_COMMAND, page);
}

/** What of the matrix to go to. */
function matrixFocus(node: Node | undefined): { uri: string; program?: string } | undefined {
  if (node?.kind === 'file') return { uri: node.uri };
  return node?.kind === 'program' ? { uri: node.parent.uri, program: node.program.name } : undefined;
}
