/**
 * Adds up what the suites wrote about themselves and prints "N passed, N failed" as the last line. A suite that left no
 * file or ran nothing counts as failed, and so does a test that was skipped. Unit tests that passed only at the second try are named; more than
 * a few of them are no chance any more, and fail the run.
 *   node .ci/sum.mjs FAILED_STEPS EXIT_CODE_OF_UNIT_TESTS EXIT_CODE_OF_VSCODE
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SUITES = [
  ['unit tests', '.cache/vitest.json', (r) => [r.numPassedTests, r.numFailedTests + r.numPendingTests + r.numTodoTests + brokenFiles(r) + triedTwice(r)]],
  ['VS Code', 'test/e2e/out/results.json', (r) => [r.passed, r.failed]],
];

/** Test files that failed without any failed test in them: they could not be loaded. */
function brokenFiles(report) {
  return report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
}

/** How many tests may pass at the second try only. */
const MAY_TRY_TWICE = 3;

/** Names the tests of a report that failed before they passed. @returns 1 if they are too many */
function triedTwice(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: path.relative('.', file.name) })));
  const again = tests.filter((test) => test.status === 'passed' && test.failureMessages.length > 0);
  for (const { file, fullName, failureMessages: [why] } of again) console.log(`at the second try: ${file} > ${fullName}: ${why.split('\n', 1)[0]}`);
  if (again.length <= MAY_TRY_TWICE) return 0;
  console.log(`${again.length} tests passed at the second try only; ${MAY_TRY_TWICE} may`);
  return 1;
}

const [steps, ...codes] = process.argv.slice(2).map(Number);
let passed = 0;
let failed = steps;
SUITES.forEach(([name, file, count], i) => {
  const [good, bad] = existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : [0, 0];
  // Nothing ran, or all was well and yet the runner was not content: one failure without a test's name.
  const extra = good + bad === 0 || (bad === 0 && codes[i] !== 0) ? 1 : 0;
  console.log(`${name}: ${good} passed, ${bad + extra} failed${good + bad === 0 ? ' (nothing ran)' : ''}`);
  passed += good;
  failed += bad + extra;
});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
