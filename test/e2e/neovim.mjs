/**
 * The language server in Debian's Neovim, set up by the block of docs/editors/neovim.md as it stands there, and used with keys.
 * Neovim runs without a terminal and listens on a socket; what it shows is asked for with its own expressions.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blockOf, commandIn, syntaxBlocks } from './editorPages.mjs';
import { remove } from './vscode.mjs';
import { PATIENCE_MS, until } from './waiting.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

class Neovim {
  constructor(socket, child) {
    this.socket = socket;
    this.child = child;
  }

  static async start(folder, init) {
    const socket = path.join(folder, 'nvim.sock');
    const env = { ...process.env, PATH: `${commandIn(folder)}:${process.env.PATH}`, HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder, XDG_DATA_HOME: folder };
    const child = spawn('nvim', ['--headless', '--clean', '-n', '-u', init, '--listen', socket], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const nvim = new Neovim(socket, child);
    nvim.said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (nvim.said += data));
    child.on('error', (error) => (nvim.said += error.message));
    await nvim.until('v:vim_did_enter', (v) => v === 1);
    return nvim;
  }

  async remote(...args) {
    // Neovim 0.7 prints values to standard error.
    const { stdout, stderr } = await promisify(execFile)('nvim', ['--headless', '--server', this.socket, ...args], { timeout: PATIENCE_MS });
    return stdout || stderr;
  }

  keys(keys) {
    return this.remote('--remote-send', keys);
  }

  /** The value of a Vim expression. */
  async value(expression) {
    return JSON.parse(await this.remote('--remote-expr', `json_encode(${expression})`));
  }

  /** The value of a Lua expression. */
  lua(expression) {
    return this.value(`luaeval('${expression.replaceAll("'", "''")}')`);
  }

  /** Asks for a Vim expression until its value is right. */
  async until(expression, right) {
    const end = Date.now() + PATIENCE_MS;
    let last;
    for (;;) {
      try {
        last = await this.value(expression);
        if (right(last)) return last;
      } catch (error) {
        last = error.message;
      }
      if (Date.now() > end) throw new Error(`${expression} did not come right; last ${JSON.stringify(last)}\n${this.said ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  untilLua(expression, right) {
    return this.until(`luaeval('${expression.replaceAll("'", "''")}')`, right);
  }

  edit(file) {
    return this.keys(`<Esc>:edit! ${file}<CR>`);
  }

  /** Codes of what is reported in the buffer, once they are as wished. */
  diagnostics(right) {
    return this.untilLua('vim.tbl_map(function(d) return { code = d.code, line = d.lnum, source = d.source, message = d.message } end, vim.diagnostic.get(0))', right);
  }

  /** Text of the floating window that an action opens, once it has some word; the window is closed again. */
  async float(keys, word) {
    await this.keys(keys);
    const floats = 'vim.tbl_map(function(w) return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, false), "\\n") end, vim.tbl_filter(function(w) return vim.api.nvim_win_get_config(w).relative ~= "" end, vim.api.nvim_list_wins()))';
    const texts = await this.untilLua(floats, (found) => found.some?.((text) => text.includes(word)));
    await this.keys('<Esc>:lua for _, w in ipairs(vim.api.nvim_list_wins()) do if vim.api.nvim_win_get_config(w).relative ~= "" then vim.api.nvim_win_close(w, true) end end<CR>');
    return texts.find((text) => text.includes(word));
  }

  /** Moves onto the first place of a text. */
  async to(text) {
    await this.keys(`<Esc>:call cursor(1, 1)<CR>`);
    assert.ok((await this.value(`search('\\V${text.replaceAll("'", "''")}', 'cW')`)) > 0, `no "${text}" in the buffer`);
  }

  line() {
    return this.value("getline('.')");
  }
}

const attached = (nvim) => nvim.lua('vim.tbl_count(vim.lsp.buf_get_clients(0))');

const STEPS = [
  ['leaves C without eBPF alone', async (nvim) => {
    await nvim.edit('loader.c');
    await nvim.until("expand('%:t')", (name) => name === 'loader.c');
    assert.equal(await attached(nvim), 0);
  }],
  ['says what the kernel would refuse', async (nvim) => {
    await nvim.edit('not_allowed.bpf.c');
    const [finding] = await nvim.diagnostics((list) => list.length > 0);
    assert.deepEqual([finding.code, finding.line, finding.source], ['helper-not-allowed', 17, 'ebpf-lens']);
    await nvim.untilLua('vim.tbl_count(vim.lsp.buf_get_clients(0))', (count) => count === 1);
    assert.equal(await nvim.lua('vim.tbl_values(vim.lsp.buf_get_clients(0))[1].config.root_dir'), await nvim.value('getcwd()'));
  }],
  ['K: a hover for this program', async (nvim) => {
    await nvim.to('bpf_skb_load_bytes(ctx');
    const text = await nvim.float('K', 'bpf_skb_load_bytes');
    assert.match(text, /XDP/);
    assert.doesNotMatch(text, /command:/);
  }],
  ['<leader>a: a quick fix that mends it', async (nvim) => {
    await nvim.to('bpf_skb_load_bytes(ctx');
    // What the menu lists, and the first entry as a user would take it.
    await nvim.keys(':lua vim.ui.select = function(items, options, choose) titles = vim.tbl_map(options.format_item, items); choose(items[1], 1) end<CR>');
    await nvim.keys('\\a');
    await nvim.until('getline(18)', (line) => line.includes('bpf_xdp_load_bytes(ctx'));
    const titles = await nvim.lua('titles');
    assert.match(titles[0], /bpf_xdp_load_bytes/);
    assert.ok(titles.every((title) => !/settings/i.test(title)), `what only VS Code can do is offered: ${titles.join('; ')}`);
    await nvim.diagnostics((list) => list.length === 0);
    await nvim.keys('u');
    await nvim.diagnostics((list) => list.length === 1);
  }],
  ['completion after ctx-> by program', async (nvim) => {
    await nvim.edit('forward.bpf.c');
    const fieldsIn = async (place) => {
      await nvim.to(place);
      await nvim.keys('f>ldei<C-x><C-o>');
      const words = await nvim.until("map(complete_info(['items']).items, 'v:val.word')", (list) => list.length > 0);
      await nvim.keys('<C-e><Esc>u');
      return words;
    };
    assert.ok((await fieldsIn('ctx->egress_ifindex')).includes('egress_ifindex'));
    const plain = await fieldsIn('ctx->ingress_ifindex, length');
    assert.ok(plain.includes('ingress_ifindex') && !plain.includes('egress_ifindex'), plain.join(' '));
  }],
  ['<C-k>: the parameter that is typed', async (nvim) => {
    await nvim.to('&ports, ctx');
    const text = await nvim.float('i<C-k>', 'bpf_redirect_map(');
    assert.match(text, /map/);
  }],
  ['gd: from a map to its definition', async (nvim) => {
    await nvim.to('&ports, ctx');
    await nvim.keys('lgd');
    await nvim.until("getline('.')", (line) => line.startsWith('} ports SEC'));
  }],
  ['the line above each program, without commands that only VS Code has', async (nvim) => {
    await nvim.keys('<Esc>i<Esc>');
    const lenses = await nvim.untilLua('vim.tbl_map(function(l) return { line = l.range.start.line, title = l.command.title, command = l.command.command } end, vim.lsp.codelens.get(0))', (list) => list.length === 2);
    assert.ok(lenses.some((lens) => lens.title.startsWith('XDP · ') && lens.title.includes('5.18')), JSON.stringify(lenses));
    assert.deepEqual(lenses.map((lens) => lens.command), ['', '']);
  }],
  ['document symbols', async (nvim) => {
    await nvim.keys(':lua vim.lsp.buf.document_symbol()<CR>');
    const texts = await nvim.until("map(getqflist() + getloclist(0), 'v:val.text')", (list) => list.length > 0);
    for (const name of ['forward', 'leave', 'ports', 'events']) assert.ok(texts.some((text) => text.includes(name)), `${name} in ${texts.join('; ')}`);
    await nvim.keys(':cclose<CR>:lclose<CR>');
  }],
  [':EbpfTarget: another target kernel', async (nvim) => {
    await nvim.edit('forward.bpf.c');
    await nvim.diagnostics((list) => list.length === 0);
    await nvim.keys(':EbpfTarget 5.10<CR>');
    const [finding] = await nvim.diagnostics((list) => list.length > 0);
    assert.equal(finding.code, 'helper-newer-than-target');
    assert.match(finding.message, /bpf_xdp_get_buff_len/);
    await nvim.keys(':EbpfTarget<CR>');
    await nvim.diagnostics((list) => list.length === 0);
  }],
  ['what is typed counts at once', async (nvim) => {
    await nvim.to('int leave(');
    await nvim.keys('OSEC("xpd")<CR>int half(struct xdp_md *ctx)<CR>{<CR>return bpf_skb_load_by<Esc>');
    await nvim.diagnostics((list) => list.some((d) => d.code === 'unknown-section'));
    await nvim.keys(':edit!<CR>');
    await nvim.diagnostics((list) => list.length === 0);
  }],
  ['reads the block for newer versions', async (nvim) => {
    const blocks = syntaxBlocks('neovim.md', 'lua');
    assert.equal(blocks.length, 1);
    const file = path.join(await nvim.value('getcwd()'), 'newer.lua');
    fs.writeFileSync(file, blocks[0]);
    assert.equal(await nvim.lua(`select(2, loadfile("${file}")) or "fine"`), 'fine');
  }],
  ['the server ends with the editor', async (nvim) => {
    const pid = await nvim.lua('vim.tbl_values(vim.lsp.buf_get_clients(0))[1].rpc.handle.pid or vim.tbl_values(vim.lsp.buf_get_clients(0))[1].rpc.pid');
    assert.ok(Number.isInteger(pid), String(pid));
    await nvim.keys('<Esc>:qall!<CR>').catch(() => {});
    await until('Neovim ends', () => nvim.child.exitCode !== null);
    assert.equal(nvim.child.exitCode, 0);
    assert.doesNotMatch(nvim.said, /\bE\d+:|Error|not supported/);
    await until(`process ${pid} ends`, () => !fs.existsSync(`/proc/${pid}`));
  }],
];

/** Uses the server in Neovim. @returns outcomes as { name, error? }; after a failed step the others still run */
export async function runNeovim() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-nvim-'));
  const outcomes = [];
  let nvim;
  try {
    const workspace = path.join(folder, 'workspace');
    fs.cpSync(path.join(HERE, 'workspace'), workspace, { recursive: true });
    fs.writeFileSync(path.join(workspace, 'Makefile'), '');
    const init = path.join(folder, 'init.lua');
    fs.writeFileSync(init, blockOf('neovim.md', 'neovim'));
    nvim = await Neovim.start(folder, init);
    await nvim.keys(':cd workspace<CR>');
    for (const [name, run] of STEPS) {
      try {
        await run(nvim);
        outcomes.push({ name });
      } catch (error) {
        outcomes.push({ name, error: `${error.stack}\n${nvim.said}` });
      }
    }
  } finally {
    nvim?.child.kill();
    remove(folder);
  }
  return outcomes;
}
