/** Which documents the extension minds, and that it is the packaged one. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID, at, eventually, hoverText, open, problems, rule } from './support.js';

describe('the extension', () => {
  it('is the packaged one', () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert.ok(extension, `${EXTENSION_ID} is installed`);
    assert.ok(!extension.extensionPath.includes('/test/'), extension.extensionPath);
    assert.equal(extension.packageJSON.main, './dist/client.cjs');
  });

  it('registers its commands', async () => {
    await open('forward.bpf.c');
    await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
    const commands = await vscode.commands.getCommands(true);
    for (const { command } of vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON.contributes.commands ?? []) {
      assert.ok(commands.includes(command), command);
    }
  });

  it('says nothing about C that is not eBPF', async () => {
    const wrong = await open('not_allowed.bpf.c');
    const loader = await open('loader.c');
    // The server answers in order: once the other document has its problems, this one would have had its own.
    await eventually('problems of the eBPF file', () => problems(wrong.document.uri), (found) => found.length > 0);
    assert.deepEqual(problems(loader.document.uri), []);
    assert.equal(await hoverText(loader.document, at(loader.document, 'bpf_object__open_file')), '');
  });

  it('minds an untitled document as soon as it becomes eBPF', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'c', content: 'int x;\n' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'SEC("xdp")\nint f(struct xdp_md *ctx) { return bpf_get_stackid(ctx, 0, 0); }\n'));
    const found = await eventually('a problem in the untitled document', () => problems(document.uri), (list) => list.length > 0);
    assert.deepEqual(found.map(rule), ['helper-not-allowed']);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
