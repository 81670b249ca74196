/** What `--kernel` takes. */
import { existsSync } from 'node:fs';
import { formatRelease, parseRelease } from '../facts/kernelVersion.js';
import { UsageError } from './host.js';

/** The outer bounds of a target, as the report prints them. */
export interface TargetBounds {
  readonly min: string;
  readonly max: string;
}

const FORMS = 'accepted are one release (--kernel 5.15) and a range (--kernel 5.4..6.8)';

/** True for what is meant as a BTF file: a path, or a file that is there. */
function looksLikeBtf(text: string): boolean {
  return /[/\\]|\.btf$|^vmlinux/i.test(text) || existsSync(text);
}

/**
 * Reads a target.
 * @returns the bounds, oldest first
 * @throws UsageError for what is no target, and for kinds of target that this build does not know yet
 */
export function parseKernelOption(text: string): TargetBounds {
  if (text === 'running') throw new UsageError(`--kernel running: this build does not know the running kernel as a target yet; ${FORMS}`);
  const dashed = /^(\d+\.\d+)-(\d+\.\d+)$/.exec(text);
  if (dashed) throw new UsageError(`--kernel ${text}: write a range with two dots, ${dashed[1]}..${dashed[2]}; ${FORMS}`);
  const parts = text.split('..');
  const min = parseRelease(parts[0] ?? '');
  const max = parts.length === 1 ? min : parseRelease(parts[1] ?? '');
  if (min === undefined || max === undefined || parts.length > 2) {
    if (looksLikeBtf(text)) throw new UsageError(`--kernel ${text}: this build does not know BTF files as targets yet; ${FORMS}`);
    throw new UsageError(`--kernel '${text}' is no kernel release; ${FORMS}`);
  }
  if (min > max) throw new UsageError(`--kernel ${text}: the range is upside down, write ${formatRelease(max)}..${formatRelease(min)}`);
  return { min: formatRelease(min), max: formatRelease(max) };
}

/** The same target in the spelling of the settings. */
export function targetSetting(bounds: TargetBounds | null): string {
  if (!bounds) return '';
  return bounds.min === bounds.max ? bounds.min : `${bounds.min}..${bounds.max}`;
}
