/**
 * The rules against what ten running kernels said: every helper and kfunc from every measured kind of program, every
 * context field and every section. Over the whole of `../shared/reference` where it is there, else over committed samples.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { Unit } from '../../server/src/analysis.types.js';
import { loadTestFacts } from '../support/facts.js';
import { programOf, SECTION_OF } from './support/configurations.js';
import { complete, configurations, fieldTable, helperMatrix, kfuncMatrix, letters, sectionDefinitions, type Matrix } from './support/reference.js';
import { analyse } from './support/session.js';

const CONFIGS = Object.keys(configurations());
let facts: FactBook;
beforeAll(async () => {
  facts = await loadTestFacts();
});

/** The error rules that fired on each subject. */
/** What is refused for certain: what only some loaders can bring about is a warning, which counts for `field` alone. */
function rulesBySubject(analysed: Unit, field = ''): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const { rule, severity, subject = '' } of analysed.findings) {
    if (severity === 'error' || (severity === 'warning' && subject !== '' && subject === field)) map.set(subject, (map.get(subject) ?? new Set()).add(rule));
  }
  return map;
}

/** What a letter demands of the rules; undefined where it is not compared. */
function demanded(kind: 'helper' | 'kfunc', letter: string): readonly string[] | 'nothing' | undefined {
  switch (letter) {
    case 'y':
      return 'nothing';
    case 'n':
    case 'x':
      return [`${kind}-not-allowed`, `${kind}-newer-than-target`];
    case '.':
      return [`${kind}-not-allowed`, `${kind}-newer-than-target`, `${kind}-removed-in-target`];
    case 's':
      // In a type that cannot sleep it is a refusal, and where later kernels let every program call it, a helper that came later.
      return [`${kind}-needs-sleepable`, `${kind}-not-allowed`, `${kind}-newer-than-target`];
    default:
      return undefined;
  }
}

/** Differences between the findings and the letters in one configuration, on all kernels, and how many cells were compared. */
async function differences(kind: 'helper' | 'kfunc', matrix: Matrix, names: readonly string[], config: string, exempt: (name: string, kernel: string, letter: string) => boolean): Promise<{ wrong: string[]; compared: number }> {
  const code = programOf(config, names.map((name) => `${name}();`));
  const wrong: string[] = [];
  let compared = 0;
  for (const [i, kernel] of matrix.kernels.entries()) {
    const found = rulesBySubject(await analyse(code, kernel));
    for (const name of names) {
      const letter = letters(matrix, name, config)[i] ?? '?';
      const wanted = demanded(kind, letter);
      if (wanted === undefined || exempt(name, kernel, letter)) continue;
      compared++;
      const rules = [...(found.get(name) ?? [])];
      const right = wanted === 'nothing' ? rules.length === 0 : rules.some((r) => wanted.includes(r));
      if (!right) wrong.push(`${config} ${name} on ${kernel}: the kernel says ${letter}, found ${rules.join(', ') || 'nothing'}`);
    }
  }
  return { wrong, compared };
}

test('every configuration has a section that makes the same kind of program', async () => {
  expect(Object.keys(SECTION_OF).sort()).toEqual(expect.arrayContaining([...CONFIGS].sort()));
  for (const [config, wanted] of Object.entries(configurations())) {
    const { model } = await analyse(programOf(config, []));
    const [program] = model.programs;
    expect(program?.programType, config).toBe(wanted.programType);
    // Where libbpf's table has an attach type and the configuration left it open, the program has the table's.
    if (wanted.attachType !== null) expect(program?.attachType, config).toBe(wanted.attachType);
    if (config !== 'raw_tracepoint_writable.s') expect(program?.sleepable, config).toBe(wanted.sleepable ?? false);
  }
});

describe('helpers', () => {
  const matrix = helperMatrix();
  const names = Object.keys(matrix.entities);

  test('all of them are compared', () => {
    if (complete) expect([names.length, CONFIGS.length, matrix.kernels.length]).toEqual([211, 97, 10]);
  });

  test.each(CONFIGS)('%s', async (config) => {
    const { wrong, compared } = await differences('helper', matrix, names, config, () => false);
    expect(wrong).toEqual([]);
    if (complete && matrix.live[config]?.includes('y')) expect(compared).toBeGreaterThan(100);
  });
});

describe('kfuncs', () => {
  const matrix = kfuncMatrix();
  /** The kernel's own test functions are no part of the facts. */
  const TEST_ONLY = /test|kfunc_call|_memb|_kfunc_|bpf_iter_testmod|bpf_cgroup_from_id_test/;

  test('only the test kfuncs are left out', () => {
    const left = Object.keys(matrix.entities).filter((name) => !facts.kfuncs.has(name));
    expect(left.filter((name) => !TEST_ONLY.test(name))).toEqual([]);
  });

  /** Where a kernel lacks what a version table says it has, the table's word makes it unknown, as the measurements' README says. */
  const tableSaysPresent = (name: string, kernel: string, letter: string): boolean => {
    const life = facts.kfuncs.get(name)?.lifetime;
    const at = parseRelease(kernel) ?? 0;
    return letter === '.' && life !== undefined && life.since <= at && (life.max === undefined || at <= life.max);
  };

  test.each(CONFIGS)('%s', async (config) => {
    const names = Object.keys(matrix.entities).filter((name) => facts.kfuncs.has(name));
    const { wrong } = await differences('kfunc', matrix, names, config, tableSaysPresent);
    expect(wrong).toEqual([]);
  });

  test('few cells are left to the version tables', () => {
    const cells = Object.keys(matrix.entities).flatMap((name) => matrix.kernels.filter((k, i) => tableSaysPresent(name, k, matrix.entities[name]?.in[i] ?? '?')).map((k) => `${name} ${k}`));
    expect(cells.length).toBeLessThan(20);
  });
});

describe('context fields', () => {
  const table = fieldTable();
  const keys = Object.keys(Object.assign({}, ...Object.values(table)) as object);

  /** A section for `TYPE|ATTACH`; `0` stands for any attach type of the type. */
  const sectionFor = (key: string): string => {
    const [type = '', attach = ''] = key.split('|');
    const def = facts.sections.find((s) => !s.legacy && !s.sleepable && !s.frags && s.programType === `BPF_PROG_TYPE_${type}` && (attach === '0' ? s.attachType !== 'BPF_XDP_DEVMAP' : s.attachType === attach));
    if (!def) throw new Error(`no section for ${key}`);
    return key === 'XDP|0' ? 'xdp' : def.name;
  };

  test.each(keys)('%s', async (key) => {
    const context = facts.programTypes.get(`BPF_PROG_TYPE_${key.split('|')[0]}`)?.context ?? '';
    const struct = facts.contexts.get(context);
    expect(struct, context).toBeDefined();
    const fields = [...new Set(Object.values(table).flatMap((kernel) => Object.keys(kernel[key] ?? {})))];
    const at = (field: string): string => `ctx->${field}${struct?.fields.get(field)?.array === undefined ? '' : '[0]'}`;
    const program = (body: string): string => `SEC("${sectionFor(key)}")\nint prog(struct ${context} *ctx)\n{\n${body}  return 0;\n}\n`;
    const loads = program(fields.map((f) => `  use(${at(f)});\n`).join(''));
    const stores = program(fields.map((f) => `  ${at(f)} = 0;\n`).join(''));
    const wrong: string[] = [];
    for (const [kernel, byKey] of Object.entries(table)) {
      const permissions = byKey[key];
      if (!permissions) continue;
      const refusedLoads = rulesBySubject(await analyse(loads, kernel));
      // Programs that run on a network card may store to it, which no section says.
      const refusedStores = rulesBySubject(await analyse(stores, kernel), 'rx_queue_index');
      for (const field of fields) {
        const permission = permissions[field] ?? '';
        if (refusedLoads.has(field) === permission.includes('r')) wrong.push(`${field} on ${kernel}: "${permission}", a load ${refusedLoads.has(field) ? 'is refused' : 'passes'}`);
        if (refusedStores.has(field) === permission.includes('w')) wrong.push(`${field} on ${kernel}: "${permission}", a store ${refusedStores.has(field) ? 'is refused' : 'passes'}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('sections', () => {
  const definitions = sectionDefinitions();

  test('all of them are compared', () => {
    if (complete) expect(definitions).toHaveLength(116);
  });

  test.each(definitions.map((d) => [d.sec, d] as const))('%s', async (name, def) => {
    const spellings = def.plus ? [name, `${name}/x`, `?${name}/x`] : [name.endsWith('/') ? `${name}x` : name, `?${name.endsWith('/') ? `${name}x` : name}`];
    for (const section of spellings) {
      const { model, findings } = await analyse(`SEC("${section}") int prog(void *ctx) { return ${/recvmsg|getpeername|getsockname/.test(section) ? 1 : 0}; }\n`);
      expect(findings).toEqual([]);
      const [program] = model.programs;
      expect([program?.programType, program?.attachType, program?.sleepable, program?.key.frags], section).toEqual([
        def.prog_type,
        def.attach_type,
        def.flags.includes('SEC_SLEEPABLE'),
        def.flags.includes('SEC_XDP_FRAGS'),
      ]);
    }
  });
});
