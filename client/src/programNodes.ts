/** The nodes of the "eBPF Programs" tree, and how each is shown. */
import { Range, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import { OPEN_PAGE_COMMAND } from '../../server/src/lsp/messages.js';
import type { FileSummary, NamedPlace, ProgramState, ProgramSummary } from '../../server/src/lsp/messages.js';

export interface FileNode {
  readonly kind: 'file';
  readonly uri: string;
  file: FileSummary;
  /** By key, so that a program stays the same node, expanded or not, from one edit to the next. */
  readonly programs: Map<string, ProgramNode>;
}
export interface ProgramNode {
  readonly kind: 'program';
  readonly key: string;
  readonly parent: FileNode;
  program: ProgramSummary;
}
/** A fact about a program, or a heading over several. */
export interface DetailNode {
  readonly kind: 'detail';
  readonly id: string;
  readonly parent: ProgramNode | DetailNode;
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  readonly tooltip?: string;
  /** Page of the reference. */
  readonly page?: string;
  readonly place?: NamedPlace;
  readonly children?: readonly DetailNode[];
}
export type Node = FileNode | ProgramNode | DetailNode;

const STATE: Readonly<Record<ProgramState, { readonly icon: string; readonly colour: string; readonly says: string }>> = {
  fine: { icon: 'pass', colour: 'testing.iconPassed', says: 'nothing found' },
  exceeds: { icon: 'warning', colour: 'list.warningForeground', says: 'needs a kernel outside of the target' },
  errors: { icon: 'error', colour: 'list.errorForeground', says: 'the kernel refuses something in it' },
  unknown: { icon: 'question', colour: 'descriptionForeground', says: 'its section is not known' },
};

/** `≥ 5.18`, `5.18 – 6.14`, `≤ 6.14`; empty where nothing is known to need a version. */
export function kernels({ minKernel, maxKernel }: Pick<ProgramSummary, 'minKernel' | 'maxKernel'>): string {
  if (minKernel === null) return maxKernel === null ? '' : `≤ ${maxKernel}`;
  return maxKernel === null ? `≥ ${minKernel}` : `${minKernel} – ${maxKernel}`;
}

/** The same in words, for a screen reader. */
function kernelWords({ minKernel, maxKernel }: Pick<ProgramSummary, 'minKernel' | 'maxKernel'>): string {
  const from = minKernel === null ? '' : `needs Linux ${minKernel} or later`;
  const to = maxKernel === null ? '' : `runs up to Linux ${maxKernel}`;
  return [from, to].filter(Boolean).join(', ') || 'no particular kernel needed';
}

const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

export function toTreeItem(node: Node): TreeItem {
  if (node.kind === 'file') return fileItem(node);
  return node.kind === 'program' ? programItem(node) : detailItem(node);
}

function fileItem({ uri, file }: FileNode): TreeItem {
  const slash = file.path.lastIndexOf('/');
  const name = file.path.slice(slash + 1);
  const item = new TreeItem(name, TreeItemCollapsibleState.Expanded);
  item.id = uri;
  item.resourceUri = Uri.parse(uri);
  item.iconPath = ThemeIcon.File;
  item.description = [slash < 0 ? '' : file.path.slice(0, slash), kernels(file)].filter(Boolean).join(' · ');
  item.tooltip = `${file.path}\n${many(file.programs.length, 'program')}, ${many(file.maps.length, 'map')}, ${kernelWords(file)}\nLicence: ${file.license ?? 'not in sight'}`;
  item.contextValue = 'file';
  const wrong = file.programs.filter((program) => program.state === 'errors').length;
  item.accessibilityInformation = { label: `File ${file.path}, ${many(file.programs.length, 'program')}, ${kernelWords(file)}${wrong > 0 ? `, ${wrong} refused` : ''}` };
  return item;
}

function programItem({ key, parent, program }: ProgramNode): TreeItem {
  const { icon, colour, says } = STATE[program.state];
  const item = new TreeItem(program.name, TreeItemCollapsibleState.Collapsed);
  item.id = `${parent.uri}#${key}`;
  item.description = [program.kind, kernels(program)].filter(Boolean).join(' · ');
  item.iconPath = new ThemeIcon(icon, new ThemeColor(colour));
  const problems = [program.errors > 0 ? many(program.errors, 'error') : '', program.warnings > 0 ? many(program.warnings, 'warning') : ''].filter(Boolean);
  const state = problems.length > 0 ? problems.join(', ') : says;
  item.tooltip = `SEC("${program.section}") ${program.name}\n${program.kind}, ${kernelWords(program)}\n${state[0]!.toUpperCase()}${state.slice(1)}`;
  item.contextValue = program.programType === null ? 'program' : 'program.typed';
  item.command = goTo(program);
  item.accessibilityInformation = { label: `Program ${program.name}, ${program.kind}, ${kernelWords(program)}, ${state}` };
  return item;
}

function detailItem(node: DetailNode): TreeItem {
  const item = new TreeItem(node.label, node.children ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.id = node.id;
  if (node.description !== undefined) item.description = node.description;
  if (node.icon !== undefined) item.iconPath = new ThemeIcon(node.icon);
  if (node.tooltip !== undefined) item.tooltip = node.tooltip;
  if (node.page !== undefined) item.contextValue = 'entity';
  if (node.place) item.command = goTo(node.place);
  else if (node.page !== undefined) item.command = { command: OPEN_PAGE_COMMAND, title: 'Open Reference Page', arguments: [node.page] };
  item.accessibilityInformation = { label: [node.label, node.description].filter(Boolean).join(', ') };
  return item;
}

/** What a click does: the place, with its name selected. */
function goTo({ uri, nameRange: { start, end } }: NamedPlace): NonNullable<TreeItem['command']> {
  const selection = new Range(start.line, start.character, end.line, end.character);
  return { command: 'vscode.open', title: 'Go to Definition', arguments: [Uri.parse(uri), { selection }] };
}

/** What is known of a program, in the order in which people ask. */
export function details(node: ProgramNode): DetailNode[] {
  const { program, parent } = node;
  const id = (name: string): string => `${parent.uri}#${node.key}#${name}`;
  const one = (name: string, label: string, description: string, icon: string, page?: string): DetailNode => ({
    kind: 'detail', id: id(name), parent: node, label, description, icon, ...(page === undefined ? {} : { page }),
  });
  const group = (name: string, icon: string, names: readonly string[], leaf: (name: string) => Partial<DetailNode>): DetailNode[] => {
    if (names.length === 0) return [];
    const heading = { kind: 'detail', id: id(name), parent: node, label: name, description: String(names.length), icon } as const;
    const children = names.map((entity): DetailNode => ({ kind: 'detail', id: `${id(name)}#${entity}`, parent: heading, label: entity, ...leaf(entity) }));
    return [{ ...heading, children }];
  };
  const { programType, attachType } = program;
  return [
    one('type', 'Type', programType ?? 'not known', 'symbol-class', programType === null ? undefined : `program-type/${programType}`),
    ...(attachType === null ? [] : [one('attach', 'Attach type', attachType, 'plug', `attach-type/${attachType}`)]),
    one('section', 'Section', program.section, 'symbol-namespace'),
    one('kernel', 'Kernel', kernels(program) || 'any that is known', 'versions'),
    ...group('Helpers', 'symbol-function', program.helpers, (name) => ({ page: `helper/${name}` })),
    ...group('Kfuncs', 'symbol-method', program.kfuncs, (name) => ({ page: `kfunc/${name}` })),
    ...group('Maps', 'database', program.maps, (name) => {
      const map = parent.file.maps.find((known) => known.name === name);
      return map === undefined ? {} : { place: map, ...(map.type === null ? {} : { description: map.type, page: `map-type/${map.type}` }) };
    }),
  ];
}
