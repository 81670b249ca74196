/**
 * Our language server beside an echo server and, where it is installed, clangd 19: same files, requests in turn, so that ratios hold on a
 * busy machine. A part of `bench.mjs`.
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { HEADERS, generateProgram, generateVmlinux } from './generate.mjs';
import { limit, median, number, quantile, ratio } from './report.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const STARTS = 8, HOVERS = 150, COMPLETIONS = 80, EDITS = 40, WARM_UP = 5;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

/** The path of clangd 19, or undefined. */
export function findClangd() {
  for (const name of ['clangd-19', 'clangd']) {
    try {
      if (/version 19\./.test(execFileSync(name, ['--version'], { encoding: 'utf8' }))) return name;
    } catch {
      // not there
    }
  }
  return undefined;
}

/** Bundles the echo server into a folder. @returns its command line, to which options may be added */
export async function buildEcho(dir) {
  const echo = path.join(dir, 'echo.cjs');
  await build({ entryPoints: [path.join(HERE, 'echo.mjs')], outfile: echo, bundle: true, platform: 'node', format: 'cjs', minify: true, logLevel: 'error' });
  return [process.execPath, echo, '--stdio'];
}

/** Writes programs, headers and clangd's flags into a fresh folder. */
export function writeWorkspace(lines) {
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
export function places(text, regex, where) {
  const found = [];
  for (const m of text.matchAll(regex)) {
    const offset = m.index + where(m[0]);
    const line = text.slice(0, offset).split('\n').length - 1;
    found.push({ line, character: offset - (text.lastIndexOf('\n', offset - 1) + 1) });
  }
  return found;
}

export const helperCalls = (text) => places(text, /\bbpf_(?!htons)\w+(?=\()/g, () => 4);
export const contextMembers = (text) => places(text, /\bctx->/g, (m) => m.length);

/** Opens a file. @returns ms until its diagnostics, and they */
export const open = (client, { uri, text }) => client.untilDiagnostics(uri, 1, 'textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });

/** The i-th edit of a file: types a character into a call, or takes it away again. @returns ms until the diagnostics of `version` */
export async function edit(client, uri, spots, version, i) {
  const at = spots[((i >> 1) * 7) % spots.length];
  const typed = i % 2 === 1;
  const range = { start: at, end: { line: at.line, character: at.character + (typed ? 1 : 0) } };
  const params = { textDocument: { uri, version }, contentChanges: [{ range, text: typed ? '' : 'x' }] };
  return (await client.untilDiagnostics(uri, version, 'textDocument/didChange', params)).ms;
}
export const editSpots = (text) => places(text, /\bbpf_ktime_get_ns(?=\()/g, (m) => m.length);

const itemsOf = (result) => (Array.isArray(result) ? result : (result?.items ?? [])).length;

/** Servers in an order that turns, so that none is always first. */
export const turned = (list, i) => list.map((_, k) => list[(k + i) % list.length]);

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
    // Let it load what it loads behind the answer, so that opening is timed and not loading. Both are in `openCold`.
    if (round % 2 === 0) await sleep(1000);
    const { ms, result } = await open(client, file);
    (round % 2 === 0 ? r.open : r.openCold).push(ms);
    r.diagnostics = result.length;
    live.push({ client, r, version: 1 });
    await sleep(300);
  }
  const document = { uri: file.uri };
  await ask(live, HOVERS, helperCalls(file.text), 4, async ({ client, r }, position, counts) => {
    const { ms, result } = await client.request('textDocument/hover', { textDocument: document, position });
    if (counts) r.hover.push(ms);
    if (counts && result) r.hoverAnswers++;
  });
  await ask(live, COMPLETIONS, contextMembers(file.text), 4, async ({ client, r }, position, counts) => {
    const { ms, result } = await client.request('textDocument/completion', { textDocument: document, position, context: { triggerKind: 1 } });
    if (counts) r.completion.push(ms);
    r.items = itemsOf(result);
  });
  const spots = editSpots(file.text);
  await ask(live, EDITS, spots, 25, async (s, _, counts, i) => {
    const ms = await edit(s.client, file.uri, spots, ++s.version, i);
    if (counts) s.r.edit.push(ms);
  });
  for (const { client, r } of live) r.memory.push(client.memory());
  for (const { client } of live) await client.stop();
}

/** How many completions our server gives after `ctx->`, so that the echo server gives as many. */
export async function countItems(file, command, rootUri, dir) {
  const client = new Client('probe', command, dir);
  await client.initialize(rootUri, { debounceMs: 0 });
  await open(client, file);
  const { result } = await client.request('textDocument/completion', { textDocument: { uri: file.uri }, position: contextMembers(file.text)[0], context: { triggerKind: 1 } });
  await client.stop();
  return itemsOf(result);
}

const ROWS = [
  ['start: spawn → initialize', (r) => median(r.start), 1],
  ['open → diagnostics', (r) => median(r.open), 1],
  ['open → diagnostics, right after the start', (r) => median(r.openCold), 1],
  ['hover p50', (r) => median(r.hover), 2],
  ['hover p95', (r) => quantile(r.hover, 0.95), 2],
  ['completion after ctx-> p50', (r) => median(r.completion), 2],
  ['edit → diagnostics p50', (r) => median(r.edit), 2],
  ['edit → diagnostics p95', (r) => quantile(r.edit, 0.95), 2],
  ['peak memory, MiB', (r) => Math.max(...r.memory), 0],
  ['answers: hovers / completions / diagnostics', (r) => `${r.hoverAnswers} / ${r.items} / ${r.diagnostics}`, 0],
];

/** Medians of one file in ms, with the ratios to the echo server and to clangd. */
function tableOf({ file, lines, results }) {
  const names = Object.keys(results);
  const rows = ROWS.map(([label, of, digits]) => {
    const values = names.map((n) => of(results[n]));
    if (typeof values[0] === 'string') return [label, ...values, '', ...(results.clangd ? [''] : [])];
    const ours = of(results.ours);
    return [label, ...values.map((v) => number(v, digits)), ratio(ours / of(results.echo)), ...(results.clangd ? [ratio(of(results.clangd) / ours)] : [])];
  });
  return { title: `${file}, ${lines.toLocaleString('en')} lines; ms`, head: ['', ...names, 'ours ÷ echo', ...(results.clangd ? ['clangd ÷ ours'] : [])], rows };
}

/** The limits: what is measured, on which files, and how much it may be at most (or at least). */
function limitsOf(all) {
  const limits = [];
  for (const { lines, results: { echo, ours, clangd } } of all) {
    const where = `${lines.toLocaleString('en')} lines`;
    limits.push(
      limit('start ÷ echo', where, median(ours.start) / median(echo.start), 1.35),
      limit('hover p95 ÷ echo', where, quantile(ours.hover, 0.95) / quantile(echo.hover, 0.95), 1.5),
      limit('completion p50 ÷ echo, same number of items', where, median(ours.completion) / median(echo.completion), 1.5),
      ...(lines <= 6000 ? [limit('edit → diagnostics p50', where, median(ours.edit), 3, 'ms')] : []),
      limit('edit → diagnostics p95, without debounce', where, quantile(ours.edit, 0.95), 60, 'ms'),
      ...(clangd && lines >= 4000 ? [limit('edit: clangd, its debounce included, ÷ ours', where, median(clangd.edit) / median(ours.edit), 80, '×', true)] : []),
      ...(clangd ? [limit('open: clangd ÷ ours', where, median(clangd.open) / median(ours.open), lines <= 100 ? 40 : lines <= 700 ? 15 : 8, '×', true)] : []),
      limit('peak memory', where, Math.max(...ours.memory), 90, 'MiB'),
    );
  }
  const [small, large] = [all[0], all.at(-1)];
  if (all.length > 1) limits.push(limit(`hover p50 ÷ that in ${small.lines} lines`, `${large.lines.toLocaleString('en')} lines`, median(large.results.ours.hover) / median(small.results.ours.hover), 1.25));
  return limits;
}

/** @param command our server's command line; @param opts `lines`, `rounds`, `clangd` (false: not asked). @returns the part for the report */
export async function serverPart(command, opts) {
  const { dir, files } = writeWorkspace(opts.lines);
  const rootUri = pathToFileURL(dir).href;
  try {
    const echo = await buildEcho(dir);
    const clangd = opts.clangd ? findClangd() : undefined;
    const all = [];
    for (const file of files) {
      const items = await countItems(file, command, rootUri, dir);
      const servers = [
        { name: 'echo', command: [...echo, `--items=${items}`] },
        { name: 'ours', command },
        ...(clangd ? [{ name: 'clangd', command: [clangd, '--background-index=0', '--log=error'] }] : []),
      ];
      const results = Object.fromEntries(servers.map((s) => [s.name, { start: [], open: [], openCold: [], hover: [], completion: [], edit: [], memory: [], hoverAnswers: 0, items: 0, diagnostics: 0 }]));
      await measureStarts(servers, results, rootUri, dir);
      for (let round = 0; round < Math.max(2, opts.rounds); round++) await measureRound(file, servers, results, round, rootUri, dir);
      all.push({ file: file.name, lines: file.text.split('\n').length - 1, results });
    }
    return {
      name: 'server', title: `The language server beside echo${clangd ? ' and clangd 19' : ''}`,
      note: 'No debounce of ours; clangd has its own. "ours" answers `initialize` first, then loads; opens were timed one second after the start, and right after it.',
      tables: all.map(tableOf), limits: limitsOf(all), data: all,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
