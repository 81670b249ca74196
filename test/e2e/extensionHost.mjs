/**
 * Runs the mocha suite in `suite/` inside the extension host of code-server, against the packaged extension; what
 * @vscode/test-electron does on a desktop.
 */
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyOf, launchBrowser, startVsCode } from './vscode.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
/** For all of the tests; each has its own limit. */
const TIMEOUT_MS = 600_000;

/** Bundles the suite. @returns the path of the file that exports `run`, in a folder that stands for an empty extension. */
export async function buildSuite(outDir) {
  const stub = path.join(outDir, 'stub');
  fs.mkdirSync(stub, { recursive: true });
  // The host wants an extension under development; the tested one is the installed one.
  fs.writeFileSync(path.join(stub, 'package.json'), JSON.stringify({ name: 'stub', publisher: 'ebpf-lens-tests', version: '0.0.1', engines: { vscode: '^1.91.0' } }));
  const file = path.join(stub, 'suite.cjs');
  await build({
    entryPoints: [path.join(HERE, 'suite/index.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return { stub, file };
}

/**
 * @param {string} vsix
 * @param {string} outDir for the bundle, the results and a screenshot if the run hangs
 * @returns {Promise<{ name: string, error?: string }[]>} one entry a test
 */
export async function runSuite(vsix, outDir) {
  const { stub, file } = await buildSuite(outDir);
  const results = path.join(outDir, 'extension-host.json');
  fs.rmSync(results, { force: true });
  const workspace = copyOf(path.join(HERE, 'workspace'));
  const vscode = await startVsCode({ workspace: workspace.folder, vsix, testDriver: true });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(TIMEOUT_MS);
    let ended;
    const end = new Promise((resolve) => (ended = resolve));
    await page.exposeFunction('codeAutomationExit', (code) => ended(code)); // the workbench calls it when the run ends
    await page.exposeFunction('codeAutomationLog', () => undefined);
    const payload = [
      ['extensionDevelopmentPath', vscode.remote(stub)],
      ['extensionTestsPath', vscode.remote(file)],
      ['extensionEnvironment', JSON.stringify({ EBPF_LENS_RESULTS: results })],
      ['skipWelcome', 'true'],
    ];
    await page.goto(vscode.page(payload), { waitUntil: 'domcontentloaded' });
    const code = await Promise.race([end, new Promise((resolve) => setTimeout(() => resolve('timeout'), TIMEOUT_MS))]);
    if (code === 'timeout') await page.screenshot({ path: path.join(outDir, 'extension-host-timeout.png') });
    if (!fs.existsSync(results)) throw new Error(`The suite did not run (${code}).\n${vscode.output().slice(-3000)}`);
  } finally {
    await browser.close();
    await vscode.stop();
    workspace.remove();
  }
  return JSON.parse(fs.readFileSync(results, 'utf8'));
}
