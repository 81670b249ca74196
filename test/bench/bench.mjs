#!/usr/bin/env node
/**
 * All benchmarks in one command: prints tables and the limits that the project set itself, and writes them as JSON.
 *
 *   npm run build && npm run bench -- [--only server,headers,typing,repos,growth] [--quick] [--json FILE] [--strict] [--dist DIR]
 *                                     [--rounds N] [--lines 60,500,5000] [--no-clangd] [--repo DIR[,DIR…]] [--include DIR[,DIR…]] [--files N]
 *
 * `server`: beside an echo server and clangd 19. `headers`, `typing`: many headers, fast typing. `repos`: the command line over whole
 * repositories beside clang, cppcheck and bare parsing; `--repo` takes any folder instead of the kernel's tests, `--include` what clang needs for it, `--files`
 * how many of its files at most. `growth`: files of 100 to 100,000 lines and folders of 10 to 5,000 files. `--quick` measures each part
 * briefly. `--strict` exits with 1 when a limit is missed. What the tools need: `bash test/bench/setup.sh`.
 *
 * The page is written from the file: `node test/bench/report.mjs --markdown FILE --write docs/PERFORMANCE.md`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './core.mjs';
import { growthPart } from './growth.mjs';
import { headerPart } from './headers.mjs';
import { limitText, partText, verdict } from './report.mjs';
import { reposPart } from './repos.mjs';
import { serverPart } from './servers.mjs';
import { typingPart } from './typing.mjs';

const PARTS = {
  server: ({ lsp, opts }) => serverPart(lsp, opts),
  headers: ({ lsp }) => headerPart(lsp),
  typing: ({ lsp }) => typingPart(lsp),
  repos: ({ cli, opts }) => reposPart(cli, opts),
  growth: ({ cli, lsp, opts }) => growthPart(cli, lsp, opts),
};

function options() {
  const { values: v } = parseArgs({
    allowNegative: true,
    options: {
      only: { type: 'string', default: Object.keys(PARTS).join(',') }, quick: { type: 'boolean', default: false }, json: { type: 'string' }, strict: { type: 'boolean', default: false },
      dist: { type: 'string', default: path.join(ROOT, 'dist') }, rounds: { type: 'string' }, lines: { type: 'string' }, clangd: { type: 'boolean', default: true },
      repo: { type: 'string', default: '' }, include: { type: 'string', default: '' }, files: { type: 'string' },
    },
  });
  const list = (text) => text.split(',').filter((part) => part !== '');
  const only = list(v.only);
  const unknown = only.filter((name) => !(name in PARTS));
  if (only.length === 0 || unknown.length > 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}`);
  const positive = (name, text) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a number above 0, not ${text}`);
    return Number(text);
  };
  return {
    only, quick: v.quick, json: v.json, strict: v.strict, dist: path.resolve(v.dist), clangd: v.clangd,
    rounds: positive('rounds', v.rounds ?? (v.quick ? '2' : '3')), lines: list(v.lines ?? (v.quick ? '500' : '60,500,5000')).map((n) => positive('lines', n)),
    repos: list(v.repo).map((dir) => path.resolve(dir)), includes: list(v.include).map((dir) => path.resolve(dir)), files: positive('files', v.files ?? (v.quick ? '60' : '400')),
  };
}

function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

async function main() {
  const opts = options();
  const bundle = path.join(opts.dist, 'cli.js');
  if (!existsSync(bundle)) throw new Error(`${opts.dist} is not built: npm run build`);
  const cli = [process.execPath, bundle];
  const begin = Date.now();
  const report = {
    date: new Date(begin).toISOString(), seconds: 0, quick: opts.quick,
    machine: { cpus: os.cpus().length, model: os.cpus()[0]?.model ?? 'unknown', memory: os.totalmem() / 2 ** 30, system: `${os.type()} ${os.release()}`, node: process.version, loadBefore: os.loadavg(), loadAfter: [], commit: commit() },
    parts: [],
  };
  for (const name of opts.only) {
    const start = Date.now();
    const part = await PARTS[name]({ cli, lsp: [...cli, 'lsp', '--stdio'], opts }).catch((error) => {
      // The others are measured all the same.
      console.error(`${name}: ${error instanceof Error ? error.stack : error}`);
      process.exitCode = 1;
      return { name, title: `Not measured: ${name}`, note: 'This part failed.', tables: [], limits: [], data: {} };
    });
    report.parts.push({ ...part, seconds: (Date.now() - start) / 1000 });
    console.log(`\n${partText(part)}\n\n(${((Date.now() - start) / 1000).toFixed(0)} s)`);
  }
  report.seconds = (Date.now() - begin) / 1000;
  report.machine.loadAfter = os.loadavg();
  console.log(`\n${limitText(report)}`);
  if (opts.json) writeFileSync(opts.json, `${JSON.stringify(report, null, 1)}\n`);
  if (opts.strict && report.parts.some((part) => part.limits.some((l) => verdict(l) === 'missed'))) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
