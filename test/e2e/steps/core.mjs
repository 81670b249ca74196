/** The main job: status, hovers, completion, problems and fixes, the reference, and a server that dies. Files of test/e2e/workspace. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { writeSettings } from '../vscode.mjs';
import { actUntil, until } from '../waiting.mjs';

/** Picture, a piece of the line, the word in it, what its hover must say, and a line to go to first if it is out of sight. */
const ENTITIES = [
  ['map-type', 'BPF_MAP_TYPE_LPM_TRIE', 'BPF_MAP_TYPE_LPM_TRIE', '4.11'],
  ['flag', 'map_flags, BPF_F_NO_PREALLOC', 'BPF_F_NO_PREALLOC', '4.6'],
  ['map-macro', '__uint(key_size', '__uint', 'libbpf'],
  ['ksym', 'bpf_task_from_pid(s32 pid) __ksym', '__ksym', 'libbpf'],
  ['section', 'lsm.s/bprm_check_security', 'bprm_check_security', 'BPF_PROG_TYPE_LSM'],
  ['program-macro', 'BPF_PROG(check_exec', 'BPF_PROG', 'libbpf'],
  ['kfunc', 'task = bpf_task_from_pid(1)', 'bpf_task_from_pid', 'release it with'],
  ['context-field', 'skb->tstamp', 'tstamp', '5.0', 34],
  ['helper', 'bpf_ktime_get_ns()', 'bpf_ktime_get_ns', 'Allowed in this program'],
  ['print-macro', 'bpf_printk("%d bytes"', 'bpf_printk', 'bpf_trace_printk'],
];

/**
 * The steps, in order; a later one may build on an earlier one. The workspace is not trusted, so all of this holds
 * in restricted mode too.
 */
export const STEPS = [
  ['C that is not eBPF starts no server and shows nothing', async ({ ui, vscode }) => {
    await ui.open('loader.c');
    // An extension that answers has looked at it.
    await ui.command('eBPF Lens: Filter Programs by Type');
    await ui.message('There are no eBPF programs to filter yet');
    await ui.clearMessages();
    assert.deepEqual(vscode.languageServers(), []);
    assert.equal(await ui.status.count(), 0);
    assert.equal(await ui.squiggles.count(), 0);
  }],
  ['an eBPF file starts one server, and the status bar names the kernel it needs', async ({ ui, vscode }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    assert.equal(vscode.languageServers().length, 1);
    assert.equal(await ui.squiggles.count(), 0);
    await ui.hoverOver(ui.status, ui.hover.filter({ hasText: 'bpf_xdp_get_buff_len' }));
    await ui.picture('status-bar');
    await ui.leave();
  }],
  ['the cursor in a program narrows the status to that program', async ({ ui }) => {
    await ui.line(49);
    await ui.clickBehind('ctx->data_end - ctx->data', 'data_end');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.8' }).waitFor();
    await ui.page.keyboard.press('Control+Home');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
  }],
  ['its list leads to the place that forces the kernel', async ({ ui }) => {
    await ui.statusList('bpf_xdp_get_buff_len');
    await ui.picture('reasons');
    await ui.choose('bpf_xdp_get_buff_len');
    await ui.statusItem(/Ln 39, Col \d+ \(20 selected\)/).waitFor();
  }],
  ['completion in a devmap program has egress_ifindex', async ({ ui }) => {
    await ui.line(52);
    await ui.clickBehind('ctx->egress_ifindex', 'ctx->egress_ifindex');
    await ui.page.keyboard.press('Control+Backspace');
    await ui.suggest('egress_ifindex');
    await ui.picture('completion');
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('Control+Z');
    await ui.text('report(ctx->egress_ifindex').waitFor();
  }],
  ['completion in a plain XDP program has not', async ({ ui }) => {
    await ui.line(42);
    await ui.clickBehind('report(ctx->ingress_ifindex', 'ctx->ingress_ifindex');
    await ui.page.keyboard.press('Control+Backspace');
    await ui.suggest('ingress_ifindex');
    assert.equal(await ui.suggestions.locator('.monaco-list-row', { hasText: 'egress_ifindex' }).filter({ hasNotText: 'ingress' }).count(), 0);
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('Control+Z');
    await ui.revert();
  }],
  ['a target kernel set from the list turns the item red and marks what is newer', async ({ ui, workspace }) => {
    await ui.statusList('Set target kernel');
    await ui.choose('Set target kernel');
    await ui.quickInput.filter({ hasText: 'Target kernel' }).waitFor();
    await ui.input.fill('5.');
    await ui.quickInput.filter({ hasText: 'Write a kernel release' }).waitFor();
    await ui.answer('Target kernel', '5.10');
    await ui.error.waitFor();
    await ui.page.locator('.statusbar-item.has-background-color[id="ebpf-lens.ebpf-lens.ebpfLens.minimumKernel"]').waitFor();
    const settings = JSON.parse(fs.readFileSync(path.join(workspace, '.vscode/settings.json'), 'utf8'));
    assert.equal(settings['ebpfLens.targetKernel'], '5.10');
    await ui.hoverOn('bpf_xdp_get_buff_len(ctx)', 'bpf_xdp_get_buff_len', '5.18');
    await ui.picture('target-kernel');
    await ui.leave();
    await ui.command('eBPF Lens: Set Target Kernel');
    await ui.answer('Target kernel', '');
    await ui.error.waitFor({ state: 'detached' });
    await ui.page.locator('.statusbar-item.has-background-color[id="ebpf-lens.ebpf-lens.ebpfLens.minimumKernel"]').waitFor({ state: 'detached' });
  }],
  ['a helper that XDP may not call is marked', async ({ ui }) => {
    await ui.open('not_allowed.bpf.c');
    await ui.error.waitFor();
    await ui.leave();
    await ui.command('Problems: Focus on Problems View');
    await ui.click(ui.problem('bpf_skb_load_bytes'), ui.statusItem('(18 selected)')); // goes there and selects it
    await ui.focusEditor();
    await ui.page.keyboard.press('ArrowDown'); // a selection would hide the squiggle
    await ui.statusItem('(18 selected)').waitFor({ state: 'detached' });
    await ui.picture('squiggle');
    await ui.hidePanel();
  }],
  ['its hover says what is wrong and what the helper is', async ({ ui }) => {
    await ui.hoverOn('if (bpf_skb_load_bytes', 'bpf_skb_load_bytes', 'helper-not-allowed');
    await ui.picture('problem-hover');
  }],
  ['the hover of a helper answers for the program at hand', async ({ ui }) => {
    await ui.hoverOn('return bpf_redirect_map', 'bpf_redirect_map', '4.14');
    await ui.picture('helper-hover');
    await ui.leave();
  }],
  ['the reference is searched by name, meaning and program type', async ({ ui }) => {
    await ui.command('eBPF Lens: Search eBPF Reference');
    const row = (label) => ui.quickInput.locator('.monaco-list-row', { has: ui.page.locator('.label-name', { hasText: label }) }).first();
    await row(/^bpf_/).waitFor();
    await ui.input.fill('xdp:');
    await ui.quickInput.filter({ hasText: 'XDP programs' }).waitFor();
    await ui.input.pressSequentially('redirect');
    await row(/^bpf_redirect_map$/).waitFor();
    await row(/^bpf_clone_redirect$/).waitFor({ state: 'detached' });
    await ui.picture('reference-search');
    await actUntil((timeout) => row(/^bpf_redirect_map$/).click({ timeout }), (timeout) => ui.preview('Who may call it', 'vscode-dark', timeout));
  }],
  ['its pages open in the preview, light and dark', async ({ ui, workspace }) => {
    await ui.preview('Who may call it', 'vscode-dark');
    await ui.picture('reference-page-dark');
    writeSettings(workspace, { 'workbench.colorTheme': 'Default Light Modern' });
    await ui.theme('vs');
    await ui.preview('Who may call it', 'vscode-light');
    await ui.picture('reference-page-light');
    // The preview makes its page anew in another theme, and says when only by doing so.
    const heading = async () => (await ui.preview('Who may call it', 'vscode-light')).getByRole('heading', { name: 'Who may call it' });
    const top = async () => (await (await heading()).boundingBox({ timeout: 1000 }).catch(() => undefined))?.y ?? Infinity;
    await actUntil(async (timeout) => (await heading()).evaluate((it) => it.scrollIntoView(), undefined, { timeout }), (timeout) => until('the page is scrolled', async () => (await top()) < 100, timeout));
    await ui.picture('reference-matrix');
    writeSettings(workspace, {});
    await ui.theme('vs-dark');
    await ui.preview('Who may call it', 'vscode-dark');
    await ui.closeAll();
  }],
  ['things of ten kinds have hovers of their own', async ({ ui }) => {
    await ui.open('entities.bpf.c');
    await ui.status.filter({ hasText: 'eBPF ≥ 6.2' }).waitFor();
    for (const [name, line, word, says, scrollTo] of ENTITIES) {
      if (scrollTo) await ui.line(scrollTo);
      await ui.hoverOn(line, word, says);
      await ui.picture(`hover-${name}`);
      await ui.leave();
    }
  }],
  ['a hover leads to the page, and a page to others', async ({ ui }) => {
    await ui.open('not_allowed.bpf.c');
    await actUntil(async (timeout) => {
      await ui.hoverOn('return bpf_redirect_map', 'bpf_redirect_map', 'Open the reference page');
      await ui.hover.getByText('Open the reference page').first().click({ timeout });
    }, (timeout) => ui.preview('Who may call it', undefined, timeout));
    await actUntil(async (timeout) => {
      const shown = await ui.preview('Who may call it', undefined, timeout);
      await shown.getByRole('link', { name: 'BPF_F_BROADCAST' }).first().click({ timeout });
    }, (timeout) => ui.preview('Sends a copy to every device', undefined, timeout));
    await ui.closeAll();
  }],
  ['a quick fix mends a misspelt section', async ({ ui }) => {
    await ui.open('typo.bpf.c');
    await ui.warning.waitFor();
    await ui.clickBehind('SEC("xpd")', 'xpd');
    const fix = await ui.quickFix('xdp');
    await ui.picture('quick-fix');
    await ui.click(fix, ui.text('SEC("xdp")'));
    await ui.warning.waitFor({ state: 'detached' });
    await ui.revert();
  }],
  ['a header opened alone says that its programs are not known', async ({ ui }) => {
    await ui.open('ports.bpf.h');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.hoverOver(ui.status, ui.hover.filter({ hasText: /header/i }));
    assert.equal(await ui.squiggles.count(), 0);
    await ui.leave();
  }],
  ['a setting hides the status bar item', async ({ ui, workspace }) => {
    writeSettings(workspace, { 'ebpfLens.statusBar.enabled': false });
    await ui.status.waitFor({ state: 'hidden' });
    writeSettings(workspace, {});
    await ui.status.waitFor();
  }],
  ['a server that is killed comes back, and says so', async ({ ui, vscode }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    const [before] = vscode.languageServers();
    process.kill(before, 'SIGKILL');
    const told = await ui.message('the language server stopped unexpectedly and was started again');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    const after = vscode.languageServers();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
    await ui.picture('restart');
    // What it says is not to be seen here: setup.sh builds nothing, and the log needs a native part.
    const log = () => ui.page.evaluate(() => document.querySelector('.part.panel select')?.selectedOptions[0]?.text === 'eBPF Lens');
    await actUntil((timeout) => told.getByText('Show log').click({ timeout }), (timeout) => until('the log is shown', log, timeout));
    await ui.hidePanel();
    await ui.open('not_allowed.bpf.c');
    await ui.error.waitFor();
  }],
  ['a server that keeps dying stays off, and a click brings it back', async ({ ui, vscode }) => {
    let killed;
    const another = () => vscode.languageServers().length === 1 && vscode.languageServers()[0] !== killed;
    const off = async () => (await ui.toasts.filter({ hasText: 'keeps stopping' }).count()) > 0;
    // What counts are crashes within three minutes: on a slow machine the one of the step before may be too long ago.
    for (let i = 0; i < 6; i++) {
      await until('one server runs, another than before, or none any more', async () => another() || (await off()));
      if (await off()) break;
      await ui.error.waitFor();
      [killed] = vscode.languageServers();
      process.kill(killed, 'SIGKILL');
      if (i >= 3) await until('another server runs, or none any more', async () => another() || (await off()));
    }
    await ui.message('keeps stopping');
    assert.deepEqual(vscode.languageServers(), []);
    await ui.click(ui.status.filter({ hasText: 'eBPF Lens' }), ui.status.filter({ hasText: 'eBPF ≥' }));
    assert.equal(vscode.languageServers().length, 1);
  }],
];
