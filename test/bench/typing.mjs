/**
 * Typing at 30 keys a second into the middle of a file, with a hover, a completion, colours or lenses asked for after each key, as editors do:
 * how long the answers take, and whether each speaks of the text as it stood when it was asked for, or of a later one. Part of `bench.mjs`; alone:
 *
 *   npm run build && node test/bench/typing.mjs [--lines 500,5000] [--dist DIR]
 *
 * The limits are for a machine that has nothing else to do.
 *
 * A call stands behind the cursor, so that every key moves it: where an answer has it tells of which version the answer is.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { HEADERS, generateProgram } from './generate.mjs';
import { limit, limitText, median, number, partText, quantile } from './report.mjs';

const KEYS_A_SECOND = 30;
const LIMIT_MS = 1000 / KEYS_A_SECOND;
/** Behind the last key come the pause that the settings ask for, 150 ms, and the analysis. */
const PROBLEMS_MS = 150 + 150;

const TYPED = `__u32 seen = ctx->ingress_ifindex;
	if (seen > 7 && bpf_get_smp_processor_id() != 3)
		key = seen;
	bpf_skb_load_bytes(ctx, 0, &key, sizeof(key));
	while (key < seen)
		bpf_map_update_elem(&state_0, &key, &seen, BPF_ANY`;
const MARK = 'bpf_ktime_get_ns';

/** The program with the line that is typed into, and where its first key goes. */
function prepare(lines) {
  const text = generateProgram(lines);
  const programs = [...text.matchAll(/\n\t__u64 len = data_end - data;\n/g)];
  const at = programs[programs.length >> 1].index + programs[0][0].length;
  const before = text.slice(0, at).split('\n').length - 1;
  return { text: `${text.slice(0, at)}\t; ${MARK}();\n${text.slice(at)}`, start: { line: before, character: 1 } };
}

const same = (a, b) => a.line === b.line && a.character === b.character;

/** Places that semantic tokens of the mark's length stand at. */
function tokenPlaces(data) {
  const places = [];
  let line = 0, character = 0;
  for (let i = 0; i < data.length; i += 5) {
    character = data[i] > 0 ? data[i + 1] : character + data[i + 1];
    line += data[i];
    if (data[i + 2] === MARK.length) places.push({ line, character });
  }
  return places;
}

/**
 * What is asked for in turn: its parameters with the cursor and the mark as they are, and whether an answer fits a cursor and a mark;
 * undefined where it says nothing about places.
 */
const REQUESTS = [
  ['textDocument/hover', (_, mark) => ({ position: mark }), (answer, _, mark) => answer !== null && same(answer.range.start, mark)],
  ['textDocument/completion', (cursor) => ({ position: cursor, context: { triggerKind: 1 } }), (answer, cursor) => {
    const first = (Array.isArray(answer) ? answer : answer?.items)?.[0];
    return first === undefined ? undefined : same(first.textEdit.range.end, cursor);
  }],
  ['textDocument/semanticTokens/full', () => ({}), (answer, _, mark) => tokenPlaces(answer.data).some((place) => same(place, mark))],
  ['textDocument/codeLens', () => ({}), (answer, _, mark, lines) => answer.some(({ range }) => range.start.line === mark.line + lines)],
];

/** Types into one file. @returns times by request in ms, answers that were of an older text, answers of places, and the last problems */
async function typeInto(command, dir, lines) {
  const { text, start } = prepare(lines);
  const file = path.join(dir, `typed_${lines}.bpf.c`);
  writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  const client = new Client('ours', command, dir);
  await client.initialize(pathToFileURL(dir).href, {});
  await client.untilDiagnostics(uri, 1, 'textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
  // The first program behind the mark, in lines from it.
  const { result: lenses } = await client.request('textDocument/codeLens', { textDocument: { uri } });
  const behind = Math.min(...lenses.map(({ range }) => range.start.line).filter((line) => line > start.line)) - start.line;

  const history = [];
  const times = Object.fromEntries(REQUESTS.map(([method]) => [method, []]));
  let stale = 0, placed = 0, overtaken = 0, problems;
  const asked = [];
  let { line, character } = start;
  const begin = performance.now();
  for (let i = 0; i < TYPED.length; i++) {
    const key = TYPED[i];
    const version = i + 2;
    const at = { line, character };
    [line, character] = key === '\n' ? [line + 1, 0] : [line, character + 1];
    history.push({ cursor: { line, character }, mark: { line, character: character + 2 } });
    const change = { textDocument: { uri, version }, contentChanges: [{ range: { start: at, end: at }, text: key }] };
    if (i === TYPED.length - 1) problems = await client.untilDiagnostics(uri, version, 'textDocument/didChange', change);
    else client.notify('textDocument/didChange', change);
    const [method, params, fits] = REQUESTS[i % REQUESTS.length];
    asked.push(client.request(method, { textDocument: { uri }, ...params(history[i].cursor, history[i].mark) }).then(({ ms, result }) => {
      times[method].push(ms);
      const now = history.slice(i).map(({ cursor, mark }) => fits(result, cursor, mark, behind));
      if (now[0] !== undefined) placed++;
      if (now.every((fit) => fit === false)) stale++;
    }, (error) => {
      if (!/text has changed/.test(error.message)) throw error;
      overtaken++;
    }));
    const next = begin + (i + 1) * LIMIT_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  await Promise.all(asked);
  await client.stop();
  const found = problems.result.some(({ code, range }) => code === 'helper-not-allowed' && range.start.line === start.line + 3);
  return { lines: text.split('\n').length - 1, times, stale, placed, overtaken, asked: asked.length, lastMs: problems.ms, found };
}

/** @param command our server's command line. @returns the part for the report */
export async function typingPart(command, lengths = [500, 5000]) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-typing-'));
  try {
    for (const [name, text] of Object.entries(HEADERS)) writeFileSync(path.join(dir, path.basename(name)), text);
    const rows = [], limits = [], data = [];
    for (const lines of lengths) {
      const of = await typeInto(command, dir, lines);
      data.push(of);
      const where = `typing, ${of.lines.toLocaleString('en')} lines`;
      for (const [method, times] of Object.entries(of.times)) {
        const name = method.slice(method.indexOf('/') + 1);
        rows.push([`${name}, ${of.lines.toLocaleString('en')} lines`, number(median(times)), number(quantile(times, 0.95)), String(times.length)]);
        limits.push(limit(`${name} p95, one key`, where, quantile(times, 0.95), Math.round(LIMIT_MS), 'ms'));
      }
      // Where hardly an answer tells of its version, none being old means nothing.
      limits.push(limit('answers of an older text', where, of.placed > of.asked / 3 ? of.stale : NaN, 0, 'answers'));
      limits.push(limit(of.found ? 'last key → problems, pause included' : 'last key → problems, without the call that is refused', where, of.found ? of.lastMs : 1e6, PROBLEMS_MS, 'ms'));
    }
    return {
      name: 'typing', title: `${KEYS_A_SECOND} keys a second, a request after each`,
      note: `Of the requests ${data.map((of) => `${of.overtaken} of ${of.asked} (${of.lines.toLocaleString('en')} lines)`).join(' and ')} were given up for a newer text, as the protocol has it.`,
      tables: [{ head: ['ms', 'p50', 'p95', 'answers'], rows }], limits, data,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
  const dist = option('--dist') ?? fileURLToPath(new URL('../../dist', import.meta.url));
  const part = await typingPart([process.execPath, path.join(dist, 'cli.js'), 'lsp', '--stdio'], option('--lines')?.split(',').map(Number));
  console.log(`${partText(part)}\n\n${limitText({ parts: [part] })}`);
}
