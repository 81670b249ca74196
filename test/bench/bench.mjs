#!/usr/bin/env node
/**
 * Measures the language server beside an echo server and, where it is installed, clangd 19: same files, requests in
 * turn, so that ratios hold on a busy machine. Prints a table for each file and the limits that the project set itself.
 *
 *   npm run build && npm run bench -- [--rounds N] [--lines 60,500,5000] [--json FILE] [--dist DIR] [--no-clangd] [--strict]
 *
 * `--strict` exits with 1 when a limit is not met.
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { HEADERS, generateProgram, generateVmlinux } from './generate.mjs';
import { headerReport } from './headers.mjs';
import { typingReport } from './typing.mjs';
import { median, quantile, table, verdicts } from './report.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, '../..');
const STARTS = 8, HOVERS = 150, COMPLETIONS = 80, EDITS = 40, WARM_UP = 5;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

function parseArgs(argv) {
  const opts = { rounds: 3, lines: [60, 500, 5000], json: undefined, dist: path.join(ROOT, 'dist'), clangd: true, strict: false };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--rounds') opts.rounds = Number(argv[++i]);
    else if (argv[i] === '--lines') opts.lines = argv[++i].split(',').map(Number);
    else if (argv[i] === '--json') opts.json = argv[++i];
    else if (argv[i] === '--dist') opts.dist = path.resolve(argv[++i]);
    else if (argv[i] === '--no-clangd') opts.clangd = false;
    else if (argv[i] === '--strict') opts.strict = true;
    else throw new Error(`unknown argument ${argv[i]}; see the head of bench.mjs`);
  }
  return opts;
}

/** The path of clangd 19, or undefined. */
function findClangd() {
  for (const name of ['clangd-19', 'clangd']) {
    try {
      if (/version 19\./.test(execFileSync(name, ['--version'], { encoding: 'utf8' }))) return name;
    } catch {
      // not there
    }
  }
  return undefined;
}

/** Writes programs, headers and clangd's flags into a fresh folder. */
function writeWorkspace(lines) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-bench-'));
  mkdirSync(path.join(dir, 'bpf'));
  for (const [name, text] of Object.entries(HEADERS)) writeFileSync(path.join(dir, 'bpf', name), text);
  writeFileSync(path.join(dir, 'vmlinux.h'), generateVmlinux());
  writeFileSync(path.join(dir, 'compile_flags.txt'), '-target\nbpf\n-I.\n-O2\n-D__TARGET_ARCH_x86\n');
  return { dir, files: lines.map((n) => {
    const text = generateProgram(n);
    const file = path.join(dir, `generated_${n}.bpf.c`);
    writeFileSync(file, text);
    return { name: path.basename(file), uri: pathToFileURL(file).href, text };
  }) };
}

/** Line and character of each match's position in `text`; `where` picks the offset in the match. */
function places(text, regex, where) {
  const found = [];
  for (const m of text.matchAll(regex)) {
    const offset = m.index + where(m[0]);
    const line = text.slice(0, offset).split('\n').length - 1;
    found.push({ line, character: offset - (text.lastIndexOf('\n', offset - 1) + 1) });
  }
  return found;
}

/** Servers in an order that turns, so that none is always first. */
const turned = (list, i) => list.map((_, k) => list[(k + i) % list.length]);

/** Asks all servers in turn, `count` times after warming up. */
async function ask(live, count, spots, pause, one) {
  for (let i = -WARM_UP; i < count; i++)
    for (const s of turned(live, i + WARM_UP)) {
      await one(s, spots[(i + WARM_UP) % spots.length], i >= 0, i + WARM_UP);
      await sleep(pause);
    }
}

/** Starts each server some more times, in turn: a start is short and its noise is large. */
async function measureStarts(servers, results, rootUri, dir) {
  for (let i = 0; i < STARTS; i++)
    for (const server of turned(servers, i)) {
      const client = new Client(server.name, server.command, dir);
      results[server.name].start.push(await client.initialize(rootUri, { debounceMs: 0 }));
      await client.stop();
    }
}

/** One round over one file: start, open, hover, complete, edit, memory. */
async function measureRound(file, servers, results, round, rootUri, dir) {
  const live = [];
  for (const server of turned(servers, round)) {
    const client = new Client(server.name, server.command, dir);
    const r = results[server.name];
    r.start.push(await client.initialize(rootUri, { debounceMs: 0 }));
    // Let it load what it loads behind the answer, so that opening is timed and not loading. Both are in `cold`.
    if (round % 2 === 0) await sleep(1000);
    const { ms, result } = await client.untilDiagnostics(file.uri, 1, 'textDocument/didOpen', { textDocument: { uri: file.uri, languageId: 'c', version: 1, text: file.text } });
    (round % 2 === 0 ? r.open : r.openCold).push(ms);
    r.diagnostics = result.length;
    live.push({ client, r, version: 1 });
    await sleep(300);
  }
  const document = { uri: file.uri };
  await ask(live, HOVERS, places(file.text, /\bbpf_(?!htons)\w+(?=\()/g, () => 4), 4, async ({ client, r }, position, counts) => {
    const { ms, result } = await client.request('textDocument/hover', { textDocument: document, position });
    if (counts) r.hover.push(ms);
    if (counts && result) r.hoverAnswers++;
  });
  await ask(live, COMPLETIONS, places(file.text, /\bctx->/g, (m) => m.length), 4, async ({ client, r }, position, counts) => {
    const { ms, result } = await client.request('textDocument/completion', { textDocument: document, position, context: { triggerKind: 1 } });
    if (counts) r.completion.push(ms);
    r.items = (Array.isArray(result) ? result : (result?.items ?? [])).length;
  });
  const spots = places(file.text, /\bbpf_ktime_get_ns(?=\()/g, (m) => m.length);
  await ask(live, EDITS, spots, 25, async (s, _, counts, i) => {
    // Types a character into a name, then takes it away again.
    const at = spots[((i >> 1) * 7) % spots.length];
    const typed = i % 2 === 1;
    const range = { start: at, end: { line: at.line, character: at.character + (typed ? 1 : 0) } };
    const version = ++s.version;
    const params = { textDocument: { uri: file.uri, version }, contentChanges: [{ range, text: typed ? '' : 'x' }] };
    const { ms } = await s.client.untilDiagnostics(file.uri, version, 'textDocument/didChange', params);
    if (counts) s.r.edit.push(ms);
  });
  for (const { client, r } of live) r.memory.push(client.memory());
  for (const { client } of live) await client.stop();
}

/** How many completions our server gives after `ctx->`, so that the echo server gives as many. */
async function countItems(file, command, rootUri, dir) {
  const client = new Client('probe', command, dir);
  await client.initialize(rootUri, { debounceMs: 0 });
  await client.untilDiagnostics(file.uri, 1, 'textDocument/didOpen', { textDocument: { uri: file.uri, languageId: 'c', version: 1, text: file.text } });
  const position = places(file.text, /\bctx->/g, (m) => m.length)[0];
  const { result } = await client.request('textDocument/completion', { textDocument: { uri: file.uri }, position, context: { triggerKind: 1 } });
  await client.stop();
  return (Array.isArray(result) ? result : (result?.items ?? [])).length;
}

async function main() {
  const opts = parseArgs(process.argv.slice(2));
  const cli = path.join(opts.dist, 'cli.js');
  if (!existsSync(cli)) throw new Error(`${opts.dist} is not built: npm run build`);
  const { dir, files } = writeWorkspace(opts.lines);
  const rootUri = pathToFileURL(dir).href;
  try {
    const echo = path.join(dir, 'echo.cjs');
    await build({ entryPoints: [path.join(HERE, 'echo.mjs')], outfile: echo, bundle: true, platform: 'node', format: 'cjs', minify: true, logLevel: 'error' });
    const ours = [process.execPath, cli, 'lsp', '--stdio'];
    const clangd = opts.clangd ? findClangd() : undefined;
    const all = [];
    for (const file of files) {
      const items = await countItems(file, ours, rootUri, dir);
      const servers = [
        { name: 'echo', command: [process.execPath, echo, '--stdio', `--items=${items}`] },
        { name: 'ours', command: ours },
        ...(clangd ? [{ name: 'clangd', command: [clangd, '--background-index=0', '--log=error'] }] : []),
      ];
      const results = Object.fromEntries(servers.map((s) => [s.name, { start: [], open: [], openCold: [], hover: [], completion: [], edit: [], memory: [], hoverAnswers: 0, items: 0, diagnostics: 0 }]));
      await measureStarts(servers, results, rootUri, dir);
      for (let round = 0; round < Math.max(2, opts.rounds); round++) await measureRound(file, servers, results, round, rootUri, dir);
      all.push({ file: file.name, lines: file.text.split('\n').length - 1, results });
      console.log(table(all.at(-1)));
    }
    const { text, met } = verdicts(all);
    console.log(text);
    const headers = await headerReport(ours);
    console.log(headers.text);
    const typing = await typingReport(ours);
    console.log(typing.text);
    if (opts.json) writeFileSync(opts.json, JSON.stringify({ date: new Date().toISOString(), node: process.version, cpus: os.cpus().length, all, summary: all.map(summaryOf) }, null, 1));
    if (opts.strict && !(met && headers.met && typing.met)) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Medians of one file's results, for the JSON's reader. */
function summaryOf({ file, lines, results }) {
  const of = (r) => ({
    start: median(r.start), open: median(r.open), openCold: median(r.openCold), hoverP50: median(r.hover), hoverP95: quantile(r.hover, 0.95),
    completionP50: median(r.completion), editP50: median(r.edit), editP95: quantile(r.edit, 0.95), memory: Math.max(...r.memory),
  });
  return { file, lines, servers: Object.fromEntries(Object.entries(results).map(([name, r]) => [name, of(r)])) };
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
