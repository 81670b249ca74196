/** The input box for the target kernel takes what the server takes, and says what is wrong with the rest. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { targetKernelProblem } from '../../client/src/targetKernel.js';
import { parseTarget } from '../../server/src/model/target.js';

describe('the target kernel in the input box', () => {
  it.each(['', '  ', '5.15', 'v6.1', '6.1.192', '6.1.0-18-amd64', '5.4..6.8', ' 5.4 .. 6.8 ', '5.9..5.10', '6.1..6.1', 'rhel9.4', '5.15, ubuntu22.04-hwe', './appliance.btf', 'running', '5.8.0-63-generic.btf'])('takes "%s"', (text) => {
    expect(targetKernelProblem(text)).toBeUndefined();
  });

  it.each([
    ['5.4,', 'Write a kernel release'],
    ['5', 'Write a kernel release'],
    ['5.4..', 'Write a kernel release'],
    ['5.4..6.1..6.8', 'Write a kernel release'],
    ['6.8..5.4', '5.4..6.8'],
    ['5.10..5.9', '5.9..5.10'],
    ['5.4-6.8', '5.4..6.8'],
  ])('refuses "%s"', (text, said) => {
    expect(targetKernelProblem(text)).toContain(said);
  });

  it('refuses nothing that the server takes, and of releases and ranges nothing else', () => {
    const piece = fc.constantFrom('5', '6', '10', '.', '..', '-', 'v', ' ', ',', '5.4', '6.8');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const text = pieces.join('').trim();
        fc.pre(text !== '' && !/v(?!\d)/.test(text) && !/v\s/.test(text));
        expect(targetKernelProblem(text) === undefined).toBe(!('error' in parseTarget(text, { releases: [], distributions: new Map() })));
      }),
    );
  });
});
