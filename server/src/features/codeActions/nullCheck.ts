/**
 * Offers the test for NULL behind a call whose result may be NULL, where no test of it is in sight. The verifier refuses to
 * follow such a pointer: `R0 invalid mem access 'map_value_or_null'`. Offered, never reported: the test may stand in a macro.
 */
import type { Unit } from '../../analysis.types.js';
import type { EntityCall } from '../../model/model.types.js';
import type { FunctionView } from '../../syntax/views.js';
import { eolOf, indentAt, indentUnit } from '../../text/layout.js';
import type { Span } from '../../text/span.js';
import { statementStart } from '../../text/statement.js';
import type { CodeActionData } from './codeAction.types.js';
import { entryOf } from '../../text/entryOf.js';

/** Helpers whose `ret_type` is one of `RET_PTR_TO_…_OR_NULL` (6.12: kernel/bpf, net/core/filter.c, net/mptcp/bpf.c). Kfuncs say it by KF_RET_NULL. */
const NULLABLE: ReadonlySet<string> = new Set([
  'bpf_cgrp_storage_get', 'bpf_dynptr_data', 'bpf_get_listener_sock', 'bpf_inode_storage_get', 'bpf_kptr_xchg', 'bpf_map_lookup_elem',
  'bpf_map_lookup_percpu_elem', 'bpf_per_cpu_ptr', 'bpf_ringbuf_reserve', 'bpf_sk_fullsock', 'bpf_sk_lookup_tcp', 'bpf_sk_lookup_udp',
  'bpf_sk_storage_get', 'bpf_skc_lookup_tcp', 'bpf_skc_to_mptcp_sock', 'bpf_skc_to_tcp6_sock', 'bpf_skc_to_tcp_request_sock',
  'bpf_skc_to_tcp_sock', 'bpf_skc_to_tcp_timewait_sock', 'bpf_skc_to_udp6_sock', 'bpf_skc_to_unix_sock', 'bpf_sock_from_file',
  'bpf_task_storage_get', 'bpf_tcp_sock',
]);

/** What lets things go on as if the program were not there, by program type; 0 elsewhere. */
const PASS: Readonly<Record<string, string>> = {
  BPF_PROG_TYPE_XDP: 'XDP_PASS',
  BPF_PROG_TYPE_SK_SKB: 'SK_PASS',
  BPF_PROG_TYPE_SK_MSG: 'SK_PASS',
  BPF_PROG_TYPE_SK_LOOKUP: 'SK_PASS',
  BPF_PROG_TYPE_SK_REUSEPORT: 'SK_PASS',
  BPF_PROG_TYPE_CGROUP_SKB: '1',
  BPF_PROG_TYPE_CGROUP_SOCK: '1',
  BPF_PROG_TYPE_CGROUP_SOCK_ADDR: '1',
  BPF_PROG_TYPE_CGROUP_SOCKOPT: '1',
  BPF_PROG_TYPE_CGROUP_SYSCTL: '1',
  BPF_PROG_TYPE_CGROUP_DEVICE: '1',
  BPF_PROG_TYPE_NETFILTER: '1',
};

/** Characters behind a call that are read for a test; of what is longer one is taken for granted. */
const MAX_READ = 20_000;

/** A test for each unchecked result whose call, or whose use, the selection touches. */
export function nullChecks(unit: Unit, selection: Span): readonly CodeActionData[] {
  const { main } = unit.model;
  return unit.model.calls.flatMap((call) => {
    if (call.path !== main.path || call.fn.span.start > selection.end || call.fn.span.end < selection.start) return [];
    if (call.call.form !== 'direct' || call.via !== undefined || call.fn.fromMacro !== undefined || !mayBeNull(unit, call)) return [];
    const check = checkFor(unit, call);
    return check && touched(main.text, call, check, selection) ? [action(main.path, check)] : [];
  });
}

function mayBeNull(unit: Unit, { kind, name }: EntityCall): boolean {
  return kind === 'helper' ? NULLABLE.has(name) : unit.facts.kfuncs.get(name)?.flags.includes('KF_RET_NULL') === true;
}

interface Check {
  readonly variable: string;
  /** Behind the statement with the call. */
  readonly at: number;
  readonly newText: string;
}

const action = (path: string, { variable, at, newText }: Check): CodeActionData => ({
  title: `Return if \`${variable}\` is NULL`, kind: 'quickfix', edits: [{ path, span: { start: at, end: at }, newText }], preferred: false,
});

/** The cursor is in the statement with the call, or at a place that follows the pointer. */
function touched(text: string, { call, fn }: EntityCall, { variable, at }: Check, selection: Span): boolean {
  const from = text.lastIndexOf('\n', statementStart(text, fn.bodySpan!, call.span.start) - 1) + 1;
  if (selection.start <= at && selection.end >= from) return true;
  const uses = new RegExp(`\\b${variable}\\s*(?:->\\s*\\w*|\\[)|\\*\\s*${variable}\\b`, 'g');
  uses.lastIndex = at;
  for (let m = uses.exec(text); m && m.index < fn.bodySpan!.end; m = uses.exec(text)) {
    if (selection.start <= m.index + m[0].length && selection.end >= m.index) return true;
  }
  return false;
}

/** The test behind a call that stands as `p = f(…);` or `T *p = f(…);`; undefined where something like a test of `p` is in sight. */
function checkFor(unit: Unit, entity: EntityCall): Check | undefined {
  const { text } = unit.model.main;
  const { call, fn } = entity;
  const body = fn.bodySpan;
  if (!body || text.slice(call.nameSpan.start, call.nameSpan.end) !== entity.name) return undefined;
  const start = statementStart(text, body, call.span.start);
  const before = text.slice(start, call.span.start);
  const variable = /^(?:[\w\s]+[\s*])?\b([A-Za-z_]\w*)\s*=\s*(?:\([\w\s]+(?:\*+\s*)?\)\s*)?$/.exec(before)?.[1];
  const end = /^\s*;/.exec(text.slice(call.span.end, call.span.end + 200));
  if (variable === undefined || !end || isTested(text.slice(call.span.end, body.end), variable)) return undefined;
  const at = call.span.end + end[0].length;
  const indent = indentAt(text, start);
  const eol = eolOf(text);
  const value = returned(entity, fn);
  const line = `${eol}${indent}if (!${variable})${eol}${indent}${indentUnit(text, start)}return${value === '' ? '' : ` ${value}`};`;
  return { variable, at, newText: line };
}

/** Anything that reads the pointer as a truth value, compares it, or hands it whole to code that may do so. */
function isTested(rest: string, variable: string): boolean {
  if (rest.length > MAX_READ) return true;
  const code = rest.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, ' ');
  const again = new RegExp(`(?<![\\w.>])${variable}\\s*=(?!=)`).exec(code);
  // What is assigned anew is another pointer from there on, unless that is another branch and both meet later.
  const own = again && !leavesBlock(code.slice(0, again.index)) ? code.slice(0, again.index) : code;
  const name = `(?<![\\w.]|->)${variable}\\b(?!\\s*(?:->|\\[|\\())`;
  const tests = [`!\\s*\\(?\\s*${name}`, `${name}\\s*(?:[=!]=|&&|\\|\\||\\?)`, `(?:[=!]=|&&|\\|\\|)\\s*\\(?\\s*${name}`, `\\b(?:if|while|for|likely|unlikely|assert\\w*|[A-Z][A-Z0-9_]*)\\s*\\([^;]*?(?<!\\*\\s*)${name}`, `\\b(?!bpf_|__sync_|__builtin_|__atomic_)\\w+\\s*\\((?:[^();]*,)?\\s*${name}\\s*[,)]`];
  return tests.some((pattern) => new RegExp(pattern).test(own));
}

/** True if more blocks end than begin. */
function leavesBlock(code: string): boolean {
  let depth = 0;
  for (const c of code) {
    if (c === '{') depth++;
    else if (c === '}' && --depth < 0) return true;
  }
  return false;
}

/** What the function returns at its end, if that is a constant; else what lets things pass in all programs that reach it. */
function returned(entity: EntityCall, fn: FunctionView): string {
  const type = fn.returnType.replace(/\b(?:static|extern|inline|const|__always_inline|__noinline)\b/g, '').trim();
  if (type === 'void') return '';
  if (type.endsWith('*')) return 'NULL';
  const last = fn.returns?.at(-1)?.text.trim();
  if (last !== undefined && /^(?:-?\d\w*|-?[A-Z][A-Z0-9_]*)$/.test(last)) return last;
  const own = entity.programs.find((p) => p.fn.span.start === fn.span.start && p.path === entity.path);
  return entryOf(PASS, own?.programType ?? '') ?? '0';
}
