/** Project files in the editor: what they say counts, for the files that they are for, and their mistakes are marked. */
import { afterEach, expect, it } from 'vitest';
import { startClient, type ClientOptions, type TestClient } from './client.js';

let client: TestClient;
afterEach(() => client.stop());

const CODE = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n';
const FILE = 'file:///work/.ebpf-lens.yaml';
const watched = { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };

/** A client over files that tests may change. */
async function start(files: Record<string, string>, options: ClientOptions = {}): Promise<(changes?: Record<string, string | undefined>) => Promise<void>> {
  const disk = new Map(Object.entries(files));
  client = await startClient({ ...options, capabilities: watched, host: { readFile: (uri) => Promise.resolve(disk.get(uri)), ...options.host } });
  return async (changes = {}) => {
    for (const [uri, text] of Object.entries(changes)) disk[text === undefined ? 'delete' : 'set'](uri, text ?? '');
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: Object.keys(changes).map((uri) => ({ uri, type: 2 })) });
  };
}
const said = ({ diagnostics }: { diagnostics: readonly { message: unknown }[] }): string => String(diagnostics[0]?.message);
const rules = async (uri: string, wanted: readonly string[]): Promise<void> => {
  await client.diagnostics(uri, (p) => JSON.stringify(p.diagnostics.map((d) => d.code)) === JSON.stringify(wanted));
};

it('counts more than the client\'s settings, for the files that it is for, and says so in the log', async () => {
  await start({ [FILE]: 'kernel: 5.10\ntargets: [{ files: new/**, kernel: 6.1 }]\nexclude: old\n' }, { configuration: () => ({ targetKernel: '6.1', debounceMs: 0 }) });
  await client.open('file:///work/a.bpf.c', CODE);
  await rules('file:///work/a.bpf.c', ['helper-newer-than-target']);
  for (const uri of ['file:///work/new/a.bpf.c', 'file:///work/old/a.bpf.c', 'file:///else/a.bpf.c']) {
    await client.open(uri, CODE);
    await rules(uri, []);
  }
  expect((await client.status('file:///work/a.bpf.c')).targetKernel).toBe('5.10');
  expect((await client.status('file:///else/a.bpf.c')).targetKernel).toBe('6.1');
  expect((await client.status('file:///work/old/a.bpf.c')).notice?.reason).toContain('.ebpf-lens.yaml');
  expect(client.messages.map((m) => m.text).join('\n')).toContain('/work/.ebpf-lens.yaml counts more than settings: targetKernel is 5.10 there, not 6.1');
});

it('the nearest one wins, up to the top of the repository', async () => {
  await start({ [FILE]: 'kernel: 5.10\n', 'file:///work/sub/.ebpf-lens.yaml': 'license: GPL\n', 'file:///work/other/.git/HEAD': 'ref: refs/heads/main\n' });
  for (const [uri, wanted] of [['file:///work/deep/er/a.bpf.c', ['helper-newer-than-target']], ['file:///work/sub/a.bpf.c', []], ['file:///work/other/a.bpf.c', []]] as const) {
    await client.open(uri, CODE);
    await rules(uri, wanted);
  }
});

it('finds headers and macros that it names', async () => {
  await start({ [FILE]: 'includePaths: [inc]\nmacros: ["WHERE=\\"xdp\\""]\n', 'file:///work/inc/f.h': 'static int f(void *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n' });
  await client.open('file:///work/src/a.bpf.c', '#include <f.h>\nSEC(WHERE) int p(struct xdp_md *ctx) { return f(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n');
  await rules('file:///work/src/a.bpf.c', ['helper-not-allowed']);
});

it('heeds a file that comes, changes and goes', async () => {
  const A = 'file:///work/a.bpf.c';
  const write = await start({});
  await client.open(A, CODE);
  await rules(A, []);
  expect(client.registered).toContain('workspace/didChangeWatchedFiles');
  await write({ [FILE]: 'kernel: 5.10\n' });
  await rules(A, ['helper-newer-than-target']);
  const severity = (wanted: number) => client.diagnostics(A, (p) => p.diagnostics[0]?.severity === wanted);
  await write({ [FILE]: 'kernel: 5.10\nrules: { helper-newer-than-target: info }\n' });
  await severity(3);
  client.published.length = 0;
  await write({ [FILE]: undefined });
  await rules(A, []);
});

it('marks the mistakes of a file on the disk, and takes the good keys', async () => {
  const write = await start({ [FILE]: 'kernel: 5.10\nrule: {}\nlibbpf: soon\n' });
  await client.open('file:///work/a.bpf.c', CODE);
  await rules('file:///work/a.bpf.c', ['helper-newer-than-target']);
  const { diagnostics } = await client.diagnostics(FILE);
  expect(diagnostics).toEqual([
    expect.objectContaining({ source: 'ebpf-lens', code: 'project-file', severity: 1, message: '"rule" is no key of a .ebpf-lens.yaml; did you mean "rules"?', range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } } }),
    expect.objectContaining({ message: '"libbpf" must look like "1.2", is "soon"', range: { start: { line: 2, character: 8 }, end: { line: 2, character: 12 } } }),
  ]);
  await write({ [FILE]: 'kernel: 5.10\n' });
  await client.diagnostics(FILE, (p) => p.diagnostics.length === 0);
});

it('marks mistakes while a file is edited, and takes the marks back when it is closed', async () => {
  await start({ [FILE]: 'kernel: 5.10\n' });
  await client.open('file:///work/a.bpf.c', CODE);
  await rules('file:///work/a.bpf.c', ['helper-newer-than-target']);
  await client.open(FILE, 'kernel: 5.10\n', 1, 'yaml');
  await client.change(FILE, 2, 'kernel: soon\n');
  const { version } = await client.diagnostics(FILE, (p) => said(p).includes('"soon" is no kernel version'));
  expect(version).toBe(2);
  await client.change(FILE, 3, 'kernel: 5.10\n\tx: 1\n');
  await client.diagnostics(FILE, (p) => said(p).startsWith('Not YAML'));
  client.published.length = 0;
  await client.close(FILE);
  await client.diagnostics(FILE, (p) => p.diagnostics.length === 0);
});

it('explains the words of a project file, and goes on after one that cannot be read', async () => {
  await start({}, { host: { whyUnread: (uri) => Promise.resolve(uri === FILE ? 'is a binary file (it has NUL bytes)' : undefined) } });
  await client.open('file:///work/a.bpf.c', CODE);
  await rules('file:///work/a.bpf.c', []);
  expect((await client.diagnostics(FILE)).diagnostics[0]?.message).toBe('The file is a binary file (it has NUL bytes)');
  await client.open(FILE, 'kernel: 5.10\n', 1, 'yaml');
  expect(await client.connection.sendRequest('textDocument/hover', { textDocument: { uri: FILE }, position: { line: 0, character: 1 } })).toMatchObject({ contents: { value: expect.stringContaining('kernels that the programs must load on') as string } });
  expect(await client.connection.sendRequest('textDocument/inlayHint', { textDocument: { uri: FILE }, range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } } })).toBeNull();
});

it('tells a client which file counts, changes it, and offers to switch a rule off in it', async () => {
  const A = 'file:///work/new/a%20b.bpf.c';
  await start({ [FILE]: '# ours\nkernel: 5.10\ntargets:\n  - files: new/**\n    kernel: 5.4 # old\n' }, { initializationOptions: { debounceMs: 0, severityCommand: true } });
  await client.open(A, CODE);
  const { diagnostics } = await client.diagnostics(A, (p) => p.diagnostics.length > 0);
  const ask = <R>(method: string, params: unknown): Promise<R> => client.connection.sendRequest<R>(method, params);
  expect(await ask('ebpfLens/projectFile', { uri: A })).toEqual({ uri: FILE, kernel: '5.4', set: 0 });
  expect(await ask('ebpfLens/projectFile', { uri: 'file:///else/a.bpf.c' })).toBeNull();
  expect(await ask('ebpfLens/editProjectFile', { text: '# ours\nkernel: 5.10 # c\n', change: { kernel: '6.1' } })).toEqual({ text: "# ours\nkernel: '6.1' # c\n" });
  expect(await ask('ebpfLens/editProjectFile', { text: 'a: [', change: { rule: 'unknown-section', severity: 'off' } })).toEqual({ error: expect.any(String) as string });
  expect((await ask<{ text: string }>('ebpfLens/projectFileStarter', { kernel: '5.15' })).text).toContain("\nkernel: '5.15'\n");
  const actions = await ask<{ title: string; command?: { arguments: unknown[] } }[]>('textDocument/codeAction', { textDocument: { uri: A }, range: diagnostics[0]!.range, context: { diagnostics } });
  expect(actions.find((a) => a.command)).toMatchObject({ title: 'Switch helper-newer-than-target off in .ebpf-lens.yaml', command: { arguments: ['helper-newer-than-target', FILE] } });
});

it('switches a rule off by an edit for clients that have no command for it', async () => {
  const A = 'file:///work/a.bpf.c';
  await start({ [FILE]: 'kernel: 5.10 # ours\n' });
  await client.open(A, CODE);
  const { diagnostics } = await client.diagnostics(A, (p) => p.diagnostics.length > 0);
  const actions = await client.connection.sendRequest<{ title: string; edit?: unknown }[]>('textDocument/codeAction', { textDocument: { uri: A }, range: diagnostics[0]!.range, context: { diagnostics } });
  expect(actions.find((a) => a.title.endsWith('off in .ebpf-lens.yaml'))).toMatchObject({
    edit: { changes: { [FILE]: [{ range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, newText: 'kernel: 5.10 # ours\nrules:\n  helper-newer-than-target: off\n' }] } },
  });
});
