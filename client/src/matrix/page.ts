/** The script of the matrix's page: shows what the editor's side tells, and keeps the user's filters over reloads. */
import type { MatrixChange, MatrixInfo, MatrixKernel, MatrixReason, MatrixStatus } from '../../../server/src/lsp/messages.js';
import { element, sentence } from './dom.js';
import { gridKeys } from './grid.js';
import './page.css';
import type { FromPage, MatrixFocus, ToPage } from './protocol.js';
import { Table, type Choice, type Filter } from './table.js';
import { many, STATUS, STATUSES } from './words.js';

interface State {
  readonly filter: Filter;
  /** The cell whose reasons are shown. */
  readonly chosen?: { readonly id: string; readonly release: string };
}
declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; getState(): State | undefined; setState(state: State): void };

const editor = acquireVsCodeApi();
const NO_FILTER: Filter = { find: '', type: '', status: '', targetOnly: false };

let state: State = { ...editor.getState(), filter: { ...NO_FILTER, ...editor.getState()?.filter } };
let info: Omit<MatrixInfo, 'files'> = { kernels: [], targetKernel: '', pending: 0 };
let shownRows: readonly string[] = [];

const table = new Table();
const summary = element('p', { class: 'summary' });
const announcer = element('p', { class: 'spoken', role: 'status', 'aria-live': 'polite' });
const empty = element('p', { class: 'empty', hidden: true });
const reasons = element('section', { class: 'reasons', 'aria-label': 'Reasons', hidden: true });
const scroll = element('div', { class: 'scroll' }, table.table);
const find = element('input', { type: 'search', id: 'find', placeholder: 'name, section or path', value: state.filter.find });
const type = element('select', { id: 'type' });
const status = element('select', { id: 'status' }, element('option', { value: '' }, 'any'), ...STATUSES.map((name) => element('option', { value: name }, STATUS[name].word)));
const targetOnly = element('input', { type: 'checkbox', id: 'targetOnly' });
const grid = gridKeys(table.table, choose);

function build(): void {
  const button = (text: string, message: () => FromPage): HTMLButtonElement => {
    const made = element('button', { type: 'button' }, text);
    made.addEventListener('click', () => editor.postMessage(message()));
    return made;
  };
  const toolbar = element(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': 'Filters and export' },
    element('label', { for: 'find' }, 'Find'), find,
    element('label', { for: 'type' }, 'Type'), type,
    element('label', { for: 'status' }, 'Status'), status,
    element('span', { class: 'check' }, targetOnly, element('label', { for: 'targetOnly' }, 'Target kernels only')),
    element('span', { class: 'space' }),
    button('Set target kernel…', () => ({ type: 'setTarget' })),
    button('Export Markdown', () => ({ type: 'export', format: 'markdown', rows: shownRows })),
    button('Export CSV', () => ({ type: 'export', format: 'csv', rows: shownRows })),
  );
  const legend = element('ul', { class: 'legend', 'aria-label': 'Legend' }, ...STATUSES.map((name) => element('li', { class: name }, element('span', { class: 'sign', 'aria-hidden': 'true' }, STATUS[name].sign), element('b', {}, STATUS[name].word), ` ${STATUS[name].means}`)));
  const keys = element('p', { id: 'keys', class: 'spoken' }, 'Arrow keys move between cells, Enter shows the reasons of a cell or goes to a program.');
  document.querySelector('main')!.append(element('h1', {}, 'eBPF programs and kernels'), summary, toolbar, legend, keys, announcer, empty, scroll, reasons);
  status.value = state.filter.status;
  targetOnly.checked = state.filter.targetOnly;
  for (const control of [find, type, status, targetOnly]) control.addEventListener('input', () => remember({ filter: { find: find.value, type: type.value, status: status.value, targetOnly: targetOnly.checked } }));
  reasons.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const cell = chosenCell();
    close();
    if (cell) grid.focus(cell);
  });
}

function remember(change: Partial<State>): void {
  state = { ...state, ...change };
  editor.setState(state);
  if (change.filter) refresh();
}

/** Shows what changed in the filters, the numbers and the open reasons. */
function refresh(): void {
  fillTypes();
  targetOnly.disabled = !info.kernels.some((kernel) => kernel.target);
  const rows = table.filter({ ...state.filter, targetOnly: state.filter.targetOnly && !targetOnly.disabled });
  shownRows = rows.map((row) => row.id);
  const all = table.files.reduce((count, file) => count + file.rows.length, 0);
  const target = info.targetKernel === '' ? 'no target kernel is set' : `target kernel ${info.targetKernel}`;
  const pending = info.pending > 0 ? `, ${many(info.pending, 'file')} still to be judged` : '';
  const shown = rows.length === all ? many(all, 'program') : `${rows.length} of ${many(all, 'program')}`;
  say(summary, `${shown} in ${many(table.files.length, 'file')}; ${target}${pending}`);
  const none = all === 0 ? (info.pending > 0 ? 'Looking through the workspace…' : 'The workspace has no eBPF programs yet. Open a C file with a SEC("…") to see it here.') : 'No program fits the filters.';
  say(empty, none);
  empty.hidden = rows.length > 0;
  scroll.hidden = rows.length === 0;
  if (info.pending === 0) say(announcer, shown);
  grid.settle();
  showReasons();
}

/** Writes only what is new, so that nothing is read out twice. */
function say(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}

function fillTypes(): void {
  const types = [...new Set([...table.files.flatMap((file) => file.rows.map((row) => row.typeTitle ?? 'Unknown type')), ...(state.filter.type === '' ? [] : [state.filter.type])])].sort();
  const wanted = ['', ...types];
  if (wanted.join('\n') !== [...type.options].map((option) => option.value).join('\n')) {
    type.replaceChildren(...wanted.map((value) => element('option', { value }, value === '' ? 'any' : value)));
  }
  type.value = state.filter.type;
}

// Choosing a cell.

function choose(cell: HTMLTableCellElement): void {
  const choice = table.choiceAt(cell);
  if (!choice) return;
  const { file, row, kernel } = choice;
  if (row === undefined) editor.postMessage({ type: 'open', uri: file.uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } });
  else if (kernel === undefined) editor.postMessage({ type: 'open', uri: row.uri, range: row.range });
  else {
    remember({ chosen: { id: row.id, release: info.kernels[kernel]!.release } });
    showReasons();
    const { status: is, reasons: found } = row.cells[kernel]!;
    say(announcer, `${row.name} on ${kernelText(info.kernels[kernel]!)}: ${STATUS[is].word}, ${many(found.length, 'reason')}. The reasons follow the table.`);
  }
}

function chosenCell(): HTMLTableCellElement | undefined {
  const { chosen } = state;
  const kernel = chosen === undefined ? -1 : info.kernels.findIndex(({ release }) => release === chosen.release);
  return kernel < 0 ? undefined : table.cellOf(chosen!.id, kernel);
}

function close(): void {
  remember({ chosen: undefined });
  showReasons();
}

/** The reasons of the chosen cell as they are now; nothing where the cell is gone. */
function showReasons(): void {
  for (const cell of table.table.querySelectorAll('[aria-selected=true]')) cell.setAttribute('aria-selected', 'false');
  const cell = chosenCell();
  const choice = cell && table.choiceAt(cell);
  reasons.hidden = !choice;
  if (!choice) return;
  cell.setAttribute('aria-selected', 'true');
  const made = explain(choice, info.kernels[choice.kernel!]!);
  // Made anew only if it says something else: a link in it may have the focus.
  if (made.textContent !== reasons.textContent) reasons.replaceChildren(...made.childNodes);
}

/** `Linux 6.1`; a kernel of somebody's own by its name. */
const kernelText = ({ release }: MatrixKernel): string => (/^\d/.test(release) ? `Linux ${release}` : release);

function explain({ file, row, kernel }: Choice, column: MatrixKernel): HTMLElement {
  const { status: is, reasons: found } = row!.cells[kernel!]!;
  const shut = element('button', { type: 'button', class: 'close', 'aria-label': 'Close the reasons' }, '×');
  shut.addEventListener('click', () => {
    const cell = chosenCell();
    close();
    if (cell) grid.focus(cell);
  });
  return element(
    'div',
    {},
    shut,
    element('h2', { class: is }, element('span', { class: 'sign', 'aria-hidden': 'true' }, STATUS[is].sign), ` ${row!.name} on ${kernelText(column)}: ${wordOf(is)}`),
    element('p', {}, STATUS[is].why),
    element('ul', {}, ...found.map((reason) => element('li', {}, sentence(reason.message), ' ', placeLink(reason, file.uri, file.path)))),
  );
}

const wordOf = (is: MatrixStatus): string => (is === 'guard' ? 'needs a guard' : STATUS[is].word);

function placeLink({ uri, range, rule }: MatrixReason, fileUri: string, path: string): HTMLElement {
  const name = uri === fileUri ? path : decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
  const link = element('button', { type: 'button', class: 'link', ...(rule === undefined ? {} : { title: rule }) }, `${name}:${range.start.line + 1}`);
  link.addEventListener('click', () => editor.postMessage({ type: 'open', uri, range }));
  return link;
}

// What the editor's side tells.

function whole(next: MatrixInfo): void {
  info = next;
  table.reset(next.kernels);
  for (const file of next.files) table.set(file);
  refresh();
}

function change(next: MatrixChange): void {
  if (next.whole) return whole(next);
  info = next;
  const focused = document.activeElement?.closest('td, th');
  const choice = focused && table.choiceAt(focused);
  for (const uri of next.removed) table.remove(uri);
  for (const file of next.files) table.set(file);
  refresh();
  // The cell that had the focus was made anew.
  if (choice && !focused.isConnected) {
    const again = choice.row ? table.cellOf(choice.row.id, choice.kernel) : table.fileCell(choice.file.uri);
    if (again) grid.focus(again);
  }
}

function goTo({ uri, program }: MatrixFocus): void {
  remember({ filter: NO_FILTER });
  [find.value, status.value, targetOnly.checked] = ['', '', false];
  const file = table.files.find((known) => known.uri === uri);
  const row = file?.rows.find((known) => known.name === program);
  const cell = row ? table.cellOf(row.id) : file && table.fileCell(uri);
  if (cell) grid.focus(cell);
  else waiting = { uri, ...(program === undefined ? {} : { program }) };
}

/** Where to go once the file is judged. */
let waiting: MatrixFocus | undefined;

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'matrix') whole(data.info);
  else if (data.type === 'change') change(data.change);
  else if (data.type === 'focus') goTo(data.focus);
  else if (data.type === 'failed') {
    say(empty, 'The language server gave no answer; see the log of eBPF Lens.');
    empty.hidden = false;
  }
  if (waiting && table.files.some((file) => file.uri === waiting?.uri)) {
    const focus = waiting;
    waiting = undefined;
    goTo(focus);
  }
});

build();
refresh();
editor.postMessage({ type: 'ready' });
