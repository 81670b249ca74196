/**
 * The workbench's page as a user sees it: opens files, points at words, runs commands, takes pictures. Whatever is done here has had its
 * effect when it returns, and is done again where the page did not hear it; so a step needs to wait only for what it proves.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { measure, shows, still } from './inPage.mjs';
import { PATIENCE_MS, actUntil, until } from './waiting.mjs';

const NOTIFICATION = '.notification-toast, .notifications-center.visible .notification-list-item';

export class Workbench {
  /** @param page of playwright @param {string} pictures folder for screenshots */
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
    this.hover = page.locator('.monaco-hover:not(.hidden)');
    this.suggestions = page.locator('.suggest-widget.visible');
    this.quickInput = page.locator('.quick-input-widget:visible');
    this.input = this.quickInput.locator('input.input').first();
    this.status = page.locator('.statusbar-item[id="ebpf-lens.ebpf-lens.ebpfLens.minimumKernel"]:visible');
    this.toasts = page.locator('.notification-toast');
    this.squiggles = page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning, .monaco-editor .squiggly-info');
    this.error = page.locator('.monaco-editor .squiggly-error').first();
    this.warning = page.locator('.monaco-editor .squiggly-warning').first();
    this.focusedEditor = page.locator('.monaco-editor.focused').first();
    this.sideBar = page.locator('.part.sidebar:visible');
    this.panel = page.locator('.part.panel:visible');
  }

  /** An item of the status bar by its text, as the editor's "Ln 1, Col 1". */
  statusItem(text) {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** The first shown line of an editor that has some text. */
  text(words) {
    return this.page.locator('.monaco-editor .view-line', { hasText: words }).first();
  }

  /** A row of the open list. */
  row(text) {
    return this.quickInput.locator('.monaco-list-row', { hasText: text }).first();
  }

  /** A row of the list of problems. */
  problem(text) {
    return this.page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();
  }

  // Pictures.

  /** Takes a picture once nothing is drawn any more: what comes in late, as colours and hints do, is in it. */
  async picture(name) {
    await still(this.page, 200);
    await this.page.screenshot({ path: path.join(this.pictures, `${name}.png`), animations: 'disabled' });
  }

  // The quick input.

  /** Presses a key that opens the quick input; a page of the editor that has the focus and is being made anew swallows keys. */
  async quickInputBy(key) {
    await actUntil(() => this.page.keyboard.press(key), (timeout) => this.input.waitFor({ timeout }));
  }

  /** Closes the quick input if it is open. */
  async closeQuickInput() {
    await actUntil((timeout) => this.input.press('Escape', { timeout }), (timeout) => this.input.waitFor({ state: 'hidden', timeout }));
  }

  /** Opens a list by a key, types, and takes an entry; all of it again where something that took the focus closed the list before. */
  async pick(key, typed, entry) {
    let taken = false;
    await actUntil(async (timeout) => {
      await this.tryToPick(key, typed, entry, timeout);
      taken = true;
    }, async () => assert.ok(taken, `${entry} was not to be had from the list`));
  }

  async tryToPick(key, typed, entry, timeout) {
    try {
      await this.page.keyboard.press(key);
      await this.input.fill(typed, { timeout });
      await this.row(entry).waitFor({ timeout });
      // A row of a list that is filtered now may be another entry's by the time of the click.
      await still(this.page, 50, '.quick-input-widget');
    } catch (error) {
      // The box lists the files once, when it opens: who does not find one that was just made asks again.
      await this.page.keyboard.press('Escape');
      throw error;
    }
    await this.take(entry, timeout);
  }

  /** Takes an entry of the open list, and waits for the list to close: what is typed before that goes astray. */
  async choose(entry) {
    await this.row(entry).waitFor();
    await still(this.page, 50, '.quick-input-widget');
    await this.take(entry, PATIENCE_MS);
  }

  /** Clicks an entry until it is gone with its list; a list that is filled anew hears no click, and shows the entry again. */
  async take(entry, patience) {
    const row = this.row(entry);
    const asks = async () => ((await this.input.count()) === 0 ? undefined : this.input.getAttribute('placeholder', { timeout: 1000 }).catch(() => undefined));
    const before = await asks();
    await row.click({ timeout: patience });
    await this.away();
    await actUntil((timeout, attempt) => (attempt === 1 ? undefined : row.click({ timeout })), async (timeout) => {
      await row.waitFor({ state: 'detached', timeout });
      if ((await this.quickInput.count()) === 0) return;
      await this.page.waitForTimeout(100);
      assert.ok((await row.count()) === 0 || (await asks()) !== before, `the list with ${entry} is still open`);
    });
  }

  /** Sets the mark in front of an entry of a list in which several can be chosen. */
  async check(entry) {
    const marked = this.row(entry).locator('input:checked, [aria-checked="true"]').or(this.row(entry).locator('xpath=self::*[@aria-checked="true"]')).first();
    await actUntil(async (timeout) => {
      if ((await marked.count()) === 0) await this.row(entry).click({ timeout });
    }, (timeout) => marked.waitFor({ timeout }));
  }

  /** Answers an input box that says `words`. */
  async answer(words, text) {
    const box = this.quickInput.filter({ hasText: words });
    await box.waitFor();
    await actUntil(async (timeout) => {
      await this.input.fill(text, { timeout });
      await this.input.press('Enter', { timeout });
    }, (timeout) => box.waitFor({ state: 'hidden', timeout }));
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    await this.pick('F1', `>${title}`, title);
  }

  /** The same, once, for what is done again anyway. */
  async tryCommand(title, timeout) {
    await this.tryToPick('F1', `>${title}`, title, timeout);
  }

  /** Opens the list behind the item in the status bar, which is made anew whenever what it says changes. */
  async statusList(entry) {
    await actUntil(async (timeout, attempt) => {
      if (attempt > 1) await this.page.keyboard.press('Escape');
      await this.status.click({ timeout });
      await this.away();
    }, (timeout) => this.row(entry).waitFor({ timeout }));
  }

  // Files and editors.

  /** Opens a file of the workspace by its name, the way people do; its text is there and has the focus. */
  async open(name) {
    await actUntil((timeout) => this.tryToPick('Control+P', name, name, timeout), (timeout) => this.page.locator(`.monaco-editor.focused[data-uri$="/${name}"] .view-line`).first().waitFor({ timeout }));
  }

  /** Puts the focus into the first group's text; a webview that is being made takes it, and keys, for itself. */
  async focusEditor() {
    await actUntil(() => this.page.keyboard.press('Control+1'), (timeout) => this.focusedEditor.waitFor({ timeout }));
  }

  /** Takes back what was typed since the file was saved. */
  async revert() {
    await this.command('File: Revert File');
    await this.page.locator('.tab.active.dirty').first().waitFor({ state: 'detached' });
  }

  /** Closes what is open, with what was typed into it. */
  async closeAll() {
    const tabs = this.page.locator('.tabs-container .tab');
    const lose = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
    await actUntil(async (timeout) => {
      if ((await tabs.count()) === 0) return;
      if ((await lose.count()) === 0) await this.tryCommand('View: Close All Editors', timeout);
      await tabs.first().waitFor({ state: 'detached', timeout: 500 }).catch(() => lose.click({ timeout }));
    }, (timeout) => tabs.first().waitFor({ state: 'detached', timeout }));
  }

  async hideSideBar() {
    await this.hide(this.sideBar, 'View: Toggle Primary Side Bar Visibility');
  }

  async hidePanel() {
    await this.hide(this.panel, 'View: Toggle Panel Visibility');
  }

  async hide(part, command) {
    await actUntil(async (timeout) => {
      if ((await part.count()) > 0) await this.tryCommand(command, timeout);
    }, (timeout) => part.waitFor({ state: 'hidden', timeout }));
  }

  /** Waits for a theme by what it is for the workbench: `vs-dark`, `vs`, `hc-black` or `hc-light`. */
  async theme(kind) {
    await this.page.locator(`.monaco-workbench.${kind}`).first().waitFor();
  }

  /** The document inside the preview that shows `text` in a theme; a webview is two frames deep, and made anew at will. */
  async preview(text, theme = 'vscode-', patience = PATIENCE_MS) {
    let found;
    await until(`no preview shows “${text}”`, async () => {
      for (const frame of this.page.frames()) if (await shows(frame, text, theme)) found = frame;
      return found !== undefined;
    }, patience);
    return found;
  }

  // Places in the text.

  /** Puts the cursor at the start of a line and brings it to the middle of the window. */
  async line(number) {
    await actUntil(async (timeout) => {
      await this.page.keyboard.press('Control+G');
      await this.input.fill(`:${number}`, { timeout });
      await this.input.press('Enter', { timeout });
      await this.input.waitFor({ state: 'hidden', timeout });
    }, async (timeout) => {
      await this.statusItem(new RegExp(`Ln ${number}, Col 1(?!\\d)`)).waitFor({ timeout });
      await this.focusedEditor.waitFor({ timeout });
    });
  }

  /** Where a word is, once its line stays where it is: lines above may come in late. @returns its middle `x`, `y` and its `right` edge */
  async place(lineText, word, patience = PATIENCE_MS) {
    let box;
    await until(`${word} in “${lineText}” stands still on the screen`, async () => {
      const before = box;
      box = await measure(this.page, lineText, word);
      return box && before && box.x === before.x && box.y === before.y;
    }, patience);
    return box;
  }

  /** Puts the cursor behind a word, and sees that it is there. */
  async clickBehind(lineText, word) {
    await actUntil(async (timeout) => {
      const { right, y } = await this.place(lineText, word, timeout);
      await this.page.mouse.click(right - 1, y);
    }, (timeout) => until(`the cursor is behind ${word}`, async () => {
      const wanted = await measure(this.page, lineText, word);
      const cursor = await this.page.locator('.monaco-editor.focused .cursors-layer .cursor').first().boundingBox({ timeout }).catch(() => null);
      return wanted && cursor && Math.abs(cursor.x - wanted.right) < 4 && cursor.y <= wanted.y && wanted.y <= cursor.y + cursor.height;
    }, timeout));
  }

  // Hovers, suggestions, fixes.

  /** Rests the pointer on a word until a hover with `text` shows; one that was made before the answer was there says less. */
  async hoverOn(lineText, word, text) {
    await actUntil(async (timeout) => {
      await this.leave();
      const { x, y } = await this.place(lineText, word, timeout);
      await this.page.mouse.move(x, y, { steps: 4 });
    }, (timeout) => this.hover.filter({ hasText: text }).first().waitFor({ timeout }));
  }

  /** Rests the pointer on something of the workbench until what comes up shows. */
  async hoverOver(locator, shown) {
    await actUntil(async (timeout) => {
      await this.leave();
      await locator.hover({ timeout });
    }, (timeout) => shown.first().waitFor({ timeout }));
  }

  /** Rests the pointer on the editor's own item for languages, until it says `text`. */
  async languageStatus(text) {
    await this.hoverOver(this.page.locator('.statusbar-item .codicon-bracket-dot, .statusbar-item .codicon-bracket').first(), this.page.locator('.hover-language-status', { hasText: text }));
  }

  /** Takes the pointer to where it rests on nothing: elsewhere it colours what comes up under it, or opens a hover. */
  async away() {
    await this.page.mouse.move(5, 5);
  }

  /** Takes the pointer out of the editor and closes what is open. */
  async leave() {
    await actUntil(async () => {
      await this.away();
      await this.page.keyboard.press('Escape');
    }, (timeout) => this.page.locator('.monaco-editor .monaco-hover:not(.hidden)').first().waitFor({ state: 'hidden', timeout }));
  }

  /** Asks for suggestions at the cursor until there is one with `text`. @returns the entry */
  async suggest(text) {
    const entry = this.suggestion(text);
    await actUntil(async (_timeout, attempt) => {
      if (attempt > 1) await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+Space');
    }, (timeout) => entry.waitFor({ timeout }));
    return entry;
  }

  /** Types until something shows that typing brings up by itself; where typing was faster than the page, the last letters once more. */
  async typeUntil(text, shown) {
    await actUntil(async (_timeout, attempt) => {
      if (attempt > 1) {
        await this.page.keyboard.press('Escape');
        for (let i = 0; i < 2; i++) await this.page.keyboard.press('Backspace');
      }
      await this.page.keyboard.type(attempt > 1 ? text.slice(-2) : text, { delay: 40 });
    }, (timeout) => shown.first().waitFor({ timeout }));
  }

  suggestion(text) {
    return this.suggestions.locator('.monaco-list-row', { hasText: text }).first();
  }

  /** Opens the menu of quick fixes at the cursor until it has an entry. @returns the entry */
  async quickFix(text) {
    const entry = this.page.locator('.action-widget .monaco-list-row', { hasText: text }).first();
    await actUntil(async (_timeout, attempt) => {
      if (attempt > 1) await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+.');
    }, (timeout) => entry.waitFor({ timeout }));
    return entry;
  }

  /** Clicks until something is there. */
  async click(locator, shown) {
    await actUntil((timeout) => locator.click({ timeout }), (timeout) => shown.waitFor({ timeout }));
  }

  /** Presses a key until something is gone. */
  async dismiss(locator, key = 'Escape') {
    await actUntil(async () => {
      if ((await locator.count()) > 0) await this.page.keyboard.press(key);
    }, (timeout) => locator.first().waitFor({ state: 'detached', timeout }));
  }

  // Messages.

  /** Waits for a message and rests the pointer on it, as it would vanish by itself. @returns the message */
  async message(text, patience = PATIENCE_MS) {
    const message = this.page.locator(NOTIFICATION).filter({ hasText: text }).first();
    await message.waitFor({ timeout: patience });
    await this.restOn(message);
    return message;
  }

  /** A message that vanished before the pointer was there is in the editor's list of messages. */
  async restOn(message) {
    await actUntil(async (timeout) => {
      if ((await message.count()) === 0) await this.tryCommand('Notifications: Show Notifications', timeout);
      await message.hover({ timeout });
    }, (timeout) => message.waitFor({ timeout }));
  }

  async clearMessages() {
    await actUntil((timeout) => this.tryCommand('Notifications: Clear All Notifications', timeout), (timeout) => this.page.locator(NOTIFICATION).first().waitFor({ state: 'detached', timeout }));
  }
}
