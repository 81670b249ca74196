/** The budget holds: what became slower is found, noise is not, and nothing passes unmeasured. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtCli } from '../cli/support.js';
import { run } from '../support/run.js';
import { compare, judge } from './budgetCompare.mjs';

const BUDGET = { open: { most: 2 }, edit: { most: 3 } };
const verdicts = (measured: Record<string, number>): string[] => compare(measured, BUDGET).map((v) => `${v.name} ${v.verdict}`);

describe('the comparison', () => {
  it('is of each ratio with its own budget', () => expect(verdicts({ open: 2, edit: 3.01 })).toEqual(['open within', 'edit over']));
  it('lets nothing pass that was not measured, or has no budget', () => {
    expect(verdicts({ open: 1 })).toEqual(['open within', 'edit unmeasured']);
    expect(verdicts({ open: NaN, edit: 1 })).toEqual(['open unmeasured', 'edit within']);
    expect(verdicts({ open: 1, edit: 1, hover: 1 })).toEqual(['open within', 'edit within', 'hover unbudgeted']);
  });
  it('measures again, and only, what is over, and believes it when it is so twice', async () => {
    const asked: string[][] = [];
    const answering = (...answers: Record<string, number>[]) => async (names: readonly string[]): Promise<Record<string, number>> => {
      asked.push([...names]);
      return answers.shift()!;
    };
    expect(await judge(answering({ open: 9, edit: 1 }, { open: 1.5 }), BUDGET)).toMatchObject({ good: true, again: ['open'] });
    const slow = await judge(answering({ open: 9, edit: 1 }, { open: 8 }), BUDGET);
    expect(slow.good).toBe(false);
    expect(slow.verdicts[0]).toEqual({ name: 'open', value: 8, most: 2, verdict: 'over' });
    expect(await judge(answering({ open: 1, edit: 1 }), BUDGET)).toMatchObject({ good: true, again: [] });
    expect(asked).toEqual([['open', 'edit'], ['open'], ['open', 'edit'], ['open'], ['open', 'edit']]);
  });
  it('fails where there is nothing to compare', async () => expect((await judge(async () => ({}), {})).good).toBe(false));
});

describe('the budget of this repository', () => {
  const budget = JSON.parse(readFileSync(path.join(import.meta.dirname, 'budget.json'), 'utf8')) as { ratios: Record<string, { what: string; measured: number; most: number }> };
  it('has room above what was measured, not more than twice as much, and says what is compared', () => {
    expect(Object.keys(budget.ratios).length).toBeGreaterThan(5);
    for (const { what, measured, most } of Object.values(budget.ratios)) {
      expect(what).toContain('÷');
      expect(most).toBeGreaterThan(measured);
      expect(most).toBeLessThanOrEqual(measured * 2);
    }
  });
  it('finds a rule that wastes three milliseconds', async () => {
    const ran = await run(process.execPath, [path.join(import.meta.dirname, 'budget.mjs'), '--dist', builtCli(), '--only', 'edit', '--slow', 'helper-not-allowed=3']);
    expect(ran.stdout).toMatch(/^budget: edit: .*: OVER ITS BUDGET, twice$/m);
    expect(ran.stdout).toContain('budget: 0 of 1 within');
    expect(ran.stderr).toContain('npm run budget -- --renew');
    expect(ran.status).toBe(1);
  });
});
