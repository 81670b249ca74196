/** Typing: completion of helpers, kfuncs, sections, flags, return codes and maps, and signature help. File: writing.bpf.c. */
import assert from 'node:assert/strict';

const row = (ui, text) => ui.suggestions.locator('.monaco-list-row', { hasText: text });
/** Labels of the shown entries, in order. */
const labels = (ui) => ui.suggestions.locator('.monaco-list-row .label-name').allTextContents();

/** Types a line of its own behind the declarations of `forward`, key by key as completion needs it. */
async function type(ui, text) {
  await ui.line(23);
  await ui.page.keyboard.press('End');
  await ui.page.keyboard.press('Enter');
  await ui.page.keyboard.type(text, { delay: 40 });
}

/** Takes back what was typed. */
async function revert(ui) {
  await ui.page.keyboard.press('Escape');
  await ui.page.keyboard.press('Escape');
  await ui.command('File: Revert File');
}

export const STEPS = [
  ['typing a helper lists what XDP may call first, and marks the others', async ({ ui }) => {
    await ui.open('writing.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await type(ui, 'bpf_redirect');
    await row(ui, 'bpf_redirect_map').first().waitFor();
    assert.equal((await labels(ui))[0], 'bpf_redirect');
    await row(ui, 'not in XDP').first().waitFor();
    await ui.picture('completion-helpers');
    await revert(ui);
  }],
  ['taking a kfunc declares it', async ({ ui }) => {
    await type(ui, 'bpf_dynptr_from_x');
    await row(ui, 'bpf_dynptr_from_xdp').first().waitFor();
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'bpf_dynptr_from_xdp()' }).waitFor();
    await ui.page.keyboard.press('Control+Home');
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'extern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags' }).waitFor();
    await ui.picture('completion-kfunc');
    await revert(ui);
  }],
  ['a section comes with a placeholder for what it traces', async ({ ui }) => {
    await ui.line(18);
    await ui.page.keyboard.type('SEC("kpro', { delay: 40 });
    await row(ui, 'kprobe').first().waitFor();
    await ui.picture('completion-section');
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'SEC("kprobe/function")' }).waitFor();
    await revert(ui);
  }],
  ['a flags argument lists its flags', async ({ ui }) => {
    await type(ui, 'bpf_map_update_elem(&counts, &key, &one, ');
    await row(ui, 'BPF_NOEXIST').first().waitFor();
    assert.match((await labels(ui))[0], /^BPF_/);
    await ui.picture('completion-flags');
    await revert(ui);
  }],
  ['a map argument lists the maps that fit first', async ({ ui }) => {
    await type(ui, 'bpf_redirect_map(');
    await row(ui, 'devices').first().waitFor();
    assert.deepEqual(await labels(ui), ['devices', 'counts']);
    await ui.picture('completion-maps');
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'bpf_redirect_map(&devices' }).waitFor();
    await revert(ui);
  }],
  ['behind return stand the verdicts of the program', async ({ ui }) => {
    await type(ui, 'return ');
    await row(ui, 'XDP_PASS').first().waitFor();
    assert.equal((await labels(ui))[0], 'XDP_PASS');
    await ui.picture('completion-return');
    await revert(ui);
  }],
  ['a program skeleton is one word away', async ({ ui }) => {
    await ui.line(18);
    await ui.page.keyboard.type('ksysc', { delay: 40 });
    await row(ui, 'ksyscall').first().waitFor();
    await ui.picture('completion-skeleton');
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'int BPF_KSYSCALL(ksyscall_prog' }).waitFor();
    await revert(ui);
  }],
  ['signature help tells the parameter and the choices of a flag', async ({ ui }) => {
    const help = ui.page.locator('.parameter-hints-widget.visible');
    await type(ui, 'bpf_redirect_map(&devices, 0, ');
    await help.filter({ hasText: 'BPF_F_BROADCAST' }).waitFor();
    await ui.page.keyboard.type('0', { delay: 40 });
    await help.locator('.parameter.active', { hasText: 'flags' }).waitFor();
    await ui.picture('signature-help');
    await revert(ui);
    await ui.closeAll();
  }],
];
