/** Reading `.ebpf-lens.yaml`: what it may say, every mistake with its place, and texts that nobody should write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProjectFile } from '../../server/src/project/readProjectFile.js';
import type { ProjectFile, Vocabulary } from '../../server/src/project/projectFile.types.js';
import { applyProject, kernelSetFor, overruled, valuesFor } from '../../server/src/project/projectSettings.js';
import { DEFAULT_SETTINGS, parseSettings } from '../../server/src/settings/parseSettings.js';
import { RULES } from '../../server/src/rules/index.js';
import { threadTime } from '../support/threadTime.js';

const WORDS: Vocabulary = {
  ruleIds: RULES.map((rule) => rule.id),
  kernelProblem: (text) => (/^\d+\.\d+(?:\.\.\d+\.\d+)?$/.test(text) ? undefined : `${JSON.stringify(text)} is no kernel version`),
};
const read = (text: string): ProjectFile => readProjectFile(text, '/w/.ebpf-lens.yaml', WORDS);
const said = (text: string): readonly string[] => read(text).mistakes.map((m) => `${m.line}:${m.column}: ${m.message}`);

const WHOLE = `# what we support
kernel: ['5.4..5.10', 6.1]
license: Dual BSD/GPL
libbpf: '1.2'
architecture: arm64
rules:
  unknown-section: off   # ours
  helper-needs-gpl: warning
programs:
  "my_*": xdp
includePaths: [include, ./third_party/../libbpf]
macros: [__TARGET_ARCH_arm64, MAX=3]
targets:
  - files: src/xdp/**
    kernel: 5.10
    rules: { unknown-section: info }
    macros: [XDP]
  - files: ['src/xdp/new.bpf.c']
    kernel: '6.12'
exclude: [vendor, '*.skel.h']
`;

describe('a whole file', () => {
  const project = read(WHOLE);

  it('has no mistakes', () => expect(project.mistakes).toEqual([]));

  it('says for a file what its top says', () => {
    expect(valuesFor(project, '/w/src/other.bpf.c')).toMatchObject({
      targetKernel: '5.4..5.10,6.1', assumeLicense: 'Dual BSD/GPL', libbpfVersion: '1.2', architecture: 'arm64',
      severity: { 'unknown-section': 'off', 'helper-needs-gpl': 'warning' }, programs: { 'my_*': 'xdp' },
      includePaths: ['/w/include', '/w/libbpf'], defines: ['__TARGET_ARCH_arm64', 'MAX=3'],
    });
  });

  it('lets entries of "targets" say more and otherwise, the later ones last', () => {
    expect(valuesFor(project, '/w/src/xdp/a.bpf.c')).toMatchObject({ targetKernel: '5.10', severity: { 'unknown-section': 'info', 'helper-needs-gpl': 'warning' }, defines: ['__TARGET_ARCH_arm64', 'MAX=3', 'XDP'], assumeLicense: 'Dual BSD/GPL' });
    expect(valuesFor(project, '/w/src/xdp/new.bpf.c').targetKernel).toBe('6.12');
    expect([kernelSetFor(project, '/w/a.c'), kernelSetFor(project, '/w/src/xdp/a.c'), kernelSetFor(project, '/w/src/xdp/new.bpf.c')]).toEqual([undefined, 0, 1]);
  });

  it('wins over settings, leaves those that it does not name and what is a matter of taste', () => {
    const { settings } = parseSettings({ targetKernel: '5.15', debounceMs: 7, completion: 'off', includePaths: ['/usr/include/bpf'], severity: { 'unknown-section': 'error', 'missing-license': 'off' }, defines: ['MAX=9', 'MINE'] });
    expect(applyProject(project, '/w/vendor/deep/a.bpf.c', settings)).toMatchObject({
      targetKernel: '5.4..5.10,6.1', debounceMs: 7, completion: 'off', severity: { 'unknown-section': 'off', 'missing-license': 'off', 'helper-needs-gpl': 'warning' },
      includePaths: ['/w/include', '/w/libbpf', '/usr/include/bpf'], defines: ['MAX=9', 'MINE', '__TARGET_ARCH_arm64', 'MAX=3'], projectFile: '/w/.ebpf-lens.yaml', excluded: true,
    });
    expect(overruled(project, '/w/a.c', settings)).toEqual(['targetKernel is 5.4..5.10,6.1 there, not 5.15', 'severity of unknown-section is off there, not error']);
    expect(overruled(project, '/w/a.c', DEFAULT_SETTINGS)).toEqual([]);
  });

  it('says nothing about files elsewhere but what holds for all', () => {
    expect(applyProject(project, '/elsewhere/vendor/a.c', DEFAULT_SETTINGS).excluded).toBeUndefined();
  });
});

describe('values', () => {
  it('takes numbers as they are written', () => expect(read('kernel: 5.10\nlibbpf: 1.10\n').values).toEqual({ targetKernel: '5.10', libbpfVersion: '1.10' }));
  it('takes a key without a value for not there', () => expect(read('kernel:\nrules: ~\ntargets: null\nmacros:\n')).toMatchObject({ values: {}, sets: [], mistakes: [] }));
  it('follows anchors', () => expect(read('kernel: &k 5.4\ntargets: [{ files: x, kernel: *k }]\n').sets[0]?.values).toEqual({ targetKernel: '5.4' }));
  it('reads CRLF, a byte order mark and comments alone', () => {
    expect(read('\ufeffkernel: 5.4\r\nlibbpf: 1.2\r\n')).toMatchObject({ values: { targetKernel: '5.4', libbpfVersion: '1.2' }, mistakes: [] });
    for (const text of ['', '\n', '# nothing yet\n', '---\n']) expect(read(text)).toMatchObject({ values: {}, mistakes: [] });
  });
  it('has no keys but those given, whatever objects inherit', () => {
    const { severity } = read('rules: { __proto__: off }\nprograms: { __proto__: xdp }').values;
    expect(severity?.['toString']).toBeUndefined();
  });
});

describe('mistakes', () => {
  it('are all listed with their places, and the rest counts', () => {
    const text = 'kernel: [5.4, soon]\nrules:\n  helper-needs-gpI: off\n  unknown-section: warn\nlicence: GPL\nlibbpf: new\nincludePaths: [ok, ../out, /usr, ~/x]\ntargets:\n- kernel: 5.4\n- files: a**\n- files: b\n  exclude: c\nexclude: /x\n';
    expect(said(text)).toEqual([
      '1:15: "kernel": "soon" is no kernel version',
      '3:3: "helper-needs-gpI" is no rule; did you mean "helper-needs-gpl"?',
      '4:20: "unknown-section" must be one of error, warning, info, off (did you mean "warning"?), is "warn"',
      '5:1: "licence" is no key of a .ebpf-lens.yaml; did you mean "license"?',
      '6:9: "libbpf" must look like "1.2", is "new"',
      ...['"../out" in "includePaths" leads out of the folder of this file', '"/usr" in "includePaths" must be relative to the folder of this file', '"~/x" in "includePaths" must be relative to the folder of this file'].map(
        (what, i) => `7:${[20, 28, 34][i]}: ${what}; folders of the machine belong into the editor's settings or the compiler's flags`,
      ),
      '9:3: the entry does not say for which "files" it is; it is not used',
      '10:10: "a**" in "files" has a "**" that is no whole part of the path: put slashes around it',
      '12:3: "exclude" is no key of an entry of "targets"; there are files, kernel, license, libbpf, rules, programs, includePaths, macros, architecture',
      '13:10: "/x" in "exclude" must be relative to the folder of this file',
    ]);
    expect(read(text)).toMatchObject({ values: { targetKernel: '5.4', includePaths: ['/w/ok'] } });
  });

  it.each<[string, string[]]>([
    ['a\n', ['1:1: a .ebpf-lens.yaml must be a mapping of keys to values, is a single value']],
    ['- kernel: 5.4\n', ['1:1: a .ebpf-lens.yaml must be a mapping of keys to values, is a list']],
    ['kernel: 5.4\nkernel: 5.8\n', ['2:1: "kernel" is there twice; the first one counts']],
    ['targetKernel: 5.4\n', ['1:1: "targetKernel" is no key of a .ebpf-lens.yaml; did you mean "kernel"?']],
    ['defines: [A]\nseverity: {}\n', ['1:1: "defines" is no key of a .ebpf-lens.yaml; did you mean "macros"?', '2:1: "severity" is no key of a .ebpf-lens.yaml; did you mean "rules"?']],
    ['kernel: { a: b }\nrules: off\nmacros: [[A]]\ntargets: x\narchitecture: [arm]\n', ['1:9: "kernel" must be a string or a list of strings, is a mapping', '2:8: "rules" must be a mapping of keys to values, is a single value', '3:10: what "macros" lists must be strings, is a list', '4:10: "targets" must be a list of entries, each with "files", is a single value', '5:15: "architecture" must be a single value, is a list']],
    ['kernel: *nope\n', ['1:9: "*nope" names nothing']],
    ['kernel: 5.4\n---\nkernel: 5.8\n', ['3:1: a second document; only the first counts']],
    ['kernel: "5.4\0"\n', ['1:13: the file is a binary file (it has NUL bytes)']],
  ])('in %j', (text, expected) => expect(said(text)).toEqual(expected));

  it('in the YAML itself are listed beside those in values', () => {
    const all = said('kernel: 5.4\n\tlibbpf: 1.2\nrules:\n  nothing: off\n bad: x\nlicense: [\n');
    expect(all[0]).toMatch(/^2:1: not YAML: Tabs/);
    expect(all.some((m) => m.startsWith('4:3: "nothing" is no rule'))).toBe(true);
    expect(all.filter((m) => m.includes('not YAML')).length).toBeGreaterThan(1);
    expect(read('kernel: 5.4\n\tlibbpf: 1.2\n').values.targetKernel).toBe('5.4');
  });

  it('are bounded', () => {
    const all = said(Array.from({ length: 1000 }, (_, i) => `key${i}: 1\n`).join(''));
    expect(all).toHaveLength(201);
    expect(all.at(-1)).toContain('and 800 more mistakes');
  });
});

describe('hostile texts', () => {
  it.each([
    ['[', 60_000, 'nested more than'], ['- ', 30_000, 'nested more than'], ['{a: ', 15_000, 'nested more than'], ['? ', 30_000, 'nested more than'], ['x', 70_000, 'larger than 64 KiB'],
  ])('%j, many times', (what, times, why) => {
    expect(threadTime(() => expect(said(what.repeat(times))).toEqual([expect.stringContaining(why)]))).toBeLessThan(5000);
  });

  it('aliases that multiply', () => {
    const list = (name: string): string => `[${Array.from({ length: 900 }, () => name).join(', ')}]`;
    const { mistakes } = read(`programs: &m {${Array.from({ length: 900 }, (_, i) => `k${i}: xdp`).join(', ')}}\nrules: {}\ntargets: &t ${list('{files: x, programs: *m}')}\n`);
    expect(mistakes.map((m) => m.message)).toEqual(['the file is not read: it says more than 20000 things, with what aliases repeat']);
    expect(said('a: &a [*a, *a]\nkernel: *a\n')).toHaveLength(3);
  });

  it('any text, and any YAML: never throws, and every place is in the text', () => {
    const words = fc.constantFrom('kernel', 'rules', 'targets', 'files', 'macros', ': ', '\n', '\n  ', '- ', '[', ']', '{', '}', ', ', '5.4', '"', "'", '#', '&a ', '*a', '!!int ', '|\n', '\t', '---\n', '%YAML 1.2\n', 'off', '? ');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(words, { maxLength: 40 }).map((parts) => parts.join(''))), (text) => {
        const { mistakes } = read(text);
        for (const m of mistakes) {
          expect(m.line).toBeGreaterThan(0);
          expect(m.line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length);
          expect(m.span.start).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
