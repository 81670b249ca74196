/** Pieces that several descriptions share: an entry's own words, versions with their sources, links to the documentation. */
import type { EntryDoc, Lifetime, Source } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { code, link, paragraph, prose, type InfoSection, type Inline, type Line } from '../text/info.js';
import { entryOf } from '../../text/entryOf.js';

const DOCS = 'https://docs.ebpf.io/linux';

/** `Linux 4.18`, `between Linux 6.12 and 6.16`, `Linux 6.13, gone after 6.15`. */
export function versionText(life: Lifetime): string {
  const since = life.after === undefined ? `Linux ${formatRelease(life.since)}` : `between Linux ${formatRelease(life.after)} and ${formatRelease(life.since)}`;
  return life.max === undefined ? since : `${since}, gone after ${formatRelease(life.max)}`;
}

/** The names of the sources, each once: ` (measured, ebpf-docs)`; empty if none. */
export function sourceNames(sources: readonly Source[]): string {
  const names = [...new Set(sources.map((s) => s.source))];
  return names.length > 0 ? ` (${names.slice(0, 3).join(', ')})` : '';
}

/** What an entry is: its summary, then its pitfalls. */
export function summarySections(doc: EntryDoc | undefined): readonly InfoSection[] {
  return doc === undefined ? [] : [paragraph(...prose(doc.summary))];
}

/** Parameters in the order of the prototype, then the returned value unless there is none. */
export function parameterSection(doc: EntryDoc | undefined, order: readonly string[]): readonly InfoSection[] {
  if (doc === undefined) return [];
  const params = doc.params ?? {};
  const names = [...order.filter((name) => entryOf(params, name) !== undefined), ...Object.keys(params).filter((name) => !order.includes(name))];
  const items: Line[] = names.map((name) => [code(name), ': ', ...prose(entryOf(params, name)!)]);
  if (doc.returns !== undefined && !/^\s*nothing\.?\s*$/i.test(doc.returns)) items.push(['Returns: ', ...prose(doc.returns)]);
  return items.length > 0 ? [{ kind: 'list', items }] : [];
}

/** What people run into; none where nothing is known. */
export function pitfallSection(doc: EntryDoc | undefined): readonly InfoSection[] {
  const pitfalls = doc?.pitfalls ?? [];
  return pitfalls.length > 0 ? [{ kind: 'list', title: 'Mind', items: pitfalls.map(prose) }] : [];
}

/** Rows of which some may be missing. */
export function factsSection(rows: readonly (readonly [label: string, value: Line | string | undefined])[]): readonly InfoSection[] {
  const given = rows.flatMap(([label, value]) => (value === undefined || value.length === 0 ? [] : [{ label, value: typeof value === 'string' ? [value] : value }]));
  return given.length > 0 ? [{ kind: 'facts', rows: given }] : [];
}

/** Names as code, separated by commas. */
export function codes(names: readonly string[]): Line {
  return names.flatMap((name, i): Inline[] => (i === 0 ? [code(name)] : [', ', code(name)]));
}

/** The page of docs.ebpf.io about an entity. */
export function docsLink(kind: 'helper-function' | 'kfuncs' | 'program-type' | 'map-type', name: string): InfoSection {
  return paragraph(link(`docs.ebpf.io: ${name}`, `${DOCS}/${kind}/${encodeURIComponent(name)}/`));
}
