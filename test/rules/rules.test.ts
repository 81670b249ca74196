/** Every rule: its examples run, and list, folder, pages and tests name the same rules. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rulePages, staleRulePages } from '../../data/build/generateDocs.js';
import { RULES } from '../../server/src/rules/index.js';
import type { RuleExample } from '../../server/src/rules/rule.js';
import { unit, type UnitOptions } from '../support/unit.js';

const names = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();

const options = ({ kernel, libbpf }: RuleExample): UnitOptions => ({ kernel, settings: libbpf === undefined ? {} : { libbpfVersion: libbpf } });

const ids = RULES.map((r) => r.id);

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('finds exactly one thing in its bad example', async () => {
    const { findings, failures } = await unit(rule.doc.bad.code, options(rule.doc.bad));
    expect(failures).toEqual([]);
    expect(findings.filter((f) => f.rule === id)).toHaveLength(1);
    expect(findings.filter((f) => f.rule !== id && f.severity === 'error')).toEqual([]);
  });

  test('finds nothing in its good example, and nor does another', async () => {
    const { findings } = await unit(rule.doc.good.code, options(rule.doc.good));
    expect(findings).toEqual([]);
  });

  test('has a page of its own, and a test', () => {
    expect(rulePages().get(`${id}.md`)).toContain(rule.doc.summary);
    expect(existsSync(`test/rules/${id}.test.ts`)).toBe(true);
  });

  test('says everything that its page needs', () => {
    for (const text of [rule.doc.summary, rule.doc.why, rule.doc.exceptions]) expect(text).toMatch(/^[A-Z`A-Za-z].*\.$/s);
  });
});

test('the list is sorted and names the files of the folder', () => {
  expect(ids).toEqual([...ids].sort());
  expect(names('server/src/rules', '.ts').filter((n) => n !== 'index' && n !== 'rule')).toEqual(ids);
});

test('a rule file defines the rule that it is named for, and nothing else is defined elsewhere', () => {
  for (const id of ids) expect(readFileSync(`server/src/rules/${id}.ts`, 'utf8')).toContain(`id: '${id}'`);
});

test('the pages are what the rules say', () => {
  expect(staleRulePages('docs/rules')).toEqual([]);
  expect(names('docs/rules', '.md')).toEqual(['README', ...ids].sort());
});
