/** Where a suppression comment goes: the start of the statement around a place. */
import { expect, it } from 'vitest';
import { statementStart } from '../../server/src/text/statement.js';

/** `@` marks the place, `^` the expected start; both are taken out. */
it.each([
  '{ ^bpf_@x(); }',
  '{ a(); ^b@x(); }',
  '{\n\ta();\n\t^return b(\n\t\t@c());\n}',
  '{ for (i = 0; i < 3; i++) {} ^f(@g); }',
  '{ ^for (i = 0; @f(i); i++) {} }',
  '{ /* ; */ ^f("; {", @g()); }',
  "{ char c = ';'; ^@f(); }",
  '{ // a; b\n ^@f(); }',
  '{\n#define X ;\n ^@f(); }',
  '{ if (x) { ^@f(); } }',
])('finds it in %j', (marked) => {
  const want = marked.replace('@', '').indexOf('^');
  const text = marked.replace('^', '').replace('@', '');
  const at = marked.replace('^', '').indexOf('@');
  expect(statementStart(text, { start: 0, end: text.length }, at)).toBe(want);
});
