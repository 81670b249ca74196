/** Turns a measured matrix into the compact form of the YAML files: letters → configurations. */
import type { MeasuredEntity } from './sources.js';

/** A row of letters in which nothing but refusals and absences stand says nothing that the rule for missing rows does not. */
export function compactMatrix(entity: MeasuredEntity, configs: readonly string[], live: Readonly<Record<string, string>>, absent: 'x' | '.'): Record<string, string[]> {
  const rows: Record<string, string[]> = {};
  for (const config of configs) {
    const letters = entity.allowed[config];
    if (letters === undefined || letters === refusedRow(entity.in, live[config] ?? '', absent)) continue;
    (rows[letters] ??= []).push(config);
  }
  return Object.fromEntries(Object.entries(rows).map(([letters, names]) => [letters, names.sort()] as const).sort(([a], [b]) => (a < b ? 1 : -1)));
}

/** The row that a configuration named nowhere stands for. */
export function refusedRow(known: string, live: string, absent: 'x' | '.'): string {
  return [...known].map((letter, i) => {
    if (letter === '?') return '?';
    if (live[i] !== 'y') return letter === '.' && absent === '.' ? '.' : '-';
    return letter === '.' ? absent : 'n';
  }).join('');
}
