/** The one place where the syntax suites touch the API. */
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { maskText } from '../../server/src/syntax/sourceUnit.js';
import { withTree } from '../../server/src/syntax/parser.js';
import type { CompletionRole, Condition, CursorRole, FileView, FunctionView, VariableView } from '../../server/src/syntax/views.js';

/** The view of a text. */
export function view(text: string, path = 'test.bpf.c'): FileView {
  const file = new SourceFile(path, text);
  const result = file.view;
  file.dispose();
  return result;
}

/** The function of that name; throws if there is none. */
export function fn(v: FileView | string, name: string): FunctionView {
  const all = typeof v === 'string' ? view(v) : v;
  const found = all.functions.find((f) => f.name === name);
  if (found === undefined) throw new Error(`no function ${name}, only ${all.functions.map((f) => f.name).join(', ')}`);
  return found;
}

/** The variable of that name; throws if there is none. */
export function variable(v: FileView | string, name: string): VariableView {
  const all = typeof v === 'string' ? view(v) : v;
  const found = all.variables.find((x) => x.name === name);
  if (found === undefined) throw new Error(`no variable ${name}, only ${all.variables.map((x) => x.name).join(', ')}`);
  return found;
}

/** Sections of a function as text, identifiers bare. */
export function sections(f: FunctionView | VariableView): string[] {
  return f.sections.map((s) => s.parts.map((p) => p.value).join('+'));
}

/** Names of the calls, in order. */
export function callNames(f: FunctionView): string[] {
  return f.calls.map((c) => c.name);
}

/** `if(x)`, `!early-exit(y)`: kind and text of conditions, a `!` where the code is on the other side. */
export function conditionTexts(conditions: readonly Condition[]): string[] {
  return conditions.map((c) => `${c.taken ? '' : '!'}${c.kind}(${c.text})`);
}

/** Wraps statements into a program, so that a test needs to write only them. */
export function inProgram(body: string): string {
  return `SEC("xdp")\nint prog(struct xdp_md *ctx)\n{\n${body}\n}\n`;
}

/** The masked text, and what the parser still complains about in it. */
export function masked(text: string): { text: string; errors: string[] } {
  const out = maskText(text);
  const errors: string[] = [];
  withTree(out, ({ cursor, hasError }) => {
    if (!hasError) return;
    let up = false;
    for (;;) {
      if (!up && (cursor.nodeType === 'ERROR' || cursor.nodeIsMissing)) errors.push(`${cursor.nodeType} ${JSON.stringify(text.slice(cursor.startIndex, cursor.endIndex))}`);
      if (!up && cursor.gotoFirstChild()) continue;
      if (cursor.gotoNextSibling()) {
        up = false;
        continue;
      }
      if (!cursor.gotoParent()) return;
      up = true;
    }
  });
  return { text: out, errors };
}

/** Splits a text at the cursor mark. */
export function atCursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('/*|*/');
  if (offset < 0) throw new Error('no cursor in the text');
  return { text: marked.slice(0, offset) + marked.slice(offset + 5), offset };
}

export function roleAt(marked: string): CursorRole {
  const { text, offset } = atCursor(marked);
  return new SourceFile('test.bpf.c', text).roleAt(offset);
}

export function completionAt(marked: string): CompletionRole {
  const { text, offset } = atCursor(marked);
  return new SourceFile('test.bpf.c', text).completionAt(offset);
}
