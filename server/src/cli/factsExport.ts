/** `facts export`: the fact book for other tools. */
import { factRows, type FactRow } from '../features/factRows.js';
import { KIND_TITLES, type EntryKind } from '../features/reference/entries.js';
import { csvTable, markdownTable, type Table } from '../features/text/table.js';
import { parseRelease } from '../facts/kernelVersion.js';
import { loadFacts } from './engine.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { printable } from './terminal.js';

export const FACT_FORMATS = ['json', 'csv', 'markdown'] as const;

export interface FactsOptions {
  readonly format?: string;
  readonly kind?: readonly string[];
  readonly kernel?: string;
}

/** The kinds of entries that there are. */
export const FACT_KINDS = Object.keys(KIND_TITLES) as readonly EntryKind[];

/** @throws UsageError for a kind that does not exist */
function kindOf(text: string): EntryKind {
  const kind = FACT_KINDS.find((k) => k === text);
  if (kind === undefined) throw new UsageError(`--kind '${printable(text)}' is no kind of entry; it is one of ${FACT_KINDS.join(', ')}`);
  return kind;
}

function tableOf(rows: readonly FactRow[]): Table {
  const line = ({ kind, name, since, after, max, libbpf, programTypes, summary }: FactRow): readonly string[] => [kind, name, since ?? '', after ?? '', max ?? '', libbpf ?? '', (programTypes ?? []).join(' '), summary];
  return [['kind', 'name', 'since', 'after', 'max', 'libbpf', 'program types', 'summary'], ...rows.map(line)];
}

/**
 * Prints entries of the book.
 * @returns the exit code
 * @throws UsageError for kinds, formats and releases that do not exist
 */
export async function exportFacts(options: FactsOptions, host: CliHost): Promise<number> {
  const format = FACT_FORMATS.find((f) => f === (options.format ?? 'json'));
  if (format === undefined) throw new UsageError(`--format '${printable(options.format ?? '')}' is no format; it is one of json, csv and markdown`);
  const kinds = (options.kind ?? []).map(kindOf);
  const release = options.kernel === undefined ? undefined : parseRelease(options.kernel);
  if (options.kernel !== undefined && release === undefined) throw new UsageError(`--kernel '${printable(options.kernel)}' is no kernel release; write one such as 5.15`);
  const rows = factRows(await loadFacts(host.assetDir), kinds, release);
  if (format === 'json') host.out(`${JSON.stringify({ version: 1, kernel: options.kernel ?? null, facts: rows }, null, 2)}\n`);
  else host.out(format === 'csv' ? csvTable(tableOf(rows)) : markdownTable(tableOf(rows)));
  return EXIT.ok;
}
