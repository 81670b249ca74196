/** What `--kernel` takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTarget } from '../analysis.js';
import { loadFactBook } from '../facts/factBook.js';
import type { FactBook } from '../facts/factBook.types.js';
import { formatRelease, parseRelease } from '../facts/kernelVersion.js';
import { distributionNamed } from '../model/distributionNames.js';
import { looksLikePath, membersOf } from '../model/target.js';
import { UsageError } from './host.js';
import { FACTS_ENCODING } from './engine.js';
import { lookUpKernels, runningRelease } from './kernelFiles.js';
import { printable } from './terminal.js';

/** The outer bounds of a target, as the report prints them. */
export interface TargetBounds {
  readonly min: string;
  readonly max: string;
  /** What was written, where that is no release: `rhel9.4`, `./appliance.btf`. */
  readonly name?: string;
}

/** What `--kernel` asks for. */
export interface TargetOption {
  /** The outer bounds of all. */
  readonly bounds: TargetBounds;
  /** Each target once, in the order given. */
  readonly targets: readonly TargetBounds[];
  /** What is worth knowing of them: kernels that nobody supports any more. */
  readonly notes: readonly string[];
}

const FORMS = 'accepted are one release (--kernel 5.15), a range (--kernel 5.4..6.8), a distribution (--kernel rhel9.4; ebpf-lens targets lists them), a BTF file (--kernel ./vmlinux.btf), running, and several of them (--kernel 5.4..5.10,6.1)';
const OSRELEASE = '/proc/sys/kernel/osrelease';

let load: (() => FactBook) | undefined;
let book: FactBook | undefined;

/** Says where the book lies that knows distributions. It is read when a target names one. */
export function knowBook(assetDir: string): void {
  load = () => loadFactBook(readFileSync(join(assetDir, 'facts.json'), FACTS_ENCODING), (target, facts) => lookUpKernels(target, facts));
  book = undefined;
}

/** The running kernel as a target; `types` where its BTF can be read, so that it stands for itself. */
function running(osrelease: string | undefined, own: boolean): TargetBounds {
  if (osrelease === undefined) throw new UsageError(`--kernel running: ${OSRELEASE} cannot be read, it is there on Linux only; ${FORMS}`);
  // Some kernels have more parts than mainline's names: 5.15.167.4-microsoft-standard-WSL2.
  const release = parseRelease(/^\d+\.\d+/.exec(osrelease)?.[0] ?? '');
  if (release === undefined) throw new UsageError(`--kernel running: ${OSRELEASE} says '${printable(osrelease.slice(0, 80))}', which is no kernel release; ${FORMS}`);
  return { min: formatRelease(release), max: formatRelease(release), ...(own ? { name: 'running' } : {}) };
}

/** A target that the book or a file knows. */
function named(text: string): TargetBounds {
  const facts = (book ??= load?.());
  if (!facts) throw new UsageError(`--kernel '${text}' is no kernel release; ${FORMS}`);
  const parsed = parseTarget(text, facts);
  if ('error' in parsed) throw new UsageError(`--kernel: ${printable(parsed.error)}${looksLikePath(text) ? '' : '; ebpf-lens targets lists all distributions'}`);
  const { min, max } = parsed.target;
  return { min: formatRelease(min), max: formatRelease(max), name: text };
}

/**
 * Reads one target.
 * @param text `5.15`, `5.4..6.8`, `running`, a distribution or a file; files of modules follow their vmlinux's after commas
 * @returns the bounds, oldest first
 * @throws UsageError for what is no target
 */
export function parseKernelOption(text: string, osrelease?: () => string | undefined): TargetBounds {
  if (text === 'running') return running((osrelease ?? runningRelease)(), osrelease === undefined);
  const dashed = /^(\d+\.\d+)-(\d+\.\d+)$/.exec(text);
  if (dashed) throw new UsageError(`--kernel ${text}: write a range with two dots, ${dashed[1]}..${dashed[2]}; ${FORMS}`);
  if (looksLikePath(text) || /^[a-z]/i.test(text.replace(/^v(?=\d)/, ''))) return named(text);
  const parts = text.split('..');
  const min = parseRelease(parts[0] ?? '');
  const max = parts.length === 1 ? min : parseRelease(parts[1] ?? '');
  if (min === undefined || max === undefined || parts.length > 2) throw new UsageError(`--kernel '${text}' is no kernel release; ${FORMS}`);
  if (min > max) throw new UsageError(`--kernel ${text}: the range is upside down, write ${formatRelease(max)}..${formatRelease(min)}`);
  return { min: formatRelease(min), max: formatRelease(max) };
}

/**
 * Reads what `--kernel` was given: one target, or several with commas between them.
 * @throws UsageError as `parseKernelOption` does
 */
export function parseTargets(text: string, osrelease?: () => string | undefined): TargetOption {
  const byText = new Map<string, TargetBounds>();
  for (const part of membersOf(text, text.split(',').some(looksLikePath) && load ? lookUpKernels(text, (book ??= load())) : undefined)) {
    const bounds = parseKernelOption(part, osrelease);
    byText.set(targetSetting(bounds), bounds);
  }
  const targets = [...byText.values()];
  const order = (a: string, b: string): number => (parseRelease(a) ?? 0) - (parseRelease(b) ?? 0);
  const min = targets.map((t) => t.min).sort(order)[0] ?? '';
  const max = targets.map((t) => t.max).sort(order).at(-1) ?? '';
  return { bounds: { min, max }, targets, notes: targets.flatMap(({ name }) => (name === undefined ? [] : endOfSupport(name))) };
}

/** "support of Debian 11 (bullseye) ended on 2024-08-14", where it has. */
function endOfSupport(name: string): readonly string[] {
  const fact = book && distributionNamed(book.distributions, name);
  const end = fact?.supportEnd;
  if (!fact || end === undefined || end >= new Date().toISOString().slice(0, 10)) return [];
  return [`${name}: support of ${fact.title} ended on ${end}${fact.extendedEnd === undefined ? '' : `, extended support ends on ${fact.extendedEnd}`}`];
}

/** The same target in the spelling of the settings. */
export function targetSetting(bounds: TargetBounds | null): string {
  if (!bounds) return '';
  return bounds.name ?? (bounds.min === bounds.max ? bounds.min : `${bounds.min}..${bounds.max}`);
}

/** A target in words: `6.1`, `5.4 to 6.8`, `5.14 (rhel9.4)`. */
export function describeTarget(bounds: TargetBounds): string {
  const range = bounds.min === bounds.max ? bounds.min : `${bounds.min} to ${bounds.max}`;
  return bounds.name === undefined ? range : `${range} (${bounds.name})`;
}
