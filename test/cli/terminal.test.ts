/** What a person at a terminal gets: progress that goes away, colours when wanted, excerpts that fit; and standard input for editors. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliHost } from '../../server/src/cli/host.js';
import { Progress } from '../../server/src/cli/progress.js';
import { excerptOf } from '../../server/src/cli/reporters/excerpt.js';
import { autoColour, fitting, mayShowProgress } from '../../server/src/cli/terminal.js';
import { builtCli, parseReport, Workspace } from './support.js';

const BAD = 'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_probe_write_user(0, 0, 0); }\nchar L[] SEC("license") = "GPL";\n';

const CLEAR = '\r\u001b[K';

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ CLICOLOR_FORCE: '1' }, false, true],
  ])('%j, terminal %s: %s', (env, terminal, wanted) => expect(autoColour(env, terminal)).toBe(wanted));
});

describe('progress', () => {
  const written: string[] = [];
  const host = (progress: number | undefined): CliHost => ({
    version: '0.0.0', assetDir: '', colour: false, columns: undefined, progress,
    out: (text) => written.push(`out ${text}`), err: (text) => written.push(text), serve: () => Promise.resolve(),
  });
  const run = (width: number | undefined, wanted: boolean): readonly string[] => {
    written.length = 0;
    let time = 0;
    const progress = new Progress(host(width), wanted, () => time);
    for (let i = 0; i < 10; i++) {
      time += 90;
      progress.step(`src/漢字漢字漢字漢字/file${i}.c`);
    }
    progress.host.out('a finding\n');
    return [...written];
  };

  it('is said now and then, fits the line, and is gone before anything else is written', () => {
    const lines = run(30, true);
    expect(lines[0]).toBe('\r\u001b[Kchecked 5 files, src/漢字漢字');
    expect(lines).toHaveLength(5);
    expect(lines.slice(-2)).toEqual(['\r\u001b[K', 'out a finding\n']);
  });
  it('is for terminals, and for who wants it', () => {
    expect(run(undefined, true)).toEqual(['out a finding\n']);
    expect(run(80, false)).toEqual(['out a finding\n']);
    expect(mayShowProgress({ CI: 'true' }, true)).toBe(false);
    expect(mayShowProgress({}, true)).toBe(true);
  });
  it('is not said in a short time', () => {
    written.length = 0;
    new Progress(host(80), true, () => 0).step('a.c');
    expect(written).toEqual([]);
  });
});

describe('an excerpt', () => {
  const draw = (source: string, word: string, columns?: number): string => {
    const from = source.indexOf(word);
    const { text, indent, width } = excerptOf(source, from, from + word.length, columns);
    return `${text}\n${indent}${'^'.repeat(width)}`;
  };
  it('is the line', () => expect(draw('\ta = abc;', 'abc')).toBe('\ta = abc;\n\t    ^^^'));
  it('counts cells', () => {
    expect(draw('"漢字" abc', 'abc')).toBe('"漢字" abc\n       ^^^');
    expect(draw('/* 👩\u200d👧 */ abc', 'abc')).toBe('/* 👩\u200d👧 */ abc\n           ^^^');
    expect(draw('字字abc', '字字abc')).toBe('字字abc\n^^^^^^^');
  });
  it('is cut on both sides where the finding is far behind', () => {
    const drawn = draw(`${'x'.repeat(500)} abc ${'y'.repeat(500)}`, 'abc', 80);
    const [line, carets] = drawn.split('\n');
    expect(line).toMatch(/^…x+ abc y+…$/);
    expect(line!.length).toBeLessThanOrEqual(72);
    expect(line!.slice(carets!.indexOf('^'), carets!.length)).toBe('abc');
  });
  it('keeps whole characters at its cuts', () => expect(draw(`${'😀'.repeat(300)}abc${'😀'.repeat(300)}`, 'abc', 80)).not.toMatch(/\p{Surrogate}/u));
  it('fits in cells', () => {
    expect(fitting('a漢字', 4)).toBe('a漢');
    expect(fitting('e\u0301x', 1)).toBe('e\u0301');
  });
});

describe('the command', () => {
  let ws: Workspace;
  beforeAll(() => {
    builtCli();
    ws = new Workspace({ 'a.c': BAD, 'src/b.c': '#include "h.h"\nSEC("xdp") int f(struct xdp_md *ctx) { return inner(); }\n', 'src/h.h': 'static int inner(void) { return bpf_probe_write_user(0, 0, 0); }\n' });
    ws.write('src/c.c', '#include "h.h"\nSEC("xdp") int g(struct xdp_md *ctx) { return inner(); }\n');
  }, 300_000);
  afterAll(() => ws.remove());

  it('colours when asked, whatever there is', () => {
    expect(ws.run('check', 'a.c').stdout).not.toContain('\u001b');
    expect(ws.run('check', '--color', 'always', 'a.c').stdout).toContain('\u001b[1;31merror:\u001b[0m');
    expect(ws.shell('FORCE_COLOR=1 $CLI check a.c').stdout).toContain('\u001b[1;31merror:');
    expect(ws.shell('FORCE_COLOR=1 $CLI check --color never a.c').stdout).not.toContain('\u001b');
    expect(ws.run('check', '--color', 'sometimes', 'a.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("--color 'sometimes'") });
  });

  it('tells no more findings than asked, and counts them all', () => {
    const { code, stdout } = ws.run('check', '--max-findings', '1', 'a.c', 'src');
    expect(code).toBe(1);
    expect(stdout.match(/ error: /g)).toHaveLength(1);
    expect(stdout).toMatch(/: 3 errors, 0 warnings, \d notes? \(1 of them told for another file already; \d more than --max-findings tells\)\n$/);
    expect(ws.run('check', '--max-findings', 'few', 'a.c').code).toBe(2);
  });

  it('tells a finding in a header once', () => {
    const { stdout } = ws.run('check', 'src');
    expect(stdout.match(/h\.h:1:33: error:/g)).toHaveLength(1);
    expect(ws.check('src').report.files.map((f) => f.findings.filter((finding) => finding.severity === 'error').length)).toEqual([1, 1]);
  });

  it('reads standard input, and looks for headers around the name that it is given', () => {
    const { code, stdout } = ws.shell('$CLI check --format json --stdin-filename src/b.c - <src/b.c');
    const [file] = parseReport(stdout).files;
    expect(code).toBe(1);
    expect(file).toMatchObject({ path: 'src/b.c', findings: [{ path: 'src/h.h', line: 1 }] });
    expect(parseReport(ws.shell('$CLI check --format json - <a.c').stdout).files[0]).toMatchObject({ path: '<stdin>', findings: [{ rule: 'helper-not-allowed' }] });
    expect(ws.shell('$CLI check --diff - - <a.c')).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
  });

  it('shows progress to a person only', () => {
    const cli = path.join(builtCli(), 'cli.js');
    // Enough for a second on a fast machine: a shorter run needs no words.
    for (let i = 0; i < 150; i++) ws.write(`many/f${i}.c`, BAD + `static int filler(int a) { if (a) return a + ${i}; return a; }\n`.repeat(250));
    const typed = (line: string): string => {
      const { status, stdout, error } = spawnSync('script', ['-qec', `stty cols 60; ${line}`, '/dev/null'], { cwd: ws.dir, encoding: 'utf8', env: { PATH: process.env['PATH'], TERM: 'xterm', HOME: ws.dir } });
      if (error) throw error;
      expect(status).toBe(1);
      return stdout;
    };
    const shown = typed(`${process.execPath} ${cli} check --jobs 1 many >/dev/null`);
    expect(shown.replaceAll(CLEAR, '<clear>')).toMatch(/<clear>checked \d+ files, many\/f\d+\.c/);
    expect(shown.endsWith(CLEAR)).toBe(true);
    expect(typed(`${process.execPath} ${cli} check --quiet many >/dev/null`)).toBe('');
    expect(typed(`CI=1 ${process.execPath} ${cli} check many >/dev/null`)).toBe('');
    expect(ws.run('check', 'many').stderr).toBe('');
  });
});
