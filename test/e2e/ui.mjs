/** Uses the packaged extension the way a person does, in a browser, and takes the pictures of the README while at it. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './steps/index.mjs';
import { copyOf, launchBrowser, startVsCode } from './vscode.mjs';
import { Workbench } from './workbench.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Behind each group: nothing open, no messages, no settings, so that the next finds what it would find alone. */
const CLEAN = 'what a group leaves is cleaned up';
async function cleanUp({ ui, workspace }) {
  await ui.closeAll();
  await ui.command('Notifications: Clear All Notifications');
  fs.rmSync(path.join(workspace, '.vscode/settings.json'), { force: true });
}

/**
 * @param {string} vsix
 * @param {string} pictures folder for the screenshots
 * @param {string} outDir folder for pictures of failures
 * @param {readonly string[]} [groups] names of the groups of steps to run; all if left out
 * @returns {Promise<{ name: string, error?: string }[]>} one entry a step
 */
export async function runUi(vsix, pictures, outDir, groups = Object.keys(GROUPS)) {
  const unknown = groups.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) throw new Error(`no such group of steps: ${unknown.join(', ')}`);
  fs.mkdirSync(pictures, { recursive: true });
  const { folder: workspace, remove } = copyOf(path.join(HERE, 'workspace'));
  const vscode = await startVsCode({ workspace, vsix, trust: false, settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' } });
  const browser = await launchBrowser();
  const outcomes = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: 1.5, locale: 'en-US' });
    context.setDefaultTimeout(20_000);
    const elsewhere = [];
    await context.route((url) => url.hostname !== '127.0.0.1' && /^https?:$/.test(url.protocol), (route) => {
      elsewhere.push(route.request().url());
      return route.abort();
    });
    const page = await context.newPage();
    const ui = new Workbench(page, pictures);
    await page.goto(vscode.page([]), { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
    await page.keyboard.press('Control+B'); // the side bar is not what this is about
    for (const [name, step] of groups.flatMap((group) => [...GROUPS[group], [CLEAN, cleanUp]])) {
      try {
        await step({ ui, vscode, workspace });
        if (name !== CLEAN) outcomes.push({ name });
      } catch (error) {
        outcomes.push({ name, error: error.stack });
        await page.screenshot({ path: path.join(outDir, `FAILED ${name.slice(0, 60)}.png`) });
        await ui.leave();
        await ui.leave();
      }
    }
    outcomes.push({ name: 'nothing was asked of another host', ...(elsewhere.length > 0 ? { error: elsewhere.join('\n') } : {}) });
  } finally {
    await browser.close();
    await vscode.stop();
    remove();
  }
  return outcomes;
}
