/** Typing: completion of helpers, kfuncs, sections, flags, return codes and maps, and signature help. File: writing.bpf.c. */
import assert from 'node:assert/strict';
import { until } from '../waiting.mjs';

const row = (ui, text) => ui.suggestions.locator('.monaco-list-row', { hasText: text });

/** Waits until the first of the shown entries are these. */
async function first(ui, ...wanted) {
  let labels;
  await until(() => `${wanted} come first, not ${labels}`, async () => {
    labels = await ui.suggestions.locator('.monaco-list-row .label-name').allTextContents();
    return wanted.every((label, i) => (label instanceof RegExp ? label.test(labels[i]) : label === labels[i]));
  });
  return labels;
}

/** Types a line of its own behind the declarations of `forward`, key by key as completion needs it, until something shows. */
async function type(ui, text, shown) {
  await ui.line(23);
  await ui.page.keyboard.press('End');
  await ui.page.keyboard.press('Enter');
  await ui.typeUntil(text, shown);
}

/** Takes the entry that has the focus once it is this one. */
async function take(ui, text) {
  await ui.suggestions.locator('.monaco-list-row.focused', { hasText: text }).first().waitFor();
  await ui.page.keyboard.press('Enter');
}

/** Takes back what was typed. */
async function revert(ui) {
  await ui.page.keyboard.press('Escape');
  await ui.page.keyboard.press('Escape');
  await ui.revert();
}

export const STEPS = [
  ['typing a helper lists what XDP may call first, and marks the others', async ({ ui }) => {
    await ui.open('writing.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await type(ui, 'bpf_redirect', row(ui, 'bpf_redirect_map'));
    await first(ui, 'bpf_redirect');
    await row(ui, 'not in XDP').first().waitFor();
    await ui.picture('completion-helpers');
    await revert(ui);
  }],
  ['taking a kfunc declares it', async ({ ui }) => {
    await type(ui, 'bpf_dynptr_from_x', row(ui, 'bpf_dynptr_from_xdp'));
    await take(ui, 'bpf_dynptr_from_xdp');
    await ui.text('bpf_dynptr_from_xdp()').waitFor();
    await ui.page.keyboard.press('Control+Home');
    await ui.text('extern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags').waitFor();
    await ui.picture('completion-kfunc');
    await revert(ui);
  }],
  ['a section comes with a placeholder for what it traces', async ({ ui }) => {
    await ui.line(18);
    await ui.typeUntil('SEC("kpro', row(ui, 'kprobe'));
    await ui.picture('completion-section');
    await take(ui, 'kprobe');
    await ui.text('SEC("kprobe/function")').waitFor();
    await revert(ui);
  }],
  ['a flags argument lists its flags', async ({ ui }) => {
    await type(ui, 'bpf_map_update_elem(&counts, &key, &one, ', row(ui, 'BPF_NOEXIST'));
    await first(ui, /^BPF_/);
    await ui.picture('completion-flags');
    await revert(ui);
  }],
  ['a map argument lists the maps that fit first', async ({ ui }) => {
    await type(ui, 'bpf_redirect_map(', row(ui, 'devices'));
    assert.deepEqual(await first(ui, 'devices', 'counts'), ['devices', 'counts']);
    await ui.picture('completion-maps');
    await take(ui, 'devices');
    await ui.text('bpf_redirect_map(&devices').waitFor();
    await revert(ui);
  }],
  ['behind return stand the verdicts of the program', async ({ ui }) => {
    await type(ui, 'return ', row(ui, 'XDP_PASS'));
    await first(ui, 'XDP_PASS');
    await ui.picture('completion-return');
    await revert(ui);
  }],
  ['a program skeleton is one word away', async ({ ui }) => {
    await ui.line(18);
    await ui.typeUntil('ksysc', row(ui, 'ksyscall'));
    await ui.picture('completion-skeleton');
    await take(ui, 'ksyscall');
    await ui.text('int BPF_KSYSCALL(ksyscall_prog').waitFor();
    await revert(ui);
  }],
  ['signature help tells the parameter and the choices of a flag', async ({ ui }) => {
    const help = ui.page.locator('.parameter-hints-widget.visible');
    await type(ui, 'bpf_redirect_map(&devices, 0, ', help.filter({ hasText: 'BPF_F_BROADCAST' }));
    await ui.page.keyboard.type('0', { delay: 40 });
    await help.locator('.parameter.active', { hasText: 'flags' }).waitFor();
    await ui.picture('signature-help');
    await revert(ui);
    await ui.closeAll();
  }],
];
