/**
 * The command line over whole repositories, on one processor, beside clang (which checks the syntax only), cppcheck and bare parsing; then
 * threads, the cache, and one file from cold. A part of `bench.mjs`.
 *
 * A repository is copied, so that nothing is written into it and every tool finds the same `vmlinux.h`. Only files that clang accepts count, for all tools.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleCore, ROOT } from './core.mjs';
import { HEADERS, generateProgram, generateVmlinux } from './generate.mjs';
import { installed, timed } from './processes.mjs';
import { limit, median, number, ratio } from './report.mjs';

const TARGET = '5.15';
const SELFTESTS = path.join(ROOT, '.cache/linux-source-6.1/tools/testing/selftests/bpf');
const BTF = path.join(ROOT, '.cache/debian-6.1/vmlinux.btf');
const MAX_COPIED = 50_000;
const CACHED_FILES = 500;
/** cppcheck sees so many of the files: it says nothing new about more. */
const CPPCHECK_FILES = 60;
const GENERATED = 40;

/** Paths of C files and headers below a folder, in order; links, hidden folders and installed packages are left out. */
function sourcesOf(dir, below = '', found = []) {
  for (const entry of readdirSync(path.join(dir, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(below, entry.name);
    if (found.length >= MAX_COPIED) throw new Error(`${dir} has more than ${MAX_COPIED} C files and headers: name a folder in it`);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') sourcesOf(dir, file, found);
    else if (entry.isFile() && /\.[ch]$/.test(entry.name)) found.push(file);
  }
  return found;
}

/** The `vmlinux.h` of a Debian kernel where its BTF and bpftool are at hand; else one of made-up types, as long as a real one. */
function vmlinuxText() {
  if (existsSync(BTF) && installed('bpftool')) return { text: execFileSync('bpftool', ['btf', 'dump', 'file', BTF, 'format', 'c'], { encoding: 'utf8', maxBuffer: 1 << 28 }), origin: 'of Debian’s 6.1 kernel' };
  return { text: generateVmlinux(), origin: 'made up' };
}

/** Of a list at most so many, evenly. */
const evenly = (list, count) => Array.from({ length: Math.min(count, list.length) }, (_, i) => list[Math.floor((i * list.length) / Math.min(count, list.length))]);

/** Copies a repository's sources. @returns `dir`, `files` with programs (paths in it), clang's `flags`, and a sentence about `vmlinux.h` */
function copyRepository(name, source, into, { files: most, includes }) {
  const dir = path.join(into, name);
  const sources = sourcesOf(source);
  for (const file of sources) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    copyFileSync(path.join(source, file), path.join(dir, file));
  }
  let told = '';
  const own = sources.filter((file) => path.basename(file) === 'vmlinux.h').map((file) => path.dirname(file));
  // Of several architectures' ones, that of the machine that clang is told.
  const types = own.find((folder) => /x86|amd64/.test(folder)) ?? own[0];
  if (types === undefined) {
    const { text, origin } = vmlinuxText();
    writeFileSync(path.join(dir, 'vmlinux.h'), text);
    told = `with a vmlinux.h ${origin}`;
  }
  const inside = includes.filter((folder) => !path.relative(source, folder).startsWith('..')).map((folder) => path.relative(source, folder) || '.');
  const outside = includes.filter((folder) => path.relative(source, folder).startsWith('..'));
  const folders = [...new Set([...inside, ...(types === undefined ? [] : [types]), '.', 'include'])].filter((folder) => existsSync(path.join(dir, folder)));
  mkdirSync(path.join(dir, '.git'), { recursive: true });
  writeFileSync(path.join(dir, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(path.join(dir, '.ebpf-lens.yaml'), `kernel: '${TARGET}'\nincludePaths: ${JSON.stringify(folders)}\n`);
  const programs = sources.filter((file) => file.endsWith('.c') && /\bSEC\(/.test(readFileSync(path.join(dir, file), 'utf8')));
  const flags = ['-D__TARGET_ARCH_x86', ...[...folders.map((folder) => path.join(dir, folder)), ...outside, '/usr/include/x86_64-linux-gnu'].map((folder) => `-I${folder}`)];
  return { name, dir, programs: programs.length, files: evenly(programs, most), flags, told };
}

/** Programs of 60 to 500 lines, all with the long vmlinux.h, which is in another folder: cppcheck needs minutes for it. */
function generateRepository(into, count) {
  const dir = path.join(into, 'generated');
  mkdirSync(path.join(dir, 'bpf'), { recursive: true });
  mkdirSync(path.join(dir, 'progs'));
  for (const [name, text] of Object.entries(HEADERS)) writeFileSync(path.join(dir, 'bpf', name), text);
  writeFileSync(path.join(dir, 'vmlinux.h'), generateVmlinux());
  for (let i = 0; i < count; i++) writeFileSync(path.join(dir, `progs/generated_${i}.bpf.c`), generateProgram(60 + ((i * 37) % 440)));
  return dir;
}

/** clang over each file, on as many processors at a time as there are, two at most. @returns the files that it accepts, and what these cost */
async function runClang({ dir, files, flags }) {
  const queue = [...files];
  const accepted = [];
  let cpu = 0, wall = 0;
  const worker = async (core) => {
    for (let file; (file = queue.shift()) !== undefined; ) {
      const ran = await timed(['clang-19', '-fsyntax-only', '-w', '-target', 'bpf', ...flags, path.join(dir, file)], { core });
      if (ran.code !== 0) continue;
      accepted.push(file);
      cpu += ran.cpu;
      wall += ran.wall;
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, os.cpus().length) }, (_, core) => worker(core)));
  return { files: accepted.sort(), cpu, wall };
}

/** Sums up runs of a tool over `count` files. */
const summary = (count, runs) => {
  const [cpu, wall] = [median(runs.map((r) => r.cpu)), median(runs.map((r) => r.wall))];
  return { cpu, wall, rate: count / cpu, wallRate: count / wall, peak: Math.max(...runs.map((r) => r.peak)) };
};

function mustRun(what, ran, codes = [0]) {
  if (!codes.includes(ran.code)) throw new Error(`${what} ended with ${ran.code}: ${ran.stderr.slice(-2000)}`);
  return ran;
}

/** Every tool over one repository; clang in thirds between our rounds, so that all see the same neighbours. */
async function measureRepository(cli, repo, tools, rounds) {
  const third = Math.ceil(repo.files.length / 3);
  const clang = { files: [], cpu: 0, wall: 0 };
  if (tools.clang) for (let i = 0; i < 3; i++) {
    const ran = await runClang({ ...repo, files: repo.files.slice(i * third, (i + 1) * third) });
    clang.files.push(...ran.files);
    clang.cpu += ran.cpu;
    clang.wall += ran.wall;
  } else clang.files = repo.files;
  const { files } = clang;
  if (files.length === 0) throw new Error(`clang accepts none of the ${repo.files.length} files of ${repo.name}: --include`);
  const list = path.join(repo.dir, '.files');
  writeFileSync(list, files.map((file) => `${path.join(repo.dir, file)}\n`).join(''));
  const runs = { ours: [], syntax: [], treeSitter: [], cppcheck: [] };
  const parse = (mode) => [process.execPath, path.join(import.meta.dirname, 'parseOnly.mjs'), tools.bundle, mode, list];
  for (let i = 0; i < rounds; i++) {
    runs.ours.push(mustRun('check', await timed([...cli, 'check', '-f', 'json', '-j', '1', ...files], { core: 0, cwd: repo.dir }), [0, 1]));
    runs.treeSitter.push(mustRun('tree-sitter', await timed(parse('tree-sitter'), { core: 0 })));
    runs.syntax.push(mustRun('the syntax layer', await timed(parse('syntax'), { core: 0 })));
  }
  // cppcheck is told what SEC is, or it gives up at the first one; headers of the system it does not want.
  const some = evenly(files, CPPCHECK_FILES);
  if (tools.cppcheck) runs.cppcheck.push(mustRun('cppcheck', await timed(['timeout', '60', 'cppcheck', '-q', '-j1', '--language=c', '-DSEC(name)=', '-D__TARGET_ARCH_x86', ...some.map((file) => path.join(repo.dir, file))], { core: 0 }), [0, 124]));
  const slow = runs.cppcheck.some((ran) => ran.code !== 0);
  const findings = JSON.parse(runs.ours[0].stdout).files.reduce((sum, file) => sum + file.findings.length, 0);
  const lines = files.reduce((sum, file) => sum + readFileSync(path.join(repo.dir, file), 'utf8').split('\n').length - 1, 0);
  return {
    name: repo.name, told: repo.told, programs: repo.programs, asked: repo.files.length, counted: files.length, lines, findings,
    tools: {
      ours: summary(files.length, runs.ours), syntax: summary(files.length, runs.syntax), treeSitter: summary(files.length, runs.treeSitter),
      ...(tools.clang ? { clang: { cpu: clang.cpu, wall: clang.wall, rate: files.length / clang.cpu, wallRate: files.length / clang.wall, peak: NaN } } : {}),
      ...(tools.cppcheck && !slow ? { cppcheck: summary(some.length, runs.cppcheck) } : {}),
    },
    accepted: files,
  };
}

const LABELS = { ours: 'eBPF Lens, all rules', clang: 'clang-19 -fsyntax-only', cppcheck: 'cppcheck, without headers', treeSitter: 'tree-sitter alone', syntax: 'our syntax layer alone' };

function tableOf(of, clang) {
  const rows = Object.entries(LABELS).filter(([tool]) => of.tools[tool]).map(([tool, label]) => {
    const t = of.tools[tool];
    return [label, number(t.rate), number(t.wallRate), number(t.cpu, 2), ratio(of.tools.ours.rate / t.rate)];
  });
  const accepted = clang ? `, of which clang accepts ${of.counted}; only these count` : '';
  const chosen = of.asked < of.programs ? `${of.asked} of ${of.programs} files with programs, evenly chosen` : `${of.programs} files with programs`;
  return { title: `${of.name}${of.told ? ` ${of.told}` : ''}: ${chosen}${accepted} (${of.lines.toLocaleString('en')} lines, ${of.findings} findings)`, head: ['one processor', 'files a second of its time', 'by the clock', 'seconds', 'ours ÷ this'], rows };
}

/** Threads, the cache and a cold start, over a repository's files, with generated ones where it has not enough. */
async function measureRuns(cli, repo, files, rounds) {
  const wanted = [...files];
  for (let i = 0; wanted.length < CACHED_FILES; i++) {
    const name = `more_${i}.bpf.c`;
    writeFileSync(path.join(repo.dir, name), generateProgram(60 + ((i * 37) % 440)).replaceAll('_0', `_${i}`));
    wanted.push(name);
  }
  const check = async (...args) => mustRun('check', await timed([...cli, 'check', '-f', 'json', ...args], { cwd: repo.dir }), [0, 1]);
  const one = [], two = [], first = [], second = [], cold = [];
  for (let i = 0; i < rounds; i++) {
    one.push(await check('-j', '1', ...wanted));
    two.push(await check('-j', '2', ...wanted));
    const cache = path.join(repo.dir, `.cache-${i}`);
    first.push(await check('-j', '2', '--cache', cache, ...wanted));
    second.push(await check('-j', '2', '--cache', cache, ...wanted));
  }
  if (second.some((ran, i) => ran.stdout !== one[i].stdout) || two.some((ran, i) => ran.stdout !== one[i].stdout)) throw new Error('threads or the cache change what is found');
  for (let i = 0; i < rounds * 4; i++) cold.push(await check('-j', '1', wanted[0]));
  return { files: wanted.length, one: summary(wanted.length, one), two: summary(wanted.length, two), first: summary(wanted.length, first), second: summary(wanted.length, second), cold: summary(1, cold) };
}

function runTable(r) {
  const row = (label, s) => [label, number(s.wall, 2), number(s.cpu, 2), number(s.peak, 0)];
  return { title: `${r.files} files, not bound to a processor`, head: ['', 'seconds by the clock', 'of processor time', 'peak MiB'], rows: [row('--jobs 1', r.one), row('--jobs 2', r.two), row('--cache, first run', r.first), row('--cache, second run', r.second), row('one file from cold', r.cold)] };
}

/** @param cli the command line's argv; @param opts as in `bench.mjs`. @returns the part for the report */
export async function reposPart(cli, opts) {
  const into = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-repos-'));
  const rounds = opts.quick ? 1 : 3;
  try {
    const tools = { clang: opts.clangd && installed('clang-19'), cppcheck: installed('cppcheck'), bundle: path.join(into, 'core.mjs') };
    await bundleCore(tools.bundle);
    const sources = opts.repos.length > 0 ? opts.repos.map((dir) => [path.basename(dir), dir]) : [...(existsSync(SELFTESTS) ? [['selftests of Linux 6.1', SELFTESTS]] : []), ['generated', generateRepository(path.join(into, 'source'), opts.quick ? 12 : GENERATED)]];
    const repos = sources.map(([name, dir]) => copyRepository(name, dir, into, { files: opts.files, includes: dir === SELFTESTS ? [path.join(dir, 'progs')] : opts.includes }));
    const measured = [];
    for (const repo of repos) {
      if (repo.files.length === 0) throw new Error(`no C file with a SEC() below ${repo.name}`);
      measured.push(await measureRepository(cli, repo, tools, rounds));
    }
    const runs = await measureRuns(cli, repos[0], measured[0].accepted, rounds);
    const missing = [...(tools.clang ? [] : ['clang-19']), ...(tools.cppcheck ? [] : ['cppcheck']), ...(opts.repos.length > 0 || existsSync(SELFTESTS) ? [] : ['the kernel’s tests'])];
    return {
      name: 'repos', title: 'Whole repositories, the command line',
      note: `Each tool bound to one processor, clang a process a file; ours with all rules for Linux ${TARGET} and \`--jobs 1\`, its start included.${missing.length > 0 ? ` Missing: ${missing.join(', ')} (\`bash test/bench/setup.sh\`).` : ''}`,
      tables: [...measured.map((of) => tableOf(of, tools.clang)), runTable(runs)],
      limits: [
        ...measured.map((of) => limit('files a second: ours ÷ clang', of.name, tools.clang ? of.tools.ours.rate / of.tools.clang.rate : NaN, 20, '×', true)),
        limit('--jobs 1 ÷ --jobs 2, by the clock', `${runs.files} files`, os.cpus().length > 1 ? runs.one.wall / runs.two.wall : NaN, 1.8, '×', true),
        limit('cached second run', `${runs.files} files`, runs.second.wall, 1, 's'),
        limit('one file from cold', '1 file', runs.cold.wall * 1000, 250, 'ms'),
      ],
      data: { measured: measured.map((of) => ({ ...of, accepted: undefined })), runs },
    };
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
