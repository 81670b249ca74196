/** The reference inside the editor: a list to search in, and pages as read-only documents that the Markdown preview shows. */
import { Disposable, ThemeIcon, Uri, commands, window, workspace } from 'vscode';
import type { QuickInputButton, QuickPick, QuickPickItem, TextDocumentContentProvider } from 'vscode';
import { OPEN_PAGE_COMMAND, PAGE_REQUEST, PAGE_SCHEME, SEARCH_INDEX_REQUEST } from '../../server/src/lsp/messages.js';
import type { Page, PageParams, SearchEntry, SearchIndex, SearchIndexParams } from '../../server/src/lsp/messages.js';
import { OWN_PAGES } from './ownPages.js';

/** Asks the server, which is started for it if need be; undefined when it has no answer. */
export type AskServer = <R>(method: string, params: unknown) => Promise<R | undefined>;

/** What a page's id may look like; anything else is not asked for. */
const ID = /^[a-z-]+\/[\w.~+-]+$/;
const FILTER: QuickInputButton = { iconPath: new ThemeIcon('filter'), tooltip: 'Only what concerns one program type' };
const UNFILTER: QuickInputButton = { iconPath: new ThemeIcon('clear-all'), tooltip: 'All program types' };

interface Item extends QuickPickItem {
  readonly id: string;
}
type ProgramType = SearchIndex['programTypes'][number];

export class Reference implements Disposable, TextDocumentContentProvider {
  private readonly registered: Disposable;

  constructor(private readonly ask: AskServer) {
    this.registered = Disposable.from(
      workspace.registerTextDocumentContentProvider(PAGE_SCHEME, this),
      commands.registerCommand('ebpfLens.searchReference', () => this.search()),
      commands.registerCommand(OPEN_PAGE_COMMAND, (id: unknown) => this.open(id)),
    );
  }

  dispose(): void {
    this.registered.dispose();
  }

  async provideTextDocumentContent({ path }: Uri): Promise<string> {
    const own = OWN_PAGES.get(path);
    if (own !== undefined) return own;
    const id = path.replace(/^\//, '').replace(/\.md$/, '');
    const params: PageParams = { id };
    const page = ID.test(id) ? await this.ask<Page | null>(PAGE_REQUEST, params) : undefined;
    return page?.markdown ?? '# No such page\n\nThe reference of eBPF Lens has no page here, or its server does not run.\n';
  }

  /** Shows a page in the Markdown preview, or as text where that is switched off. */
  private async open(id: unknown): Promise<void> {
    if (typeof id !== 'string' || !ID.test(id)) return;
    const uri = Uri.from({ scheme: PAGE_SCHEME, path: `/${id}.md` });
    try {
      await commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await window.showTextDocument(uri, { preview: true });
    }
  }

  /** Command: the list of everything, which the editor's own matching narrows down. */
  private async search(): Promise<void> {
    const list = window.createQuickPick<Item>();
    list.title = 'eBPF reference';
    list.placeholder = 'A name or a word of its description; “xdp:” in front shows only what concerns XDP programs';
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.busy = true;
    list.buttons = [FILTER];
    list.show();
    const index = await this.ask<SearchIndex | null>(SEARCH_INDEX_REQUEST, {});
    if (!index) {
      list.dispose();
      void window.showErrorMessage('eBPF Lens: the reference could not be loaded; see the log.');
      return;
    }
    this.fill(list, index);
  }

  /** Brings a list to life that is shown already. */
  private fill(list: QuickPick<Item>, index: SearchIndex): void {
    const all = index.entries.map(item);
    let asked = 0;
    const narrow = async (type: ProgramType | undefined): Promise<void> => {
      const question = ++asked;
      list.title = type === undefined ? 'eBPF reference' : `eBPF reference: ${type.title} programs`;
      list.buttons = type === undefined ? [FILTER] : [FILTER, UNFILTER];
      list.busy = true;
      const params: SearchIndexParams = type === undefined ? {} : { programType: type.name };
      const items = type === undefined ? all : ((await this.ask<SearchIndex | null>(SEARCH_INDEX_REQUEST, params))?.entries.map(item) ?? []);
      if (question !== asked) return;
      list.items = items;
      list.busy = false;
    };
    list.onDidChangeValue((value) => {
      const type = typeOf(/^([\w ]+):/.exec(value)?.[1], index.programTypes);
      if (type === undefined) return;
      list.value = value.slice(value.indexOf(':') + 1).trimStart();
      void narrow(type);
    });
    let choosing = false;
    list.onDidTriggerButton(async (button) => {
      if (button === UNFILTER) return narrow(undefined);
      choosing = true;
      const chosen = await window.showQuickPick(index.programTypes.map((type) => ({ label: type.title, description: type.name, type })), { title: 'Only what concerns programs of this type' });
      choosing = false;
      list.show();
      if (chosen) await narrow(chosen.type);
    });
    list.onDidAccept(() => {
      const [chosen] = list.selectedItems;
      list.hide();
      if (chosen) void this.open(chosen.id);
    });
    list.onDidHide(() => {
      if (!choosing) list.dispose();
    });
    list.items = all;
    list.busy = false;
  }
}

function item({ id, label, kind, aliases, summary }: SearchEntry): Item {
  return { id, label, description: [kind, ...aliases].join(' · '), detail: summary };
}

/** `xdp`, `XDP`, `sched_cls` or `BPF_PROG_TYPE_XDP` → the type. */
function typeOf(word: string | undefined, types: readonly ProgramType[]): ProgramType | undefined {
  const wanted = word?.trim().toLowerCase();
  if (!wanted) return undefined;
  return types.find(({ name, title }) => [name, name.replace('BPF_PROG_TYPE_', ''), title].some((known) => known.toLowerCase() === wanted));
}
