/**
 * Writes what the table of settings says into the editor's `contributes.configuration` (package.json, that key and no other) and
 * into docs/settings.md; the schema and the page of project files go with them (generateProjectFile.ts). Run as `node data/build/run.mjs settings`; with `--check` it writes nothing and fails on a difference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectOutputs } from './generateProjectFile.js';
import { SECTION, SETTINGS_TABLE, type SettingRow } from '../../server/src/settings/table.js';

const NOTE = '<!-- Generated from server/src/settings/table.ts by `node data/build/run.mjs settings`; edit the table, not this page. -->';

/** The value of `contributes.configuration`. */
export function settingsContribution(rows: readonly SettingRow[] = SETTINGS_TABLE): object {
  const properties = rows.map((row, i) => [`${SECTION}.${row.key}`, { order: i + 1, ...schemaOf(row), default: row.default, scope: row.scope, markdownDescription: row.description }]);
  return { title: 'eBPF Lens', properties: Object.fromEntries(properties) as object };
}

/** docs/settings.md. */
export function settingsPage(rows: readonly SettingRow[] = SETTINGS_TABLE): string {
  const intro =
    'The keys are those of the editor. Every one has a default, and a value that does not fit is said and not taken. What a ' +
    '[project file](project-file.md) says counts more, also more than the workspace\'s settings.';
  return `${NOTE}\n\n# Settings\n\n${intro}\n\n${rows.map(entry).join('\n')}`;
}

/** Files that differ from what would be written, relative to the root. */
export function staleSettings(root: string): readonly string[] {
  return [...outputs(root)].filter(([file, text]) => read(join(root, file)) !== text).map(([file]) => file);
}

function schemaOf(row: SettingRow): object {
  const values = row.values && { enum: Object.keys(row.values), markdownEnumDescriptions: Object.values(row.values) };
  switch (row.type) {
    case 'strings':
      return { type: 'array', items: { type: 'string' } };
    case 'string-map':
      return { type: 'object', additionalProperties: { type: 'string', ...values } };
    case 'integer':
      return { type: 'integer', ...(row.range ? { minimum: row.range[0], maximum: row.range[1] } : {}) };
    default:
      return { type: row.type, ...values, ...(row.pattern === undefined ? {} : { pattern: row.pattern }) };
  }
}

function entry(row: SettingRow): string {
  const lines = [`## \`${SECTION}.${row.key}\``, '', row.description, '', `Default: \`${JSON.stringify(row.default)}\``];
  if (row.example !== undefined) lines[lines.length - 1] += `; for example: \`${row.example}\``;
  if (row.project !== undefined) lines.push('', `In a project file: [\`${row.project}\`](project-file.md#${row.project.toLowerCase()}).`);
  if (row.range !== undefined) lines.push('', `Between ${row.range[0]} and ${row.range[1]}.`);
  if (row.values !== undefined) lines.push('', ...Object.entries(row.values).map(([value, text]) => `- \`${value}\`: ${text}`));
  return `${lines.join('\n')}\n`;
}

/** The files as they should be. The rest of package.json stays as it is, its order too. */
function outputs(root: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { contributes?: Record<string, unknown> };
  manifest.contributes = { ...manifest.contributes, configuration: settingsContribution() };
  return new Map([
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    [join('docs', 'settings.md'), settingsPage()],
    ...projectOutputs(root),
  ]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The command. @returns the exit code */
export function generateSettings(root: string, check: boolean): number {
  const stale = staleSettings(root);
  if (check) {
    for (const file of stale) console.error(`${file} is not what the table of settings says; run: node data/build/run.mjs settings`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const [file, text] of outputs(root)) {
    if (!stale.includes(file)) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  console.log(`settings: ${stale.length > 0 ? stale.join(', ') : 'nothing'} written`);
  return 0;
}
