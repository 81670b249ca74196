/** The data build's commands: import (sources → YAML), facts (YAML → facts.json), types (schema → TypeScript), docs (rules → pages). */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildFacts } from './buildFacts.js';
import { generateCli } from './generateCli.js';
import { generateCoverage } from './generateCoverage.js';
import { generateDisagreements } from './generateDisagreements.js';
import { generateDocs } from './generateDocs.js';
import { generateFailures } from './generateFailures.js';
import { generateFindings } from './generateFindings.js';
import { generateSettings } from './generateSettings.js';
import { generateTypes } from './generateTypes.js';
import { importDistribution } from './import/distributionThings.js';
import { importKernel } from './importKernel.js';
import { runImport } from './import/runImport.js';
import { formatProblem } from './problems.js';
import { writeSample } from './sampleMeasured.js';

const USAGE = `usage: node data/build/run.mjs COMMAND
  import --reference DIR --ebpf-docs DIR --libbpf DIR
                   regenerate data/** from sources; data/corrections.yaml is applied
  facts [--out FILE]                       validate data/** and write dist/facts.json
  docs [--check]                           write docs/rules/, or fail if a page differs
  failures --corpus DIR [--check]          write docs/FAILURES-6.12.md from DIR, Linux 6.12's tree, or fail if it differs
  findings --corpus DIR [--check]          write docs/FINDINGS-6.1.md from DIR, Linux 6.1's tree, or fail if it differs
  cli [--check]                            write docs/cli.md from the command line's help, or fail if it differs
  settings [--check]                       write package.json's configuration and docs/settings.md, or fail if they differ
  sample --reference DIR
                   rewrite test/data/samples from the measurements
  disagreements [--reference DIR] [--check]
                   write docs/DISAGREEMENTS.md, or fail if it differs; with DIR, bring data/published.yaml up to date first
  coverage [--reference DIR] [--check]     write docs/COVERAGE.md, or fail if it differs; with DIR, count the sources first
  import-kernel --source DIR               print what a kernel tree has that data/ does not, and the other way round
  import-distribution --name NAME --source DIR [--last DIR] [--bpf VERSION]
                   write what kernel trees of a distribution have into data/distributions/NAME.yaml
  types [--check]                          write server/src/facts/types.gen.ts, or fail if it differs`;

/** @returns the exit code. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const [command, ...rest] = argv;
  const { values } = parseArgs({
    args: rest,
    options: { reference: { type: 'string' }, 'ebpf-docs': { type: 'string' }, libbpf: { type: 'string' }, out: { type: 'string' }, check: { type: 'boolean' }, corpus: { type: 'string' }, source: { type: 'string' }, name: { type: 'string' }, last: { type: 'string' }, bpf: { type: 'string' } },
  });
  if (command === 'import' && values.reference && values['ebpf-docs'] && values.libbpf) {
    return runImport({ reference: values.reference, ebpfDocs: values['ebpf-docs'], libbpf: values.libbpf, dataDir: path.join(root, 'data') });
  }
  if (command === 'sample' && values.reference) return writeSample(values.reference, root);
  if (command === 'facts') return writeFacts(root, values.out ?? path.join(root, 'dist', 'facts.json'));
  if (command === 'docs') return generateDocs(root, values.check ?? false);
  if (command === 'failures' && values.corpus) return generateFailures(root, values.corpus, values.check ?? false);
  if (command === 'findings' && values.corpus) return generateFindings(root, values.corpus, values.check ?? false);
  if (command === 'cli') return generateCli(root, values.check ?? false);
  if (command === 'settings') return generateSettings(root, values.check ?? false);
  if (command === 'import-kernel' && values.source) return importKernel(root, values.source);
  if (command === 'import-distribution' && values.name && values.source) return importDistribution(path.join(root, 'data'), values.name, values.source, values.last ?? values.source, values.bpf);
  if (command === 'coverage') return generateCoverage(root, values.reference, values.check ?? false);
  if (command === 'disagreements') return generateDisagreements(root, values.reference, values.check ?? false);
  if (command === 'types') return generateTypes(root, values.check ?? false);
  console.error(USAGE);
  return 2;
}

async function writeFacts(root: string, out: string): Promise<number> {
  const { json, problems } = await buildFacts(path.join(root, 'data'));
  for (const problem of problems) console.error(formatProblem(problem));
  if (problems.length > 0) return 1;
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, json);
  console.log(`${out}: ${json.length} bytes`);
  return 0;
}
