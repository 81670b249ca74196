/** The entry that VS Code runs in the extension host: runs the suites with mocha and writes the outcome of every test to a file. */
import { writeFileSync } from 'node:fs';

interface Outcome {
  readonly name: string;
  readonly error?: string;
}

/** Called by VS Code's test runner on desktop and in code-server. Rejects if a test failed. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000 });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./activation.suite.js');
  await import('./language.suite.js');
  await import('./target.suite.js');

  const outcomes: Outcome[] = [];
  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => outcomes.push({ name: test.fullTitle() }))
      .on('fail', (test, error: Error) => outcomes.push({ name: test.fullTitle(), error: error.stack ?? error.message }))
      .on('pending', (test) => outcomes.push({ name: test.fullTitle(), error: 'not run' }));
  });
  const results = process.env['EBPF_LENS_RESULTS'];
  if (results) writeFileSync(results, JSON.stringify(outcomes));
  if (failures > 0) throw new Error(`${failures} failed`);
}
