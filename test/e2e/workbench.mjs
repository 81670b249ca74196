/** The workbench's page as a user sees it: opens files, points at words, runs commands, takes pictures. */
import path from 'node:path';

export class Workbench {
  /** @param page of playwright @param {string} pictures folder for screenshots */
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
    this.hover = page.locator('.monaco-hover:not(.hidden)');
    this.suggestions = page.locator('.suggest-widget.visible');
    this.quickInput = page.locator('.quick-input-widget:visible');
    this.status = page.locator('.statusbar-item[id="ebpf-lens.ebpf-lens.ebpfLens.minimumKernel"]:visible');
    this.toasts = page.locator('.notification-toast');
    this.squiggles = page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning, .monaco-editor .squiggly-info');
  }

  async picture(name) {
    await this.page.waitForTimeout(400); // animations
    await this.page.screenshot({ path: path.join(this.pictures, `${name}.png`) });
  }

  /** Opens a file of the workspace by its name, the way people do: who does not find one that was just made asks again. */
  async open(name) {
    for (let tries = 1; ; tries++) {
      await this.quickInputBy('Control+P');
      await this.quickInput.locator('input').first().fill(name);
      // The box lists the files once, when it opens.
      const found = await this.quickInput.locator('.monaco-list-row', { hasText: name }).first().waitFor({ timeout: 5_000 }).then(() => true, () => false);
      if (found || tries === 3) break;
      await this.page.keyboard.press('Escape');
    }
    await this.choose(name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** Presses a key that opens the quick input; a page of the editor that has the focus and is being made anew swallows keys. */
  async quickInputBy(key) {
    const input = this.quickInput.locator('input').first();
    for (let tries = 1; tries < 4; tries++) {
      await this.page.keyboard.press(key);
      const shown = await input.waitFor({ timeout: 4_000 }).then(() => true, () => false);
      if (shown) return;
    }
    await this.page.keyboard.press(key);
    await input.waitFor();
  }

  /** Puts the focus into the first group's text; a webview that is being made takes it, and keys, for itself. */
  async focusEditor() {
    const focused = this.page.locator('.monaco-editor.focused').first();
    for (let tries = 1; tries < 8; tries++) {
      await this.page.keyboard.press('Control+1');
      if (await focused.waitFor({ timeout: 2_000 }).then(() => true, () => false)) return;
    }
    await focused.waitFor();
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    await this.quickInputBy('F1');
    await this.quickInput.locator('input').first().fill(`>${title}`);
    await this.choose(title);
  }

  /** Closes what is open, with what was typed into it. */
  async closeAll() {
    await this.command('View: Close All Editors');
    const lose = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
    const gone = this.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    await Promise.race([gone, lose.waitFor().then(() => lose.click()).catch(() => undefined)]);
    await gone;
  }

  /** The document inside the preview that shows `text` in a theme; a webview is two frames deep, and made anew at will. */
  async preview(text, theme = 'vscode-') {
    for (const end = Date.now() + 20_000; Date.now() < end; await this.page.waitForTimeout(100)) {
      for (const frame of this.page.frames()) {
        if (!frame.parentFrame()?.parentFrame()) continue;
        const shown = await frame.evaluate(() => [document.body.className, document.body.innerText]).catch(() => ['', '']);
        if (shown[0].includes(theme) && shown[1].includes(text)) return frame;
      }
    }
    throw new Error(`no preview shows “${text}”`);
  }

  /** Takes an entry of the open list, and waits for the list to close: what is typed before that goes astray. */
  async choose(entry) {
    const row = this.quickInput.locator('.monaco-list-row', { hasText: entry }).first();
    for (let tries = 1; tries < 4; tries++) {
      await row.click();
      // A list that is filled anew at this moment hears no click.
      if (await row.waitFor({ state: 'detached', timeout: 5_000 }).then(() => true, () => false)) return;
    }
    await row.waitFor({ state: 'detached' });
  }

  /** Puts the cursor at the start of a line and brings it to the middle of the window. */
  async line(number) {
    await this.page.keyboard.press('Control+G');
    const input = this.quickInput.locator('input').first();
    await input.fill(`:${number}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${number}, Col 1` }).waitFor();
  }

  /** Middle of `word` in the first shown line that has `lineText`; the page has no element for a word, so it is measured. */
  async place(lineText, word) {
    await this.page.locator('.monaco-editor .view-line', { hasText: lineText }).first().waitFor();
    const box = await this.page.evaluate(([text, wanted]) => {
      for (const line of document.querySelectorAll('.monaco-editor .view-line')) {
        const content = line.textContent.replace(/\u00a0/g, ' ');
        if (!content.includes(text)) continue;
        const from = content.indexOf(wanted, content.indexOf(text));
        const range = document.createRange();
        const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let before = 0;
        for (let node = nodes.nextNode(); node; before += node.data.length, node = nodes.nextNode()) {
          const [start, end] = [from - before, from + wanted.length - before];
          if (start >= 0 && start < node.data.length) range.setStart(node, start);
          if (end > 0 && end <= node.data.length) {
            range.setEnd(node, end);
            const { x, y, width, height } = range.getBoundingClientRect();
            return { x: x + width / 2, y: y + height / 2, right: x + width };
          }
        }
      }
      return null;
    }, [lineText, word]);
    if (!box) throw new Error(`${word} in “${lineText}” is not on the screen`);
    return box;
  }

  /** Rests the pointer on a word until a hover with `text` shows. */
  async hoverOn(lineText, word, text) {
    await this.leave();
    const { x, y } = await this.place(lineText, word);
    await this.page.mouse.move(x, y, { steps: 4 });
    await this.hover.filter({ hasText: text }).first().waitFor();
  }

  /** Takes the pointer out of the editor and closes what is open. */
  async leave() {
    await this.page.mouse.move(5, 5);
    await this.page.keyboard.press('Escape');
    await this.page.waitForTimeout(250);
  }

  /** Puts the cursor behind a word. */
  async clickBehind(lineText, word) {
    const { right, y } = await this.place(lineText, word);
    await this.page.mouse.click(right - 1, y);
  }
}
