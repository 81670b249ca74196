/** Lenses, hints, colours, and the ways from one place to another. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const STEPS = [
  ['a line above each program says what it is and what it uses', async ({ ui }) => {
    await ui.open('around.bpf.c');
    await ui.line(36);
    const lens = ui.page.locator('.codelens-decoration', { hasText: '1 map' });
    await lens.filter({ hasText: '≥ 4.10' }).or(lens.filter({ hasText: '≥ 5' })).first().waitFor();
    assert.match(await ui.page.locator('.codelens-decoration').first().innerText(), /XDP/);
  }],
  ['a hint stands behind the call that forces the kernel', async ({ ui }) => {
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'bpf_xdp_get_buff_len(ctx)Linux ≥ 5.18' }).waitFor();
    await ui.picture('lens-and-hint');
  }],
  ['helpers, maps, programs and the context have colours of their own', async ({ ui }) => {
    const colour = (word, line) => ui.page.evaluate(([wanted, text]) => {
      for (const shown of document.querySelectorAll('.monaco-editor .view-line')) {
        if (!shown.textContent.replace(/\u00a0/g, ' ').includes(text)) continue;
        for (const span of shown.querySelectorAll('span > span')) if (span.textContent.includes(wanted)) return getComputedStyle(span).color;
      }
      return undefined;
    }, [word, line]);
    const line = 'bpf_map_lookup_elem(&counts';
    await ui.line(27);
    for (const end = Date.now() + 10_000; (await colour('counts', line)) === (await colour('known', line)) && Date.now() < end;) await ui.page.waitForTimeout(100);
    const [helper, map, local] = [await colour('bpf_map_lookup_elem', line), await colour('counts', line), await colour('known', line)];
    assert.ok(helper && map && local);
    assert.notEqual(map, local);
    assert.notEqual(helper, local);
    await ui.picture('colours');
  }],
  ['the number of maps opens a peek at them', async ({ ui }) => {
    await ui.line(38);
    await ui.page.locator('.codelens-decoration a', { hasText: /^\d maps?$/ }).first().click();
    await ui.page.locator('.peekview-widget .monaco-list-row', { hasText: 'counts' }).first().waitFor();
    await ui.picture('peek-maps');
    await ui.page.keyboard.press('Escape');
    await ui.page.locator('.peekview-widget').waitFor({ state: 'detached' });
  }],
  ['the kernel of a lens lists its reasons', async ({ ui }) => {
    await ui.line(46);
    await ui.page.locator('.codelens-decoration a', { hasText: '≥ 5.18' }).first().click();
    await ui.quickInput.locator('.monaco-list-row', { hasText: 'bpf_xdp_get_buff_len' }).waitFor();
    await ui.picture('lens-reasons');
    await ui.page.keyboard.press('Escape');
  }],
  ['go to definition leads from the slot of a tail call to the program in it', async ({ ui }) => {
    await ui.line(40);
    await ui.clickBehind('bpf_tail_call(ctx, &stages, 0)', 'stages, 0');
    await ui.page.keyboard.press('F12');
    await ui.page.locator('.statusbar-item', { hasText: 'Ln 46, Col 5' }).waitFor();
  }],
  ['references of a map are found', async ({ ui }) => {
    await ui.line(27);
    await ui.clickBehind('bpf_map_lookup_elem(&counts', '&counts');
    await ui.page.keyboard.press('Shift+F12');
    await ui.page.locator('.peekview-widget .peekview-title', { hasText: /3/ }).or(ui.page.locator('.peekview-widget', { hasText: 'counts' })).first().waitFor();
    await ui.picture('references');
    await ui.page.keyboard.press('Escape');
    await ui.page.locator('.peekview-widget').waitFor({ state: 'detached' });
  }],
  ['the call hierarchy goes from a program down to helpers', async ({ ui }) => {
    await ui.line(46);
    await ui.clickBehind('int long_ones(struct xdp_md *ctx)', 'long_ones');
    await ui.command('Peek Call Hierarchy');
    const rows = ui.page.locator('.call-hierarchy .monaco-list-row');
    await rows.filter({ hasText: 'arrived' }).first().waitFor();
    await ui.page.locator('.peekview-widget [aria-label^="Show Outgoing Calls"]').first().click();
    await rows.filter({ hasText: 'bpf_xdp_get_buff_len' }).first().waitFor();
    await rows.filter({ hasText: 'count' }).first().click();
    await ui.page.keyboard.press('ArrowRight');
    await rows.filter({ hasText: 'bpf_map_update_elem' }).first().waitFor();
    await ui.picture('call-hierarchy');
    await ui.page.keyboard.press('Escape');
    await ui.page.locator('.call-hierarchy').waitFor({ state: 'detached' });
  }],
  ['symbols of the workspace are found by some of their letters', async ({ ui }) => {
    await ui.page.keyboard.press('Control+T');
    const input = ui.quickInput.locator('input').first();
    await input.fill('#for');
    await ui.quickInput.locator('.monaco-list-row', { hasText: 'forward' }).first().waitFor();
    await input.fill('#cou');
    await ui.quickInput.locator('.monaco-list-row', { hasText: 'counts' }).first().waitFor();
    await ui.picture('workspace-symbols');
    await ui.page.keyboard.press('Escape');
  }],
  ['a section links to its page', async ({ ui }) => {
    await ui.line(54);
    await ui.page.locator('.monaco-editor .detected-link', { hasText: /tc/ }).first().waitFor();
    const { x, y } = await ui.place('SEC("tc")', 'tc');
    await ui.page.keyboard.down('Control');
    await ui.page.mouse.move(x, y, { steps: 3 });
    await ui.page.locator('.monaco-editor .detected-link-active').first().waitFor();
    await ui.page.mouse.click(x, y);
    await ui.page.keyboard.up('Control');
    await ui.preview('SEC("tc")');
    await ui.picture('section-page');
    await ui.closeAll();
  }],
  ['lenses and hints can be switched off', async ({ ui, workspace }) => {
    const settings = path.join(workspace, '.vscode/settings.json');
    await ui.open('around.bpf.c');
    await ui.line(46);
    await ui.page.locator('.codelens-decoration').first().waitFor();
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, '{ "ebpfLens.codeLens.enabled": false, "ebpfLens.inlayHints.minimumKernel": "off" }');
    await ui.page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
    await ui.page.locator('.monaco-editor .view-line', { hasText: 'Linux ≥ 5.18' }).first().waitFor({ state: 'detached' });
    fs.writeFileSync(settings, '{}');
    await ui.page.locator('.codelens-decoration').first().waitFor();
    await ui.closeAll();
  }],
];
