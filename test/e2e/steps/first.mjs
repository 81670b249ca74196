/** The first minutes: the walkthrough, a new program, clangd's file, quick fixes that write more than a word, and the reason why a file is not checked. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { actUntil, says, until } from '../waiting.mjs';

const walkthroughStep = (ui, title) => ui.page.locator('.gettingStartedContainer .getting-started-step', { hasText: title }).first();
const expanded = (ui, title) => ui.page.locator('.gettingStartedContainer .getting-started-step.expanded', { hasText: title }).first();

export const STEPS = [
  ['the walkthrough opens and shows its steps', async ({ ui }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: First Minutes');
    await expanded(ui, 'Open a sample').waitFor();
    await until('there are six steps', async () => (await ui.page.locator('.gettingStartedContainer .getting-started-step').count()) === 6);
    await ui.preview('count_packets', '');
    await ui.picture('walkthrough');
    await ui.click(walkthroughStep(ui, 'Read the matrix'), expanded(ui, 'Read the matrix'));
    await ui.preview('on_exec', '');
    await ui.picture('walkthrough-matrix');
  }],
  ['its sample opens as a new document, with its mistake found', async ({ ui }) => {
    await ui.click(walkthroughStep(ui, 'Open a sample'), expanded(ui, 'Open a sample'));
    await ui.click(ui.page.locator('.gettingStartedContainer .monaco-button:visible', { hasText: 'Open a Sample' }).first(), ui.page.locator('.tab.active', { hasText: 'Untitled' }).first());
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    await ui.error.waitFor();
    await ui.picture('sample');
  }],
  ['the menu of quick fixes has the replacement first, and what it writes is right', async ({ ui }) => {
    await ui.line(31);
    await ui.clickBehind('if (bpf_skb_load_bytes', 'bpf_skb_load');
    const fix = await ui.quickFix('bpf_xdp_load_bytes');
    await ui.page.locator('.action-widget .monaco-list-row', { hasText: "in this workspace's settings" }).first().waitFor();
    await ui.picture('quick-fixes');
    await ui.click(fix, ui.text('bpf_xdp_load_bytes(ctx'));
    await ui.error.waitFor({ state: 'detached' });
  }],
  ['a new program is written from a few answers', async ({ ui }) => {
    await ui.command('eBPF Lens: New Program');
    await ui.row('BPF_PROG_TYPE_TRACING').waitFor();
    await ui.picture('new-program-type');
    await ui.choose('BPF_PROG_TYPE_TRACING');
    await ui.row('SEC("fexit/…")').waitFor();
    await ui.picture('new-program-section');
    await ui.choose('SEC("tp_btf/…")');
    await ui.answer('tp_btf/<name>', 'sched_switch');
    await ui.row('BPF_MAP_TYPE_RINGBUF').waitFor();
    await ui.check('BPF_MAP_TYPE_HASH');
    await ui.check('BPF_MAP_TYPE_RINGBUF');
    await ui.picture('new-program-maps');
    await actUntil((timeout) => ui.input.press('Enter', { timeout }), (timeout) => ui.page.locator('.tab.active', { hasText: 'on_sched_switch.bpf.c' }).first().waitFor({ timeout }));
    await ui.text('SEC("tp_btf/sched_switch")').waitFor();
    await ui.status.filter({ hasText: 'eBPF ≥ 5.8' }).waitFor();
    await ui.squiggles.first().waitFor({ state: 'detached' });
    await ui.picture('new-program');
  }],
  ['clangd is set up after a look at the difference', async ({ ui, workspace }) => {
    const file = path.join(workspace, '.clangd');
    fs.writeFileSync(file, '# ours\nCompileFlags:\n  Add: [-Wall] # all of them\n');
    await ui.open('forward.bpf.c');
    await ui.command('eBPF Lens: Set Up clangd');
    await ui.page.locator('.monaco-diff-editor .view-line', { hasText: '--target=bpf' }).first().waitFor();
    const question = await ui.message('write this .clangd?');
    await ui.picture('clangd-diff');
    assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /target=bpf/);
    await actUntil((timeout) => question.getByText('Apply', { exact: true }).click({ timeout }), (timeout) => says(file, 'target=bpf', timeout));
    await ui.message('There is no vmlinux.h here yet');
    const text = fs.readFileSync(file, 'utf8');
    assert.match(text, /^# ours\nCompileFlags:\n {2}Add: \[-Wall\] # all of them\n---\n/);
    assert.match(text, /-D__TARGET_ARCH_(?:x86|arm64)/);
    await ui.picture('clangd-applied');
    await ui.leave();
    await ui.clearMessages();
    fs.rmSync(file);
  }],
  ['a file that is not checked says why', async ({ ui }) => {
    await ui.open('loader.c');
    await ui.languageStatus('User space: no eBPF here');
    await ui.picture('not-recognised');
    await ui.leave();
  }],
];
