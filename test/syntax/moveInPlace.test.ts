/** What is typed above a function moves its views and keeps them the same objects; under `#if` they are copied. */
import { beforeAll, expect, test } from 'vitest';
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { setupSyntax } from '../support/syntax.js';

beforeAll(setupSyntax);

const BELOW = 'SEC("xdp")\nint second(struct xdp_md *ctx)\n{\n\tif (ctx->data)\n\t\treturn bpf_redirect(1, 0);\n\treturn 0;\n}\n';

test('a function below an edit stays the same object, at its new place', () => {
  const above = 'int first(void)\n{\n\treturn 1;\n}\n';
  const file = new SourceFile('a.bpf.c', above + BELOW);
  const before = file.view.functions[1];
  file.update(above.replace('return 1', 'return 1000') + BELOW);
  const after = file.view.functions[1];
  expect(after).toBe(before);
  const name = after?.nameSpan ?? { start: 0, end: 0 };
  expect(file.view.text.slice(name.start, name.end)).toBe('second');
  const call = after?.calls[0]?.nameSpan ?? { start: 0, end: 0 };
  expect(file.view.text.slice(call.start, call.end)).toBe('bpf_redirect');
});

test('a function under #if moves with the #if that is not its own', () => {
  const above = 'int first(void)\n{\n\treturn 1;\n}\n#ifdef FEATURE\n';
  const file = new SourceFile('a.bpf.c', `${above}${BELOW}#endif\n`);
  const changed = `${above.replace('return 1', 'return 1000')}${BELOW}#endif\n`;
  file.update(changed);
  expect(file.view).toEqual(new SourceFile('a.bpf.c', changed).view);
});
