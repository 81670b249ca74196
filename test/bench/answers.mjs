#!/usr/bin/env node
/**
 * Measures what the editor asks for around a cursor (lenses, hints, colours, navigation) beside a server that gives the same
 * answers without thinking: same files, same messages, in turn. Asked of a text that stands still, and right after an edit.
 *
 *   npm run build && node test/bench/answers.mjs [--count N] [--strict]
 *
 * `--strict` exits with 1 when a limit is not met: p95 within 1.5 times the echo on 500 lines, 3 times on 5,000.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from './client.mjs';
import { generateProgram } from './generate.mjs';
import { median, quantile } from './report.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const WARM_UP = 10;
const { values } = parseArgs({ options: { count: { type: 'string', default: '100' }, strict: { type: 'boolean', default: false } } });
const count = Number(values.count);

/** Each request with its parameters beside the document. */
function requests(text) {
  const lines = text.split('\n');
  const at = (pattern, into) => {
    const line = lines.findIndex((l) => pattern.test(l));
    return { line, character: lines[line].search(pattern) + into };
  };
  const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
  const screen = { start: { line: 100, character: 0 }, end: { line: 160, character: 0 } };
  const map = at(/&\w+, &/, 2);
  return [
    ['codeLens', {}],
    ['inlayHint', { range }],
    ['semanticTokens/full', {}],
    ['semanticTokens/range', { range: screen }],
    ['documentSymbol', {}],
    ['documentLink', {}],
    ['definition', { position: map }],
    ['references', { position: map, context: { includeDeclaration: true } }],
    ['documentHighlight', { position: map }],
    ['prepareCallHierarchy', { position: at(/bpf_\w+\(/, 2) }],
  ];
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-answers-'));
let met = true;
try {
  const echo = path.join(dir, 'echo.cjs');
  await build({ entryPoints: [path.join(HERE, 'echo.mjs')], outfile: echo, bundle: true, platform: 'node', format: 'cjs', minify: true, logLevel: 'error' });
  for (const [size, limit] of [[500, 1.5], [5000, 3]]) {
    const text = generateProgram(size);
    const uri = `file://${dir}/generated_${size}.bpf.c`;
    const asked = requests(text);
    const textDocument = { uri };
    const start = async (name, command) => {
      const client = new Client(name, command, dir);
      await client.initialize(`file://${dir}`, { debounceMs: 0, commandLinks: true });
      await client.untilDiagnostics(uri, 1, 'textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
      return client;
    };
    const ours = await start('ours', [process.execPath, path.join(HERE, '../../dist/cli.js'), 'lsp', '--stdio']);
    const answers = {};
    for (const [method, params] of asked) {
      const { result } = await ours.request(`textDocument/${method}`, { textDocument, ...params });
      if (result === null || result === undefined) throw new Error(`${method} has no answer on ${size} lines, so there is nothing to measure`);
      answers[`textDocument/${method}`] = result;
    }
    const file = path.join(dir, `answers_${size}.json`);
    writeFileSync(file, JSON.stringify(answers));
    const floor = await start('echo', [process.execPath, echo, '--stdio', `--answers=${file}`]);
    console.log(`\n${size} lines; of ${count}: median and p95 of echo, then of ours, ratio of the p95 (limit ${limit}); and the p95 of ours right after an edit. In ms`);
    let version = 1;
    for (const [method, params] of asked) {
      const times = { echo: [], ours: [], edited: [] };
      const one = async (client, list, i) => {
        const { ms } = await client.request(`textDocument/${method}`, { textDocument, ...params });
        if (i >= WARM_UP) list.push(ms);
      };
      for (let i = 0; i < count + WARM_UP; i++) {
        for (const turn of i % 2 === 0 ? [0, 1] : [1, 0]) await (turn === 0 ? one(floor, times.echo, i) : one(ours, times.ours, i));
      }
      for (let i = 0; i < 30 + WARM_UP; i++) {
        const end = { line: 0, character: i % 2 };
        ours.notify('textDocument/didChange', { textDocument: { uri, version: ++version }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end }, text: i % 2 === 0 ? ' ' : '' }] });
        await one(ours, times.edited, i);
      }
      const [e, o, after] = [times.echo, times.ours, times.edited].map((list) => quantile(list, 0.95));
      const [echoHalf, oursHalf] = [times.echo, times.ours].map(median);
      const good = o <= e * limit;
      met &&= good;
      console.log(`${method.padEnd(22)} ${[echoHalf, e, oursHalf, o].map((ms) => ms.toFixed(2).padStart(8)).join(' ')} ${(o / e).toFixed(2).padStart(6)} ${good ? 'met   ' : 'MISSED'} ${after.toFixed(2).padStart(8)}`);
    }
    await ours.stop();
    await floor.stop();
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
if (values.strict && !met) process.exitCode = 1;
