/**
 * The server killed at random moments of a session, and one that hangs: what is shown afterwards is what belongs to the text, no more and
 * no less. `EBPF_LENS_FUZZ_SEED=N` repeats a run, whose seed is printed.
 */
import assert from 'node:assert/strict';
import { actUntil, until } from '../waiting.mjs';

const SEED = Number(process.env.EBPF_LENS_FUZZ_SEED ?? Date.now() % 2 ** 31);
const KILLS = 8;
/** A helper that no XDP program may call, and what marks it. */
const CALL = 'bpf_skb_load_bytes(ctx, 0, 0, 0);';

/** Small numbers out of a seed (mulberry32). */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A server that was asked for, alone and another than those before. */
async function restart({ ui, vscode }) {
  const before = vscode.languageServers();
  await ui.command('eBPF Lens: Restart Server');
  await until('a new server runs, and no other', () => {
    const now = vscode.languageServers();
    return now.length === 1 && !before.includes(now[0]);
  });
  return vscode.languageServers()[0];
}

/** Errors marked in the open file, all of which is on the screen. */
const errors = (ui) => ui.page.locator('.monaco-editor .squiggly-error').count();

/**
 * What goes on when the server dies. Each returns how many errors the open file then has; `typed` counts the calls that were typed into
 * forward.bpf.c, which are there for as long as nobody takes them back.
 */
const MOMENTS = {
  async 'while a file is opened'({ ui }, kill, typed) {
    const opened = ui.open('forward.bpf.c');
    kill();
    await opened;
    return typed.calls;
  },
  async 'while something wrong is typed'({ ui }, kill, typed) {
    await ui.open('forward.bpf.c');
    await ui.line(39);
    await ui.page.keyboard.press('End');
    kill();
    await ui.page.keyboard.type(` ${CALL}`, { delay: 25 });
    await ui.page.keyboard.press('Escape'); // a list of suggestions
    return ++typed.calls;
  },
  async 'while it is taken away again'({ ui }, kill, typed) {
    await ui.open('forward.bpf.c');
    kill();
    await ui.revert();
    return (typed.calls = 0);
  },
  async 'while hovers are waited for'({ ui }, kill) {
    await ui.open('not_allowed.bpf.c');
    const { x, y } = await ui.place('bpf_skb_load_bytes(ctx', 'bpf_skb_load_bytes');
    await ui.page.mouse.move(x, y, { steps: 3 });
    kill();
    await ui.page.waitForTimeout(400);
    await ui.leave();
    return 1;
  },
  async 'while the workspace is indexed'({ ui }, kill) {
    await ui.open('not_allowed.bpf.c');
    kill();
    await ui.command('eBPF Lens: Reveal the Program Under the Cursor');
    return 1;
  },
  async 'while nothing happens'({ ui }, kill) {
    await ui.open('not_allowed.bpf.c');
    kill();
    await ui.page.waitForTimeout(300);
    return 1;
  },
};

export const STEPS = [
  [`a server that is killed ${KILLS} times at random leaves nothing lost and nothing stale (seed ${SEED})`, async ({ ui, vscode }) => {
    const random = numbers(SEED);
    const names = Object.keys(MOMENTS);
    const typed = { calls: 0 };
    await ui.open('not_allowed.bpf.c');
    await until('the error is marked', async () => (await errors(ui)) === 1);
    for (let i = 0; i < KILLS; i++) {
      // Every moment once, then any.
      const name = names[i] ?? names[random(names.length)];
      const delay = random(600);
      const what = `kill ${i + 1} of seed ${SEED}, ${name}, after ${delay} ms`;
      await until(`${what}: one server runs`, () => vscode.languageServers().length === 1);
      const [before] = vscode.languageServers();
      let killed;
      const kill = () => {
        killed = ui.page.waitForTimeout(delay).then(() => process.kill(before, 'SIGKILL'));
        killed.catch(() => undefined); // it is told of where it is awaited, unless something else fails before
      };
      const wanted = await MOMENTS[name]({ ui }, kill, typed);
      await killed;
      await until(`${what}: another server runs`, () => vscode.languageServers().some((pid) => pid !== before));
      await until(async () => `${what}: ${wanted} errors are shown, not ${await errors(ui)}`, async () => (await errors(ui)) === wanted);
      await ui.status.filter({ hasText: 'eBPF ≥' }).waitFor();
      // A moment later it is still so.
      await ui.page.waitForTimeout(500);
      assert.equal(await errors(ui), wanted, what);
      // More than four crashes in three minutes are too many; who asks for a server starts to count anew.
      if (i % 4 === 3) {
        await restart({ ui, vscode });
        await until(`${what}: as many errors after the command`, async () => (await errors(ui)) === wanted);
      }
    }
    await ui.open('forward.bpf.c');
    await ui.revert();
    await ui.clearMessages();
  }],
  ['a server that dies before it has said a word is started again, and told of once', async ({ ui, vscode }) => {
    const first = await restart({ ui, vscode });
    await ui.open('not_allowed.bpf.c');
    await until('the error is marked', async () => (await errors(ui)) === 1);
    process.kill(first, 'SIGKILL');
    await until('another server is there', () => vscode.languageServers().some((pid) => pid !== first));
    const second = vscode.languageServers().find((pid) => pid !== first);
    process.kill(second, 'SIGKILL');
    // Told of at once or later; the mark may still be that of the server before.
    await ui.message('was started again');
    await until('a third server is there', () => vscode.languageServers().some((pid) => pid !== first && pid !== second));
    await until('the error is marked', async () => (await errors(ui)) === 1);
    const told = await ui.toasts.allInnerTexts();
    assert.ok(!told.some((text) => /could not be started|failed/i.test(text)), told.join(' | '));
    await ui.clearMessages();
  }],
  ['a server that hangs is told of, and can be replaced', async ({ ui, vscode }) => {
    const hanging = await restart({ ui, vscode });
    await ui.hideSideBar();
    await ui.open('forward.bpf.c');
    await ui.status.filter({ hasText: 'eBPF ≥ 5.18' }).waitFor();
    process.kill(hanging, 'SIGSTOP');
    try {
      await ui.line(39);
      await ui.page.keyboard.press('End');
      await ui.page.keyboard.type(` ${CALL}`);
      const toast = await ui.message('has not answered for 20 seconds', 90_000);
      await ui.status.filter({ hasText: 'eBPF Lens' }).waitFor();
      await ui.picture('server-hangs');
      const replaced = () => vscode.languageServers().length === 1 && vscode.languageServers()[0] !== hanging;
      await actUntil((timeout) => toast.getByText('Restart', { exact: true }).click({ timeout }), (timeout) => until('another server runs alone', replaced, timeout));
    } finally {
      if (vscode.languageServers().includes(hanging)) process.kill(hanging, 'SIGKILL');
    }
    await until('the error is marked', async () => (await errors(ui)) === 1);
    await ui.status.filter({ hasText: 'eBPF ≥' }).waitFor();
    await ui.revert();
    await until('no error is left', async () => (await errors(ui)) === 0);
  }],
];
