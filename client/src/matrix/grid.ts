/** Moving in the table by keyboard: one stop for the tab key, arrows within, as grids do. */

const CELLS = 'td, th[tabindex]';

/**
 * @param choose called when the user picks a cell, by click, Enter or the space bar
 * @returns what moves the focus to a cell
 */
export function gridKeys(table: HTMLTableElement, choose: (cell: HTMLTableCellElement) => void): { focus(cell: HTMLTableCellElement): void; settle(): void } {
  let current: HTMLTableCellElement | undefined;

  const seen = (cell: Element): boolean => cell.closest('[hidden]') === null;
  const rows = (): HTMLTableRowElement[] => [...table.tBodies].filter(seen).flatMap((body) => [...body.rows].filter(seen));
  const cellsOf = (row: HTMLTableRowElement): HTMLTableCellElement[] => [...row.querySelectorAll<HTMLTableCellElement>(CELLS)].filter(seen);

  function enter(cell: HTMLTableCellElement): void {
    current?.setAttribute('tabindex', '-1');
    current = cell;
    cell.setAttribute('tabindex', '0');
  }

  function focus(cell: HTMLTableCellElement): void {
    enter(cell);
    cell.focus();
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** After rows came or went: there is always one cell that the tab key comes to. */
  function settle(): void {
    if (current?.isConnected && seen(current)) return;
    const first = rows().flatMap(cellsOf)[0];
    if (first) enter(first);
  }

  function target(event: KeyboardEvent, from: HTMLTableCellElement): HTMLTableCellElement | undefined {
    const all = rows();
    const row = all.indexOf(from.parentElement as HTMLTableRowElement);
    const cells = cellsOf(all[row] ?? (from.parentElement as HTMLTableRowElement));
    const column = cells.indexOf(from);
    const inRow = (to: number): HTMLTableCellElement | undefined => {
      const there = cellsOf(all[Math.max(0, Math.min(to, all.length - 1))]!);
      return there[Math.min(column, there.length - 1)];
    };
    switch (event.key) {
      case 'ArrowRight':
        return cells[column + 1];
      case 'ArrowLeft':
        return cells[column - 1];
      case 'ArrowDown':
        return inRow(row + 1);
      case 'ArrowUp':
        return inRow(row - 1);
      case 'PageDown':
        return inRow(row + 10);
      case 'PageUp':
        return inRow(row - 10);
      case 'Home':
        return event.ctrlKey ? cellsOf(all[0]!)[0] : cells[0];
      case 'End':
        return event.ctrlKey ? cellsOf(all.at(-1)!).at(-1) : cells.at(-1);
      default:
        return undefined;
    }
  }

  table.addEventListener('keydown', (event) => {
    const from = (event.target as Element).closest<HTMLTableCellElement>(CELLS);
    if (!from || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(from);
      return;
    }
    const to = target(event, from);
    if (to) focus(to);
    if (to || /^(Arrow|Page|Home|End)/.test(event.key)) event.preventDefault();
  });
  table.addEventListener('click', (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>(CELLS);
    if (!cell) return;
    focus(cell);
    choose(cell);
  });
  return { focus, settle };
}
