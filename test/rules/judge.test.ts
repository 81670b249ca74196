/** The definitions of "When a finding is made", on timelines made up for the purpose: one letter a release. */
import { describe, expect, test } from 'vitest';
import type { FactBook, HelperFact, KfuncFact, ProgramKey, Status, Timeline } from '../../server/src/facts/factBook.types.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { RuleContext, Target } from '../../server/src/rules/rule.js';
import { judge } from '../../server/src/rules/support/judge.js';

const RELEASES = ['5.4', '5.9', '5.10', '6.1', '6.12', '7.3'].map((r) => parseRelease(r) as number);
const STATUS: Readonly<Record<string, Status>> = { y: 'allowed', n: 'denied', s: 'sleepable', '?': 'unknown' };

/** One letter for each of RELEASES. */
function timeline(letters: string): Timeline {
  const at = (release: number): Status => STATUS[letters[RELEASES.indexOf(release)] ?? '?'] ?? 'unknown';
  const unused = (): never => {
    throw new Error('not asked');
  };
  return { segments: [], at, allowed: unused, deniedEverywhere: unused, ranges: unused };
}

const KEY: ProgramKey = { programType: 'T', attachType: null, sleepable: false, frags: false };
const helper = (since: string): HelperFact => ({ kind: 'helper', name: 'h', since: parseRelease(since) ?? 0 }) as HelperFact;
const kfunc = (since: string, max?: string): KfuncFact =>
  ({ kind: 'kfunc', name: 'k', lifetime: { since: parseRelease(since) ?? 0, max: max === undefined ? undefined : parseRelease(max) } }) as KfuncFact;

function verdicts(fact: HelperFact | KfuncFact, letters: string, range?: string, maySleep: boolean | undefined = true, key = KEY): string {
  const facts = { releases: RELEASES, availability: () => timeline(letters), typeMaySleep: () => maySleep } as unknown as FactBook;
  const [min, max] = (range ?? '').split('..').map((r) => parseRelease(r));
  const target: Target | undefined =
    min === undefined ? undefined : { min, max: max ?? min, releases: RELEASES.filter((r) => r >= min && r <= (max ?? min)) };
  const context = { facts, target } as unknown as RuleContext;
  return judge(context, fact, key)
    .map((v) => `${v.kind} ${v.why} ${v.release}`)
    .join('; ');
}

const OLD = helper('4.1');

describe('without a target', () => {
  test.each([
    ['nnnnnn', 'not-allowed never 7003'],
    ['????nn', 'not-allowed never 7003'],
    ['??nn??', ''],
    ['nnnnny', ''],
    ['ynnnnn', ''],
    ['??????', ''],
    ['nnnsss', 'needs-sleepable sleepable 7003'],
    ['sssssy', ''],
  ])('%s', (letters, wanted) => expect(verdicts(OLD, letters)).toBe(wanted));

  test('kernels that lack it do not make it denied', () => expect(verdicts(helper('6.1'), 'nnn???')).toBe(''));
  test('one that has it and refuses does', () => expect(verdicts(helper('6.1'), 'nnnn?n')).toBe('not-allowed never 7003'));
  test('but not where newer kernels are not known', () => expect(verdicts(helper('6.1'), 'nnnn??')).toBe(''));
  test('a type that can never sleep', () => expect(verdicts(OLD, 'nnnsss', undefined, false)).toBe('not-allowed never 7003'));
  test('a type that is not known to sleep keeps the benefit', () => expect(verdicts(OLD, 'nnnsss', undefined, undefined)).toBe('needs-sleepable sleepable 7003'));
  test('nothing is removed', () => expect(verdicts(kfunc('5.9', '6.1'), 'nyyynn')).toBe(''));
});

describe('with a target', () => {
  test.each([
    ['nnnnnn', '6.1', 'not-allowed never 6001'],
    ['nnnnnn', '5.4..6.12', 'not-allowed never 5004'],
    ['????nn', '5.4', 'not-allowed never 7003'],
    ['nnnyyy', '5.10', 'newer since 5010'],
    ['nnnyyy', '5.4..6.12', 'newer since 5004'],
    ['nnnyyy', '6.1..7.3', ''],
    ['nnyyyy', '5.9', 'newer since 5009'],
    ['nnyyyy', '5.10', ''],
    ['yyynyy', '6.1', 'newer since 6001'],
    ['yyynyy', '5.10..6.12', 'not-allowed gap 6001'],
    ['yyynyy', '5.10..6.1', 'not-allowed no-longer 6001'],
    ['yyyynn', '6.1..7.3', 'not-allowed no-longer 6012'],
    ['yyyynn', '7.3', 'not-allowed no-longer 7003'],
    ['yyyynn', '6.1', ''],
    ['nnyynn', '5.4..7.3', 'newer since 5004'],
    ['nnnsss', '6.1', 'needs-sleepable sleepable 6001'],
    ['nnnsss', '5.4..6.12', 'needs-sleepable sleepable 6001'],
    ['nnnsss', '5.4', 'not-allowed cannot-sleep-yet 5004'],
    ['nnnssy', '6.1..6.12', 'needs-sleepable sleepable 6001'],
    ['nnnssy', '5.10..6.12', 'newer since 5010'],
    ['nnnssy', '7.3', ''],
    ['??nyyy', '5.4..6.1', 'newer since 5010'],
    ['??????', '5.4..7.3', ''],
    ['yyyyy?', '7.3', ''],
    ['nnnn??', '6.1..7.3', 'not-allowed never 6001'],
    ['nnnn??', '6.12', ''],
  ])('%s on %s', (letters, range, wanted) => expect(verdicts(OLD, letters, range)).toBe(wanted));

  test('a kernel that lacks it refuses it in any kind of program', () => {
    expect(verdicts(helper('6.1'), 'nnn???', '5.10')).toBe('newer since 5010');
    expect(verdicts(helper('6.1'), 'nnn???', '6.1')).toBe('');
  });

  test('a kfunc that is gone', () => {
    expect(verdicts(kfunc('5.9', '6.1'), 'nyyynn', '6.12')).toBe('removed gone 6012');
    expect(verdicts(kfunc('5.9', '6.1'), 'nyyynn', '5.10..7.3')).toBe('removed gone 6012');
    expect(verdicts(kfunc('5.9', '6.1'), 'nyyynn', '5.10..6.1')).toBe('');
    expect(verdicts(kfunc('5.9', '6.1'), 'nyyynn', '5.4..7.3')).toBe('newer since 5004; removed gone 6012');
  });

  test('a kfunc that no kernel allowed here, and that is gone, is gone first', () => {
    expect(verdicts(kfunc('5.9', '6.1'), 'nnnnnn', '6.12')).toBe('removed gone 6012');
  });
});

test('nothing is said of a program whose type is not known', () => {
  expect(verdicts(OLD, 'nnnnnn', '6.1', true, { ...KEY, programType: null })).toBe('');
});
