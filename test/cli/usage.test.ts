/** How the command line answers to right and wrong usage: exit codes, and where the words go. Mostly without a process, for speed. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../server/src/cli/main.js';
import { builtCli, Workspace, type Ran } from './support.js';

const GOOD = 'SEC("xdp") int f(struct xdp_md *ctx) { return 2; }\nchar LICENSE[] SEC("license") = "GPL";\n';

let ws: Workspace;
beforeAll(() => {
  ws = new Workspace({ 'good.bpf.c': GOOD });
  builtCli();
}, 300_000);
afterAll(() => ws.remove());

/** Runs the command line in this process; for usages that touch no file of the workspace. */
async function inProcess(...args: string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    version: '0.0.0',
    assetDir: builtCli(),
    colour: false,
    columns: undefined,
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    serve: () => Promise.reject(new Error('nothing here starts a server')),
  });
  return { code, stdout, stderr };
}

describe('help and version', () => {
  it('prints the version', () => expect(ws.run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' }));

  it('teaches', () => {
    const { code, stdout, stderr } = ws.run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['check', 'min-kernel', 'matrix', 'lsp', 'explain', '--kernel 5.15', 'Exit codes']) expect(stdout).toContain(word);
  });

  it('tells about check', () => {
    const { code, stdout } = ws.run('check', '--help');
    expect(code).toBe(0);
    for (const word of ['5.4..6.8', '5.4..5.10,6.1', 'running', 'json', 'sarif', 'github', 'not followed', 'ebpf-lens: allow(rule-id)']) expect(stdout).toContain(word);
  });

  it('prints help and fails when asked for nothing', () => {
    const { code, stdout, stderr } = ws.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage:');
  });
});

describe('wrong usage ends with 2, says why on standard error, and prints no report', () => {
  it.each([
    [['frobnicate'], /unknown command/],
    [['chekc', 'good.bpf.c'], /Did you mean check/],
    [['check', '--frobnicate', 'good.bpf.c'], /unknown option/],
    [['check'], /at least one file or folder/],
    [['check', '--kernel'], /argument missing/],
    [['check', '--kernel', 'banana', 'good.bpf.c'], /"banana" is no kernel version.*5\.15.*5\.4\.\.6\.8/],
    [['check', '--kernel', '', 'good.bpf.c'], /is no kernel release/],
    [['check', '--kernel', '6.8..5.4', 'good.bpf.c'], /upside down/],
    [['check', '--kernel', '5.4-6.8', 'good.bpf.c'], /two dots/],
    [['check', '--kernel', '5.4,banana', 'good.bpf.c'], /"banana" is no kernel version/],
    [['check', '--kernel', '5.4,', 'good.bpf.c'], /'' is no kernel release/],
    [['check', '--format', 'xml', 'good.bpf.c'], /'xml' is no format.*text, json, sarif, github, junit and markdown/],
    [['check', '--config', 'x.yaml', 'good.bpf.c'], /--config: x.yaml: no such file/],
    [['matrix'], /matrix needs at least one file or folder/],
    [['matrix', '--format', 'sarif', 'good.bpf.c'], /'sarif' is no format.*text, markdown, json and csv/],
    [['matrix', '--kernel', 'banana', 'good.bpf.c'], /"banana" is no kernel version/],
    [['min-kernel'], /min-kernel needs at least one file or folder/],
    [['min-kernel', '--format', 'csv', 'good.bpf.c'], /'csv' is no format.*text and json/],
    [['min-kernel', '--kernel', './btf', 'good.bpf.c'], /no such file/],
    [['lsp'], /--stdio/],
    [['explain'], /missing required argument/],
    [['explain', 'bpf_loop', 'bpf_loop'], /too many arguments/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await inProcess(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('wrong usage of the process itself', () => {
  it('ends with 2', () => expect(ws.run('check', '--kernel', 'banana', 'good.bpf.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^ebpf-lens: .*banana/) }));
  it('is a path where a command should be', () => expect(ws.run('good.bpf.c')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/unknown command 'good\.bpf\.c'\n.*\n\(To check it: ebpf-lens check good\.bpf\.c\)/) }));
  it('comes before anything is read', () => expect(ws.run('check', '--format', 'xml', 'good.bpf.c', 'gone.c').stderr).not.toContain('gone.c'));
});

it('matrix says where there is nothing to put into a table', () => {
  ws.write('user/main.c', 'int main(void) { return 0; }\n');
  expect(ws.run('matrix', 'user/main.c')).toEqual({ code: 0, stdout: '', stderr: 'ebpf-lens: no eBPF programs are in there\n' });
  expect(ws.run('matrix', 'user')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no C file with a SEC') });
});

describe('explain', () => {
  it.each(['bpf_map_lookup_elem', 'bpf_cpumask_create', 'xdp.frags/devmap', 'BPF_MAP_TYPE_RINGBUF', 'BPF_PROG_TYPE_XDP', 'xdp_md.egress_ifindex', 'helper-not-allowed'])('knows %s', async (word) => {
    const { code, stdout, stderr } = await inProcess('explain', word);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
  });

  it('asks whether another word was meant', () => {
    const { code, stdout, stderr } = ws.run('explain', 'bpf_map_lokup_elem');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/'bpf_map_lokup_elem' is not known; did you mean bpf_map_lookup_elem/);
  });

  it.each(['', '   ', 'zzzzzzzzzzzzzzzz', 'x'.repeat(5000), '\u001b[31m', 'constructor', '__proto__'])('says no to what it does not know (%#)', async (word) => {
    const { code, stdout, stderr } = await inProcess('explain', word);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/is not known/);
    expect(stderr).not.toContain('\u001b');
  });
});

describe('lsp --stdio', () => {
  it('answers initialize, and ends when the client says so', async () => {
    const child = spawn(process.execPath, [path.join(builtCli(), 'cli.js'), 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const send = (message: object): void => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    const output: string[] = [];
    const initialized = new Promise<void>((resolve) => child.stdout.on('data', (d: Buffer) => (output.push(String(d)), output.join('').includes('"capabilities"') && resolve())));
    send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
    await initialized;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    send({ id: 2, method: 'shutdown' });
    send({ method: 'exit' });
    expect(await exit).toBe(0);
    expect(output.join('')).toMatch(/"hoverProvider":true/);
  });
});
