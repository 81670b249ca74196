#!/usr/bin/env node
/**
 * The extension host's suite on a desktop VS Code: the one named by VSCODE_EXECUTABLE, or one that
 * @vscode/test-electron downloads.   node test/e2e/desktop.mjs [VSIX]
 */
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSuite } from './extensionHost.mjs';
import { pack } from './package.mjs';
import { copyOf } from './vscode.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.join(HERE, 'out/desktop');
fs.mkdirSync(OUT, { recursive: true });

const vsix = process.argv[2] ? path.resolve(process.argv[2]) : await pack(OUT);
const vscodeExecutablePath = process.env.VSCODE_EXECUTABLE ?? (await downloadAndUnzipVSCode());
const profile = [`--extensions-dir=${path.join(OUT, 'extensions')}`, `--user-data-dir=${path.join(OUT, 'data')}`];
const [cli, ...cliArgs] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath);
const installed = spawnSync(cli, [...cliArgs, ...profile, '--install-extension', vsix, '--force'], { stdio: 'inherit', shell: process.platform === 'win32' });
if (installed.status !== 0) throw new Error('the extension could not be installed');

const { stub, file } = await buildSuite(OUT);
const workspace = copyOf(path.join(HERE, 'workspace'));
const results = path.join(OUT, 'extension-host.json');
try {
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: stub,
    extensionTestsPath: file,
    extensionTestsEnv: { EBPF_LENS_RESULTS: results },
    launchArgs: [workspace.folder, ...profile, '--disable-workspace-trust'],
  });
} finally {
  workspace.remove();
}
const outcomes = JSON.parse(fs.readFileSync(results, 'utf8'));
const failed = outcomes.filter((outcome) => outcome.error).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
