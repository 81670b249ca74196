/** What has to be asked inside the page and its frames: whether it stands still, where a word is, what a webview shows. */

/** What never stands still is taken as it is after so long. */
const RESTLESS_MS = 3_000;

/**
 * Waits until a part of the page stands still.
 * @param {number} ms how long nothing must have been drawn in it
 * @param {string} [part] selector of the part; a part that is not there stands still
 */
export async function still(page, ms, part = ':root') {
  await page.evaluate(([quiet, enough, selector]) => new Promise((resolve) => {
    const watched = document.querySelector(selector);
    if (!watched) {
      resolve();
      return;
    }
    let timer;
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      clearTimeout(last);
      resolve();
    };
    const observer = new globalThis.MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(end, quiet);
    });
    observer.observe(watched, { subtree: true, childList: true, attributes: true, characterData: true });
    timer = setTimeout(end, quiet);
    const last = setTimeout(end, enough);
  }), [ms, RESTLESS_MS, part]);
}

/** Middle and right edge of `word` in the first shown line that has `lineText`, or null; the page has no element for a word. */
export function measure(page, lineText, word) {
  return page.evaluate(([text, wanted]) => {
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
}

/** Whether a frame is the document of a webview that can be seen, with a text and in a theme; a webview is two frames deep. */
export async function shows(frame, text, theme) {
  if (!frame.parentFrame()?.parentFrame()) return false;
  try {
    // A frame that has no document yet answers when it has one, and until then others are to be asked.
    const [className, words] = await Promise.race([frame.evaluate(() => [document.body.className, document.body.innerText]), later(['', ''])]);
    if (!className.includes(theme) || !words.includes(text)) return false;
    // A document that is being loaded stands behind the one that is seen.
    for (const one of [frame, frame.parentFrame()]) if (!(await (await one.frameElement()).isVisible())) return false;
    return true;
  } catch {
    return false; // it went meanwhile
  }
}

const later = (value) => new Promise((resolve) => setTimeout(resolve, 2_000, value));
