/** A header that is checked by itself: what the programs that include it make of it. */
import { resolve } from 'node:path';
import { isHeader } from '../features/ebpfFile.js';
import type { Settings } from '../settings/settings.js';
import type { Opened } from './eachFile.js';
import { mayInclude } from './includers.js';
import { shortest } from './projectWalk.js';
import { readText } from './readText.js';
import { fileEntry, type FileJson, type FindingJson, type FixJson } from './report.js';

/** Files that are analysed for one header. */
const MAX_UNITS = 24;

/** @returns the same entry with what the units that include the header found in it, each thing once, and their names; `entry` where there are none */
export function judgedByIncluders(entry: FileJson, { path, session, headers }: Opened, settings: Settings): FileJson {
  if (!isHeader(path) || entry.programs.length > 0) return entry;
  const whole = resolve(path);
  const found = new Map<string, FindingJson>();
  const includedBy: string[] = [];
  for (const candidate of mayInclude(path)) {
    if (includedBy.length >= MAX_UNITS) break;
    const text = readText(candidate);
    if ('error' in text) continue;
    const files = headers.collect(candidate, text.text, settings);
    if (![...files.files.keys()].some((file) => resolve(file) === whole)) continue;
    const theirs = fileEntry(candidate, session.analyze(files, settings));
    session.forget(candidate);
    if (theirs.programs.length === 0) continue;
    includedBy.push(shortest(candidate));
    for (const { path: where, ...finding } of theirs.findings) {
      if (where === undefined || resolve(where) !== whole) continue;
      const id = JSON.stringify([finding.rule, finding.line, finding.column, finding.message]);
      const same = found.get(id);
      if (same) same.programs = [...new Set([...same.programs, ...finding.programs])];
      else found.set(id, { ...finding, ...(finding.fixes ? { fixes: finding.fixes.map((fix) => seenFromHeader(fix, whole, candidate)) } : {}) });
    }
  }
  if (includedBy.length === 0) return entry;
  const findings = [...entry.findings, ...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  return { ...entry, includedBy, findings };
}

/** A fix whose edits in the header need no path, and those in the includer do. */
function seenFromHeader(fix: FixJson, header: string, includer: string): FixJson {
  return { ...fix, edits: fix.edits.map(({ path = includer, ...edit }) => (resolve(path) === header ? edit : { ...edit, path: shortest(path) })) };
}
