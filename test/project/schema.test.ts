/** The published schema takes what the reader takes and names what it does not; the page and the starter say the same keys. */
import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectSchema } from '../../data/build/generateProjectFile.js';
import { PROJECT_KEYS, SET_KEYS, TOP_KEYS } from '../../server/src/project/projectKeys.js';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';
import { starter } from '../../server/src/project/starter.js';
import { RULES } from '../../server/src/rules/index.js';
import { SETTINGS_TABLE } from '../../server/src/settings/table.js';

const validate = new Ajv({ strict: false, allErrors: true }).compile(projectSchema());
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORDS = { ruleIds: RULES.map((rule) => rule.id), kernelProblem: () => undefined };
const mistakes = (text: string): number => readProjectFile(text, '/w/.ebpf-lens.yaml', WORDS).mistakes.length;

describe('the schema', () => {
  it.each([
    '', 'kernel: 5.15\n', "kernel: ['5.4..6.8', 6.1]\n", 'rules: { unknown-section: off }\n', 'libbpf: 1.2\n', "libbpf: '1.2'\n", 'macros: [A=1]\n', 'includePaths: inc\n', 'architecture: arm64\n', 'license: GPL\n',
    'programs: { x: xdp }\n', 'targets: [{ files: x, kernel: 5.4, rules: { unknown-section: info } }]\n', 'exclude: [a, "!b"]\n', 'kernel:\nrules:\nmacros:\ntargets:\nlicense:\narchitecture:\n',
  ])('takes %j, as the reader does', (text) => {
    expect(mistakes(text)).toBe(0);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    'kernels: 5.15\n', 'rules: { nothing: off }\n', 'rules: { unknown-section: warn }\n', 'architecture: amd64\n', "libbpf: 'new'\n", 'kernel: { a: b }\n', 'targets: [{ kernel: 5.4 }]\n', 'targets: [{ files: x, exclude: y }]\n',
    'targets: x\n', 'macros: [[A]]\n', '- a\n', 'text\n',
  ])('refuses %j, as the reader does', (text) => {
    expect(mistakes(text)).toBeGreaterThan(0);
    expect(validate(parse(text))).toBe(false);
  });

  it('describes every key', () => {
    const { properties } = projectSchema() as { properties: Record<string, { description: string; items?: { properties: Record<string, { description: string }> } }> };
    expect(Object.keys(properties)).toEqual(TOP_KEYS.map((key) => key.name));
    expect(Object.keys(properties['targets']?.items?.properties ?? {})).toEqual(SET_KEYS.map((key) => key.name));
    for (const { description } of Object.values(properties)) expect(description.length).toBeGreaterThan(20);
  });

  it('is in the extension, for the extension that reads YAML', () => {
    const { contributes } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { contributes: { yamlValidation: unknown } };
    expect(contributes.yamlValidation).toEqual([{ fileMatch: '.ebpf-lens.yaml', url: './schemas/ebpf-lens.schema.json' }]);
  });
});

it('every setting that a project may say is a key, and the examples are good', () => {
  expect(PROJECT_KEYS.flatMap((key) => key.setting?.key ?? [])).toEqual(SETTINGS_TABLE.filter((row) => row.project !== undefined).map((row) => row.key));
  for (const { name, example } of TOP_KEYS) expect(mistakes(`${name}: ${example}\n`), name).toBe(0);
});

it('the page\'s own example and the starter have no mistakes', () => {
  const page = readFileSync(`${ROOT}/docs/project-file.md`, 'utf8');
  const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
  expect(example).toContain('kernel:');
  expect(mistakes(example)).toBe(0);
  expect([mistakes(starter()), mistakes(starter('5.4..5.10,6.1'))]).toEqual([0, 0]);
  expect(readProjectFile(starter(), '/w/.ebpf-lens.yaml', WORDS).values).toEqual({});
});
