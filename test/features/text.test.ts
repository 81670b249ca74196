/** The two renderers: what they make of sections, and that no source text gets markup, links or terminal escapes through them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, link, listed, paragraph, prose, strong, type InfoSection } from '../../server/src/features/text/info.js';
import { escapeMarkdown, toMarkdown } from '../../server/src/features/text/markdown.js';
import { toPlain } from '../../server/src/features/text/plain.js';

const ALL: readonly InfoSection[] = [
  { kind: 'verdict', answers: [{ answer: 'yes', line: ['Allowed'] }, { answer: 'no', line: ['Not in ', code('f')] }] },
  { kind: 'code', code: 'int f(void);' },
  paragraph('Reads ', strong('one'), ' thing of ', link('docs', 'https://docs.ebpf.io/')),
  { kind: 'list', title: 'Mind', items: [['a'], [code('b'), ': c']] },
  { kind: 'facts', rows: [{ label: 'Since', value: ['Linux 4.18'] }, { label: 'Capability', value: [code('CAP_BPF')] }] },
  { kind: 'table', head: ['Type', 'From'], rows: [['XDP', '4.18']] },
];

describe('Markdown', () => {
  it('renders every kind of section', () => {
    expect(toMarkdown(ALL)).toBe(
      [
        '✓ Allowed  \n✗ Not in `f`',
        '```c\nint f(void);\n```',
        'Reads **one** thing of [docs](https://docs.ebpf.io/)',
        '**Mind**\n- a\n- `b`: c',
        'Since: Linux 4.18  \nCapability: `CAP\u005fBPF`',
        '| Type | From |\n| --- | --- |\n| XDP | 4.18 |',
      ].join('\n\n'),
    );
  });

  it.each([
    ['[click](command:evil)', '\\[click\\](command:evil)'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)\\>'],
    ['![x](http://e/x.png)', '!\\[x\\](http:&#47;&#47;e/x.png)'],
    ['www.evil.example a@b.c', 'www&#46;evil.example a&#64;b.c'],
    ['# head', '\\# head'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['a\n\n# b', 'a \\# b'],
    ['&#91;', '&amp;\\#91;'],
    ['$(zap)', '\\$(zap)'],
  ])('shows %j as it stands', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('fences code longer than any backticks in it', () => {
    expect(toMarkdown([{ kind: 'code', code: '```\n[x](command:y)' }])).toBe('````c\n```\n[x](command:y)\n````');
    expect(toMarkdown([paragraph(code('a`b``'))])).toBe('``` a`b`` ```');
  });

  it('lets no unescaped bracket, tag or scheme through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]()<>!`\\*_#\n:/w.a@&') }), (text) => {
        const out = escapeMarkdown(text).replace(/\\./g, '');
        expect(out).not.toMatch(/[[\]<>`]|:\/\//);
      }),
    );
  });
});

describe('plain text', () => {
  it('renders every kind of section', () => {
    expect(toPlain(ALL)).toBe(
      [
        '[yes] Allowed\n[no] Not in f',
        '    int f(void);',
        'Reads one thing of docs (https://docs.ebpf.io/)',
        'Mind:\n  - a\n  - b: c',
        'Since:      Linux 4.18\nCapability: CAP_BPF',
        'Type  From\nXDP   4.18',
      ].join('\n\n'),
    );
  });

  it('wraps at the width and indents what follows', () => {
    expect(toPlain([{ kind: 'list', items: [['one two three four']] }], 14)).toBe('  - one two\n    three four');
  });

  it('keeps terminal escapes out', () => {
    // eslint-disable-next-line no-control-regex
    expect(toPlain([paragraph('a\u001b[31mb', code('\u009b2J'))])).not.toMatch(/[\u001b\u009b]/);
  });
});

describe('prose', () => {
  it('makes code of what stands between backticks', () => {
    expect(prose('Use `a` or `b`.')).toEqual(['Use ', { code: 'a' }, ' or ', { code: 'b' }, '.']);
  });
  it('lists with commas and a last word', () => {
    expect(listed(['a', 'b', 'c'])).toEqual(['a', ', ', 'b', ' and ', 'c']);
  });
});
