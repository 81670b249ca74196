/** Ways to silence a finding: a comment for the statement, the function or the file, or the project's file or settings. */
import type { Unit } from '../../analysis.types.js';
import type { Finding } from '../../rules/rule.js';
import type { FileView } from '../../syntax/views.js';
import { eolOf } from '../../text/layout.js';
import { statementStart } from '../../text/statement.js';
import type { CodeActionData } from './codeAction.types.js';

/** One set for each rule that spoke; the comment stands in the finding's own file. */
export function silencers(unit: Unit, findings: readonly Finding[], settings: boolean, project: string | undefined): readonly CodeActionData[] {
  const seen = new Set<string>();
  return findings.flatMap((finding) => {
    const file = unit.model.files.get(finding.path);
    if (seen.has(finding.rule) || !file) return [];
    seen.add(finding.rule);
    const off: CodeActionData = { title: `Switch ${finding.rule} off in ${project ?? "this workspace's settings"}`, kind: 'quickfix', finding, edits: [], preferred: false, switchesOff: finding.rule };
    return [...nearby(file, finding), inFile(file, finding), ...(settings ? [off] : [])];
  });
}

/** Comments on lines of their own above the statement and its function or, outside of functions, above the definition. */
function nearby(file: FileView, finding: Finding): readonly CodeActionData[] {
  const { start } = finding.span;
  const around = (d: { readonly span: { readonly start: number; readonly end: number } }): boolean => d.span.start <= start && start < d.span.end;
  const fn = file.functions.find(around);
  const definition = fn ?? file.variables.find(around);
  const whole = above(file, finding, definition?.span.start ?? start, fn ? 'function' : 'definition');
  const body = fn?.bodySpan;
  return body !== undefined && start > body.start ? [above(file, finding, statementStart(file.text, body, start), 'statement'), whole] : [whole];
}

function above(file: FileView, finding: Finding, at: number, what: string): CodeActionData {
  const lineStart = file.text.lastIndexOf('\n', at - 1) + 1;
  const before = file.text.slice(lineStart, at);
  const comment = `/* ebpf-lens: allow(${finding.rule}) */`;
  const newText = before.trim() === '' ? `${comment}${eolOf(file.text)}${before}` : `${comment} `;
  return action(`Allow ${finding.rule} for this ${what}`, finding, at, newText);
}

function inFile(file: FileView, finding: Finding): CodeActionData {
  // A byte order mark stays in front.
  const at = file.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return action(`Allow ${finding.rule} in this file`, finding, at, `/* ebpf-lens: allow(${finding.rule}) */${eolOf(file.text)}`);
}

function action(title: string, finding: Finding, at: number, newText: string): CodeActionData {
  return { title, kind: 'quickfix', finding, edits: [{ path: finding.path, span: { start: at, end: at }, newText }], preferred: false };
}
