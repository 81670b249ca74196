/**
 * A program of 5,000 lines that includes 40 headers with code: how long until its first diagnostics, what an edit costs, and what
 * memory 200 such documents leave behind that are opened and closed again. Part of `bench.mjs`; alone:
 *
 *   npm run build && node test/bench/headers.mjs [--dist DIR]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { generateProgram, generateVmlinux } from './generate.mjs';
import { limit, limitText, median, number, partText, quantile } from './report.mjs';

const HEADERS = 40, FUNCTIONS = 12, OPENS = 5, EDITS = 60, DOCUMENTS = 200;
const OPEN_MS = 1000, EDIT_MS = 60, GROWTH = 1.25;

/** One header: constants, a struct, a map, and functions that call each other and helpers. */
function generateHeader(n) {
  const out = [`#ifndef PART_${n}_H`, `#define PART_${n}_H`, '#include "vmlinux.h"', ...(n > 0 ? [`#include "part_${n >> 1}.h"`] : []), `#define LIMIT_${n} ${n + 16}`];
  out.push(`struct part_${n} {`, '\t__u64 when;', '\t__u32 count;', '};', 'struct {', '\t__uint(type, BPF_MAP_TYPE_HASH);', `\t__uint(max_entries, LIMIT_${n});`, '\t__type(key, __u32);', `\t__type(value, struct part_${n});`, `} parts_${n} SEC(".maps");`);
  for (let f = 0; f < FUNCTIONS; f++) {
    out.push(`static __always_inline int part_${n}_${f}(__u32 key)`, '{', `\tstruct part_${n} *part = bpf_map_lookup_elem(&parts_${n}, &key);`, '\tif (!part)', `\t\treturn ${f > 0 ? `part_${n}_${f - 1}(key)` : '0'};`);
    out.push('\tpart->when = bpf_ktime_get_ns();', '\tpart->count++;', `\treturn part->count > LIMIT_${n};`, '}');
  }
  return [...out, '#endif', ''].join('\n');
}

/** A program whose beginning uses every header. */
function program(lines, name) {
  const includes = Array.from({ length: HEADERS }, (_, n) => `#include "inc/part_${n}.h"`).join('\n');
  const uses = Array.from({ length: HEADERS }, (_, n) => `\tsum += part_${n}_${FUNCTIONS - 1}(sum);`).join('\n');
  const [head, ...rest] = generateProgram(lines - 2 * HEADERS).split('\n');
  return `${head}\n${includes}\n${rest.join('\n')}\nSEC("xdp")\nint ${name}(struct xdp_md *ctx)\n{\n\t__u32 sum = 0;\n${uses}\n\treturn sum;\n}\n`;
}

async function timeOpen(client, file, version) {
  const params = { textDocument: { uri: file.uri, languageId: 'c', version, text: file.text } };
  return (await client.untilDiagnostics(file.uri, version, 'textDocument/didOpen', params)).ms;
}

async function timeEdits(client, file) {
  const lines = file.text.split('\n');
  const spots = lines.flatMap((line, i) => (i > 200 && line.includes('bpf_ktime_get_ns(') ? [{ line: i, character: line.indexOf('bpf_ktime_get_ns(') + 16 }] : []));
  const times = [];
  for (let i = 0; i < EDITS; i++) {
    const at = spots[((i >> 1) * 7) % spots.length];
    const typed = i % 2 === 1;
    const range = { start: at, end: { line: at.line, character: at.character + (typed ? 1 : 0) } };
    const params = { textDocument: { uri: file.uri, version: i + 2 }, contentChanges: [{ range, text: typed ? '' : 'x' }] };
    times.push((await client.untilDiagnostics(file.uri, i + 2, 'textDocument/didChange', params)).ms);
  }
  return times.slice(5);
}

/** @param command our server's command line. @returns the part for the report */
export async function headerPart(command) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-headers-'));
  const write = (name, text) => {
    writeFileSync(path.join(dir, name), text);
    return { uri: pathToFileURL(path.join(dir, name)).href, text };
  };
  try {
    mkdirSync(path.join(dir, 'inc'));
    mkdirSync(path.join(dir, '.git'));
    writeFileSync(path.join(dir, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(path.join(dir, 'inc/vmlinux.h'), generateVmlinux(500));
    for (let n = 0; n < HEADERS; n++) writeFileSync(path.join(dir, `inc/part_${n}.h`), generateHeader(n));
    const large = write('large.bpf.c', program(5000, 'sum_all'));
    const opens = [], coldOpens = [];
    let edits = [];
    for (let i = 0; i < OPENS; i++) {
      const client = new Client('ours', command, dir);
      await client.initialize(pathToFileURL(dir).href, { debounceMs: 0 });
      // As in the bench without headers: opening is timed apart from loading, and once with it.
      if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      (i % 2 === 0 ? opens : coldOpens).push(await timeOpen(client, large, 1));
      if (i === OPENS - 1) edits = await timeEdits(client, large);
      await client.stop();
    }
    const client = new Client('ours', command, dir);
    await client.initialize(pathToFileURL(dir).href, { debounceMs: 0 });
    const peaks = [];
    for (let i = 0; i < DOCUMENTS; i++) {
      const file = write(`small_${i}.bpf.c`, program(500, `sum_${i}`));
      await timeOpen(client, file, 1);
      client.notify('textDocument/didClose', { textDocument: { uri: file.uri } });
      if ((i + 1) % (DOCUMENTS / 4) === 0) peaks.push(client.memory());
    }
    await client.stop();
    const where = `${(large.text.split('\n').length - 1).toLocaleString('en')} lines with ${HEADERS} headers of ${generateHeader(1).split('\n').length} lines`;
    return {
      name: 'headers', title: 'Many headers',
      tables: [{ title: `Peak memory after so many documents of 500 lines with the same headers, each opened and closed, MiB`, head: ['documents', ...peaks.map((_, i) => `${((i + 1) * DOCUMENTS) / 4}`)], rows: [['MiB', ...peaks.map((p) => number(p, 0))]] }],
      limits: [
        limit('open → diagnostics', where, median(opens), OPEN_MS, 'ms'),
        limit('the same with a server that was just started', where, median(coldOpens), 2 * OPEN_MS, 'ms'),
        limit('edit → diagnostics p50', where, median(edits), EDIT_MS, 'ms'),
        limit('edit → diagnostics p95', where, quantile(edits, 0.95), EDIT_MS, 'ms'),
        limit(`peak memory ÷ that after ${DOCUMENTS / 4}`, `${DOCUMENTS} documents opened and closed`, peaks.at(-1) / peaks[0], GROWTH),
      ],
      data: { opens, coldOpens, edits, peaks },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--dist');
  const dist = at > 0 ? process.argv[at + 1] : fileURLToPath(new URL('../../dist', import.meta.url));
  const part = await headerPart([process.execPath, path.join(dist, 'cli.js'), 'lsp', '--stdio']);
  console.log(`${partText(part)}\n\n${limitText({ parts: [part] })}`);
}
