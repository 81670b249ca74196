/** The whole workspace in sight: the tree of its programs, and the matrix of programs and kernels. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { writeSettings } from '../vscode.mjs';
import { PATIENCE_MS, actUntil, until } from '../waiting.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Themes with what they are to the workbench, and to its webviews. */
const THEMES = [['dark', 'Default Dark Modern', 'vs-dark', 'vscode-dark'], ['light', 'Default Light Modern', 'vs', 'vscode-light'], ['contrast', 'Default High Contrast', 'hc-black', 'vscode-high-contrast'], ['contrast-light', 'Default High Contrast Light', 'hc-light', 'vscode-high-contrast-light']];
const HEADING = 'eBPF programs and kernels';

/** A row of the tree by what a screen reader says of it. */
const row = (ui, label) => ui.page.locator('.sidebar .monaco-list-row').filter({ has: ui.page.locator(`xpath=self::*[starts-with(@aria-label, "${label}")]`) }).first();

async function setTheme({ ui, workspace }, [, name, kind], more = {}) {
  writeSettings(workspace, { 'workbench.colorTheme': name, ...more });
  await ui.theme(kind);
}

/** The matrix's page, with every file judged. One that was hidden is made anew when it is shown. */
async function matrix(ui, className) {
  const page = await ui.preview(HEADING, className);
  await page.locator('.summary').filter({ hasText: /^[1-9]\d* .*program/ }).filter({ hasNotText: 'still to be judged' }).waitFor();
  return page;
}

const matrixTab = (ui) => ui.page.locator('.tab', { hasText: 'eBPF Compatibility Matrix' }).first();

/** Waits until the matrix shows one file, and no other. */
async function oneFile(page) {
  const shown = page.locator('tbody:not([hidden])');
  await shown.first().waitFor();
  await shown.nth(1).waitFor({ state: 'detached' });
}

/** What axe finds wrong in a frame; colours are part of it. */
async function violations(frame) {
  await frame.evaluate(AXE);
  const { violations: found } = await frame.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}

export const STEPS = [
  ['the tree shows every program of the workspace, opened or not', async ({ ui }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF ≥' }).waitFor();
    await ui.line(39);
    let selected;
    // Where the server takes longer than the command waits for it there is nothing to go to yet.
    await actUntil((timeout) => ui.tryCommand('eBPF Lens: Reveal the Program Under the Cursor', timeout), (timeout) => until(() => `a program for XDP is selected, not ${selected}`, async () => {
      selected = (await ui.page.locator('.sidebar .monaco-list-row.selected').evaluateAll((rows) => rows.map((one) => one.getAttribute('aria-label')))).join();
      return /^Program \w+, XDP/.test(selected);
    }, timeout));
    await row(ui, 'File entities.bpf.c').waitFor();
    await row(ui, 'File not_allowed.bpf.c').waitFor();
    await actUntil(() => ui.page.keyboard.press('ArrowRight'), (timeout) => ui.page.locator('.sidebar .monaco-list-row', { hasText: 'Helpers' }).first().waitFor({ timeout }));
  }],
  ['it looks right in every theme', async (session) => {
    for (const theme of THEMES) {
      await setTheme(session, theme);
      await session.ui.picture(`programs-view-${theme[0]}`);
    }
    await setTheme(session, THEMES[0]);
  }],
  ['it follows what is typed', async ({ ui }) => {
    await ui.open('typo.bpf.c');
    await row(ui, 'File typo.bpf.c').waitFor();
    await row(ui, 'Program pass').waitFor();
    await ui.clickBehind('SEC("xpd")', 'xpd');
    for (let i = 0; i < 3; i++) await ui.page.keyboard.press('Backspace');
    await ui.page.keyboard.type('xd');
    const start = await ui.page.evaluate(() => {
      globalThis.sawChange = new Promise((resolve) => {
        const shown = () => [...document.querySelectorAll('.sidebar .monaco-list-row')].some((item) => /^Program pass, XDP/.test(item.getAttribute('aria-label') ?? ''));
        const observer = new globalThis.MutationObserver(() => shown() && (observer.disconnect(), resolve(performance.now())));
        observer.observe(document.querySelector('.sidebar'), { subtree: true, childList: true, attributes: true, characterData: true });
      });
      return performance.now();
    });
    await ui.page.keyboard.type('p');
    const end = await Promise.race([ui.page.evaluate(() => globalThis.sawChange), ui.page.waitForTimeout(PATIENCE_MS)]);
    assert.ok(end !== undefined, 'the tree did not follow');
    console.log(`tree: ${Math.round(end - start)} ms after the key`);
    await ui.page.keyboard.press('Escape');
    await ui.revert();
  }],
  ['a filter leaves the programs of one type', async ({ ui }) => {
    await ui.command('eBPF Lens: Filter Programs by Type');
    await ui.row('XDP').waitFor();
    await ui.input.fill('XDP');
    await ui.quickInput.locator('.monaco-list-row', { hasNotText: 'XDP' }).first().waitFor({ state: 'detached' });
    await ui.check('XDP');
    await actUntil((timeout) => ui.input.press('Enter', { timeout }), (timeout) => row(ui, 'File entities.bpf.c').waitFor({ state: 'detached', timeout }));
    await row(ui, 'File forward.bpf.c').waitFor();
    await ui.picture('programs-view-filtered');
    await ui.command('eBPF Lens: Show Programs of All Types');
    await row(ui, 'File entities.bpf.c').waitFor();
  }],
  ['a click on a program goes to it, and its menu to the reference', async ({ ui }) => {
    const name = /^Program (\w+)/.exec(await row(ui, 'Program ').getAttribute('aria-label'))[1];
    const program = row(ui, `Program ${name}`);
    await ui.click(program, ui.statusItem(`(${name.length} selected)`));
    await actUntil(async (timeout, attempt) => {
      if (attempt > 1) await ui.page.keyboard.press('Escape');
      await program.click({ button: 'right', timeout });
      await ui.page.getByText('Open Reference Page').first().click({ timeout });
    }, (timeout) => ui.preview('BPF_PROG_TYPE_', undefined, timeout));
    await ui.closeAll();
  }],
  ['the matrix opens from the status bar', async ({ ui }) => {
    await ui.open('not_allowed.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.statusList('Show compatibility matrix');
    await ui.choose('Show compatibility matrix');
    const page = await matrix(ui);
    await page.locator('td.runs').first().waitFor();
    await page.locator('td.refused').first().waitFor();
    await ui.hideSideBar();
  }],
  ['its cells are reached and explained by keyboard, and lead to the line', async ({ ui }) => {
    const page = await matrix(ui);
    await page.locator('td.guard').first().click();
    await page.locator('.reasons li').first().waitFor();
    let now;
    const focus = async (what, right) => {
      await until(() => `${what} has the focus, not ${now}`, async () => {
        now = await page.evaluate(() => [document.activeElement.tagName, document.activeElement.className, document.activeElement.cellIndex]);
        return right(...now);
      });
      return now;
    };
    const [, , column] = await focus('a cell', (tag) => tag === 'TD');
    await ui.page.keyboard.press('ArrowRight');
    await focus('the cell on the right', (tag, _class, at) => tag === 'TD' && at === column + 1);
    await ui.page.keyboard.press('ArrowLeft');
    await focus('the first cell', (tag, _class, at) => tag === 'TD' && at === column);
    await ui.page.keyboard.press('Enter');
    await page.locator('.reasons h2', { hasText: 'needs a guard' }).waitFor();
    await ui.picture('matrix-reasons');
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Tab');
    await focus('the link of a reason', (_tag, name) => name === 'link');
    await ui.page.keyboard.press('Enter');
    await ui.statusItem(/selected\)/).waitFor();
    await ui.click(matrixTab(ui), ui.page.locator('.tab.active', { hasText: 'eBPF Compatibility Matrix' }).first());
  }],
  ['it keeps its filters when it was hidden, and follows the target kernel', async (session) => {
    const { ui } = session;
    const shown = async () => {
      const page = await matrix(ui);
      await page.locator('td:visible').first().waitFor();
      return page;
    };
    let page = await shown();
    await page.locator('#find').fill('forward.bpf.c');
    await oneFile(page);
    await ui.open('typo.bpf.c');
    await actUntil((timeout) => matrixTab(ui).click({ timeout }), (timeout) => ui.preview(HEADING, undefined, timeout));
    page = await shown();
    assert.equal(await page.locator('#find').inputValue(), 'forward.bpf.c');
    await oneFile(page);
    await page.locator('#find').fill('');
    await setTheme(session, THEMES[0], { 'ebpfLens.targetKernel': '5.8..6.1' });
    await page.locator('thead th', { hasText: '5.8' }).waitFor();
    await until('four kernels are targets', async () => (await page.locator('thead th.target').count()) === 4);
    await page.locator('#targetOnly').check();
    await until('they alone are shown, behind the names', async () => (await page.locator('thead th:not([hidden])').count()) === 5);
    await page.locator('#targetOnly').uncheck();
  }],
  ['it is accessible, and looks right in every theme', async (session) => {
    const { ui } = session;
    for (const theme of THEMES) {
      await setTheme(session, theme, { 'ebpfLens.targetKernel': '5.8..6.1' });
      const page = await matrix(ui, theme[3]);
      await page.locator('td.guard').first().click();
      await page.locator('.reasons li').first().waitFor();
      await ui.picture(`matrix-${theme[0]}`);
      assert.deepEqual(await violations(page), []);
    }
    await setTheme(session, THEMES[0]);
    const page = await matrix(ui, 'vscode-dark');
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    assert.doesNotMatch(policy, /unsafe|\*(?!\.vscode)/);
  }],
  ['it is exported as Markdown and CSV', async ({ ui }) => {
    for (const [button, text] of [['Export Markdown', '# eBPF programs and kernels'], ['Export CSV', 'file,program,section,5.4']]) {
      // The page stays behind at the end: while it is made anew it takes the focus from what is typed elsewhere.
      await actUntil(async (timeout) => {
        await matrixTab(ui).click({ timeout });
        const page = await ui.preview(HEADING, undefined, timeout);
        await page.getByRole('button', { name: button }).click({ timeout });
      }, (timeout) => ui.text(text).waitFor({ timeout }));
    }
    await ui.closeAll();
  }],
];
