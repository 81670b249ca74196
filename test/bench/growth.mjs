/**
 * How cost grows: one file of 100 to 100,000 lines in the language server, and 10 to 5,000 files on the command line and in the server's
 * index of the workspace. Exponents near 1 are growth in proportion. A part of `bench.mjs`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { generateProgram } from './generate.mjs';
import { timed } from './processes.mjs';
import { exponent, limit, median, number } from './report.mjs';
import { edit, editSpots, open } from './servers.mjs';

const LINES = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
const FILES = [10, 100, 1_000, 5_000];
const EDITS = 20;
/** From here on fixed costs no longer hide how cost grows. */
const FROM_LINES = 1_000, FROM_FILES = 100;
const EXPONENT = 1.15;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

/** One file in a server of its own. */
async function measureFile(lsp, dir, lines) {
  const text = generateProgram(lines);
  const uri = pathToFileURL(path.join(dir, `grown_${lines}.bpf.c`)).href;
  const client = new Client('ours', lsp, dir, 120_000);
  await client.initialize(pathToFileURL(dir).href, { debounceMs: 0 });
  await sleep(1000);
  const base = client.memory();
  const idle = client.cpu();
  const opened = (await open(client, { uri, text })).ms;
  const openCpu = client.cpu() - idle;
  const spots = editSpots(text);
  for (let i = 0; i < 4; i++) await edit(client, uri, spots, i + 2, i);
  const times = [];
  const before = client.cpu();
  for (let i = 4; i < EDITS + 4; i++) times.push(await edit(client, uri, spots, i + 2, i));
  const editCpu = (client.cpu() - before) / EDITS;
  const memory = client.memory();
  await client.stop();
  return { lines: text.split('\n').length - 1, open: opened, openCpu, edit: median(times), editCpu, memory, base };
}

/** A folder of small files, each with names of its own. */
function writeFolder(into, count) {
  const dir = path.join(into, `folder_${count}`);
  mkdirSync(path.join(dir, '.git'), { recursive: true });
  writeFileSync(path.join(dir, '.git/HEAD'), 'ref: refs/heads/main\n');
  for (let i = 0; i < count; i++) {
    const sub = path.join(dir, `part_${Math.floor(i / 200)}`);
    if (i % 200 === 0) mkdirSync(sub);
    writeFileSync(path.join(sub, `small_${i}.bpf.c`), generateProgram(60).replaceAll('_0', `_${i}`));
  }
  return dir;
}

/** The server's index over a folder, from the question to its being ready. */
async function measureIndex(lsp, dir, count) {
  const client = new Client('ours', lsp, dir, 300_000);
  let done, fail;
  let known = 0;
  const ready = new Promise((resolve, reject) => ([done, fail] = [resolve, reject]));
  client.on('ebpfLens/workspaceChanged', ({ state, files }) => {
    known += files.length;
    if (state === 'ready') done();
  });
  await client.initialize(pathToFileURL(dir).href, {});
  await sleep(1000);
  const [idle, start] = [client.cpu(), performance.now()];
  const { result } = await client.request('ebpfLens/workspace', null);
  known += result.files.length;
  if (result.state !== 'ready') {
    const late = setTimeout(() => fail(new Error(`the index of ${count} files is not ready after 300 s`)), 300_000);
    await ready.finally(() => clearTimeout(late));
  }
  const [seconds, cpu] = [(performance.now() - start) / 1000, (client.cpu() - idle) / 1000];
  const memory = client.memory();
  await client.stop();
  if (known < count) throw new Error(`the index knows ${known} of ${count} files`);
  return { seconds, cpu, memory };
}

async function measureFolder(cli, lsp, into, count) {
  const dir = writeFolder(into, count);
  const ran = await timed([...cli, 'check', '-j', '1', '-f', 'json', '-k', '5.15', '.'], { cwd: dir, core: 0 });
  // 1: there are findings, which is well.
  if (ran.code !== 0 && ran.code !== 1) throw new Error(`check of ${count} files ended with ${ran.code}: ${ran.stderr.slice(-2000)}`);
  const found = JSON.parse(ran.stdout).files.length;
  if (found !== count) throw new Error(`check reports ${found} of ${count} files`);
  const index = await measureIndex(lsp, dir, count);
  rmSync(dir, { recursive: true, force: true });
  return { files: count, check: { seconds: ran.wall, cpu: ran.cpu, memory: ran.peak }, index };
}

/** @param cli the command line's argv; @param lsp the server's; @param opts `quick`. @returns the part for the report */
export async function growthPart(cli, lsp, opts) {
  const into = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-growth-'));
  try {
    const files = [], folders = [];
    for (const lines of opts.quick ? LINES.filter((n) => n <= 10_000) : LINES) files.push(await measureFile(lsp, into, lines));
    for (const count of opts.quick ? FILES.filter((n) => n <= 1_000) : FILES) folders.push(await measureFolder(cli, lsp, into, count));
    const [long, many] = [files.filter((f) => f.lines >= FROM_LINES), folders.filter((f) => f.files >= FROM_FILES)];
    const byLines = (of) => exponent(long.map((f) => f.lines), long.map(of));
    const byFiles = (of) => exponent(many.map((f) => f.files), many.map(of));
    const linesWhere = `${number(long[0].lines, 0)} to ${number(long.at(-1).lines, 0)} lines`;
    const filesWhere = `${number(many[0].files, 0)} to ${number(many.at(-1).files, 0)} files`;
    return {
      name: 'growth', title: 'Growth',
      note: `Exponents are fitted from ${number(FROM_LINES, 0)} lines and ${FROM_FILES} files on, by processor time: 1 is in proportion, less is better.`,
      tables: [
        {
          title: 'One file in the language server', head: ['lines', 'open, ms', 'of processor time', 'edit p50, ms', 'of processor time', 'peak MiB'],
          rows: [...files.map((f) => [number(f.lines, 0), number(f.open, 0), number(f.openCpu, 0), number(f.edit), number(f.editCpu), number(f.memory, 0)]), ['exponent', number(byLines((f) => f.open), 2), number(byLines((f) => f.openCpu), 2), number(byLines((f) => f.edit), 2), number(byLines((f) => f.editCpu), 2), `${number(byLines((f) => f.memory - f.base), 2)} above ${number(files[0].base, 0)}`]],
        },
        {
          title: 'Files of 60 lines: `check --jobs 1` on one processor, and the server’s index in the background', head: ['files', 'check, s', 'of processor time', 'peak MiB', 'index, s', 'of processor time', 'peak MiB'],
          rows: [...folders.map((f) => [number(f.files, 0), ...[f.check, f.index].flatMap((m) => [number(m.seconds), number(m.cpu, 2), number(m.memory, 0)])]), ['exponent', ...['check', 'index'].flatMap((which) => [number(byFiles((f) => f[which].seconds), 2), number(byFiles((f) => f[which].cpu), 2), number(byFiles((f) => f[which].memory), 2)])]],
        },
      ],
      limits: [
        limit('open, exponent', linesWhere, byLines((f) => f.openCpu), EXPONENT, ''), limit('edit, exponent', linesWhere, byLines((f) => f.editCpu), EXPONENT, ''), limit('memory, exponent', linesWhere, byLines((f) => f.memory - f.base), EXPONENT, ''),
        limit('check, exponent', filesWhere, byFiles((f) => f.check.cpu), EXPONENT, ''), limit('index, exponent', filesWhere, byFiles((f) => f.index.cpu), EXPONENT, ''),
      ],
      data: { files, folders },
    };
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
