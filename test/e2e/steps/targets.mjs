/** Targets: the box that asks for one, its lists, several at once, and a kernel's own types. Files: target.bpf.c, .ebpf-lens.yaml. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { says } from '../waiting.mjs';

const row = (ui, text) => ui.quickInput.locator('.monaco-list-row', { hasText: text }).first();
const box = (ui) => ui.quickInput.locator('input.input').first();
const squiggles = (ui, severity) => ui.page.locator(`.monaco-editor .squiggly-${severity}`);
const squiggle = (ui) => squiggles(ui, 'error').first();
const settings = (workspace) => path.join(workspace, '.vscode/settings.json');
const RUNNING = '/sys/kernel/btf/vmlinux';

async function setTarget(ui, workspace, target) {
  await ui.command('eBPF Lens: Set Target Kernel');
  await box(ui).fill(target);
  await ui.page.keyboard.press('Enter');
  await says(settings(workspace), `"${target}"`);
}

export const STEPS = [
  ['the box for the target has a list of distributions, with their kernels and how long they are supported', async ({ ui, workspace }) => {
    await ui.open('target.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: Set Target Kernel');
    await ui.quickInput.locator('.action-label[aria-label*="file with BTF"], .action-label[title*="file with BTF"]').first().waitFor();
    await ui.page.mouse.move(500, 500);
    await ui.page.locator('.hover-contents', { hasText: '5.4..6.8' }).waitFor({ state: 'hidden' });
    await ui.picture('target-box');
    await ui.quickInput.locator('.action-label[aria-label*="Choose a distribution"], .action-label[title*="Choose a distribution"]').first().focus();
    await ui.page.keyboard.press('Enter');
    await row(ui, 'almalinux8').waitFor();
    await ui.picture('target-list');
    await box(ui).fill('rhel8');
    await row(ui, 'rhel8.10').waitFor();
    await ui.picture('target-list-rhel');
    await box(ui).fill('rhel8.3');
    await row(ui, 'rhel8.3').click();
    await ui.quickInput.filter({ hasText: 'saved in' }).waitFor();
    assert.equal(await box(ui).inputValue(), 'rhel8.3');
    await ui.page.keyboard.press('Enter');
    await says(settings(workspace), '"rhel8.3"');
    await squiggle(ui).waitFor();
  }],
  ['what is wrong with a target is said while it is typed', async ({ ui }) => {
    await ui.command('eBPF Lens: Set Target Kernel');
    await box(ui).fill('5.10, 5.4-6.8');
    await ui.quickInput.filter({ hasText: 'two dots' }).waitFor();
    await ui.picture('target-box-mistake');
    await ui.page.keyboard.press('Escape');
  }],
  ['several targets: the finding names those that fail', async ({ ui, workspace }) => {
    await setTarget(ui, workspace, '5.4,rhel8,debian12');
    await squiggle(ui).waitFor();
    await ui.line(1);
    await ui.hoverOn('bpf_ringbuf_output(', 'bpf_ringbuf_output', 'rhel8.3');
    await ui.picture('target-several');
    await ui.leave();
    await ui.status.click();
    await row(ui, 'Target').waitFor();
    await ui.picture('target-status');
    await ui.page.keyboard.press('Escape');
  }],
  ['the matrix has a column for each kernel of its own', async ({ ui, workspace }) => {
    await setTarget(ui, workspace, '5.4,rhel8.3,rhel8.6');
    await ui.command('eBPF Lens: Show Compatibility Matrix');
    const page = await ui.preview('eBPF programs and kernels');
    await page.locator('th', { hasText: 'rhel8.6' }).waitFor();
    await page.locator('tbody tr', { hasText: 'on_unlink' }).locator('td').last().waitFor();
    const heads = await page.locator('thead th').allTextContents();
    const cells = (await page.locator('tbody tr', { hasText: 'on_unlink' }).first().locator('td').allTextContents()).map((text) => text.trim());
    assert.match(heads.join(' '), /5\.4target.*6\.18.*rhel8\.3target rhel8\.6target/);
    assert.match(cells.at(-2), /guard|refused/);
    assert.match(cells.at(-1), /runs/);
    await ui.picture('target-matrix');
    await ui.closeAll();
    await ui.open('target.bpf.c');
  }],
  ...(fs.existsSync(RUNNING) ? [
    ['the types of a kernel complete functions and fields', async ({ ui, workspace }) => {
      await setTarget(ui, workspace, 'running');
      await squiggle(ui).waitFor({ state: 'detached' });
      await ui.clickBehind('SEC("fentry/do_unlinkat', 'SEC("fentry/do_unlin');
      await ui.page.keyboard.press('Control+Space');
      const suggestion = (text) => ui.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();
      await suggestion('do_unlinkat').waitFor();
      await ui.picture('target-functions');
      await ui.page.keyboard.press('Escape');
      await ui.clickBehind('real_parent, tgid', 'real_parent, tg');
      await ui.page.keyboard.press('Control+Space');
      await suggestion('tgid').waitFor();
      await ui.picture('target-fields');
      await ui.page.keyboard.press('Escape');
    }],
    ['a function and a field that the kernel has not are marked', async ({ ui, workspace }) => {
      const file = path.join(workspace, 'target.bpf.c');
      const text = fs.readFileSync(file, 'utf8');
      // One after the other: in a program that the kernel cannot load anyway no field is judged.
      for (const [right, wrong, picture] of [['do_unlinkat"', 'do_unlinkatt"', 'target-missing-function'], ['real_parent, tgid', 'real_parent, tgidd', 'target-missing']]) {
        fs.writeFileSync(file, text.replace(right, wrong));
        await squiggles(ui, 'warning').first().waitFor();
        await ui.command('Problems: Focus on Problems View');
        await ui.page.locator('.markers-panel .monaco-list-row', { hasText: /\w+/.exec(wrong.split(' ').at(-1))[0] }).first().waitFor();
        await ui.picture(picture);
        await ui.command('View: Toggle Panel Visibility');
        fs.writeFileSync(file, text);
        await squiggles(ui, 'warning').first().waitFor({ state: 'detached' });
      }
    }],
  ] : []),
  ['a project file completes names of kernels and rules, and says what they are', async ({ ui, workspace }) => {
    const file = path.join(workspace, '.ebpf-lens.yaml');
    fs.writeFileSync(file, "# What we support\nkernel: [5.10, ]\nrules:\n  unknown-section: off\n");
    await ui.open('.ebpf-lens.yaml');
    const suggestion = (text) => ui.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();
    await ui.line(2);
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('ArrowLeft');
    await ui.page.keyboard.type('rhel9');
    await suggestion('rhel9.4').waitFor();
    await ui.picture('project-file-kernels');
    await ui.page.keyboard.press('Escape');
    await ui.line(4);
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('Enter');
    await ui.page.keyboard.type('kfunc-');
    // The list opens by itself, but not where typing was faster than the page.
    await suggestion('kfunc-not-allowed').waitFor({ timeout: 4000 }).catch(() => ui.page.keyboard.press('Control+Space'));
    await suggestion('kfunc-not-allowed').click();
    await suggestion('warning').waitFor();
    await ui.picture('project-file-levels');
    await suggestion('warning').click();
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'kfunc-not-allowed: warning' }).waitFor();
    await ui.hoverOn('kernel: [5.10', 'rhel9', 'rhel9.2');
    await ui.picture('project-file-hover');
    await ui.leave();
    fs.rmSync(file);
  }],
];
