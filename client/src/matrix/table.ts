/** The table of the page: a body for each file, made anew only when the file changed. */
import type { MatrixFile, MatrixKernel, MatrixRow } from '../../../server/src/lsp/messages.js';
import { element } from './dom.js';
import { STATUS } from './words.js';

/** What the user wants to see. */
export interface Filter {
  readonly find: string;
  /** Title of a program type; '' for all. */
  readonly type: string;
  /** '' for all, or the status that one of the shown kernels must have. */
  readonly status: string;
  readonly targetOnly: boolean;
}

interface Body {
  readonly body: HTMLTableSectionElement;
  file: MatrixFile;
}

/** A place in the grid that can be chosen: a file's or program's head, or a cell. */
export interface Choice {
  readonly file: MatrixFile;
  readonly row?: MatrixRow;
  readonly kernel?: number;
}

export class Table {
  readonly table = element('table', { role: 'grid', 'aria-label': 'eBPF programs and kernels', 'aria-describedby': 'keys' });
  private readonly head = element('thead');
  private readonly bodies = new Map<string, Body>();
  private readonly choices = new WeakMap<Element, Choice>();
  private kernels: readonly MatrixKernel[] = [];

  constructor() {
    this.table.append(this.head);
  }

  get files(): readonly MatrixFile[] {
    return [...this.bodies.values()].map(({ file }) => file);
  }

  /** Starts from nothing, with other columns. */
  reset(kernels: readonly MatrixKernel[]): void {
    this.kernels = kernels;
    for (const { body } of this.bodies.values()) body.remove();
    this.bodies.clear();
    const columns = kernels.map(({ release, target }) =>
      element('th', { scope: 'col', class: target ? 'target' : '' }, release, target ? element('span', { class: 'mark', title: 'one of your target kernels' }, 'target') : undefined),
    );
    this.head.replaceChildren(element('tr', {}, element('th', { scope: 'col', class: 'program' }, 'Program'), ...columns));
  }

  /** Shows a file in the place of its path, or shows it anew. */
  set(file: MatrixFile): void {
    const known = this.bodies.get(file.uri);
    const body = known?.body ?? element('tbody');
    body.replaceChildren(this.fileRow(file), ...file.rows.map((row) => this.programRow(file, row)));
    this.bodies.set(file.uri, { body, file });
    if (known) return;
    const after = [...this.bodies.values()].filter((other) => other.file.path > file.path).sort((a, b) => (a.file.path < b.file.path ? -1 : 1))[0];
    this.table.insertBefore(body, after?.body ?? null);
  }

  remove(uri: string): void {
    this.bodies.get(uri)?.body.remove();
    this.bodies.delete(uri);
  }

  choiceAt(cell: Element): Choice | undefined {
    return this.choices.get(cell);
  }

  /** The cell of a program on a kernel, its head where `kernel` is left out. */
  cellOf(id: string, kernel?: number): HTMLTableCellElement | undefined {
    for (const { body, file } of this.bodies.values()) {
      const at = file.rows.findIndex((row) => row.id === id);
      if (at >= 0) return body.rows[at + 1]?.cells[kernel === undefined ? 0 : kernel + 1];
    }
    return undefined;
  }

  fileCell(uri: string): HTMLTableCellElement | undefined {
    return this.bodies.get(uri)?.body.rows[0]?.cells[0];
  }

  /** Hides what the user does not want to see. @returns the rows that are left */
  filter(filter: Filter): readonly MatrixRow[] {
    const shown: MatrixRow[] = [];
    const columns = this.kernels.map((kernel) => !filter.targetOnly || kernel.target);
    const find = filter.find.trim().toLowerCase();
    for (const { body, file } of this.bodies.values()) {
      let any = false;
      file.rows.forEach((row, i) => {
        const fits = matches(file, row, filter, find, columns);
        body.rows[i + 1]!.hidden = !fits;
        if (fits) shown.push(row);
        any ||= fits;
      });
      body.hidden = !any;
    }
    this.table.querySelectorAll('tr').forEach((row) => [...row.cells].forEach((cell, i) => (cell.hidden = i > 0 && row.cells.length > 1 && !columns[i - 1])));
    return shown;
  }

  private fileRow(file: MatrixFile): HTMLTableRowElement {
    const head = element('th', { scope: 'rowgroup', colspan: String(this.kernels.length + 1), class: 'file', tabindex: '-1', title: 'Enter opens the file' }, element('span', { class: 'path' }, file.path));
    this.choices.set(head, { file });
    return element('tr', {}, head);
  }

  private programRow(file: MatrixFile, row: MatrixRow): HTMLTableRowElement {
    const head = element('th', { scope: 'row', class: 'program', tabindex: '-1', title: `SEC("${row.section}"): Enter goes there` }, element('span', { class: 'name' }, row.name), element('span', { class: 'kind' }, row.kind));
    this.choices.set(head, { file, row });
    const cells = row.cells.map(({ status }, kernel) => {
      const { sign, word } = STATUS[status];
      const target = this.kernels[kernel]?.target ? ' target' : '';
      const cell = element('td', { class: status + target, tabindex: '-1', 'aria-selected': 'false' }, element('span', { class: 'sign', 'aria-hidden': 'true' }, sign), element('span', { class: 'word' }, word));
      this.choices.set(cell, { file, row, kernel });
      return cell;
    });
    return element('tr', {}, head, ...cells);
  }
}

function matches(file: MatrixFile, row: MatrixRow, { type, status }: Filter, find: string, columns: readonly boolean[]): boolean {
  if (type !== '' && (row.typeTitle ?? 'Unknown type') !== type) return false;
  if (find !== '' && !`${file.path} ${row.name} ${row.section} ${row.kind}`.toLowerCase().includes(find)) return false;
  return status === '' || row.cells.some((cell, i) => columns[i] && cell.status === status);
}
