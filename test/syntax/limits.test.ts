/** What is beyond the limits on one file is left out and told of, in an edited text as in a fresh one. */
import { beforeAll, expect, it } from 'vitest';
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { setupSyntax } from '../support/syntax.js';

beforeAll(setupSyntax);

const LINE = 'int a;\n';
const LIMIT = 200_000;
const read = (file: SourceFile): readonly unknown[] => [file.view.variables.length, file.view.functions.map((fn) => fn.name), file.view.limits];

it('a text that grows past the limit is read as a fresh one', () => {
  const text = LINE.repeat(LIMIT - 1);
  const file = new SourceFile('a.c', `${text}int f(void) { return 0; }\n`);
  expect(read(file)).toEqual([LIMIT - 1, ['f'], undefined]);
  const beyond = `${LINE}${file.view.text}`;
  file.update(beyond);
  expect(read(file)).toEqual([LIMIT, [], ['has more than 200,000 declarations or 3,000,000 tokens: what is beyond that is not seen']]);
  expect(read(file)).toEqual(read(new SourceFile('a.c', beyond)));
}, 600_000);

it('a function that is too long is there, and nothing in it', () => {
  const file = new SourceFile('a.c', `int f(void) { ${'g(); '.repeat(62_500)}}\nint h(void) { g(); }\n`);
  expect(file.view.functions.map((fn) => [fn.name, fn.calls.length])).toEqual([['f', 0], ['h', 1]]);
  expect(file.view.limits).toEqual(['has a function with more than 250,000 tokens: nothing in it is seen']);
  file.update(file.view.text.replace('g(); g(); ', ''));
  expect(file.view.functions.map((fn) => [fn.name, fn.calls.length])).toEqual([['f', 62_498], ['h', 1]]);
  expect(file.view.limits).toBeUndefined();
}, 600_000);

it('a row of semicolons and stray braces is nothing, wherever it is cut by edits', () => {
  const file = new SourceFile('a.c', 'int a;;;}};;\nint f(void) { return 0; };;\n');
  for (const text of ['int a;;;}};;\nint f(void) { return 0; }\n', 'int a;;;}}\nint f(void) { return 0; };\n', ';int a;;}int b;}}\nint f(void) { return 0; };\n']) {
    file.update(text);
    const fresh = new SourceFile('a.c', text);
    expect(file.view).toEqual(fresh.view);
  }
});
