/** `--format github`: the syntax and escapes of workflow commands, drawn from literals, and one run over files. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FileJson, FindingJson } from '../../server/src/cli/report.js';
import { GithubReporter } from '../../server/src/cli/reporters/github.js';
import { builtCli, Workspace } from './support.js';

const finding = (over: Partial<FindingJson>): FindingJson => ({
  rule: 'helper-not-allowed', severity: 'error', message: 'no', line: 3, column: 2, endLine: 3, endColumn: 9, programs: ['f'], ...over,
});
const entry = (findings: FindingJson[], over: Partial<FileJson> = {}): FileJson => ({ path: 'a.c', minKernel: { version: null, reasons: [] }, programs: [], maps: [], findings, ...over });
const draw = (...files: FileJson[]): string => {
  const reporter = new GithubReporter('/work');
  return files.map((f) => reporter.file({ entry: f, related: [], origins: [], silenced: [], headers: [], lines: () => [] })).join('');
};

describe('a command', () => {
  it('has file, lines, columns, rule and message', () =>
    expect(draw(entry([finding({})]))).toBe('::error file=a.c,line=3,endLine=3,col=2,endColumn=9,title=helper-not-allowed::no\n'));
  it.each([
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'notice'],
  ] as const)('%s is ::%s', (severity, name) => expect(draw(entry([finding({ severity })]))).toMatch(new RegExp(`^::${name} `)));
  it('has no columns where the finding spans lines', () =>
    expect(draw(entry([finding({ endLine: 4 })]))).toBe('::error file=a.c,line=3,endLine=4,title=helper-not-allowed::no\n'));
  it.each([
    ['100% sure', '100%25 sure'],
    ['a\nb\r\nc\rd', 'a%0Ab%0D%0Ac%0Dd'],
    ['a: b, c::d', 'a: b, c::d'],
    ['%0A', '%250A'],
    ['::stop-commands::x', '·:stop-commands::x'],
    ['\u001b[31m', '·[31m'],
  ])('escapes the message %j', (message, text) => expect(draw(entry([finding({ message })]))).toBe(`::error file=a.c,line=3,endLine=3,col=2,endColumn=9,title=helper-not-allowed::${text}\n`));
  it.each([
    ['C:x,y%.c', 'C%3Ax%2Cy%25.c'],
    ['line\nbreak.c', 'line%0Abreak.c'],
    ['with space.c', 'with space.c'],
    ['./src/../a.c', 'a.c'],
    ['/work/src/a.c', 'src/a.c'],
    ['/other/a.c', '/other/a.c'],
  ])('escapes the path %j', (path, text) => expect(draw(entry([finding({})], { path }))).toContain(`::error file=${text},line=3,`));
  it('stands in the header, once for all that include it', () => {
    const shared = finding({ path: 'inc/x.h' });
    expect(draw(entry([shared]), entry([shared], { path: 'b.c' }))).toBe('::error file=inc/x.h,line=3,endLine=3,col=2,endColumn=9,title=helper-not-allowed::no\n');
  });
  it('names the targets that fail', () => expect(draw(entry([finding({ targets: ['5.4..5.10', '6.1'] })]))).toMatch(/::no%0AFails on: 5\.4\.\.5\.10, 6\.1\n$/));
  it('names its place where GitHub shows it in the log only', () => {
    const said = draw(entry(Array.from({ length: 12 }, (_, i) => finding({ line: i + 1, endLine: i + 1 })).concat(finding({ severity: 'warning' })))).split('\n');
    expect(said[9]).toMatch(/::no$/);
    expect(said[10]).toMatch(/::a\.c:11:2: no$/);
    expect(said[12]).toMatch(/^::warning .*::no$/);
  });
  it('tells what could not be read', () => expect(draw(entry([], { error: 'permission denied' }))).toBe('::error file=a.c,title=eBPF Lens could not check this file::permission denied\n'));
});

describe('a run', () => {
  beforeAll(() => void builtCli(), 300_000);

  it('ends with the counts, and with the usual exit codes', () => {
    const ws = new Workspace({ 'a.c': 'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_probe_write_user(0, 0, 0); }\nchar L[] SEC("license") = "GPL";\n', 'b.c': 'SEC("xdp") int f(struct xdp_md *ctx) { return 2; }\n' });
    try {
      const bad = ws.run('check', '-f', 'github', 'a.c', 'b.c');
      expect({ code: bad.code, stderr: bad.stderr }).toEqual({ code: 1, stderr: '' });
      expect(bad.stdout.split('\n')).toEqual([
        expect.stringMatching(/^::error file=a\.c,line=1,endLine=1,col=47,endColumn=67,title=helper-not-allowed::`bpf_probe_write_user` is not allowed in XDP programs/),
        '2 files, 2 programs: 1 error, 0 warnings, 0 notes',
        '',
      ]);
      expect(ws.run('check', '-f', 'github', 'b.c')).toEqual({ code: 0, stdout: '1 file, 1 program: 0 errors, 0 warnings, 0 notes\n', stderr: '' });
      const gone = ws.run('check', '-f', 'github', 'gone.c');
      expect(gone.code).toBe(2);
      expect(gone.stdout).toMatch(/^::error file=gone\.c,title=eBPF Lens could not check this file::no such file or directory\n/);
    } finally {
      ws.remove();
    }
  });
});
