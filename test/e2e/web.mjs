/** The same VSIX as an extension of the browser: the server is a worker, the workspace is in the page, and nothing of a machine is there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './vscode.mjs';
import { startWeb } from './webServer.mjs';
import { Workbench } from './workbench.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

const row = (ui, label) => ui.page.locator(`.sidebar .monaco-list-row[aria-label^="${label}"]`).first();

const STEPS = [
  ['an eBPF file starts the server in a worker, and the status bar names the kernel', async ({ ui }) => {
    await ui.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'forward.bpf.c' }).dblclick({ timeout: 60_000 });
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor({ timeout: 60_000 });
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
    assert.match(await row(ui, 'File sub/with_header.bpf.c').getAttribute('aria-label'), /needs Linux 5\.18/);
    await row(ui, 'Program with_header').click();
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
  }],
  ['what the kernel refuses is marked', async ({ ui }) => {
    await row(ui, 'Program filter').click();
    await ui.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await ui.hoverOn('if (bpf_skb_load_bytes', 'bpf_skb_load_bytes', 'helper-not-allowed');
    await ui.leave();
  }],
  ['completion knows the context', async ({ ui }) => {
    await row(ui, 'Program leave').click();
    await ui.clickBehind('ctx->egress_ifindex', 'ctx->egress_ifindex');
    await ui.page.keyboard.press('Control+Backspace');
    await ui.page.keyboard.press('Control+Space');
    await ui.suggestions.locator('.monaco-list-row', { hasText: 'egress_ifindex' }).first().waitFor();
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('Control+Z');
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

/**
 * @param {string} vsix
 * @param {string} pictures folder for the screenshots
 * @param {string} outDir folder for pictures of failures
 * @returns {Promise<{ name: string, error?: string }[]>} one entry a step
 */
export async function runWeb(vsix, pictures, outDir) {
  fs.mkdirSync(pictures, { recursive: true });
  const workspace = fs.mkdtempSync(path.join(outDir, 'web-workspace-'));
  fs.cpSync(path.join(HERE, 'workspace'), workspace, { recursive: true });
  for (const [name, text] of Object.entries(WITH_HEADER)) {
    fs.mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    fs.writeFileSync(path.join(workspace, name), text);
  }
  const web = await startWeb({ vsix, workspace });
  const browser = await launchBrowser();
  const outcomes = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1000, height: 640 }, deviceScaleFactor: 1.5, locale: 'en-US' });
    context.setDefaultTimeout(20_000);
    const elsewhere = [];
    await context.route((url) => url.hostname !== '127.0.0.1' && /^https?:$/.test(url.protocol), (route) => {
      elsewhere.push(route.request().url());
      return route.abort();
    });
    const page = await context.newPage();
    const log = [];
    page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => log.push(`error: ${error.message}`));
    const ui = new Workbench(page, pictures);
    await page.goto(web.page, { waitUntil: 'domcontentloaded' });
    for (const [name, step] of STEPS) {
      try {
        await step({ ui });
        outcomes.push({ name });
      } catch (error) {
        outcomes.push({ name, error: `${error.stack}\n${log.slice(-15).join('\n')}` });
        await page.screenshot({ path: path.join(outDir, `FAILED web ${name.slice(0, 50)}.png`) });
        await ui.leave();
        // Without a server there is nothing to look at.
        if (outcomes.length === 1) break;
      }
    }
    outcomes.push({ name: 'nothing was asked of another host', ...(elsewhere.length > 0 ? { error: elsewhere.join('\n') } : {}) });
  } finally {
    await browser.close();
    await web.stop();
    fs.rmSync(workspace, { recursive: true, force: true });
  }
  return outcomes;
}
