/** The project file: made, heeded, marked where it has mistakes, and amended. File: forward.bpf.c. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { actUntil, says } from '../waiting.mjs';

const NAME = '.ebpf-lens.yaml';
const fileOf = (workspace) => path.join(workspace, NAME);

export const STEPS = [
  ['a project file is made, with what it may say as comments', async ({ ui, workspace }) => {
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF' }).waitFor();
    await ui.command('eBPF Lens: Create Project File');
    await ui.page.locator(`.monaco-editor[data-uri$="/${NAME}"] .view-line`).first().waitFor();
    assert.match(fs.readFileSync(fileOf(workspace), 'utf8'), /^# kernel: \['5\.4\.\.6\.8', rhel8\]$/m);
    await ui.picture('project-file-new');
  }],
  ['its mistakes are marked in it, and the rest of it counts', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "# What the appliance and our servers run\nkernel: ['5.10', '6.1..6.8']\nlicence: GPL\nlibbpf: '1.2'\n\nrules:\n  unknown-sektion: off\n  helper-needs-gpl: warn\n\ntargets:\n  - files: 'src/experimental/**'\n    kernel: 6.12\n  - kernel: '6.6'\n\nexclude: [third_party]\n");
    await ui.error.waitFor();
    await ui.command('Problems: Focus on Problems View');
    for (const words of ['did you mean "license"', 'did you mean "unknown-section"', 'did you mean "warning"', 'does not say for which']) await ui.problem(words).waitFor();
    await ui.picture('project-file');
    await ui.hidePanel();
    await ui.open('forward.bpf.c');
    await ui.line(40);
    await ui.error.waitFor();
  }],
  ['the target kernel is written into it, and its comments stay', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "# What the appliance runs\nkernel: '5.10' # for now\n");
    // What the editor has open counts, so it has to have read the file.
    await ui.open(NAME);
    await ui.text("kernel: '5.10' # for now").waitFor();
    await ui.open('forward.bpf.c');
    await ui.command('eBPF Lens: Set Target Kernel');
    await ui.answer('saved in .ebpf-lens.yaml', '5.15');
    await says(fileOf(workspace), "# What the appliance runs\nkernel: '5.15' # for now\n");
    assert.ok(!fs.existsSync(path.join(workspace, '.vscode/settings.json')));
    await ui.error.waitFor();
  }],
  ['a quick fix switches a rule off in it', async ({ ui, workspace }) => {
    await ui.clickBehind('bpf_xdp_get_buff_len(ctx)', 'bpf_xdp');
    const entry = await ui.quickFix('helper-newer-than-target off in .ebpf-lens.yaml');
    await ui.picture('project-file-quick-fix');
    await actUntil((timeout) => entry.click({ timeout }), (timeout) => says(fileOf(workspace), "kernel: '5.15' # for now\nrules:\n  helper-newer-than-target: off\n", timeout));
    await ui.error.waitFor({ state: 'detached' });
  }],
  ['a file that goes no longer counts', async ({ ui, workspace }) => {
    fs.writeFileSync(fileOf(workspace), "kernel: '5.10'\n");
    await ui.error.waitFor();
    fs.rmSync(fileOf(workspace));
    await ui.error.waitFor({ state: 'detached' });
  }],
];
