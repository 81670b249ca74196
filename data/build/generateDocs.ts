/**
 * Writes docs/rules/ from the rules themselves: one page a rule and the index.
 * Run as `node data/build/run.mjs docs`; with `--check` it writes nothing and fails if a page is not what would be written.
 */
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../server/src/rules/index.js';
import type { Rule, RuleExample } from '../../server/src/rules/rule.js';

const NOTE = '<!-- Generated from server/src/rules by `node data/build/run.mjs docs`; edit the rule, not this page. -->';

/** All pages by file name. */
export function rulePages(rules: readonly Rule[] = RULES): ReadonlyMap<string, string> {
  const pages = new Map(rules.map((rule) => [`${rule.id}.md`, page(rule)]));
  pages.set('README.md', index(rules));
  return pages;
}

/** Files that differ from what would be written, are missing, or should not be there; sorted names. */
export function staleRulePages(folder: string): readonly string[] {
  const pages = rulePages();
  const present = new Set(readdirSync(folder).filter((name) => name.endsWith('.md')));
  const stale = [...pages].filter(([name, text]) => !present.has(name) || readFileSync(join(folder, name), 'utf8') !== text).map(([name]) => name);
  return [...stale, ...[...present].filter((name) => !pages.has(name))].sort();
}

function page(rule: Rule): string {
  const { doc } = rule;
  return `${NOTE}

# ${rule.id}

${doc.summary}

Severity: ${rule.severity}, unless the settings say otherwise.

## Problem

${example(doc.bad)}

## Correct

${example(doc.good)}

## Why

${doc.why}

## When it says nothing

${doc.exceptions}

To allow one place: \`/* ebpf-lens: allow(${rule.id}) */\` before the statement or the function, or at the top for the file.
`;
}

function example({ code, kernel, libbpf }: RuleExample): string {
  const target = kernel !== undefined ? `With the target kernel ${kernel}:\n\n` : libbpf !== undefined ? `With libbpf ${libbpf}:\n\n` : '';
  return `${target}\`\`\`c\n${code.trimEnd()}\n\`\`\``;
}

function index(rules: readonly Rule[]): string {
  const rows = rules.map((r) => `| [${r.id}](${r.id}.md) | ${r.severity} | ${r.doc.summary} |`);
  return `${NOTE}

# Rules

A finding is made only where a fact says that the kernel refuses; what is not known makes none. Severities can be set by rule.

| rule | severity | what it finds |
|---|---|---|
${rows.join('\n')}
`;
}

/** The command: writes the pages under docs/rules, or with `check` only compares them. @returns the exit code */
export function generateDocs(root: string, check: boolean): number {
  const folder = join(root, 'docs', 'rules');
  mkdirSync(folder, { recursive: true });
  const stale = staleRulePages(folder);
  if (check) {
    for (const name of stale) console.error(`docs/rules/${name} is not what the rules say; run: node data/build/run.mjs docs`);
    return stale.length === 0 ? 0 : 1;
  }
  const pages = rulePages();
  for (const name of stale) {
    const text = pages.get(name);
    if (text === undefined) unlinkSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
  console.log(`docs/rules: ${pages.size} pages, ${stale.length} written`);
  return 0;
}
