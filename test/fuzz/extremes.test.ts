/** What nobody writes: the command line and the server end each of these in bounded memory, with a result or a clear message, and go on to the next. */
import { spawn } from 'node:child_process';
import { ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type Diagnostic, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';
import type { CheckJson } from '../../server/src/cli/report.js';
import { builtCli } from '../cli/support.js';
import { tell } from './support.js';

/** MiB of JavaScript's heap: a third of what node would take, and far more than a text of a few MiB needs. */
const HEAP = 768;
const FIRST = 'SEC("xdp") int first(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n';
const LAST = 'SEC("xdp") int last(struct xdp_md *ctx) { return 0; }\n';

const r = (text: string, times: number): string => text.repeat(times);
const lines = (times: number, line: (i: number) => string): string => Array.from({ length: times }, (_v, i) => line(i)).join('\n');
/** Texts between two programs; `last` is false where what is in between swallows all behind it, `long` takes seconds for its sheer length, `beyond` is what a note says is not seen. */
const SHAPES: Readonly<Record<string, { readonly text: string; readonly last?: false; readonly long?: true; readonly beyond?: string }>> = {
  parentheses: { text: `int f(void) { return ${r('(', 25_000)}1${r(')', 25_000)}; }` },
  braces: { text: `int f(void) ${r('{', 25_000)}${r('}', 25_000)}` },
  initialisers: { text: `int a[] = ${r('{', 25_000)}1${r('}', 25_000)};` },
  conditions: { text: `${r('#if A\n', 10_000)}int x;\n${r('#endif\n', 10_000)}` },
  'one line': { text: `int f(void) { ${r('a = b + c; ', 480_000)}}`, long: true, beyond: 'a function with more than 250,000 tokens' },
  macros: { text: lines(50_000, (i) => `#define M${i} (M${i - 1} + ${i})`) + '\nint f(void) { return M49999; }' },
  'a macro of itself': { text: '#define A A A\n#define F(x) F(x) F(F(x))\nint f(void) { return A + F(F(1)); }' },
  laughs: { text: '#define L0 bpf_ktime_get_ns();\n' + lines(64, (i) => `#define L${i + 1} L${i} L${i} L${i} L${i}`) + '\nSEC("xdp") int f(void *c) { L64 return 0; }\nSEC(L64) int g(void *c) { return L64; }' },
  programs: { text: lines(20_000, (i) => `SEC("xdp") int p${i}(struct xdp_md *ctx) { return ctx->data; }`), long: true },
  'else if': { text: `int f(int a) { ${lines(10_000, (i) => `if (a == ${i}) a++; else`)} a--; return 0; }` },
  'calls in calls': { text: `SEC("xdp") int f(struct xdp_md *ctx) { return ${r('bpf_ktime_get_boot_ns(', 5_000)}${r(')', 5_000)}; }` },
  'copies of the context': { text: `SEC("xdp") int f(struct xdp_md *ctx) {\n${lines(10_000, (i) => `void *c${i} = ${i === 0 ? 'ctx' : `c${i - 1}`};`)}\nreturn 0; }` },
  'a function of many programs': { text: `static int leaf(void *c) { return bpf_ktime_get_boot_ns(); }\n${lines(2_000, (i) => `SEC("xdp") int p${i}(struct xdp_md *c) { return leaf(c); }`)}` },
  'a string': { text: `char *s = "${r('a\\n', 350_000)}";` },
  'a comment without an end': { text: `/*${r(' x\n', 1_700_000)}`, last: false },
  'a chain of functions': { text: `static int f0(struct xdp_md *c) { return bpf_ktime_get_boot_ns(); }\n${lines(5_000, (i) => `static int f${i + 1}(struct xdp_md *c) { return f${i}(c); }`)}\n${lines(5_000, (i) => `SEC("xdp") int p${i}(struct xdp_md *c) { return f5000(c); }`)}`, long: true },
  semicolons: { text: r(';', 8_000_000), last: false, beyond: '3,000,000 tokens' },
  'semicolons in a function': { text: `int f(void) {${r(';', 8_000_000)}}`, beyond: 'a function with more than 250,000 tokens' },
  'nothing but names': { text: r('a;', 4_000_000), last: false, beyond: 'more than 200,000 declarations' },
  'members of members': { text: `int f(struct x x) { return ${r('x.', 100_000)}x; }` },
  choices: { text: `int f(int a) { return ${r('a?b:', 60_000)}c; }` },
  'names of one type': { text: `int ${r('a,', 200_000)}b;` },
  stars: { text: `int ${r('*', 1_000_000)}b;` },
  silences: { text: r('/* ebpf-lens: allow(helper-newer-than-target) */\n', 50_000) },
  sections: { text: `${r('SEC("tc")', 100_000)} int f(struct __sk_buff *c) { return 0; }`, beyond: 'the function f stands in more than 64 sections' },
  'old maps': { text: lines(8_000, (i) => `struct bpf_map_def SEC("maps") m${i} = { .type = BPF_MAP_TYPE_HASH, };`) },
  'arms of an #if': { text: `#if A\n${r('#elif X\n', 100_000)}#endif` },
  'too long a text': { text: r(LAST, 170_000), last: false },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ebpf-extremes-'));
  for (const [name, { text }] of Object.entries(SHAPES)) writeFileSync(path.join(folder, `${name}.bpf.c`), `${FIRST}${text}\n${LAST}`);
  mkdirSync(path.join(folder, 'h'));
  // Headers in circles, of themselves and through a thousand others.
  for (let i = 0; i < 1_000; i++) writeFileSync(path.join(folder, 'h', `h${i}.h`), `#include "h${(i + 1) % 1_000}.h"\n#include "h${(i * 7) % 1_000}.h"\n#include "h${i}.h"\n`);
  writeFileSync(path.join(folder, 'headers.bpf.c'), `#include "h/h0.h"\n#include "headers.bpf.c"\n${FIRST}${LAST}`);
  ftruncateSync(openSync(path.join(folder, 'huge.bpf.c'), 'w'), 100 * 2 ** 20);
  writeFileSync(path.join(folder, 'plain.bpf.c'), `${FIRST}${LAST}`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command line; the test's own process stays free to answer who runs it. */
async function run(args: readonly string[]): Promise<{ readonly status: number | null; readonly signal: string | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    for await (const part of stream.setEncoding('utf8')) text += String(part);
    return text;
  };
  const ended = new Promise<readonly [number | null, string | null]>((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));
  const [stdout, stderr, [status, signal]] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
  return { status, signal, stdout, stderr };
}

it('on the command line', async () => {
  const names = [...Object.keys(SHAPES), 'headers', 'huge', 'plain'].map((name) => `${name}.bpf.c`);
  const ran = await run([`--max-old-space-size=${HEAP}`, path.join(builtCli(), 'cli.js'), 'check', '--kernel', '5.4..6.8', '--format', 'json', ...names]);
  expect([ran.status, ran.signal], ran.stderr.slice(-2_000)).toEqual([2, null]);
  const { files } = JSON.parse(ran.stdout) as CheckJson;
  expect(files.map((file) => file.path)).toEqual(names);
  for (const file of files) {
    const name = file.path.replace('.bpf.c', '');
    const shape = SHAPES[name];
    const error = name === 'huge' ? 'is larger than 16 MiB' : name === 'too long a text' ? 'is longer than 8 MiB of text: nothing in it is seen' : undefined;
    expect([name, file.error]).toEqual([name, error]);
    if (error !== undefined) continue;
    const found = new Set(file.programs.map((program) => program.name));
    expect([name, found.has('first'), found.has('last')]).toEqual([name, true, shape?.last !== false]);
    expect(file.findings.some((finding) => finding.subject === 'bpf_skb_load_bytes'), name).toBe(true);
  }
  expect(ran.stderr).toContain('headers.bpf.c includes more than 200 files: the rest is not read');
  for (const [name, { beyond }] of Object.entries(SHAPES)) if (beyond !== undefined) expect(ran.stderr.split('\n').filter((line) => line.includes(`${name}.bpf.c`) && line.includes(beyond)), name).toHaveLength(1);
  expect(ran.stderr).toMatch(/laughs\.bpf\.c: the macro \w+ .* deep: what is beyond that is not seen/);
  tell('extremes', { files: files.length, 'MiB of heap': HEAP, programs: files.reduce((sum, file) => sum + file.programs.length, 0) });
}, 1_800_000);

it('in the editor', async () => {
  const server = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, path.join(builtCli(), 'cli.js'), 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<string>((resolve) => server.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`)));
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  const waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: PublishDiagnosticsParams) => waiting.get(uri)?.(diagnostics));
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, initializationOptions: { debounceMs: 0 } });
  await connection.sendNotification('initialized', {});
  let asked = 0;
  const shapes = [...Object.entries(SHAPES).filter(([, shape]) => !shape.long), ['plain', { text: '' }] as const];
  for (const [name, { text }] of shapes) {
    const uri = `file:///w/${encodeURIComponent(name)}.bpf.c`;
    const shown = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text: `${FIRST}${text}\n${LAST}` } });
    const diagnostics = await Promise.race([shown, ended]);
    expect(diagnostics, name).toBeInstanceOf(Array);
    if (name !== 'too long a text') expect(JSON.stringify(diagnostics), name).toContain('bpf_skb_load_bytes');
    for (const method of ['hover', 'completion', 'documentSymbol', 'codeLens'] as const) {
      const answer = await Promise.race([connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: { line: 0, character: 55 } }), ended]);
      expect(answer, `${method} in ${name}`).not.toBeTypeOf('string');
      asked++;
    }
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }
  expect(asked).toBe(4 * shapes.length);
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  expect(await ended).toBe('ended with 0');
  connection.dispose();
}, 1_800_000);
