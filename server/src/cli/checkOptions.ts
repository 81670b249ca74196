/** The options of `check` as commander hands them over, and what their values mean. */
import { DiskCache, defaultCacheDir, type ResultCache } from './cache.js';
import { UsageError, type CliHost } from './host.js';
import type { InputOptions } from './inputs.js';
import type { OutputOption } from './outputs.js';
import type { ProjectOptions } from './projectFiles.js';
import type { FindingJson, Severity } from './report.js';

/** All of them. */
export interface CheckOptions extends ProjectOptions, InputOptions {
  readonly outputs?: readonly OutputOption[];
  readonly failOn?: string;
  readonly quiet?: boolean;
  readonly color?: string;
  readonly maxFindings?: string;
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly reportSuppressed?: boolean;
  readonly diff?: string;
  readonly jobs?: string;
  /** True for the user's cache folder. */
  readonly cache?: string | true;
  readonly cacheSize?: string;
  /** Instead of a cache on disk. */
  readonly memory?: ResultCache;
  /** Told the headers that each input had. */
  seen?(headers: readonly string[]): void;
}

export const FAIL_ON = ['error', 'warning', 'info', 'never'] as const;
const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
export const COLOURS = ['auto', 'always', 'never'] as const;

/** @throws UsageError for a level that does not exist */
export function failsAt(level: string): (finding: FindingJson) => boolean {
  const at = FAIL_ON.findIndex((l) => l === level);
  if (at < 0) throw new UsageError(`--fail-on '${level}' is no level; it is one of error, warning, info and never`);
  return level === 'never' ? () => false : (finding) => WEIGHT[finding.severity] <= at;
}

/** @throws UsageError for what is no number of threads */
export function jobsOf({ jobs }: CheckOptions): number | undefined {
  if (jobs === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(jobs)) throw new UsageError(`--jobs '${jobs}' is no number of threads; it is a number from 1 to 999`);
  return Number(jobs);
}

/** @throws UsageError for a folder that cannot be one, or a size that is none */
export function cacheOf({ cache, cacheSize = '256', memory }: CheckOptions): ResultCache | undefined {
  if (!/^[1-9]\d{0,6}$/.test(cacheSize)) throw new UsageError(`--cache-size '${cacheSize}' is no size; it is a number of mebibytes`);
  return cache === undefined ? memory : new DiskCache(cache === true ? defaultCacheDir() : cache, Number(cacheSize) * 1024 * 1024);
}

/** @throws UsageError for what is no choice of colours */
export function colourOf({ color = 'auto' }: CheckOptions, host: CliHost): boolean {
  if (!(COLOURS as readonly string[]).includes(color)) throw new UsageError(`--color '${color}' is no choice; it is one of auto, always and never`);
  return color === 'auto' ? host.colour : color === 'always';
}

/** @throws UsageError for what is no number of findings */
export function maxFindingsOf({ maxFindings }: CheckOptions): { readonly maxFindings?: number } {
  if (maxFindings === undefined) return {};
  if (!/^\d{1,9}$/.test(maxFindings)) throw new UsageError(`--max-findings '${maxFindings}' is no number of findings`);
  return { maxFindings: Number(maxFindings) };
}
