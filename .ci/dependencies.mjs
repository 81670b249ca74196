/**
 * What is bundled: every licence is one of those that we may pass on, and no package has a known vulnerability of high severity.
 * Where the registry does not answer, that is said loudly and is no failure: the build itself needs nothing from it.
 *   node .ci/dependencies.mjs
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { judgeAudit } from './audit.mjs';

const LICENCES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);
const bundled = [...readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8').matchAll(/^-{80}\n\n(\S+) (\S+) \(([^)]+)\)$/gm)].map(([, name, version, licence]) => ({ name, version, licence }));
const problems = bundled.length === 0 ? ['dist/THIRD-PARTY-LICENSES.txt names no package'] : [];
for (const { name, version, licence } of bundled) {
  console.log(`${name} ${version}: ${licence}`);
  if (!LICENCES.has(licence)) problems.push(`${name} is under ${licence}, which is not on the list`);
}

const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: 60_000 });
const audit = judgeAudit(stdout ?? '', new Set(bundled.map(({ name }) => name)));
if (!audit.answered) console.log('WARNING: the registry did not answer, so nothing is known about vulnerabilities:');
for (const note of audit.notes) console.log(note);
problems.push(...audit.problems);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
