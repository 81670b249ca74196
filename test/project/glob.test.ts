/** Globs of project files: against a well-known library where both mean the same, in linear time, and what is refused. */
import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { matches, parseGlob, type Glob } from '../../server/src/project/glob.js';
import { threadTime } from '../support/threadTime.js';

function glob(text: string): Glob {
  const read = parseGlob(text);
  if ('error' in read) throw new Error(`${text} ${read.error}`);
  return read;
}
const match = (patterns: string | readonly string[], path: string): boolean => matches((typeof patterns === 'string' ? [patterns] : patterns).map(glob), path);

describe('matches', () => {
  it.each<[string | string[], string[], string[]]>([
    ['src/xdp/**', ['src/xdp/a.c', 'src/xdp/deep/er/a.c'], ['src/a.c', 'xdp/a.c', 'src/xdp']],
    ['*.bpf.c', ['a.bpf.c', 'deep/er/a.bpf.c', '.a.bpf.c'], ['a.c', 'a.bpf.cc']],
    ['./src/*.c', ['src/a.c'], ['src/deep/a.c', 'a.c']],
    ['src/*_kern.c', ['src/xdp_kern.c', 'src/_kern.c'], ['src/xdp_user.c']],
    ['third_party', ['third_party/x.c', 'a/third_party/b/x.c'], ['third_party_own/x.c']],
    ['third_party/', ['third_party/x.c'], ['third/party.c']],
    ['a/**/b.c', ['a/b.c', 'a/x/b.c', 'a/x/y/b.c'], ['b.c', 'a/x/c.c']],
    ['**/gen/**', ['gen/a.c', 'x/gen/y/a.c'], ['gen', 'general/a.c']],
    ['src/{xdp,tc}/*.c', ['src/xdp/a.c', 'src/tc/a.c'], ['src/kprobe/a.c']],
    ['{a,b{1,2}}.c', ['a.c', 'b1.c', 'x/b2.c'], ['b.c', 'b3.c']],
    ['prog[0-9!].c', ['prog1.c', 'prog!.c'], ['prog.c', 'proga.c']],
    ['prog[!0-9].c', ['proga.c'], ['prog1.c']],
    ['prog[]x].c', ['prog].c', 'progx.c'], ['progy.c']],
    ['a\\*.c', ['a*.c'], ['ab.c']],
    ['?.c', ['a.c', 'x/ä.c'], ['ab.c', '.c']],
    [['src/**', '!src/gen/**', 'src/gen/keep.c'], ['src/a.c', 'src/gen/keep.c'], ['src/gen/a.c', 'lib/a.c']],
    ['**', ['a.c', 'x/y.c'], []],
  ])('%j', (patterns, yes, no) => {
    for (const path of yes) expect(match(patterns, path), path).toBe(true);
    for (const path of no) expect(match(patterns, path), path).toBe(false);
  });

  it('takes Windows\' separators in paths', () => {
    expect(match('src/xdp/**', 'src\\xdp\\a.c')).toBe(true);
  });

  it('agrees with picomatch on whole paths', () => {
    const part = fc.stringMatching(/^(?:[ab.]|\*|\?|\[ab\]|\[!a\]){1,4}$/).filter((p) => !/^\.+$|\*\*/.test(p));
    const pattern = fc.array(fc.oneof({ weight: 4, arbitrary: part }, fc.constant('**')), { minLength: 2, maxLength: 4 }).filter((parts) => parts.at(-1) !== '**').map((parts) => parts.join('/'));
    // Of names with a dot at an end the library thinks otherwise than a shell does.
    const path = fc.array(fc.stringMatching(/^[ab](?:[ab.]?[ab])?$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, path, (text, parts) => {
        // A folder that matches stands for what is below it, which is not so in picomatch.
        const isMatch = picomatch(text, { dot: true, posix: true });
        const expected = parts.some((_part, i) => isMatch(parts.slice(0, i + 1).join('/')));
        expect(match(text, parts.join('/')), `${text} on ${parts.join('/')}`).toBe(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it('stays fast where regular expressions would not', () => {
    const spent = threadTime(() => {
      expect(match(`${'*a'.repeat(200)}b`, 'a'.repeat(250))).toBe(false);
      expect(match(`${'**/'.repeat(100)}b.c`, `${'a/'.repeat(200)}a.c`)).toBe(false);
    });
    expect(spent).toBeLessThan(500);
  });
});

describe('parseGlob', () => {
  it.each([
    ['', 'empty'], ['!', 'empty'], ['./', 'empty'], ['/src/**', 'relative'], ['C:/src', 'relative'], ['../x/**', 'leads out'], ['a/../../b', 'leads out'], ['a**b', 'no whole part'],
    ['a[b', 'not closed'], ['a{b', 'not closed'], [`${'{a,b}'.repeat(10)}`, 'more than'], ['x'.repeat(600), 'longer'],
  ])('refuses %j', (text, why) => {
    expect(parseGlob(text)).toEqual({ error: expect.stringContaining(why) as string });
  });

  it('never throws and always ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('*', '?', '[', ']', '{', '}', ',', '!', '\\', '/', 'a', '-', '.') }), fc.string(), (text, path) => {
        const read = parseGlob(text);
        if (!('error' in read)) matches([read], path);
      }),
      { numRuns: 3000 },
    );
  });
});
