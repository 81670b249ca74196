/** Targets: the box that asks for one, its lists, several at once, and a kernel's own types. Files: target.bpf.c, .ebpf-lens.yaml. */
import fs from 'node:fs';
import path from 'node:path';
import { actUntil, says, until } from '../waiting.mjs';

const settings = (workspace) => path.join(workspace, '.vscode/settings.json');
const RUNNING = '/sys/kernel/btf/vmlinux';

async function setTarget(ui, workspace, target) {
  await ui.command('eBPF Lens: Set Target Kernel');
  await ui.answer('saved in', target);
  await says(settings(workspace), `"${target}"`);
}

export const STEPS = [
  ['the box for the target has a list of distributions, with their kernels and how long they are supported', async ({ ui, workspace }) => {
    await ui.open('target.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: Set Target Kernel');
    await ui.quickInput.filter({ hasText: 'saved in' }).waitFor();
    await ui.quickInput.locator('.action-label[aria-label*="file with BTF"], .action-label[title*="file with BTF"]').first().waitFor();
    await ui.page.locator('.hover-contents', { hasText: '5.4..6.8' }).waitFor({ state: 'hidden' });
    await ui.picture('target-box');
    await actUntil((timeout) => ui.quickInput.locator('.action-label[aria-label*="Choose a distribution"], .action-label[title*="Choose a distribution"]').first().press('Enter', { timeout }), (timeout) => ui.row('almalinux8').waitFor({ timeout }));
    await ui.picture('target-list');
    await ui.input.fill('rhel8');
    await ui.row('rhel8.10').waitFor();
    await ui.picture('target-list-rhel');
    await ui.input.fill('rhel8.3');
    await ui.choose('rhel8.3');
    const box = ui.quickInput.filter({ hasText: 'saved in' });
    await box.waitFor();
    await until('the box has what was chosen', async () => (await ui.input.inputValue()) === 'rhel8.3');
    await actUntil((timeout) => ui.input.press('Enter', { timeout }), (timeout) => box.waitFor({ state: 'hidden', timeout }));
    await says(settings(workspace), '"rhel8.3"');
    await ui.error.waitFor();
  }],
  ['what is wrong with a target is said while it is typed', async ({ ui }) => {
    await ui.command('eBPF Lens: Set Target Kernel');
    await ui.quickInput.filter({ hasText: 'saved in' }).waitFor();
    await ui.input.fill('5.10, 5.4-6.8');
    await ui.quickInput.filter({ hasText: 'two dots' }).waitFor();
    await ui.picture('target-box-mistake');
    await ui.closeQuickInput();
  }],
  ['several targets: the finding names those that fail', async ({ ui, workspace }) => {
    await setTarget(ui, workspace, '5.4,rhel8,debian12');
    await ui.error.waitFor();
    await ui.line(1);
    await ui.hoverOn('bpf_ringbuf_output(', 'bpf_ringbuf_output', 'rhel8.3');
    await ui.picture('target-several');
    await ui.leave();
    await ui.statusList('Target');
    await ui.picture('target-status');
    await ui.closeQuickInput();
  }],
  ['the matrix has a column for each kernel of its own', async ({ ui, workspace }) => {
    await setTarget(ui, workspace, '5.4,rhel8.3,rhel8.6');
    await ui.command('eBPF Lens: Show Compatibility Matrix');
    const page = await ui.preview('eBPF programs and kernels');
    await page.locator('th', { hasText: 'rhel8.6' }).waitFor();
    await page.locator('tbody tr', { hasText: 'on_unlink' }).locator('td').last().waitFor();
    let shown;
    await until(() => `on_unlink needs more than rhel8.3 has and runs on rhel8.6; the matrix says ${shown}`, async () => {
      const heads = await page.locator('thead th').allTextContents();
      const cells = (await page.locator('tbody tr', { hasText: 'on_unlink' }).first().locator('td').allTextContents()).map((text) => text.trim());
      shown = `${heads.join(' ')}: ${cells.join(' ')}`;
      return /5\.4target.*6\.18.*rhel8\.3target rhel8\.6target/.test(heads.join(' ')) && /guard|refused/.test(cells.at(-2)) && /runs/.test(cells.at(-1));
    });
    await page.locator('th', { hasText: 'rhel8.6' }).scrollIntoViewIfNeeded();
    await ui.picture('target-matrix');
    await ui.closeAll();
    await ui.open('target.bpf.c');
  }],
  ...(fs.existsSync(RUNNING) ? [
    ['the types of a kernel complete functions and fields', async ({ ui, workspace }) => {
      await setTarget(ui, workspace, 'running');
      await ui.error.waitFor({ state: 'detached' });
      await ui.clickBehind('SEC("fentry/do_unlinkat', 'SEC("fentry/do_unlin');
      await ui.suggest('do_unlinkat');
      await ui.picture('target-functions');
      await ui.page.keyboard.press('Escape');
      await ui.clickBehind('real_parent, tgid', 'real_parent, tg');
      await ui.suggest('tgid');
      await ui.picture('target-fields');
      await ui.page.keyboard.press('Escape');
    }],
    ['a function and a field that the kernel has not are marked', async ({ ui, workspace }) => {
      const file = path.join(workspace, 'target.bpf.c');
      const text = fs.readFileSync(file, 'utf8');
      // One after the other: in a program that the kernel cannot load anyway no field is judged.
      for (const [right, wrong, picture] of [['do_unlinkat"', 'do_unlinkatt"', 'target-missing-function'], ['real_parent, tgid', 'real_parent, tgidd', 'target-missing']]) {
        fs.writeFileSync(file, text.replace(right, wrong));
        await ui.warning.waitFor();
        await ui.command('Problems: Focus on Problems View');
        await ui.problem(/\w+/.exec(wrong.split(' ').at(-1))[0]).waitFor();
        await ui.picture(picture);
        await ui.hidePanel();
        fs.writeFileSync(file, text);
        await ui.warning.waitFor({ state: 'detached' });
      }
    }],
  ] : []),
  ['a project file completes names of kernels and rules, and says what they are', async ({ ui, workspace }) => {
    const file = path.join(workspace, '.ebpf-lens.yaml');
    fs.writeFileSync(file, "# What we support\nkernel: [5.10, ]\nrules:\n  unknown-section: off\n");
    await ui.open('.ebpf-lens.yaml');
    await ui.line(2);
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('ArrowLeft');
    await ui.typeUntil('rhel9', ui.suggestion('rhel9.4'));
    await ui.picture('project-file-kernels');
    await ui.page.keyboard.press('Escape');
    await ui.line(4);
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('Enter');
    await ui.typeUntil('kfunc-', ui.suggestion('kfunc-not-allowed'));
    const rule = ui.suggestion('kfunc-not-allowed');
    await actUntil(async (timeout, attempt) => {
      if (attempt === 1 || (await rule.count()) > 0) await rule.click({ timeout });
      else await ui.page.keyboard.press('Control+Space'); // the rule is taken, and its levels did not come up by themselves
    }, (timeout) => ui.suggestion('warning').waitFor({ timeout }));
    await ui.picture('project-file-levels');
    await ui.click(ui.suggestion('warning'), ui.text('kfunc-not-allowed: warning'));
    await ui.hoverOn('kernel: [5.10', 'rhel9', 'rhel9.2');
    await ui.picture('project-file-hover');
    await ui.leave();
    fs.rmSync(file);
  }],
];
