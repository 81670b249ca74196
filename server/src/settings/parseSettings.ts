/** Turns whatever a client or a configuration file gave into settings: what is missing or wrong gets its default, and what is wrong is said. */
import type { Settings, SeveritySetting } from './settings.js';
import { SECTION, SETTINGS_TABLE, type SettingRow } from './table.js';
import { entryOf } from '../text/entryOf.js';

export interface ParsedSettings {
  readonly settings: Settings;
  /** One sentence for each value that was not taken, naming the key. */
  readonly problems: readonly string[];
}

/** The settings of a user who set nothing. */
export const DEFAULT_SETTINGS: Settings = parseSettings(null).settings;

/**
 * @param raw the `ebpfLens` section as the editor gives it: nested objects or dotted keys; null or undefined means defaults.
 * Never throws, whatever `raw` is.
 */
export function parseSettings(raw: unknown): ParsedSettings {
  const problems: string[] = [];
  if (raw !== null && raw !== undefined && !isRecord(raw)) {
    problems.push(`${SECTION}: must be an object, is ${typeName(raw)}; the defaults are used`);
  }
  const given = isRecord(raw) ? raw : {};
  const values = new Map<string, unknown>();
  for (const row of SETTINGS_TABLE) values.set(row.key, readRow(row, lookUp(given, row.key), problems));
  return { settings: assemble(values), problems };
}

function assemble(values: ReadonlyMap<string, unknown>): Settings {
  // Each value was checked against its row, whose type is the member's.
  const get = <T>(key: string): T => values.get(key) as T;
  return {
    targetKernel: get<string>('targetKernel').trim(),
    assumeLicense: get<string>('assumeLicense').trim() || 'unknown',
    libbpfVersion: get<string>('libbpfVersion').trim(),
    severity: get<Record<string, SeveritySetting>>('severity'),
    programs: get<Record<string, string>>('programs'),
    includePaths: get<readonly string[]>('includePaths'),
    defines: get<readonly string[]>('defines'),
    architecture: get<Settings['architecture']>('architecture'),
    debounceMs: get<number>('debounceMs'),
    completion: get<Settings['completion']>('completion'),
    statusBar: get<boolean>('statusBar.enabled'),
    workspaceIndex: get<boolean>('workspaceIndex.enabled'),
    workspaceIndexFiles: get<number>('workspaceIndex.maxFiles'),
    codeLens: get<boolean>('codeLens.enabled'),
    kernelHints: get<Settings['kernelHints']>('inlayHints.minimumKernel'),
    semanticTokens: get<Settings['semanticTokens']>('semanticHighlighting'),
    navigation: get<Settings['navigation']>('navigation'),
    logLevel: get<Settings['logLevel']>('logLevel'),
  };
}

function lookUp(given: Readonly<Record<string, unknown>>, key: string): unknown {
  if (Object.hasOwn(given, key)) return entryOf(given, key);
  const full = `${SECTION}.${key}`;
  if (Object.hasOwn(given, full)) return entryOf(given, full);
  let at: unknown = given;
  for (const part of key.split('.')) {
    if (!isRecord(at) || !Object.hasOwn(at, part)) return undefined;
    at = entryOf(at, part);
  }
  return at;
}

function readRow(row: SettingRow, value: unknown, problems: string[]): unknown {
  if (value === undefined || value === null) return row.type === 'string-map' ? readMap(row, {}, problems) : row.default;
  const refuse = (what: string): unknown => {
    problems.push(`${SECTION}.${row.key}: ${what}; the default ${JSON.stringify(row.default)} is used`);
    return row.default;
  };
  switch (row.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(`must be true or false, is ${typeName(value)}`);
    case 'integer':
      return readInteger(row, value, refuse);
    case 'string':
      if (typeof value !== 'string') return refuse(`must be a string, is ${typeName(value)}`);
      if (row.pattern !== undefined && !new RegExp(row.pattern).test(value.trim())) return refuse(`must look like ${row.example ?? row.pattern}, is ${quote(value)}`);
      if (row.values && !Object.hasOwn(row.values, value)) return refuse(`must be ${choices(row)}, is ${quote(value)}`);
      return value;
    case 'strings':
      if (!Array.isArray(value)) return refuse(`must be a list of strings, is ${typeName(value)}`);
      return value.filter((item, i) => keep(typeof item === 'string', `${row.key}[${i}]: must be a string, is ${typeName(item)}`, problems));
    case 'string-map':
      if (!isRecord(value)) return refuse(`must be an object, is ${typeName(value)}`);
      return readMap(row, value, problems);
  }
}

function readInteger(row: SettingRow, value: unknown, refuse: (what: string) => unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(`must be a number, is ${typeName(value)}`);
  const [min, max] = row.range ?? [-Infinity, Infinity];
  if (value < min || value > max) return refuse(`must be between ${min} and ${max}, is ${value}`);
  return Math.round(value);
}

function readMap(row: SettingRow, value: Readonly<Record<string, unknown>>, problems: string[]): Record<string, string> {
  // Without a prototype, so that a key named `__proto__` or `constructor` is only a key.
  const out = Object.create(null) as Record<string, string>;
  for (const [key, item] of Object.entries(value)) {
    const where = `${row.key}[${quote(key)}]`;
    if (!keep(typeof item === 'string', `${where}: must be a string, is ${typeName(item)}`, problems)) continue;
    const text = item as string;
    if (!keep(!row.values || Object.hasOwn(row.values, text), `${where}: must be ${choices(row)}, is ${quote(text)}`, problems)) continue;
    out[key] = text;
  }
  return out;
}

function keep(good: boolean, problem: string, problems: string[]): boolean {
  if (!good) problems.push(`${SECTION}.${problem}; it is left out`);
  return good;
}

const choices = (row: SettingRow): string => `one of ${Object.keys(row.values ?? {}).join(', ')}`;

/** A value for a message, cut so that a hostile one cannot fill the log. */
const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
