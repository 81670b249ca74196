/** The first minutes: the walkthrough, a new program, clangd's file, quick fixes that write more than a word, and the reason why a file is not checked. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const row = (ui, text) => ui.quickInput.locator('.monaco-list-row', { hasText: text }).first();

export const STEPS = [
  ['the walkthrough opens and shows its steps', async ({ ui }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: First Minutes');
    const steps = ui.page.locator('.gettingStartedContainer .getting-started-step');
    await steps.filter({ hasText: 'Open a sample' }).waitFor();
    assert.equal(await steps.count(), 6);
    await ui.page.locator('.gettingStartedContainer .getting-started-media').waitFor();
    await ui.page.waitForTimeout(1000);
    await ui.picture('walkthrough');
    await steps.filter({ hasText: 'Read the matrix' }).click();
    await ui.page.waitForTimeout(800);
    await ui.picture('walkthrough-matrix');
  }],
  ['its sample opens as a new document, with its mistake found', async ({ ui }) => {
    await ui.page.locator('.gettingStartedContainer .getting-started-step', { hasText: 'Open a sample' }).click();
    await ui.page.locator('.gettingStartedContainer .monaco-button:visible', { hasText: 'Open a Sample' }).click();
    await ui.page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    await ui.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await ui.picture('sample');
  }],
  ['the menu of quick fixes has the replacement first, and what it writes is right', async ({ ui }) => {
    await ui.line(31);
    await ui.clickBehind('if (bpf_skb_load_bytes', 'bpf_skb_load');
    await ui.page.keyboard.press('Control+.');
    const menu = ui.page.locator('.action-widget');
    await menu.locator('.monaco-list-row', { hasText: 'bpf_xdp_load_bytes' }).waitFor();
    await menu.locator('.monaco-list-row', { hasText: "in this workspace's settings" }).waitFor();
    await ui.picture('quick-fixes');
    await menu.locator('.monaco-list-row', { hasText: 'bpf_xdp_load_bytes' }).click();
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'bpf_xdp_load_bytes(ctx' }).waitFor();
    await ui.page.locator('.monaco-editor .squiggly-error').first().waitFor({ state: 'detached' });
  }],
  ['a new program is written from a few answers', async ({ ui }) => {
    await ui.command('eBPF Lens: New Program');
    await row(ui, 'BPF_PROG_TYPE_TRACING').waitFor();
    await ui.picture('new-program-type');
    await row(ui, 'BPF_PROG_TYPE_TRACING').click();
    await row(ui, 'SEC("fexit/…")').waitFor();
    await ui.picture('new-program-section');
    await row(ui, 'SEC("tp_btf/…")').click();
    const input = ui.quickInput.locator('input.input').first();
    await ui.quickInput.filter({ hasText: 'tp_btf/<name>' }).waitFor();
    await input.fill('sched_switch');
    await ui.page.keyboard.press('Enter');
    await row(ui, 'BPF_MAP_TYPE_RINGBUF').waitFor();
    await row(ui, 'BPF_MAP_TYPE_HASH').click();
    await row(ui, 'BPF_MAP_TYPE_RINGBUF').click();
    await ui.picture('new-program-maps');
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.tab.active', { hasText: 'on_sched_switch.bpf.c' }).waitFor();
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'SEC("tp_btf/sched_switch")' }).waitFor();
    await ui.status.filter({ hasText: 'eBPF ≥ 5.8' }).waitFor();
    assert.equal(await ui.squiggles.count(), 0);
    await ui.picture('new-program');
  }],
  ['clangd is set up after a look at the difference', async ({ ui, workspace }) => {
    const file = path.join(workspace, '.clangd');
    fs.writeFileSync(file, '# ours\nCompileFlags:\n  Add: [-Wall] # all of them\n');
    await ui.open('forward.bpf.c');
    await ui.command('eBPF Lens: Set Up clangd');
    await ui.page.locator('.monaco-diff-editor .view-line', { hasText: '--target=bpf' }).waitFor();
    await ui.page.locator('.notification-toast', { hasText: 'write this .clangd?' }).waitFor();
    await ui.picture('clangd-diff');
    assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /target=bpf/);
    await ui.toasts.getByText('Apply', { exact: true }).click();
    await ui.page.locator('.notification-toast', { hasText: 'There is no vmlinux.h here yet' }).waitFor();
    const text = fs.readFileSync(file, 'utf8');
    assert.match(text, /^# ours\nCompileFlags:\n {2}Add: \[-Wall\] # all of them\n---\n/);
    assert.match(text, /-D__TARGET_ARCH_(?:x86|arm64)/);
    await ui.picture('clangd-applied');
    await ui.page.keyboard.press('Escape');
    await ui.command('Notifications: Clear All Notifications');
    fs.rmSync(file);
  }],
  ['a file that is not checked says why', async ({ ui }) => {
    await ui.open('loader.c');
    const item = ui.page.locator('.statusbar-item .codicon-bracket-dot, .statusbar-item .codicon-bracket').first();
    await item.waitFor();
    await item.hover();
    await ui.page.locator('.hover-language-status', { hasText: 'User space: no eBPF here' }).waitFor();
    await ui.picture('not-recognised');
    await ui.leave();
  }],
];
