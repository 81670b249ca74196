/** Problems, hovers, completion and quick fixes as the editor's API hands them out. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { at, completions, eventually, hoverText, open, problems, rule } from './support.js';

describe('problems', () => {
  it('mark exactly the call of a helper that the program type may not call', async () => {
    const { document } = await open('not_allowed.bpf.c');
    const found = await eventually('one problem', () => problems(document.uri), (list) => list.length > 0);
    assert.deepEqual(found.map((problem) => [rule(problem), document.getText(problem.range)]), [['helper-not-allowed', 'bpf_skb_load_bytes']]);
    const [problem] = found;
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(problem?.message ?? '', /bpf_skb_load_bytes.*XDP|XDP.*bpf_skb_load_bytes/is);
    const code = problem?.code;
    assert.ok(typeof code === 'object' && /helper-not-allowed/.test(code.target.toString()), 'the code links to the page of the rule');
  });

  it('go away when the call goes away, and come back with it', async () => {
    const editor = await open('not_allowed.bpf.c');
    const { document } = editor;
    const start = at(document, 'if (bpf_skb_load_bytes', 'bpf_skb_load_bytes');
    const name = new vscode.Range(start, start.translate(0, 'bpf_skb_load_bytes'.length));
    await eventually('one problem', () => problems(document.uri), (list) => list.length === 1);
    await editor.edit((edit) => edit.replace(name, 'bpf_xdp_load_bytes'));
    await eventually('no problem', () => problems(document.uri), (list) => list.length === 0);
    await vscode.commands.executeCommand('undo');
    await eventually('one problem', () => problems(document.uri), (list) => list.length === 1);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('are none in a file that has none', async () => {
    const { document } = await open('forward.bpf.c');
    await eventually('a hover, so it is analysed', () => hoverText(document, at(document, 'bpf_redirect_map', 'bpf_redirect_map', 2)), (text) => text !== '');
    assert.deepEqual(problems(document.uri), []);
  });
});

describe('hover', () => {
  it('answers for the program under the cursor', async () => {
    const { document } = await open('not_allowed.bpf.c');
    const allowed = await eventually('a hover', () => hoverText(document, at(document, 'bpf_redirect_map(', 'bpf_redirect_map', 3)), (text) => text !== '');
    assert.match(allowed, /bpf_redirect_map/);
    assert.match(allowed, /4\.14/);
    assert.match(allowed, /XDP/);
    const denied = await hoverText(document, at(document, 'bpf_skb_load_bytes(', 'bpf_skb_load_bytes', 3));
    assert.match(denied, /not (?:allowed|available)|no\b/i);
  });

  it('knows sections and fields', async () => {
    const { document } = await open('forward.bpf.c');
    await eventually('a hover of the section', () => hoverText(document, at(document, '"xdp/devmap"', 'devmap')), (text) => text.includes('BPF_XDP_DEVMAP'));
    assert.match(await hoverText(document, at(document, 'ctx->egress_ifindex', 'egress_ifindex')), /5\.8/);
  });

  it('is silent in comments', async () => {
    const { document } = await open('not_allowed.bpf.c');
    await eventually('a hover outside of them', () => hoverText(document, at(document, 'bpf_skb_load_bytes(', 'bpf_skb_load_bytes', 3)), (text) => text !== '');
    assert.equal(await hoverText(document, at(document, 'bpf_skb_load_bytes is for', 'bpf_skb_load_bytes', 3)), '');
  });
});

describe('completion', () => {
  it('offers egress_ifindex where the program runs from a devmap, and only there', async () => {
    const editor = await open('forward.bpf.c');
    const { document } = editor;
    const devmap = await eventually('fields', () => completions(document, at(document, 'ctx->egress_ifindex', 'egress_ifindex')), (labels) => labels.includes('egress_ifindex'));
    assert.ok(devmap.includes('data_end'));
    const xdp = await eventually('fields', () => completions(document, at(document, 'ctx->ingress_ifindex', 'ingress_ifindex')), (labels) => labels.includes('ingress_ifindex'));
    assert.ok(!xdp.includes('egress_ifindex'));
  });

  it('offers sections inside SEC', async () => {
    const { document } = await open('forward.bpf.c');
    const labels = await eventually('sections', () => completions(document, at(document, 'SEC("xdp/devmap")', 'xdp/devmap')), (list) => list.length > 0);
    assert.ok(labels.includes('xdp/devmap') && labels.includes('xdp.frags'), labels.join(' '));
  });
});

describe('quick fix', () => {
  it('mends a section that is a near miss', async () => {
    const { document } = await open('typo.bpf.c');
    const [problem] = await eventually('one problem', () => problems(document.uri), (list) => list.length === 1);
    assert.ok(problem);
    assert.equal(rule(problem), 'unknown-section');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Warning);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, problem.range, vscode.CodeActionKind.QuickFix.value);
    const fix = actions.find((action) => action.edit && /"?xdp"?/.test(action.title));
    assert.ok(fix?.edit, `a fix among: ${actions.map((action) => action.title).join(', ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /SEC\("xdp"\)/);
    await eventually('no problem', () => problems(document.uri), (list) => list.length === 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
