/** The table of settings, what is made of what users write, and that package.json and the page say what the table says. */
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { staleSettings } from '../../data/build/generateSettings.js';
import { DEFAULT_SETTINGS, parseSettings } from '../../server/src/settings/parseSettings.js';
import { SETTINGS_TABLE } from '../../server/src/settings/table.js';

describe('parseSettings', () => {
  it.each([null, undefined, {}])('gives the defaults for %j without a word', (raw) => {
    expect(parseSettings(raw)).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
  });

  it('has the defaults that the table names', () => {
    expect(DEFAULT_SETTINGS).toEqual({
      targetKernel: '',
      assumeLicense: 'unknown', libbpfVersion: '',
      severity: {},
      programs: {},
      includePaths: [],
      defines: [],
      debounceMs: 150,
      completion: 'auto',
      statusBar: true,
      architecture: '',
      workspaceIndex: true,
      workspaceIndexFiles: 5000,
      codeLens: true,
      kernelHints: 'file',
      semanticTokens: 'auto',
      navigation: 'all',
      logLevel: 'info',
    });
  });

  it('reads nested objects, dotted keys and full keys alike', () => {
    expect(parseSettings({ statusBar: { enabled: false } }).settings.statusBar).toBe(false);
    expect(parseSettings({ 'statusBar.enabled': false }).settings.statusBar).toBe(false);
    expect(parseSettings({ 'ebpfLens.targetKernel': ' 5.15 ' }).settings.targetKernel).toBe('5.15');
  });

  it.each([
    [{ targetKernel: 5.15 }, 'ebpfLens.targetKernel: must be a string, is a number; the default "" is used'],
    [{ debounceMs: 'fast' }, 'ebpfLens.debounceMs: must be a number, is a string; the default 150 is used'],
    [{ debounceMs: -1 }, 'ebpfLens.debounceMs: must be between 0 and 5000, is -1; the default 150 is used'],
    [{ debounceMs: Number.NaN }, 'ebpfLens.debounceMs: must be a number, is NaN; the default 150 is used'],
    [{ completion: 'some' }, 'ebpfLens.completion: must be one of auto, all, ebpf-only, off, is "some"; the default "auto" is used'],
    [{ includePaths: 'include' }, 'ebpfLens.includePaths: must be a list of strings, is a string; the default [] is used'],
    [{ severity: ['error'] }, 'ebpfLens.severity: must be an object, is a list; the default {} is used'],
    [{ statusBar: { enabled: 'yes' } }, 'ebpfLens.statusBar.enabled: must be true or false, is a string; the default true is used'],
    ['5.15', 'ebpfLens: must be an object, is a string; the defaults are used'],
    [[1], 'ebpfLens: must be an object, is a list; the defaults are used'],
  ])('says what is wrong with %j and goes on with the default', (raw, problem) => {
    expect(parseSettings(raw)).toEqual({ settings: DEFAULT_SETTINGS, problems: [problem] });
  });

  it('takes the good entries of a map or list and names the bad ones', () => {
    const { settings, problems } = parseSettings({ severity: { 'unknown-section': 'off', 'helper-needs-gpl': 'fatal', x: 3 }, includePaths: ['a', 4, 'b'] });
    expect(settings.severity).toEqual({ 'unknown-section': 'off' });
    expect(settings.includePaths).toEqual(['a', 'b']);
    expect(problems).toEqual([
      'ebpfLens.severity["helper-needs-gpl"]: must be one of error, warning, info, off, is "fatal"; it is left out',
      'ebpfLens.severity["x"]: must be a string, is a number; it is left out',
      'ebpfLens.includePaths[1]: must be a string, is a number; it is left out',
    ]);
  });

  it('has no keys but those given, whatever objects inherit', () => {
    const { settings } = parseSettings(JSON.parse('{"severity":{"__proto__":"off"}}'));
    expect(settings.severity['toString']).toBeUndefined();
    expect(DEFAULT_SETTINGS.programs['constructor']).toBeUndefined();
    expect(Object.keys(settings.severity)).toEqual(['__proto__']);
  });

  it('never throws and always has every member, whatever it is given', () => {
    const keys = SETTINGS_TABLE.map((row) => row.key.split('.')[0]!);
    const hostile = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...keys), fc.anything({ withNullPrototype: true })));
    fc.assert(
      fc.property(hostile, (raw) => {
        const { settings } = parseSettings(raw);
        expect(Object.keys(settings).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
        expect(settings.debounceMs).toBeGreaterThanOrEqual(0);
        expect(typeof settings.targetKernel).toBe('string');
      }),
      { numRuns: 300 },
    );
  });
});

it('has written package.json and docs/settings.md from the table', () => {
  expect(staleSettings(fileURLToPath(new URL('../..', import.meta.url)))).toEqual([]);
});
