/** `explain-log`: the excerpt, JSON, exit codes, sources and standard input. The log is of a running kernel (test/e2e/workspace). */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogJson } from '../../server/src/cli/explainLog.js';
import { builtCli, Workspace } from './support.js';

const FILES = path.join(import.meta.dirname, '../e2e/workspace');
const LOG = readFileSync(path.join(FILES, 'verifier-load.log'), 'utf8');
const SOURCE = readFileSync(path.join(FILES, 'verifier.bpf.c'), 'utf8');

let ws: Workspace;
beforeAll(() => {
  ws = new Workspace({
    'load.log': LOG, 'src/verifier.bpf.c': SOURCE, 'other/verifier.bpf.c': 'int nothing;\n', 'prose.txt': 'Dear Sir,\n',
    'new.log': LOG.replace(/^R0 invalid.*$/m, 'R0 is made of cheese'), 'edited.log': LOG.replaceAll('*value += 1;', '*value += 2;').replace(/libbpf: prog 'report'[\s\S]*/, ''),
  });
  builtCli();
}, 300_000);
afterAll(() => ws.remove());

function run(args: readonly string[], input?: string): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(builtCli(), 'cli.js'), 'explain-log', ...args], { cwd: ws.dir, input, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { code: status, stdout, stderr };
}

describe('explain-log', () => {
  it('shows the line with carets, and what to do', () => {
    const { code, stdout } = run(['load.log']);
    expect(code).toBe(0);
    expect(stdout).toContain(`error: count: A pointer is used that may be NULL [null-check-missing]
  --> src/verifier.bpf.c:32:2
      |
   32 | \t*value += 1;
      | \t^^^^^^^^^^^^ R0 invalid mem access 'map_value_or_null'
`);
    expect(stdout).toContain('What to do:');
    expect(stdout).toContain('error: report: Something that was acquired is not given back [reference-leak]');
  });

  it('reads standard input', () => {
    const { code, stdout } = run(['-'], LOG);
    expect(code).toBe(0);
    expect(stdout).toContain('src/verifier.bpf.c:32:2');
  });

  it('gives scripts JSON', () => {
    const { code, stdout } = run(['--format', 'json', '-'], LOG);
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as LogJson;
    expect(json).toMatchObject({ version: 1, verdict: 'explained' });
    expect(json.results[0]).toMatchObject({ program: 'count', id: 'null-check-missing', instruction: { index: 8 }, source: { path: 'src/verifier.bpf.c', file: 'verifier.bpf.c', line: 32, column: 2, code: '*value += 1;' } });
    expect(json.results[0]?.messages[0]?.line).toBe(LOG.split('\n').findIndex((line) => line.startsWith('R0 invalid')) + 1);
    expect(json.results[1]).toMatchObject({ program: 'report', id: 'reference-leak' });
  });

  it('looks for sources where it is told to, and says when the text is another', () => {
    expect(run(['--source', 'other', '--', 'load.log']).stdout).not.toContain('-->');
    expect(run(['edited.log']).stdout).toContain('src/verifier.bpf.c:32:2 (the file was edited since)');
  });

  it('ends with 1 for what is not known, and shows it', () => {
    const { code, stdout } = run(['new.log']);
    expect(stdout).toContain('R0 is made of cheese');
    expect(stdout).toContain('eBPF Lens has no entry for this message');
    expect(code).toBe(1);
  });

  it('ends with 1 for what is no log, and says how to get one', () => {
    const { code, stdout, stderr } = run(['prose.txt']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('How to get a log');
  });

  it.each([[['nothing.log']], [['src']], [['--format', 'xml', 'load.log']], [['--source', 'nowhere', '--', 'load.log']], [[]]])('ends with 2 for %j', (args) => {
    const { code, stdout, stderr } = run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });
});
