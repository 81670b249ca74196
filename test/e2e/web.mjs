/** The same VSIX as an extension of the browser: the server is a worker, the workspace is in the page, and nothing of a machine is there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Trial } from './trying.mjs';
import { launchBrowser, openPage, remove } from './vscode.mjs';
import { actUntil, until } from './waiting.mjs';
import { startWeb } from './webServer.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

const row = (ui, label) => ui.page.locator(`.sidebar .monaco-list-row[aria-label^="${label}"]`).first();

const STEPS = [
  ['an eBPF file starts the server in a worker, and the status bar names the kernel', async ({ ui }) => {
    const file = ui.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'forward.bpf.c' });
    await file.waitFor({ timeout: 120_000 });
    await actUntil((timeout) => file.dblclick({ timeout }), (timeout) => ui.page.locator('.monaco-editor[data-uri$="/forward.bpf.c"] .view-line').first().waitFor({ timeout }));
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor({ timeout: 120_000 });
    assert.ok(ui.page.workers().length > 0 || ui.page.frames().length > 1, 'there is no worker');
  }],
  ['hovers answer for the program at hand', async ({ ui }) => {
    await ui.line(39);
    await ui.hoverOn('bpf_xdp_get_buff_len(ctx)', 'bpf_xdp_get_buff_len', '5.18');
    await ui.picture('web-hover');
    await ui.leave();
  }],
  ['the view lists the workspace, read through the editor', async ({ ui }) => {
    await ui.command('eBPF Lens: Reveal the Program Under the Cursor');
    await row(ui, 'File not_allowed.bpf.c').waitFor();
    await row(ui, 'File sub/with_header.bpf.c').waitFor();
    await ui.picture('web-programs-view');
  }],
  ['a header of the workspace counts', async ({ ui }) => {
    let says;
    await until(() => `with_header.bpf.c needs Linux 5.18; the tree says ${says}`, async () => {
      says = await row(ui, 'File sub/with_header.bpf.c').getAttribute('aria-label');
      return says.includes('needs Linux 5.18');
    });
    await ui.click(row(ui, 'Program with_header'), ui.text('int with_header(struct xdp_md *ctx)'));
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
  }],
  ['what the kernel refuses is marked', async ({ ui }) => {
    await ui.click(row(ui, 'Program filter'), ui.text('if (bpf_skb_load_bytes'));
    await ui.error.waitFor();
    await ui.hoverOn('if (bpf_skb_load_bytes', 'bpf_skb_load_bytes', 'helper-not-allowed');
    await ui.leave();
  }],
  ['completion knows the context', async ({ ui }) => {
    await ui.click(row(ui, 'Program leave'), ui.text('ctx->egress_ifindex'));
    await ui.clickBehind('ctx->egress_ifindex', 'ctx->egress_ifindex');
    await ui.page.keyboard.press('Control+Backspace');
    await ui.suggest('egress_ifindex');
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('Control+Z');
    await ui.text('ctx->egress_ifindex').waitFor();
  }],
  ['the matrix is there too', async ({ ui }) => {
    await ui.command('eBPF Lens: Show Compatibility Matrix');
    const page = await ui.preview('eBPF programs and kernels');
    await page.locator('td.refused').first().waitFor();
    await ui.picture('web-matrix');
  }],
];

/** A program that needs a newer kernel only through a header of the workspace. */
const WITH_HEADER = { 'sub/measure.h': 'static long measure(struct xdp_md *ctx)\n{\n\treturn bpf_xdp_get_buff_len(ctx);\n}\n', 'sub/with_header.bpf.c': '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n#include "measure.h"\n\nSEC("xdp")\nint with_header(struct xdp_md *ctx)\n{\n\treturn measure(ctx) > 1500 ? XDP_DROP : XDP_PASS;\n}\n\nchar LICENSE[] SEC("license") = "GPL";\n' };

/** A server of its own with a copy of the workspace, and a browser of its own that has the rest. */
async function open(vsix, pictures, outDir, elsewhere) {
  const workspace = fs.mkdtempSync(path.join(outDir, 'web-workspace-'));
  const closers = [() => remove(workspace)];
  const close = async () => {
    for (const one of closers) await one();
  };
  try {
    fs.cpSync(path.join(HERE, 'workspace'), workspace, { recursive: true });
    for (const [name, text] of Object.entries(WITH_HEADER)) {
      fs.mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
      fs.writeFileSync(path.join(workspace, name), text);
    }
    const web = await startWeb({ vsix, workspace });
    closers.unshift(web.stop);
    const browser = await launchBrowser();
    closers.unshift(() => browser.close());
    const log = [];
    const ui = await openPage(browser, pictures, web.page, elsewhere, (page) => {
      page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => log.push(`error: ${error.message}`));
    });
    return { ui, page: ui.page, log, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A step that says what the page wrote into its console where it fails. */
const withLog = ([name, step]) => [name, async (session) => {
  try {
    await step(session);
  } catch (error) {
    throw new Error(`${error.stack}\n${session.log.slice(-15).join('\n')}`);
  }
}];

/**
 * @param {string} vsix
 * @param {string} pictures folder for the screenshots
 * @param {string} outDir folder for pictures of failures
 * @param {import('./trying.mjs').SecondTries} tries
 * @returns {Promise<import('./trying.mjs').Outcome[]>} one entry a step
 */
export async function runWeb(vsix, pictures, outDir, tries) {
  fs.mkdirSync(pictures, { recursive: true });
  const elsewhere = [];
  const trial = new Trial({ open: () => open(vsix, pictures, outDir, elsewhere), cleanUp: async () => undefined, tries, outDir });
  const outcomes = await trial.run([STEPS.map(withLog)]);
  outcomes.push({ name: 'nothing was asked of another host', ...(elsewhere.length > 0 ? { error: elsewhere.join('\n') } : {}) });
  return outcomes;
}
