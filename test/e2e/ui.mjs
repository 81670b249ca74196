/** Uses the packaged extension the way a person does, in a browser, and takes the pictures of the README while at it. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './steps/index.mjs';
import { Trial } from './trying.mjs';
import { copyOf, launchBrowser, openPage, startVsCode } from './vscode.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** A VS Code of its own on a copy of the workspace, and a browser of its own that looks at it. */
async function open(vsix, pictures, elsewhere) {
  const { folder: workspace, remove } = copyOf(path.join(HERE, 'workspace'));
  const closers = [remove];
  const close = async () => {
    for (const one of closers) await one();
  };
  try {
    const vscode = await startVsCode({ workspace, vsix, trust: false, settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' } });
    closers.unshift(vscode.stop);
    const browser = await launchBrowser();
    closers.unshift(() => browser.close());
    const ui = await openPage(browser, pictures, vscode.page([]), elsewhere);
    await ui.hideSideBar(); // it is not what this is about
    return { ui, vscode, workspace, page: ui.page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Behind each group: nothing open, no messages, no settings, so that the next finds what it would find alone. */
async function cleanUp({ ui, workspace }) {
  await ui.closeAll();
  await ui.hidePanel();
  await ui.hideSideBar();
  await ui.clearMessages();
  fs.rmSync(path.join(workspace, '.vscode/settings.json'), { force: true });
}

/**
 * @param {string} vsix
 * @param {string} pictures folder for the screenshots
 * @param {string} outDir folder for pictures of failures
 * @param {import('./trying.mjs').SecondTries} tries
 * @param {readonly string[]} [wanted] names of the groups of steps to run; all if left out
 * @returns {Promise<import('./trying.mjs').Outcome[]>} one entry a step
 */
export async function runUi(vsix, pictures, outDir, tries, wanted = Object.keys(GROUPS)) {
  const unknown = wanted.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) throw new Error(`no such group of steps: ${unknown.join(', ')}`);
  fs.mkdirSync(pictures, { recursive: true });
  const elsewhere = [];
  const trial = new Trial({ open: () => open(vsix, pictures, elsewhere), cleanUp, tries, outDir });
  const outcomes = await trial.run(Object.keys(GROUPS).filter((name) => wanted.includes(name)).map((name) => GROUPS[name]));
  outcomes.push({ name: 'nothing was asked of another host', ...(elsewhere.length > 0 ? { error: elsewhere.join('\n') } : {}) });
  return outcomes;
}
