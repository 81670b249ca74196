/** Which measured configurations speak for a program: the exact one, or all that could, whose agreement then counts. */
import type { ProgramKey } from './factBook.types.js';
import type { FactsJson } from './types.gen.js';

export type Config = FactsJson['configs'][number];

export interface Candidate {
  readonly index: number;
  readonly sleepable: boolean;
  /** Only asked whether it contradicts a refusal. */
  readonly witness: boolean;
}

/** Whose answer counts. `exact`: one configuration that is just this kind of program. */
export interface Candidates {
  readonly exact: boolean;
  readonly of: readonly Candidate[];
}

/** Tracing attach types for which the function traced makes no difference to what may be called. */
const TARGET_FREE = new Set(['BPF_TRACE_FENTRY', 'BPF_TRACE_FEXIT', 'BPF_MODIFY_RETURN', 'BPF_TRACE_FSESSION']);
/** What libbpf and the kernel put in front of a target's name. */
const TARGET_PREFIX = /^(bpf_iter_|btf_trace_|bpf_lsm_)/;
const NONE: Candidates = { exact: false, of: [] };

/** Chooses among the configurations that were measured for this kind of entity, each `Config` at its index in the matrices. */
export function candidatesFor(kind: 'helper' | 'kfunc', key: ProgramKey, configs: readonly Config[], optionalAttachTypes: ReadonlySet<string>): Candidates {
  const measured = configs.map((config, index) => ({ config, index })).filter(({ config }) => kind === 'helper' || config.kfuncs !== false);
  const ofType = measured.filter(({ config }) => config.programType === key.programType);
  if (key.programType === 'BPF_PROG_TYPE_STRUCT_OPS') return pick(ofType.filter(({ config }) => config.target === key.target && sleeps(config) === key.sleepable), true);
  const attachType = measuredAttachType(key.attachType, ofType, optionalAttachTypes);
  const sameAttach = ofType.filter(({ config }) => config.attachType === attachType);
  if (sameAttach.length === 0) {
    if (key.programType === 'BPF_PROG_TYPE_TRACING') return NONE;
    const sameSleep = ofType.filter(({ config }) => sleeps(config) === key.sleepable);
    return pick(sameSleep.length > 0 ? sameSleep : ofType, false);
  }
  const exact = sameAttach.filter(({ config }) => sleeps(config) === key.sleepable && (config.frags ?? false) === key.frags && targetFits(config, key));
  if (exact.length > 0) return pick(exact, exact.length === 1);
  if (isTargetDependent(sameAttach)) return pick(sameAttach, false);
  const withoutFrags = sameAttach.filter(({ config }) => sleeps(config) === key.sleepable);
  if (withoutFrags.length > 0) return pick(withoutFrags, false);
  // 5.10 hides sleepable helpers from programs that may not sleep: their refusal alone says nothing about those that may.
  const witnesses = ofType.filter((indexed) => sleeps(indexed.config) === key.sleepable && !sameAttach.includes(indexed));
  return { exact: false, of: [...pick(sameAttach, false).of, ...pick(witnesses, false).of.map((candidate) => ({ ...candidate, witness: true }))] };
}

interface Indexed { readonly config: Config; readonly index: number }

function pick(list: readonly Indexed[], exact: boolean): Candidates {
  return { exact: exact && list.length === 1, of: list.map(({ config, index }) => ({ index, sleepable: sleeps(config), witness: false })) };
}

/** An attach type that programs do without is measured as none. */
function measuredAttachType(attachType: string | null, ofType: readonly Indexed[], optional: ReadonlySet<string>): string | null {
  if (attachType === null || !optional.has(attachType)) return attachType;
  return ofType.some(({ config }) => config.attachType === attachType) ? attachType : null;
}

function sleeps(config: Config): boolean {
  return config.sleepable ?? false;
}

function isTargetDependent(list: readonly Indexed[]): boolean {
  return list.some(({ config }) => config.target !== undefined && !TARGET_FREE.has(config.attachType ?? ''));
}

function targetFits(config: Config, key: ProgramKey): boolean {
  if (config.target === undefined || TARGET_FREE.has(config.attachType ?? '')) return true;
  return key.target !== undefined && config.target.replace(TARGET_PREFIX, '') === key.target.replace(TARGET_PREFIX, '');
}
