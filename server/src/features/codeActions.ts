/** Quick fixes: what the findings under the selection carry, and the comments that allow them. */
import type { Unit } from '../analysis.types.js';
import type { Finding, Fix } from '../rules/rule.js';
import type { Span } from '../text/span.js';
import { statementStart } from './statement.js';

export interface CodeActionData {
  readonly title: string;
  readonly finding: Finding;
  readonly edits: Fix['edits'];
  /** True for a correction of the code, false for a comment that silences the finding. */
  readonly corrects: boolean;
}

/** Actions for the findings of the main file that touch the selection; corrections first. */
export function codeActions(unit: Unit, selection: Span): readonly CodeActionData[] {
  const main = unit.model.main.path;
  const hit = unit.findings.filter((f) => f.path === main && f.span.start <= selection.end && f.span.end >= selection.start);
  const fixes = hit.flatMap((finding) => finding.fixes.map((fix) => ({ title: fix.title, finding, edits: fix.edits, corrects: true })));
  const seen = new Set<string>();
  const allows = hit.flatMap((finding) => {
    if (seen.has(finding.rule)) return [];
    seen.add(finding.rule);
    return [allowHere(unit, finding), allowInFile(unit, finding)];
  });
  return [...fixes, ...allows];
}

/** Puts the comment on a line of its own above the statement or, outside of functions, above the definition. */
function allowHere(unit: Unit, finding: Finding): CodeActionData {
  const { main } = unit.model;
  const { text } = main;
  const fn = main.functions.find((f) => f.span.start <= finding.span.start && finding.span.start < f.span.end);
  const variable = main.variables.find((v) => v.span.start <= finding.span.start && finding.span.start < v.span.end);
  const body = fn?.bodySpan;
  const inside = body !== undefined && finding.span.start > body.start;
  const at = inside ? statementStart(text, body, finding.span.start) : (fn?.span.start ?? variable?.span.start ?? finding.span.start);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const before = text.slice(lineStart, at);
  const comment = `/* ebpf-lens: allow(${finding.rule}) */`;
  const alone = before.trim() === '';
  const edit = { path: main.path, span: { start: at, end: at }, newText: alone ? `${comment}${eol(text)}${before}` : `${comment} ` };
  return { title: `Allow ${finding.rule} for this ${inside ? 'statement' : fn ? 'function' : 'definition'}`, finding, edits: [edit], corrects: false };
}

function allowInFile(unit: Unit, finding: Finding): CodeActionData {
  const { main } = unit.model;
  // A byte order mark stays in front.
  const at = main.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const edit = { path: main.path, span: { start: at, end: at }, newText: `/* ebpf-lens: allow(${finding.rule}) */${eol(main.text)}` };
  return { title: `Allow ${finding.rule} in this file`, finding, edits: [edit], corrects: false };
}

const eol = (text: string): string => (/\r\n/.test(text.slice(0, 10_000)) ? '\r\n' : '\n');
