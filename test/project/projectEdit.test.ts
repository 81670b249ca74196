/** Writing a rule or the target kernel into a project file: only that changes, and what cannot be amended stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withKernel, withRule } from '../../server/src/project/projectEdit.js';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';

const WORDS = { ruleIds: ['a-rule', 'b-rule'], kernelProblem: () => undefined };

describe('withRule', () => {
  it.each<[string, string]>([
    ['', 'rules:\n  a-rule: off\n'],
    ['# ours\n', '# ours\nrules:\n  a-rule: off\n'],
    ['# ours', '# ours\nrules:\n  a-rule: off\n'],
    ['kernel: 5.4 # old\n', 'kernel: 5.4 # old\nrules:\n  a-rule: off\n'],
    ['kernel: 5.4', 'kernel: 5.4\nrules:\n  a-rule: off'],
    ['rules:\n    b-rule: info   # why\n\n# the end\nkernel: 5.4\n', 'rules:\n    b-rule: info   # why\n    a-rule: off\n\n# the end\nkernel: 5.4\n'],
    ['rules:\n  a-rule: "error" # why\n', 'rules:\n  a-rule: off # why\n'],
    ['rules: # none yet\nkernel: 5.4\n', 'rules: # none yet\n  a-rule: off\nkernel: 5.4\n'],
    ['rules:\n', 'rules:\n  a-rule: off\n'],
    ['rules: {}\n', 'rules: { a-rule: off }\n'],
    ['rules: { b-rule: info }\n', 'rules: { b-rule: info, a-rule: off }\n'],
    ['rules: {b-rule: info}\n', 'rules: {b-rule: info, a-rule: off }\n'],
    ['rules:\r\n  b-rule: info\r\nkernel: 5.4\r\n', 'rules:\r\n  b-rule: info\r\n  a-rule: off\r\nkernel: 5.4\r\n'],
    ['targets:\n- files: x\n  kernel: 5.4\n', 'targets:\n- files: x\n  kernel: 5.4\nrules:\n  a-rule: off\n'],
    ['{ kernel: 5.4 }\n', '{ kernel: 5.4, rules: { a-rule: off } }\n'],
    ['---\nkernel: 5.4\n', '---\nkernel: 5.4\nrules:\n  a-rule: off\n'],
  ])('%j', (before, after) => expect(withRule(before, 'a-rule', 'off')).toEqual({ text: after }));

  it.each(['rules: [\n', 'rules: off\n', '- a\n', 'a\n', 'kernel: 5.4\n---\nkernel: 5.8\n', 'x: "', 'rules: *a\n', `${'['.repeat(1000)}`])('leaves %j alone and says so', (before) => {
    expect(withRule(before, 'a-rule', 'off')).toEqual({ error: expect.stringContaining('could not be written') as string });
  });
});

describe('withKernel', () => {
  it.each<[string, string, number | undefined, string]>([
    ['kernel: 5.4 # old\nrules: {}\n', '5.15', undefined, "kernel: '5.15' # old\nrules: {}\n"],
    ['kernel:\n  - 5.4\n  - 6.1\nrules: {}\n', '5.15', undefined, "kernel: '5.15'\nrules: {}\n"],
    ['rules: {}\n', '5.4..5.10,6.1', undefined, "rules: {}\nkernel: ['5.4..5.10', '6.1']\n"],
    ['kernel: # none\n', '6.1', undefined, "kernel: '6.1' # none\n"],
    ['kernel: 5.4\n', '', undefined, 'kernel: \n'],
    ['kernel: 5.4\ntargets:\n  - files: x\n  - files: y # c\n    kernel: 5.8\n', '6.1', 1, "kernel: 5.4\ntargets:\n  - files: x\n  - files: y # c\n    kernel: '6.1'\n"],
    ['targets: [{ files: x, kernel: 5.8 }]\n', '6.1', 0, "targets: [{ files: x, kernel: '6.1' }]\n"],
  ])('%j', (before, kernel, set, after) => expect(withKernel(before, kernel, set)).toEqual({ text: after }));
});

it('whatever the text is, an edited one says what was asked for and keeps the rest', () => {
  const piece = fc.constantFrom('kernel: 5.4\n', 'rules:\n', '  b-rule: info\n', '  a-rule: error # c\n', 'rules: { b-rule: off }\n', '# note\n', '\n', 'macros: [A]\n', 'targets:\n', '  - files: x\n', '    kernel: 4.19\n', 'license: |\n  GPL\n', 'libbpf: 1.2', '\t', '}', 'exclude:\n- a\n- b # c\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const before = pieces.join('');
      const edited = withRule(before, 'a-rule', 'off');
      if ('error' in edited) return;
      const [was, is] = [readProjectFile(before, '/w/.ebpf-lens.yaml', WORDS), readProjectFile(edited.text, '/w/.ebpf-lens.yaml', WORDS)];
      expect(is.values.severity?.['a-rule']).toBe('off');
      expect({ ...is.values, severity: undefined }).toEqual({ ...was.values, severity: undefined });
      expect(is.mistakes.length).toBeLessThanOrEqual(was.mistakes.length);
      for (const comment of before.match(/# \w+/g) ?? []) expect(edited.text).toContain(comment);
    }),
    { numRuns: 1500 },
  );
});
