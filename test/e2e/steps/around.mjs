/** Lenses, hints, colours, and the ways from one place to another. */
import { writeSettings } from '../vscode.mjs';
import { actUntil, until } from '../waiting.mjs';

export const STEPS = [
  ['a line above each program says what it is and what it uses', async ({ ui }) => {
    await ui.open('around.bpf.c');
    await ui.line(36);
    const lens = ui.page.locator('.codelens-decoration', { hasText: '1 map' });
    await lens.filter({ hasText: '≥ 4.10' }).or(lens.filter({ hasText: '≥ 5' })).first().waitFor();
    await ui.page.locator('.codelens-decoration').first().filter({ hasText: 'XDP' }).waitFor();
  }],
  ['a hint stands behind the call that forces the kernel', async ({ ui }) => {
    await ui.text('bpf_xdp_get_buff_len(ctx)Linux ≥ 5.18').waitFor();
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
    let seen;
    await until(() => `a helper, a map and a local have colours of their own, not ${seen}`, async () => {
      seen = [await colour('bpf_map_lookup_elem', line), await colour('counts', line), await colour('known', line)];
      const [helper, map, local] = seen;
      return helper && map && local && map !== local && helper !== local;
    });
    await ui.picture('colours');
  }],
  ['the number of maps opens a peek at them', async ({ ui }) => {
    await ui.line(38);
    await ui.click(ui.page.locator('.codelens-decoration a', { hasText: /^\d maps?$/ }).first(), ui.page.locator('.peekview-widget .monaco-list-row', { hasText: 'counts' }).first());
    await ui.picture('peek-maps');
    await ui.dismiss(ui.page.locator('.peekview-widget'));
  }],
  ['the kernel of a lens lists its reasons', async ({ ui }) => {
    await ui.line(46);
    await ui.click(ui.page.locator('.codelens-decoration a', { hasText: '≥ 5.18' }).first(), ui.row('bpf_xdp_get_buff_len'));
    await ui.picture('lens-reasons');
    await ui.closeQuickInput();
  }],
  ['go to definition leads from the slot of a tail call to the program in it', async ({ ui }) => {
    await ui.line(40);
    await ui.clickBehind('bpf_tail_call(ctx, &stages, 0)', 'stages, 0');
    await ui.page.keyboard.press('F12');
    await ui.statusItem('Ln 46, Col 5').waitFor();
  }],
  ['references of a map are found', async ({ ui }) => {
    await ui.line(27);
    await ui.clickBehind('bpf_map_lookup_elem(&counts', '&counts');
    await ui.page.keyboard.press('Shift+F12');
    await ui.page.locator('.peekview-widget .peekview-title', { hasText: /3/ }).or(ui.page.locator('.peekview-widget', { hasText: 'counts' })).first().waitFor();
    await ui.page.locator('.peekview-widget .monaco-list-row').first().waitFor();
    await ui.picture('references');
    await ui.dismiss(ui.page.locator('.peekview-widget'));
  }],
  ['the call hierarchy goes from a program down to helpers', async ({ ui }) => {
    await ui.line(46);
    await ui.clickBehind('int long_ones(struct xdp_md *ctx)', 'long_ones');
    await ui.command('Peek Call Hierarchy');
    const rows = ui.page.locator('.call-hierarchy .monaco-list-row');
    await rows.filter({ hasText: 'arrived' }).first().waitFor();
    await ui.click(ui.page.locator('.peekview-widget [aria-label^="Show Outgoing Calls"]').first(), rows.filter({ hasText: 'bpf_xdp_get_buff_len' }).first());
    await actUntil(async (timeout) => {
      await rows.filter({ hasText: 'count' }).first().click({ timeout });
      await ui.page.keyboard.press('ArrowRight');
    }, (timeout) => rows.filter({ hasText: 'bpf_map_update_elem' }).first().waitFor({ timeout }));
    await ui.picture('call-hierarchy');
    await ui.dismiss(ui.page.locator('.call-hierarchy'));
  }],
  ['symbols of the workspace are found by some of their letters', async ({ ui }) => {
    await ui.quickInputBy('Control+T');
    for (const [letters, symbol] of [['#for', 'forward'], ['#cou', 'counts']]) {
      // Asked again where the workspace was not read to its end yet.
      await actUntil(async (timeout) => {
        await ui.input.fill('#', { timeout });
        await ui.input.fill(letters, { timeout });
      }, (timeout) => ui.row(symbol).waitFor({ timeout }));
    }
    await ui.picture('workspace-symbols');
    await ui.closeQuickInput();
  }],
  ['a section links to its page', async ({ ui }) => {
    await ui.line(54);
    await ui.page.locator('.monaco-editor .detected-link', { hasText: /tc/ }).first().waitFor();
    await actUntil(async (timeout) => {
      await ui.leave();
      const { x, y } = await ui.place('SEC("tc")', 'tc', timeout);
      await ui.page.keyboard.down('Control');
      try {
        await ui.page.mouse.move(x, y, { steps: 3 });
        await ui.page.locator('.monaco-editor .detected-link-active').first().waitFor({ timeout });
        await ui.page.mouse.click(x, y);
      } finally {
        await ui.page.keyboard.up('Control');
      }
    }, (timeout) => ui.preview('SEC("tc")', undefined, timeout));
    await ui.picture('section-page');
    await ui.closeAll();
  }],
  ['lenses and hints can be switched off', async ({ ui, workspace }) => {
    await ui.open('around.bpf.c');
    await ui.line(46);
    await ui.page.locator('.codelens-decoration').first().waitFor();
    await ui.text('Linux ≥ 5.18').waitFor();
    writeSettings(workspace, { 'ebpfLens.codeLens.enabled': false, 'ebpfLens.inlayHints.minimumKernel': 'off' });
    await ui.page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
    await ui.text('Linux ≥ 5.18').waitFor({ state: 'detached' });
    writeSettings(workspace, {});
    await ui.page.locator('.codelens-decoration').first().waitFor();
    await ui.closeAll();
  }],
];
