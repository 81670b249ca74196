/** The project file: made, heeded, marked where it has mistakes, and amended. File: forward.bpf.c. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { says } from '../waiting.mjs';

const fileOf = (workspace) => path.join(workspace, '.ebpf-lens.yaml');
const squiggle = (ui) => ui.page.locator('.monaco-editor .squiggly-error').first();

export const STEPS = [
  ['a project file is made, with what it may say as comments', async ({ ui, workspace }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: Create Project File');
    await ui.page.locator('.tab.active', { hasText: '.ebpf-lens.yaml' }).waitFor();
    assert.match(fs.readFileSync(fileOf(workspace), 'utf8'), /^# kernel: \['5\.4\.\.6\.8', rhel8\]$/m);
    await ui.picture('project-file-new');
  }],
  ['its mistakes are marked in it, and the rest of it counts', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "# What the appliance and our servers run\nkernel: ['5.10', '6.1..6.8']\nlicence: GPL\nlibbpf: '1.2'\n\nrules:\n  unknown-sektion: off\n  helper-needs-gpl: warn\n\ntargets:\n  - files: 'src/experimental/**'\n    kernel: 6.12\n  - kernel: '6.6'\n\nexclude: [third_party]\n");
    await squiggle(ui).waitFor();
    await ui.command('Problems: Focus on Problems View');
    for (const words of ['did you mean "license"', 'did you mean "unknown-section"', 'did you mean "warning"', 'does not say for which']) await ui.page.locator('.markers-panel .monaco-list-row', { hasText: words }).waitFor();
    await ui.picture('project-file');
    await ui.command('View: Toggle Panel Visibility');
    await ui.open('forward.bpf.c');
    await ui.line(40);
    await squiggle(ui).waitFor();
  }],
  ['the target kernel is written into it, and its comments stay', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "# What the appliance runs\nkernel: '5.10' # for now\n");
    await ui.command('eBPF Lens: Set Target Kernel');
    const input = ui.quickInput.locator('input.input').first();
    await ui.quickInput.filter({ hasText: 'saved in .ebpf-lens.yaml' }).waitFor();
    await input.fill('5.15');
    await ui.page.keyboard.press('Enter');
    await says(fileOf(workspace), "# What the appliance runs\nkernel: '5.15' # for now\n");
    assert.ok(!fs.existsSync(path.join(workspace, '.vscode/settings.json')));
    await squiggle(ui).waitFor();
  }],
  ['a quick fix switches a rule off in it', async ({ ui, workspace }) => {
    await ui.clickBehind('bpf_xdp_get_buff_len(ctx)', 'bpf_xdp');
    await ui.page.keyboard.press('Control+.');
    const entry = ui.page.locator('.action-widget .monaco-list-row', { hasText: 'helper-newer-than-target off in .ebpf-lens.yaml' });
    await entry.waitFor();
    await ui.picture('project-file-quick-fix');
    await entry.click();
    await says(fileOf(workspace), "kernel: '5.15' # for now\nrules:\n  helper-newer-than-target: off\n");
    await squiggle(ui).waitFor({ state: 'detached' });
  }],
  ['a file that goes no longer counts', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "kernel: '5.10'\n");
    await squiggle(ui).waitFor();
    fs.rmSync(fileOf(workspace));
    await squiggle(ui).waitFor({ state: 'detached' });
  }],
];
