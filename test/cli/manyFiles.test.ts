/** Threads, the cache, --watch, a commit as --diff's base, the fact book and completions: over the built command. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DiskCache } from '../../server/src/cli/cache.js';
import { failedCheck } from '../../server/src/cli/checked.js';
import { builtCli, Workspace } from './support.js';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const bad = (name: string): string => `#include "n.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return note(); }\n${LICENSE}`;
const NOTE = 'static int note(void) { return bpf_probe_write_user(0, 0, 0); }\n';

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});
/** Enough files for threads to start. */
function many(): void {
  ws.write('n.h', NOTE);
  for (let i = 0; i < 40; i++) ws.write(`p${String(i).padStart(2, '0')}.c`, i % 3 === 0 ? bad(`f${i}`) : bad(`f${i}`).replace('note()', '2'));
}
const json = (...args: string[]): string => ws.run('check', '--format', 'json', ...args).stdout;
function entries(dir: string): string[] {
  const root = path.join(ws.dir, dir, 'results');
  return readdirSync(root).flatMap((sub) => readdirSync(path.join(root, sub)).map((name) => path.join(root, sub, name)));
}

describe('--jobs', () => {
  it('changes nothing but the time', () => {
    many();
    const alone = json('--jobs', '1', '.');
    expect(alone).toContain('"rule": "helper-not-allowed"');
    for (const jobs of ['2', '5']) expect(json('--jobs', jobs, '.')).toBe(alone);
  });
  it('goes on without threads, and says so', () => {
    many();
    const alone = json('--jobs', '1', '.');
    mkdirSync(path.join(ws.dir, '.dist'));
    for (const name of readdirSync(builtCli())) if (name !== 'cliWorker.js') symlinkSync(path.join(builtCli(), name), path.join(ws.dir, '.dist', name));
    writeFileSync(path.join(ws.dir, '.dist/cliWorker.js'), 'throw new Error("no thread today");\n');
    const ran = spawnSync(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', path.join(ws.dir, '.dist/cli.js'), 'check', '--format', 'json', '--jobs', '2', '.'], { cwd: ws.dir, encoding: 'utf8' });
    expect(ran.stdout).toBe(alone);
    expect(ran.stderr).toContain('--jobs: a thread failed (no thread today)');
    expect(ran.status).toBe(1);
  });
  it('ends with a message where a result cannot be compared with the base', () => {
    many();
    const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: ws.dir, encoding: 'utf8' }).trim();
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    const blob = git('rev-parse', 'HEAD:p03.c');
    rmSync(path.join(ws.dir, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    ws.write('p03.c', `${bad('other')}/* changed */\n`);
    for (const jobs of ['1', '3']) {
      const { code, stdout, stderr } = ws.run('check', '--format', 'json', '--jobs', jobs, '--diff', 'HEAD', '.');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^ebpf-lens: --diff: HEAD .*its blob ${blob.slice(0, 10)} is not here.*\n$`));
    }
  });
  it.each(['0', '-1', 'x', '1.5'])('%j is refused', (jobs) => expect(ws.run('check', `--jobs=${jobs}`, '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('is no number of threads') }));
});

describe('--cache', () => {
  it('gives the same, and notices what changed: the file, a header, the settings', () => {
    many();
    const first = json('.');
    expect(json('--cache', '.c', '.')).toBe(first);
    const kept = entries('.c').length;
    expect(kept).toBe(40);
    expect(json('--cache', '.c', '.')).toBe(first);
    expect(entries('.c')).toHaveLength(kept);
    ws.write('n.h', NOTE.replace('bpf_probe_write_user(0, 0, 0)', '0'));
    expect(json('--cache', '.c', '.')).not.toContain('helper-not-allowed');
    ws.write('n.h', NOTE);
    expect(json('--cache', '.c', '--kernel', '6.1', '.')).toBe(json('--kernel', '6.1', '.'));
    ws.write('p01.c', bad('f1'));
    expect(json('--cache', '.c', '.')).toBe(json('.'));
  });
  it('takes nothing from an entry that was cut or altered, and mends it', () => {
    ws.write('n.h', NOTE);
    ws.write('a.c', bad('f'));
    const right = json('--cache', '.c', 'a.c');
    const [entry] = entries('.c');
    const whole = readFileSync(entry!, 'utf8');
    for (const broken of [whole.slice(0, 100), whole.replace('helper-not-allowed', 'helper-not-allowee'), '', 'x']) {
      writeFileSync(entry!, broken);
      expect(json('--cache', '.c', 'a.c')).toBe(right);
      expect(readFileSync(entry!, 'utf8')).toBe(whole);
    }
  });
  it('is shared by runs at the same time', async () => {
    many();
    const right = json('.');
    const runs = Array.from({ length: 3 }, () => new Promise<string>((resolve) => {
      const child = spawn(process.execPath, [path.join(builtCli(), 'cli.js'), 'check', '--format', 'json', '--jobs', '1', '--cache', '.c', '.'], { cwd: ws.dir });
      let out = '';
      child.stdout.on('data', (data: Buffer) => (out += data.toString()));
      child.on('close', () => resolve(out));
    }));
    for (const out of await Promise.all(runs)) expect(out).toBe(right);
    expect(entries('.c').filter((name) => !name.endsWith('.json'))).toEqual([]);
    expect(json('--cache', '.c', '.')).toBe(right);
  });
  it('that cannot be a folder ends the run; one that cannot be written to is told once, and results are right', () => {
    ws.write('n.h', NOTE);
    ws.write('a.c', bad('f'));
    ws.write('file', '');
    expect(ws.run('check', '--cache', 'file', 'a.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--cache: file') });
    // Root may write anywhere, so the entry's folder is taken by a file, as a full disk would refuse it.
    json('--cache', '.c', 'a.c');
    const [entry] = entries('.c');
    const sub = path.dirname(entry!);
    execFileSync('rm', ['-r', sub]);
    writeFileSync(sub, '');
    const ran = ws.run('check', '--cache', '.c', 'a.c');
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('helper-not-allowed') });
    expect(ran.stderr.match(/cannot be written to/g)).toHaveLength(1);
  });
  it('removes what was not used for longest', () => {
    const dir = path.join(ws.dir, 'c');
    const keyOf = (i: number): string => i.toString(16).padStart(2, '0').repeat(32);
    const cache = new DiskCache(dir, 20_000);
    for (let i = 0; i < 10; i++) {
      cache.put(keyOf(i), failedCheck('a.c', 'x'.repeat(3_000)));
      const file = path.join(dir, 'results', keyOf(i).slice(0, 2), `${keyOf(i).slice(2)}.json`);
      utimesSync(file, i + 1_000, i + 1_000);
    }
    // Used now: it stays, though it is the oldest.
    expect(cache.get(keyOf(0))?.entry.path).toBe('a.c');
    expect(cache.finish()).toEqual([]);
    const left = Array.from({ length: 10 }, (_, i) => i).filter((i) => cache.get(keyOf(i)) !== undefined);
    expect(left[0]).toBe(0);
    expect(left.at(-1)).toBe(9);
    expect(left.length).toBeLessThan(6);
    expect(statSync(path.join(dir, 'CACHEDIR.TAG')).isFile()).toBe(true);
  });
});

describe('--diff with a commit', () => {
  it('reads branches, short ids and where HEAD left them, packed and not, and says what it cannot read', () => {
    const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: ws.dir, encoding: 'utf8' }).trim();
    ws.write('n.h', NOTE);
    ws.write('a.c', bad('one'));
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'x');
    git('checkout', '-q', '-b', 'topic');
    ws.write('a.c', bad('one') + 'SEC("xdp") int two(struct xdp_md *ctx) { return bpf_probe_write_user(1, 0, 0); }\n');
    ws.write('new.c', bad('three'));
    const lines = (base: string): string[] => ws.check('--diff', base, '.').report.files.flatMap((f) => f.findings.map((x) => `${x.path ?? f.path}:${x.line}`));
    expect(lines('main')).toEqual(['./a.c:4', 'n.h:1']);
    git('gc', '-q');
    expect(lines(git('rev-parse', '--short', 'HEAD'))).toEqual(['./a.c:4', 'n.h:1']);
    git('add', '.');
    git('commit', '-qm', 'y');
    expect(lines('HEAD')).toEqual([]);
    expect(lines('main...')).toEqual(['./a.c:4', 'n.h:1']);
    expect(ws.run('check', '--diff', 'gone', '.')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('git diff -U0 gone |') });
  });
});

describe('--watch', () => {
  /** Runs it on a path; what `told` waits for is looked for in what was said since the last time. */
  const watching = (what: string): { told(words: RegExp): Promise<string>; end(): Promise<unknown> } => {
    const child = spawn(process.execPath, [path.join(builtCli(), 'cli.js'), 'check', '--watch', what], { cwd: ws.dir });
    let said = '';
    const heard: (() => void)[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => ((said += data.toString()), heard.forEach((f) => f())));
    return {
      told: (words) => new Promise((resolve) => {
        const look = (): void => {
          if (!words.test(said)) return;
          resolve(said);
          said = '';
        };
        heard.push(look);
        look();
      }),
      end: () => new Promise((resolve) => {
        child.on('exit', resolve);
        child.kill('SIGINT');
      }),
    };
  };

  it('checks again when a file changes, a header too, and ends with Ctrl-C', async () => {
    ws.write('n.h', NOTE);
    ws.write('a.c', bad('f'));
    const { told, end } = watching('.');
    expect(await told(/watching; Ctrl-C/)).toContain('1 error');
    ws.write('n.h', NOTE.replace('bpf_probe_write_user(0, 0, 0)', '0'));
    await told(/n\.h changed[^]*0 errors/);
    expect(await end()).toBe(130);
  });

  it('sees a project file that comes above what it watches, and headers elsewhere', async () => {
    ws.write('inc/n.h', NOTE);
    ws.write('src/a.c', bad('f').replace('"n.h"', '"../inc/n.h"'));
    const { told, end } = watching('src');
    expect(await told(/watching; Ctrl-C/)).toContain('1 error');
    ws.write('.ebpf-lens.yaml', 'rules: { helper-not-allowed: warning }\n');
    await told(/\.ebpf-lens\.yaml changed[^]*0 errors, 1 warning/);
    ws.write('inc/n.h', NOTE.replace('bpf_probe_write_user(0, 0, 0)', '0'));
    await told(/n\.h changed[^]*0 errors, 0 warnings/);
    expect(await end()).toBe(130);
  });

  it('is ended by Ctrl-C while it checks for the first time', async () => {
    for (let i = 0; i < 200; i++) ws.write(`f${i}.c`, `${bad(`f${i}`)}${'static int filler(int a) { if (a) return a + 1; return a; }\n'.repeat(400)}`);
    const child = spawn(process.execPath, [path.join(builtCli(), 'cli.js'), 'check', '--watch', '--jobs', '1', '.'], { cwd: ws.dir, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  });

  it('ends when nobody reads it any more', async () => {
    ws.write('a.c', bad('f'));
    const child = spawn(process.execPath, [path.join(builtCli(), 'cli.js'), 'check', '--watch', '.'], { cwd: ws.dir });
    const ended = once(child, 'exit');
    let said = '';
    const watching = new Promise<void>((resolve) => child.stderr.on('data', (data: Buffer) => /watching/.test((said += data.toString())) && resolve()));
    await watching;
    child.stdout.destroy();
    ws.write('a.c', bad('g'));
    expect(await ended).toEqual([130, null]);
  });

  it.each(['--watch -', '--watch --diff - .'])('does not watch standard input: %s', (args) => expect(ws.shell(`$CLI check ${args} </dev/null`)).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be watched') }));
});

describe('facts export', () => {
  const facts = (...args: string[]): { kind: string; name: string; since: string | null; known?: boolean; programTypes?: string[] }[] => (JSON.parse(ws.run('facts', 'export', ...args).stdout) as { facts: [] }).facts;
  it('has every kind, and those that are asked for', () => {
    expect(new Set(facts().map((f) => f.kind)).size).toBe(14);
    expect(facts('--kind', 'helper').length).toBeGreaterThan(200);
  });
  it('leaves out what a kernel does not have, and says who may call what is there', () => {
    const old = facts('--kind', 'helper', '--kernel', '5.4');
    expect(old.some((f) => f.name === 'bpf_ringbuf_reserve')).toBe(false);
    const redirect = old.find((f) => f.name === 'bpf_redirect_map');
    expect(redirect?.programTypes).toEqual(['BPF_PROG_TYPE_XDP']);
    expect(facts('--kind', 'helper', '--kernel', '6.1').some((f) => f.name === 'bpf_ringbuf_reserve')).toBe(true);
  });
  it('as CSV and Markdown, and refuses others', () => {
    expect(ws.run('facts', 'export', '--kind', 'map-type', '-f', 'csv').stdout).toMatch(/^kind,name,since,[^]*\nmap-type,BPF_MAP_TYPE_RINGBUF,5\.8,/);
    expect(ws.run('facts', 'export', '--kind', 'map-type', '-f', 'markdown').stdout).toMatch(/^\| kind \| name /);
    expect(ws.run('facts', 'export', '--kind', 'thing')).toMatchObject({ code: 2, stderr: expect.stringContaining('is no kind of entry') });
    expect(ws.run('facts', 'export', '--kernel', 'banana')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('completions', () => {
  const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
  it.each([
    ['', /^check min-kernel matrix/], ['ch', /^check$/], ['check --f', /^--format --fail-on$/], ['check --format ""', /^text json sarif github junit markdown$/],
    ['check -f sarif --kernel 5.1', /^5\.10 5\.15$/], ['facts ""', /^export$/], ['facts export --kind ma', /^map-type macro$/],
    ['explain helper-nee', /^helper-needs-gpl helper-needs-sleepable$/], ['check ""', /a\.c/], ['completions z', /^zsh$/],
  ])('bash: %s', (line, offered) => {
    ws.write('a.c', '');
    ws.write('c.bash', ws.run('completions', 'bash').stdout);
    const ran = ws.shell(`source ./c.bash; complete -p ebpf-lens >&2; COMP_WORDS=(ebpf-lens ${line || '""'}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _ebpf_lens; echo "\${COMPREPLY[*]}"`);
    expect(ran.stderr).toBe('complete -F _ebpf_lens ebpf-lens\n');
    expect(ran.stdout.trim()).toMatch(offered);
  });
  it.each(['zsh', 'fish'])('%s: has every command and option, and its syntax is right where the shell is there', (shell) => {
    const { code, stdout } = ws.run('completions', shell);
    expect(code).toBe(0);
    for (const word of ['min-kernel', 'write-baseline', 'helper-not-allowed', '6.12', 'BPF', 'junit'].filter((w) => w !== 'BPF')) expect(stdout).toContain(word);
    ws.write('script', stdout);
    if (has(shell)) expect(ws.shell(`${shell} -n script`)).toMatchObject({ code: 0, stderr: '' });
  });
  it('knows no other shell', () => expect(ws.run('completions', 'cmd')).toMatchObject({ code: 2, stderr: expect.stringContaining('bash, zsh, fish') }));
});
