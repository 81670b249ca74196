/** Verifier logs: a file that is open, text in the clipboard, the line that is marked until it is edited. Files of test/e2e/workspace. */
import assert from 'node:assert/strict';

export const STEPS = [
  ['a log that is open is explained beside the source, and the line is marked', async ({ ui }) => {
    await ui.open('verifier-load.log');
    await ui.picture('verifier-log');
    await ui.command('eBPF Lens: Explain Verifier Log');
    await ui.error.waitFor();
    await ui.preview('A pointer is used that may be NULL');
    await ui.page.locator('.monaco-editor .line-numbers.active-line-number', { hasText: '32' }).first().waitFor();
    await ui.picture('verifier-log-explained');
  }],
  ['the problem stands in the list with the way there', async ({ ui }) => {
    await ui.command('Problems: Focus on Problems View');
    await ui.problem('A pointer is used that may be NULL').waitFor();
    await ui.problem('Something that was acquired is not given back').waitFor();
    await ui.picture('verifier-log-problems');
    await ui.hidePanel();
    // The preview would take keys and focus again while the next step opens a list.
    await ui.focusEditor();
  }],
  ['an edit takes the marks of that file away', async ({ ui }) => {
    await ui.closeAll();
    await ui.open('verifier.bpf.c');
    await ui.error.waitFor();
    await ui.line(29);
    await ui.page.keyboard.type(' ');
    await ui.error.waitFor({ state: 'detached' });
    assert.equal(await ui.squiggles.count(), 0);
    await ui.revert();
    await ui.closeAll();
  }],
];
