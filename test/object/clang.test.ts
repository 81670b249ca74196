/** The real clang's objects against their sources: the examples of all rules, compiled, are judged alike. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import { formatRelease } from '../../server/src/facts/kernelVersion.js';
import { outlineOf } from '../../server/src/object/outline.js';
import { RULES } from '../../server/src/rules/index.js';
import { compile, hasClang } from '../clang/tools.js';
import { loadTestFacts } from '../support/facts.js';
import { unit } from '../support/unit.js';

interface Example { readonly name: string; readonly code: string; readonly kernel: string | undefined }

const EXAMPLES: readonly Example[] = RULES.flatMap(({ id, doc }) => ([['bad', doc.bad], ['good', doc.good]] as const).map(([which, { code, kernel }]) => ({ name: `${id}-${which}`, code, kernel })));

/** All that both sides must agree on. */
function summary({ model, findings }: Unit): Record<string, unknown> {
  const names = (kind: string, program: string): string[] => [...new Set(model.calls.filter((c) => c.kind === kind && c.programs.some((p) => p.name === program)).map((c) => c.name))].sort();
  return {
    programs: model.programs.map((p) => ({ name: p.name, section: p.section.text, type: p.programType, attach: p.attachType, sleepable: p.sleepable, helpers: names('helper', p.name), kfuncs: names('kfunc', p.name) })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    maps: model.maps.map((m) => `${m.name} ${m.type}`).sort(),
    license: model.license.text,
    findings: [...new Set(findings.map((f) => `${f.rule} ${f.subject}`))].sort(),
  };
}

test.runIf(hasClang)('the examples of the rules, compiled', async () => {
  const facts = await loadTestFacts();
  const dir = await mkdtemp(path.join(tmpdir(), 'ebpf-lens-objects-'));
  const differences: string[] = [];
  const notCompiled: string[] = [];
  let compared = 0;
  try {
    await writeFile(path.join(dir, 'vmlinux.h'), await readFile(new URL('../clang/vmlinux.h', import.meta.url), 'utf8'));
    await writeFile(path.join(dir, 'all.h'), '#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_tracing.h>\n#include <bpf/bpf_core_read.h>\n');
    for (const { name, code, kernel } of EXAMPLES) {
      await writeFile(path.join(dir, `${name}.bpf.c`), code);
      const said = await compile([`${name}.bpf.c`], ['-I.', '-include', 'all.h', '-w', '-o', `${name}.bpf.o`], dir);
      if (said !== '') {
        notCompiled.push(`${name}: ${said.split('\n', 1)[0]}`);
        continue;
      }
      const outline = outlineOf(await readFile(path.join(dir, `${name}.bpf.o`)), facts);
      if ('error' in outline) throw new Error(`${name}: ${outline.error.message}`);
      const options = kernel === undefined ? {} : { kernel };
      const [source, object] = [await unit(code, options), await unit(outline.text, { ...options, path: `${name}.bpf.o` })];
      compared++;
      expect(object.failures, name).toEqual([]);
      const [a, b] = [summary(source), summary(object)];
      for (const key of Object.keys(a)) if (JSON.stringify(a[key]) !== JSON.stringify(b[key])) differences.push(`${name} ${key}: ${JSON.stringify(a[key])} is ${JSON.stringify(b[key])} in the object`);
      // An object may need more than its source shows, never less.
      const [least, compiled] = [source.minKernel().version ?? 0, object.minKernel().version ?? 0];
      if (compiled < least) differences.push(`${name} least: ${formatRelease(least)} is ${formatRelease(compiled)} in the object`);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
  expect(differences).toEqual([]);
  expect(compared, notCompiled.join('\n')).toBeGreaterThanOrEqual(30);
}, 120_000);
