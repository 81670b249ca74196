/** What `--kernel` takes. */
import { existsSync, readFileSync } from 'node:fs';
import { formatRelease, parseRelease } from '../facts/kernelVersion.js';
import { UsageError } from './host.js';
import { printable } from './terminal.js';

/** The outer bounds of a target, as the report prints them. */
export interface TargetBounds {
  readonly min: string;
  readonly max: string;
}

/** What `--kernel` asks for. */
export interface TargetOption {
  /** The outer bounds of all. */
  readonly bounds: TargetBounds;
  /** Each target once, in the order given. */
  readonly targets: readonly TargetBounds[];
}

const FORMS = 'accepted are one release (--kernel 5.15), a range (--kernel 5.4..6.8), running, and several of them (--kernel 5.4..5.10,6.1)';
const OSRELEASE = '/proc/sys/kernel/osrelease';

/** True for what is meant as a BTF file: a path, or a file that is there. */
function looksLikeBtf(text: string): boolean {
  return /[/\\]|\.btf$|^vmlinux/i.test(text) || existsSync(text);
}

/** The text of the running kernel's release, `6.1.0-18-amd64`; undefined where there is no Linux to ask. */
export function runningRelease(): string | undefined {
  try {
    return readFileSync(OSRELEASE, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/** The running kernel as a target. What a distribution brought back to it is not seen: only the version counts. */
function running(osrelease: string | undefined): TargetBounds {
  if (osrelease === undefined) throw new UsageError(`--kernel running: ${OSRELEASE} cannot be read, it is there on Linux only; ${FORMS}`);
  // Some kernels have more parts than mainline's names: 5.15.167.4-microsoft-standard-WSL2.
  const release = parseRelease(/^\d+\.\d+/.exec(osrelease)?.[0] ?? '');
  if (release === undefined) throw new UsageError(`--kernel running: ${OSRELEASE} says '${printable(osrelease.slice(0, 80))}', which is no kernel release; ${FORMS}`);
  return { min: formatRelease(release), max: formatRelease(release) };
}

/**
 * Reads one target.
 * @param text `5.15`, `5.4..6.8` or `running`
 * @returns the bounds, oldest first
 * @throws UsageError for what is no target, and for kinds of target that this build does not know yet
 */
export function parseKernelOption(text: string, osrelease: () => string | undefined = runningRelease): TargetBounds {
  if (text === 'running') return running(osrelease());
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

/**
 * Reads what `--kernel` was given: one target, or several with commas between them.
 * @throws UsageError as `parseKernelOption` does
 */
export function parseTargets(text: string, osrelease: () => string | undefined = runningRelease): TargetOption {
  const byText = new Map<string, TargetBounds>();
  for (const part of text.split(',')) {
    const bounds = parseKernelOption(part.trim(), osrelease);
    byText.set(targetSetting(bounds), bounds);
  }
  const targets = [...byText.values()];
  const order = (a: string, b: string): number => (parseRelease(a) ?? 0) - (parseRelease(b) ?? 0);
  const min = targets.map((t) => t.min).sort(order)[0] ?? '';
  const max = targets.map((t) => t.max).sort(order).at(-1) ?? '';
  return { bounds: { min, max }, targets };
}

/** The same target in the spelling of the settings. */
export function targetSetting(bounds: TargetBounds | null): string {
  if (!bounds) return '';
  return bounds.min === bounds.max ? bounds.min : `${bounds.min}..${bounds.max}`;
}

/** A target in words: `6.1`, `5.4 to 6.8`. */
export function describeTarget(bounds: TargetBounds): string {
  return bounds.min === bounds.max ? bounds.min : `${bounds.min} to ${bounds.max}`;
}
