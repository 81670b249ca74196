/**
 * What the budget measures: ratios of processor time between our work and a floor that is done in the same run, in turn. Where the
 * machine is twice as slow, both are; what the neighbours do counts for neither.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from './client.mjs';
import { bundleCore, C_WASM, loadCore, wasm } from './core.mjs';
import { generateProgram, generateVmlinux } from './generate.mjs';
import { timed } from './processes.mjs';
import { median } from './report.mjs';
import { buildEcho, contextMembers, countItems, edit, editSpots, helperCalls, open, turned, writeWorkspace } from './servers.mjs';

const ROUNDS = 15, LINES = 2_000, TARGET = '5.4..6.8';
const STARTS = 6, REQUESTS = 60, REQUEST_ROUNDS = 5;
const CLI_ROUNDS = 3, CLI_FILES = 40;

/** Processor time of this process for `work`, ms. */
function cost(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Wastes `ms` before a rule runs: how a slow rule looks, for trying the budget out. */
function slowed(rules, slow) {
  if (!slow) return rules;
  if (!rules.some((rule) => rule.id === slow.rule)) throw new Error(`no rule ${slow.rule}`);
  const waste = () => {
    for (const until = performance.now() + slow.ms; performance.now() < until; );
  };
  return rules.map((rule) => (rule.id !== slow.rule ? rule : { ...rule, run: (context, report) => (waste(), rule.run(context, report)) }));
}

/** Texts in which one character is typed at another place each time, and taken away again. */
function* typed(text, count) {
  const spots = [...text.matchAll(/\bbpf_\w+(?=\()/g)].map((m) => m.index + m[0].length);
  for (let i = 0; i < count; i++) {
    const at = spots[((i >> 1) * 7919) % spots.length];
    yield i % 2 === 0 ? `${text.slice(0, at)}x${text.slice(at)}` : text;
  }
}

/** In one process; the floor is tree-sitter's bare parse of the same program. */
async function coreRatios(names, { dist, slow }) {
  const core = await loadCore(dist);
  const parser = new core.Parser();
  parser.setLanguage(await core.Language.load(wasm(C_WASM)));
  const [text, types] = [generateProgram(LINES), generateVmlinux()];
  const settings = { ...core.DEFAULT_SETTINGS, targetKernel: TARGET };
  const rules = slowed(core.RULES, slow);
  const session = core.createSession(core.facts, rules);
  const analyze = (of, t) => of.analyze({ main: 'a.bpf.c', files: new Map([['a.bpf.c', t]]) }, settings);
  analyze(session, text);
  const work = {
    open: () => {
      const fresh = core.createSession(core.facts, rules);
      analyze(fresh, text);
      fresh.dispose();
    },
    edit: () => [...typed(text, 20)].forEach((t) => analyze(session, t)),
    vmlinux: () => new core.SourceFile('vmlinux.h', types),
  };
  const floor = () => {
    for (let i = 0; i < 3; i++) parser.parse(text).delete();
  };
  const wanted = names.filter((name) => name in work);
  const ratios = Object.fromEntries(wanted.map((name) => [name, []]));
  for (let i = -3; i < ROUNDS; i++)
    for (const name of wanted) {
      const [low, ours] = i % 2 === 0 ? [cost(floor), cost(work[name])] : [cost(work[name]), cost(floor)].reverse();
      if (i >= 0) ratios[name].push(ours / low);
    }
  session.dispose();
  return Object.fromEntries(wanted.map((name) => [name, median(ratios[name])]));
}

/** The language server against the echo server: processor time of their processes, and their peak memory. */
async function serverRatios(names, { dist }) {
  const { dir, files: [file] } = writeWorkspace([LINES]);
  const rootUri = pathToFileURL(dir).href;
  try {
    const ours = [process.execPath, path.join(dist, 'cli.js'), 'lsp', '--stdio'];
    const echo = [...(await buildEcho(dir)), `--items=${await countItems(file, ours, rootUri, dir)}`];
    const found = {};
    const ratioOf = async (name, count, one) => {
      if (!names.includes(name)) return;
      const ratios = [];
      // The first round warms up.
      for (let i = 0; i <= count; i++) {
        const cpu = [];
        for (const which of turned([0, 1], i)) cpu[which] = await one(which, i);
        if (i > 0) ratios.push(cpu[1] / cpu[0]);
      }
      found[name] = median(ratios);
    };
    await ratioOf('start', STARTS, async (which) => {
      const client = new Client(['echo', 'ours'][which], [echo, ours][which], dir);
      await client.initialize(rootUri, { debounceMs: 0 });
      const cpu = client.cpu();
      await client.stop();
      return cpu;
    });
    if (!['hover', 'completion', 'edit-lsp', 'memory'].some((name) => names.includes(name))) return found;
    const live = [];
    for (const [name, command] of [['echo', echo], ['ours', ours]]) {
      const client = new Client(name, command, dir);
      await client.initialize(rootUri, { debounceMs: 0 });
      await new Promise((r) => setTimeout(r, 800));
      await open(client, file);
      live.push({ client, version: 1 });
    }
    const textDocument = { uri: file.uri };
    const asked = (method, spots, more) => async (which, round) => {
      const { client } = live[which];
      const before = client.cpu();
      for (let i = 0; i < REQUESTS; i++) await client.request(method, { textDocument, position: spots[(round * REQUESTS + i) % spots.length], ...more });
      return client.cpu() - before;
    };
    await ratioOf('hover', REQUEST_ROUNDS, asked('textDocument/hover', helperCalls(file.text)));
    await ratioOf('completion', REQUEST_ROUNDS, asked('textDocument/completion', contextMembers(file.text), { context: { triggerKind: 1 } }));
    const spots = editSpots(file.text);
    await ratioOf('edit-lsp', REQUEST_ROUNDS, async (which, round) => {
      const s = live[which];
      const before = s.client.cpu();
      for (let i = 0; i < REQUESTS / 2; i++) await edit(s.client, file.uri, spots, ++s.version, (round * REQUESTS) / 2 + i);
      return s.client.cpu() - before;
    });
    if (names.includes('memory')) found.memory = live[1].client.memory() / live[0].client.memory();
    for (const { client } of live) await client.stop();
    return found;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `check` over small files against a process that only parses them. */
async function cliRatios({ dist }) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-budget-'));
  try {
    mkdirSync(path.join(dir, 'src'));
    const files = Array.from({ length: CLI_FILES }, (_, i) => path.join(dir, `src/p${i}.bpf.c`));
    files.forEach((file, i) => writeFileSync(file, generateProgram(60 + ((i * 37) % 440)).replaceAll('_0', `_${i}`)));
    writeFileSync(path.join(dir, 'list'), files.join('\n'));
    await bundleCore(path.join(dir, 'core.mjs'));
    const commands = [
      [process.execPath, path.join(import.meta.dirname, 'parseOnly.mjs'), path.join(dir, 'core.mjs'), 'tree-sitter', path.join(dir, 'list')],
      [process.execPath, path.join(dist, 'cli.js'), 'check', '-f', 'json', '-j', '1', '-k', TARGET, ...files],
    ];
    const ratios = [];
    for (let i = 0; i < CLI_ROUNDS; i++) {
      const cpu = [];
      for (const which of turned([0, 1], i)) {
        const ran = await timed(commands[which], { cwd: dir });
        // 1: there are findings, which is well.
        if (ran.code !== 0 && ran.code !== which) throw new Error(`${commands[which].slice(1, 3).join(' ')} ended with ${ran.code}: ${ran.stderr.slice(-1000)}`);
        cpu[which] = ran.cpu;
      }
      ratios.push(cpu[1] / cpu[0]);
    }
    return median(ratios);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const CORE = ['open', 'edit', 'vmlinux'], SERVER = ['start', 'hover', 'completion', 'edit-lsp', 'memory'];
export const NAMES = [...CORE, ...SERVER, 'check'];

/** @param names of `NAMES`; @param options `dist`, `slow` (`{ rule, ms }`). @returns the ratio by name */
export async function measure(names, options) {
  return {
    ...(names.some((name) => CORE.includes(name)) ? await coreRatios(names, options) : {}),
    ...(names.some((name) => SERVER.includes(name)) ? await serverRatios(names, options) : {}),
    ...(names.includes('check') ? { check: await cliRatios(options) } : {}),
  };
}
