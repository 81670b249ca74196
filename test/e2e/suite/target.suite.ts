/** The setting for the target kernel, changed while files are open. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, open, problems, rule } from './support.js';

const setTarget = (value: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration('ebpfLens').update('targetKernel', value, vscode.ConfigurationTarget.Workspace);

describe('the target kernel', () => {
  afterEach(async () => {
    await setTarget(undefined);
  });

  it('makes newer helpers problems at once, and forgets them with the setting', async () => {
    const { document } = await open('forward.bpf.c');
    await setTarget('5.10');
    const found = await eventually('problems', () => problems(document.uri), (list) => list.length > 0);
    assert.ok(found.some((problem) => rule(problem) === 'helper-newer-than-target' && document.getText(problem.range) === 'bpf_xdp_get_buff_len'), found.map((problem) => problem.message).join('\n'));
    await setTarget('6.1');
    await eventually('no problems on 6.1', () => problems(document.uri), (list) => list.length === 0);
    await setTarget('5.4..6.8');
    await eventually('problems of the range', () => problems(document.uri), (list) => list.length > 0);
    await setTarget(undefined);
    await eventually('no problems without a target', () => problems(document.uri), (list) => list.length === 0);
  });

  it('survives nonsense', async () => {
    const { document } = await open('not_allowed.bpf.c');
    await setTarget('newest');
    await eventually('the problem that holds on any kernel', () => problems(document.uri), (list) => list.some((problem) => rule(problem) === 'helper-not-allowed'));
  });
});
