#!/usr/bin/env node
/**
 * Times analyses in one process, without a protocol around them: opening a file, and typing in it. Shows what of the time
 * is syntax, model and rules, and how much memory an edit allocates. `cpu` is the processor's time for an edit, garbage
 * collection by other threads included; on a busy machine it says more than the clock.
 *
 *   npm run build && node test/bench/edit.mjs [--lines 500,5000] [--edits N] [--target 5.15] [--file FILE] [--json FILE] [--dist DIR]
 *
 * Run it with `node --cpu-prof` to see where the time goes; names are kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadCore, ROOT } from './core.mjs';
import { generateProgram } from './generate.mjs';
import { median, quantile } from './report.mjs';

function parseArgs(argv) {
  const opts = { lines: [500, 5000], edits: 120, target: '', file: undefined, json: undefined, dist: path.join(ROOT, 'dist') };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--lines') opts.lines = argv[++i].split(',').map(Number);
    else if (argv[i] === '--edits') opts.edits = Number(argv[++i]);
    else if (argv[i] === '--target') opts.target = argv[++i];
    else if (argv[i] === '--file') opts.file = argv[++i];
    else if (argv[i] === '--json') opts.json = argv[++i];
    else if (argv[i] === '--dist') opts.dist = path.resolve(argv[++i]);
    else throw new Error(`unknown argument ${argv[i]}; see the head of edit.mjs`);
  }
  return opts;
}

/** Where a character is typed: in names, bodies and comments all over the file. */
function spotsOf(text) {
  const spots = [...text.matchAll(/\bbpf_\w+(?=\()|\bkey\b(?= =)|return(?= )/g)].map((m) => m.index + m[0].length);
  return spots.length > 0 ? spots : [text.length];
}

/** Types a character, then takes it away again, here and there. */
function* edits(text, count) {
  const spots = spotsOf(text);
  for (let i = 0; i < count; i++) {
    const at = spots[((i >> 1) * 7919) % spots.length];
    yield i % 2 === 0 ? `${text.slice(0, at)}x${text.slice(at)}` : text.slice(0, at) + text.slice(at);
  }
}

function measure(core, name, text, opts) {
  const settings = { ...core.DEFAULT_SETTINGS, targetKernel: opts.target };
  const session = core.createSession(core.facts, core.RULES);
  const input = (t) => ({ main: name, files: new Map([[name, t]]) });
  const time = (f) => {
    const t = performance.now();
    f();
    return performance.now() - t;
  };
  const open = time(() => session.analyze(input(text), settings));
  for (const t of edits(text, 40)) session.analyze(input(t), settings);
  const whole = [];
  const heap = process.memoryUsage().heapUsed;
  let allocated = 0;
  const cpu = process.cpuUsage();
  for (const t of edits(text, opts.edits)) {
    const before = process.memoryUsage().heapUsed;
    whole.push(time(() => session.analyze(input(t), settings)));
    allocated += Math.max(0, process.memoryUsage().heapUsed - before);
  }
  const { user, system } = process.cpuUsage(cpu);
  const bare = core.createSession(core.facts, []);
  bare.analyze(input(text), settings);
  const modelled = [];
  for (const t of edits(text, opts.edits)) modelled.push(time(() => bare.analyze(input(t), settings)));
  const file = new core.SourceFile(name, text);
  const syntax = [];
  for (const t of edits(text, opts.edits)) syntax.push(time(() => file.update(t)));
  session.dispose();
  bare.dispose();
  const [all, model, parse] = [whole, modelled, syntax].map(median);
  return { name, lines: text.split('\n').length - 1, open, p50: all, p95: quantile(whole, 0.95), best: quantile(whole, 0.1), cpu: (user + system) / 1000 / opts.edits, syntax: parse, model: model - parse, rules: all - model, allocated: allocated / opts.edits / 1024, grown: (process.memoryUsage().heapUsed - heap) / 1024 };
}

const opts = parseArgs(process.argv.slice(2));
const core = await loadCore(opts.dist);
const texts = opts.file ? [[path.basename(opts.file), readFileSync(opts.file, 'utf8')]] : opts.lines.map((n) => [`generated_${n}.bpf.c`, generateProgram(n)]);
const rows = texts.map(([name, text]) => measure(core, name, text, opts));
const ms = (x) => x.toFixed(2);
console.log('file                      lines    open   edit p50    p95    p10    cpu   syntax   model   rules   kB an edit');
for (const r of rows) console.log(`${r.name.padEnd(24)} ${String(r.lines).padStart(6)} ${ms(r.open).padStart(7)} ${ms(r.p50).padStart(10)} ${ms(r.p95).padStart(6)} ${ms(r.best).padStart(6)} ${ms(r.cpu).padStart(6)} ${ms(r.syntax).padStart(8)} ${ms(r.model).padStart(7)} ${ms(r.rules).padStart(7)} ${r.allocated.toFixed(0).padStart(12)}`);
if (opts.json) writeFileSync(opts.json, JSON.stringify(rows, null, 1));
