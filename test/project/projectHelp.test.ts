/** Completion and hovers in project files, at cursors in half-typed YAML. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectCursor } from '../../server/src/project/projectCursor.js';
import { projectHelp, projectOffers, type HelpWords } from '../../server/src/project/projectHelp.js';
import { SET_KEYS, TOP_KEYS } from '../../server/src/project/projectKeys.js';

const CURSOR = '/*|*/';
const WORDS: HelpWords = {
  rules: [{ name: 'unknown-section', text: 'A section.' }, { name: 'helper-needs-gpl' }],
  targets: [{ name: '6.1' }, { name: '5.10' }, { name: 'running' }, { name: 'rhel8.6' }, { name: 'ubuntu22.04' }],
  licenses: ['GPL'],
  sections: [{ name: 'xdp' }],
  describeTarget: (text) => (text === 'soon' ? undefined : { name: text, text: `about ${text}` }),
};

/** Names that are offered, and the text with the first of them chosen. */
function offered(marked: string): { readonly names: readonly string[]; readonly chosen: string } {
  const offset = marked.indexOf(CURSOR);
  const text = marked.replace(CURSOR, '');
  const offers = projectOffers(text, offset, WORDS);
  const [first] = offers?.entries ?? [];
  return { names: offers?.entries.map(({ name }) => name) ?? [], chosen: offers && first ? text.slice(0, offers.span.start) + first.insert + text.slice(offers.span.end) : text };
}
const names = (marked: string): readonly string[] => offered(marked).names;
const TOP = TOP_KEYS.map(({ name }) => name);
const SET = SET_KEYS.map(({ name }) => name);

describe('keys', () => {
  it('are all offered in an empty file, and those that are missing in others', () => {
    expect(names('/*|*/')).toEqual(TOP);
    expect(names('kernel: 5.10\n/*|*/\nrules:\n  unknown-section: off\n')).toEqual(TOP.filter((name) => name !== 'kernel' && name !== 'rules'));
    expect(names('# ours\nke/*|*/')).toEqual(TOP);
  });

  it('are written with their colon, unless that is there', () => {
    expect(offered('ke/*|*/').chosen).toBe('kernel: ');
    expect(offered('ke/*|*/: 5.10').chosen).toBe('kernel: 5.10');
  });

  it('of an entry of targets are those that may stand there', () => {
    expect(names('targets:\n  - /*|*/')).toEqual(SET);
    expect(names("targets:\n  - files: 'a/**'\n    ker/*|*/\n  - files: b\n    license: GPL\n")).toEqual(SET.filter((name) => name !== 'files'));
    expect(names("targets:\n- files: 'a/**'\n  ker/*|*/")).toEqual(SET.filter((name) => name !== 'files'));
    expect(names("targets: [{ files: 'a', /*|*/")).toEqual(SET.filter((name) => name !== 'files'));
  });

  it('in braces end at a colon before a blank, as in YAML', () => {
    expect(names('targets: [{ kernel:5/*|*/ }]')).toEqual(SET);
  });

  it('of rules are their ids', () => {
    expect(names('rules:\n  /*|*/')).toEqual(['unknown-section', 'helper-needs-gpl']);
    expect(names('rules:\n  unknown-section: off\n  hel/*|*/\n')).toEqual(['helper-needs-gpl']);
    expect(names('rules: { unknown-section: off, /*|*/ }')).toEqual(['helper-needs-gpl']);
    expect(names('targets:\n  - files: a\n    rules:\n      /*|*/')).toEqual(['unknown-section', 'helper-needs-gpl']);
  });
});

describe('values', () => {
  const LEVELS = ['error', 'warning', 'info', 'off'];
  it.each([
    ['rules:\n  unknown-section: /*|*/', LEVELS],
    ['rules:\r\n  unknown-section: w/*|*/\r\n', LEVELS],
    ['rules: { unknown-section: /*|*/', LEVELS],
    ['targets:\n  - files: a\n    rules:\n      unknown-section: /*|*/', LEVELS],
    ['license: /*|*/', ['unknown', 'GPL']],
    ['programs:\n  my_prog: /*|*/', ['xdp']],
    ['exclude: /*|*/', []],
    ['includePaths: [/*|*/]', []],
    ['kernel: 5.10 # as /*|*/', []],
    ['nothing: /*|*/', []],
    ['libbpf: /*|*/', []],
  ])('of %j', (marked, wanted) => expect(names(marked)).toEqual(wanted));

  it('of an architecture are those of the setting', () => expect(names('architecture: /*|*/')).toContain('arm64'));

  const TARGETS = WORDS.targets.map(({ name }) => name);
  it.each(['kernel: /*|*/', 'kernel: ub/*|*/', "kernel: ['5.4..5.10', '/*|*/']", 'kernel: [5.4, /*|*/', 'kernel:\n  - 5.4\n  - /*|*/', 'kernel:\n- /*|*/', 'kernel: [\n  5.4,\n  /*|*/\n]', 'targets:\n  - files: a\n    kernel: /*|*/', 'targets: [{ files: a, kernel: /*|*/ }]', 'targets: [{"files":"a","kernel":"/*|*/"}]'])(
    'of a kernel are targets: %j', (marked) => expect(names(marked)).toEqual(TARGETS));

  it('behind dots are the end of the range', () => {
    expect(offered('kernel: 5.4../*|*/')).toEqual({ names: ['6.1', '5.10'], chosen: 'kernel: 5.4..6.1' });
    expect(offered('kernel: [rhel8.2..rh/*|*/]')).toEqual({ names: ['rhel8.6', 'ubuntu22.04'], chosen: 'kernel: [rhel8.2..rhel8.6]' });
  });

  it('replace what is typed, within its quotes', () => {
    expect(offered("kernel: ['5.4', 'r/*|*/h']").chosen).toBe("kernel: ['5.4', '6.1']");
    expect(offered('rules:\n  unknown-section: wa/*|*/rn # later\n').chosen).toBe('rules:\n  unknown-section: error # later\n');
  });
});

describe('hovers', () => {
  const hovered = (marked: string): string | undefined => {
    const help = projectHelp(marked.replace(CURSOR, ''), marked.indexOf(CURSOR), WORDS);
    return help && `${marked.replace(CURSOR, '').slice(help.span.start, help.span.end)}: ${help.word.text ?? ''}`;
  };
  it('say what keys, rules, levels and targets mean', () => {
    expect(hovered('ker/*|*/nel: 5.10')).toMatch(/^kernel: The kernels that the programs must load on/);
    expect(hovered('rules:\n  unknown-/*|*/section: off')).toBe('unknown-section: A section.');
    expect(hovered('rules:\n  unknown-section: o/*|*/ff')).toBe('off: Not reported.');
    expect(hovered("kernel: ['5.4..6.8', 'rhel/*|*/8.6']")).toBe('rhel8.6: about rhel8.6');
    expect(hovered('kernel: so/*|*/on')).toBeUndefined();
    expect(hovered('targets:\n  - fi/*|*/les: a')).toMatch(/^files: The files that the entry is for/);
    expect(hovered('exclude: [third/*|*/_party]')).toBeUndefined();
    expect(hovered('# ker/*|*/nel')).toBeUndefined();
  });
});

it('whatever the text is, a place is told in bounded time, within it', () => {
  const piece = fc.constantFrom('kernel', 'targets', 'rules', ':', ' ', '  ', '- ', '\n', '\r\n', '[', ']', '{', '}', ',', "'", '"', '#', '\t', 'x', '5.4..', 'é');
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(), (pieces, n) => {
    const text = pieces.join('');
    const offset = n % (text.length + 1);
    const cursor = projectCursor(text, offset);
    if (!cursor) return;
    expect(cursor.word.start).toBeLessThanOrEqual(offset);
    expect(cursor.word.end).toBeGreaterThanOrEqual(offset);
    expect(cursor.word.end).toBeLessThanOrEqual(text.length);
    projectOffers(text, offset, WORDS);
    projectHelp(text, offset, WORDS);
  }), { numRuns: 1000 });
});
