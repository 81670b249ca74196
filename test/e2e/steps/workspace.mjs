/** The whole workspace in sight: the tree of its programs, and the matrix of programs and kernels. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Themes with what their webviews call themselves. */
const THEMES = [['dark', 'Default Dark Modern', 'vscode-dark'], ['light', 'Default Light Modern', 'vscode-light'], ['contrast', 'Default High Contrast', 'vscode-high-contrast'], ['contrast-light', 'Default High Contrast Light', 'vscode-high-contrast-light']];
const HEADING = 'eBPF programs and kernels';

/** A row of the tree by what a screen reader says of it. */
const row = (ui, label) => ui.page.locator('.sidebar .monaco-list-row').filter({ has: ui.page.locator(`xpath=self::*[starts-with(@aria-label, "${label}")]`) }).first();

function setTheme(workspace, name, more = {}) {
  fs.mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  fs.writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify({ 'workbench.colorTheme': name, ...more }));
}

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
    await ui.command('eBPF Lens: Reveal the Program Under the Cursor');
    await row(ui, 'File entities.bpf.c').waitFor();
    await row(ui, 'File not_allowed.bpf.c').waitFor();
    const selected = ui.page.locator('.sidebar .monaco-list-row.selected');
    await selected.waitFor();
    assert.match(await selected.getAttribute('aria-label'), /^Program \w+, XDP/);
    await ui.page.keyboard.press('ArrowRight');
    await ui.page.locator('.sidebar .monaco-list-row', { hasText: 'Helpers' }).first().waitFor();
  }],
  ['it looks right in every theme', async ({ ui, workspace }) => {
    for (const [name, theme] of THEMES) {
      setTheme(workspace, theme);
      await ui.page.waitForTimeout(700);
      await ui.picture(`programs-view-${name}`);
    }
    setTheme(workspace, THEMES[0][1]);
  }],
  ['it follows what is typed', async ({ ui }) => {
    await ui.open('typo.bpf.c');
    await row(ui, 'File typo.bpf.c').waitFor();
    await ui.clickBehind('SEC("xpd")', 'xpd');
    for (let i = 0; i < 3; i++) await ui.page.keyboard.press('Backspace');
    await ui.page.keyboard.type('xd');
    const start = await ui.page.evaluate(() => {
      globalThis.sawChange = new Promise((resolve) => {
        const shown = () => [...document.querySelectorAll('.sidebar .monaco-list-row')].some((item) => /^Program \w+, XDP/.test(item.getAttribute('aria-label') ?? '') && item.previousElementSibling?.getAttribute('aria-label')?.startsWith('File typo'));
        const observer = new globalThis.MutationObserver(() => shown() && (observer.disconnect(), resolve(performance.now())));
        observer.observe(document.querySelector('.sidebar'), { subtree: true, childList: true, attributes: true, characterData: true });
      });
      return performance.now();
    });
    await ui.page.keyboard.type('p');
    const end = await Promise.race([ui.page.evaluate(() => globalThis.sawChange), ui.page.waitForTimeout(5000)]);
    assert.ok(end !== undefined, 'the tree did not follow within 5 s');
    console.log(`tree: ${Math.round(end - start)} ms after the key`);
    await ui.command('File: Revert File');
  }],
  ['a filter leaves the programs of one type', async ({ ui }) => {
    await ui.command('eBPF Lens: Filter Programs by Type');
    const xdp = ui.quickInput.locator('.monaco-list-row', { hasText: 'XDP' }).first();
    await xdp.waitFor();
    await ui.page.keyboard.type('XDP');
    await ui.quickInput.locator('.monaco-list-row', { hasNotText: 'XDP' }).first().waitFor({ state: 'detached' });
    await xdp.click();
    await xdp.locator('input:checked, [aria-checked="true"]').or(xdp.locator('xpath=self::*[@aria-checked="true"]')).first().waitFor();
    await ui.page.keyboard.press('Enter');
    await row(ui, 'File entities.bpf.c').waitFor({ state: 'detached' });
    await row(ui, 'File forward.bpf.c').waitFor();
    await ui.picture('programs-view-filtered');
    await ui.command('eBPF Lens: Show Programs of All Types');
    await row(ui, 'File entities.bpf.c').waitFor();
  }],
  ['a click on a program goes to it, and its menu to the reference', async ({ ui }) => {
    const program = row(ui, 'Program ');
    const name = /^Program (\w+)/.exec(await program.getAttribute('aria-label'))[1];
    await program.click();
    await ui.page.locator('.statusbar-item', { hasText: `(${name.length} selected)` }).waitFor();
    await program.click({ button: 'right' });
    await ui.page.getByText('Open Reference Page').first().click();
    await ui.preview('BPF_PROG_TYPE_');
    await ui.closeAll();
  }],
  ['the matrix opens from the status bar', async ({ ui }) => {
    await ui.open('not_allowed.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.status.click();
    await ui.choose('Show compatibility matrix');
    const page = await ui.preview(HEADING);
    await page.locator('td.runs').first().waitFor();
    await page.locator('td.refused').first().waitFor();
    await ui.command('View: Toggle Primary Side Bar Visibility');
  }],
  ['its cells are reached and explained by keyboard, and lead to the line', async ({ ui }) => {
    const page = await ui.preview(HEADING);
    await page.locator('td.guard').first().click();
    await page.locator('.reasons li').first().waitFor();
    const focused = () => page.evaluate(() => [document.activeElement.tagName, document.activeElement.cellIndex]);
    const [tag, column] = await focused();
    assert.equal(tag, 'TD');
    await ui.page.keyboard.press('ArrowRight');
    assert.deepEqual(await focused(), ['TD', column + 1]);
    await ui.page.keyboard.press('ArrowLeft');
    await ui.page.keyboard.press('Enter');
    await page.locator('.reasons h2', { hasText: 'needs a guard' }).waitFor();
    await ui.picture('matrix-reasons');
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.statusbar-item', { hasText: /selected\)/ }).waitFor();
    await ui.page.locator('.tab', { hasText: 'eBPF Compatibility Matrix' }).first().click();
  }],
  ['it keeps its filters when it was hidden, and follows the target kernel', async ({ ui, workspace }) => {
    let page = await ui.preview(HEADING);
    await page.locator('td:visible').first().waitFor();
    await page.locator('#find').fill('forward.bpf.c');
    await oneFile(page);
    await ui.open('typo.bpf.c');
    await ui.page.locator('.tab', { hasText: 'eBPF Compatibility Matrix' }).first().click();
    page = await ui.preview(HEADING);
    await page.locator('td:visible').first().waitFor();
    assert.equal(await page.locator('#find').inputValue(), 'forward.bpf.c');
    await oneFile(page);
    await page.locator('#find').fill('');
    setTheme(workspace, THEMES[0][1], { 'ebpfLens.targetKernel': '5.8..6.1' });
    await page.locator('thead th', { hasText: '5.8' }).waitFor();
    assert.equal(await page.locator('thead th.target').count(), 4);
    await page.locator('#targetOnly').check();
    assert.equal(await page.locator('thead th:not([hidden])').count(), 5);
    await page.locator('#targetOnly').uncheck();
  }],
  ['it is accessible, and looks right in every theme', async ({ ui, workspace }) => {
    for (const [name, theme, className] of THEMES) {
      setTheme(workspace, theme, { 'ebpfLens.targetKernel': '5.8..6.1' });
      const page = await ui.preview(HEADING, className);
      await page.locator('td.guard').first().click();
      await ui.picture(`matrix-${name}`);
      assert.deepEqual(await violations(page), []);
    }
    setTheme(workspace, THEMES[0][1]);
    const page = await ui.preview(HEADING, 'vscode-dark');
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    assert.doesNotMatch(policy, /unsafe|\*(?!\.vscode)/);
  }],
  ['it is exported as Markdown and CSV', async ({ ui }) => {
    for (const [button, text] of [['Export Markdown', '# eBPF programs and kernels'], ['Export CSV', 'file,program,section,5.4']]) {
      // The page stays behind at the end: while it is made anew it takes the focus from what is typed elsewhere.
      await ui.page.locator('.tab', { hasText: 'eBPF Compatibility Matrix' }).first().click();
      const page = await ui.preview(HEADING);
      await page.getByRole('button', { name: button }).click();
      await ui.page.locator('.monaco-editor .view-line', { hasText: text }).first().waitFor();
    }
    await ui.closeAll();
  }],
];
