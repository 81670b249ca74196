/** Why a file that looks as if it had to do with eBPF is not checked, or not wholly: what a user who waits for problems wants to know. */
import type { Unit } from '../analysis.types.js';
import { TOO_LONG } from '../model/limits.js';
import { fileKind } from './ebpfFile.js';

export interface Notice {
  /** A few words. */
  readonly text: string;
  /** A sentence or two. */
  readonly reason: string;
}

type Dialect = NonNullable<Unit['model']['dialect']>;

/** Whose C a dialect is, to follow "C for". */
export const DIALECTS: Readonly<Record<Dialect, string>> = {
  bcc: 'bcc', android: 'Android\'s loader', windows: 'eBPF for Windows', iproute2: 'iproute2\'s loader',
};
/** Headers of the side that loads programs. */
const USER_SPACE = /(?:^|\/)(?:libbpf\.h|bpf\.h|[\w.-]+\.skel\.h)$/;
const MAX_NAMED = 3;

/** @param path path or URI of the unit's main file */
export function notice(unit: Unit, path: string): Notice | undefined {
  const { dialect, main, programs, maps } = unit.model;
  if (main.tooLong) return { text: 'Too long: not checked', reason: `The file is ${TOO_LONG}.` };
  const kind = fileKind(unit, path);
  if (dialect !== undefined) return { text: `C for ${DIALECTS[dialect]}: not checked`, reason: `This is C for ${DIALECTS[dialect]}. Its sections, maps and contexts are not those of libbpf and cilium/ebpf, so nothing in it is judged.` };
  if (kind === 'other') return otherC(unit);
  if (kind === 'header') return undefined;
  const unknown = programs.filter((p) => p.programType === null);
  if (programs.length > 0 && unknown.length === programs.length) {
    const names = [...new Set(unknown.map((p) => `SEC("${p.section.name}")`))];
    const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
    return { text: 'Program types not known', reason: `${names.slice(0, MAX_NAMED).join(', ')}${more}: no section that libbpf knows, so calls are not judged. ebpfLens.programs gives the programs types.` };
  }
  if (programs.length > 0) return undefined;
  const headers = main.includes.some((i) => /bpf_helpers\.h$|vmlinux\.h$/.test(i.path));
  const what = maps.length > 0 ? 'It has maps, but no' : headers ? 'It includes headers of eBPF programs, but no' : 'No';
  return { text: 'No eBPF program here', reason: `${what} function stands in a program's section, SEC("…"). Programs that macros of headers make are seen once those headers are found (ebpfLens.includePaths).` };
}

function otherC({ model: { main } }: Unit): Notice | undefined {
  const loader = main.includes.find((i) => USER_SPACE.test(i.path) && /bpf|skel/.test(i.path));
  if (loader) return { text: 'User space: no eBPF here', reason: `${loader.path} is for the side that loads programs; only C for the kernel is checked.` };
  if (!/\bbpf_\w+\s*\(/.test(main.text)) return undefined;
  return { text: 'Not taken for eBPF', reason: 'It calls functions named bpf_…, but has no SEC("…"), no map and no header of eBPF programs.' };
}
