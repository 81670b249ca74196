/** The index of the workspace over a real connection: what it finds, what it leaves out, and how it follows edits and the disk. */
import { afterEach, describe, expect, it } from 'vitest';
import type { DirectoryEntry } from '../../server/src/lsp/fileWalk.js';
import { READ_DIRECTORY_REQUEST, READ_FILE_REQUEST, WORKSPACE_CHANGED_NOTIFICATION, WORKSPACE_REQUEST, type FileSummary, type ReadParams, type WorkspaceChange, type WorkspaceInfo, type WorkspaceParams } from '../../server/src/lsp/messages.js';
import { startClient, type ClientOptions, type TestClient } from './client.js';

const ROOT = 'file:///work/my%20project';
const XDP = `#include <bpf/bpf_helpers.h>
#include "shared.h"
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, int); __type(value, long); } counts SEC(".maps");
int verbose;
SEC("xdp") int pass(struct xdp_md *ctx) {
	int key = 0;
	bpf_map_lookup_elem(&counts, &key);
	return look(ctx);
}
char LICENSE[] SEC("license") = "GPL";
`;
const SHARED = 'static int look(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx) ? 2 : 1; }\n';
const TC = `#include <bpf/bpf_helpers.h>
SEC("tc") int shape(struct __sk_buff *skb) { return 0; }
`;

/** A disk in memory: path to text. */
type Disk = Map<string, string>;

const uriOf = (path: string): string => `${ROOT}/${path.split('/').map(encodeURIComponent).join('/')}`;
const pathOf = (uri: string): string | undefined => (uri === ROOT ? '' : uri.startsWith(`${ROOT}/`) ? decodeURIComponent(uri.slice(ROOT.length + 1)) : undefined);

function list(disk: Disk, uri: string): DirectoryEntry[] | undefined {
  const folder = pathOf(uri);
  if (folder === undefined) return undefined;
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = new Map<string, DirectoryEntry>();
  for (const path of disk.keys()) {
    if (!path.startsWith(prefix)) continue;
    const [name, ...rest] = path.slice(prefix.length).split('/');
    entries.set(name!, [name!, rest.length > 0 ? 'folder' : 'file']);
  }
  return entries.size > 0 ? [...entries.values()] : undefined;
}

let client: TestClient;
let changes: WorkspaceChange[];
afterEach(() => client.stop());

async function start(disk: Disk, options: ClientOptions = {}): Promise<void> {
  client = await startClient({
    workspaceFolders: [{ uri: ROOT, name: 'my project' }],
    host: { readFile: async (uri) => disk.get(pathOf(uri) ?? ''), readDirectory: async (uri) => list(disk, uri) },
    ...options,
  });
  changes = [];
  client.connection.onNotification(WORKSPACE_CHANGED_NOTIFICATION, (change: WorkspaceChange) => void changes.push(change));
}

const ask = (params: WorkspaceParams = {}): Promise<WorkspaceInfo> => client.connection.sendRequest<WorkspaceInfo>(WORKSPACE_REQUEST, params);

/** Asks until the answer satisfies a condition; the runner ends what never does. */
async function until(test: (info: WorkspaceInfo) => boolean): Promise<WorkspaceInfo> {
  for (;;) {
    const info = await ask();
    if (test(info)) return info;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const ready = (): Promise<WorkspaceInfo> => until((info) => info.state !== 'indexing');
const fileOf = (info: WorkspaceInfo, path: string): FileSummary => info.files.find((file) => file.path === path)!;
const paths = (info: WorkspaceInfo): string[] => info.files.map((file) => file.path);
const watched = (path: string, type: 1 | 2 | 3): Promise<void> => client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(path), type }] });

describe('what is found', () => {
  it('summarises every eBPF C file, with what is reached through headers', async () => {
    await start(new Map([['src/pass.bpf.c', XDP], ['src/shared.h', SHARED], ['tc/shape.c', TC], ['src/loader.c', 'int main(void) { return 0; }'], ['README.md', '# SEC("xdp")']]));
    const info = await ready();
    expect(paths(info)).toEqual(['src/pass.bpf.c', 'tc/shape.c']);
    const file = fileOf(info, 'src/pass.bpf.c');
    expect(file).toMatchObject({ uri: uriOf('src/pass.bpf.c'), license: 'GPL', minKernel: '5.18', errors: 0, targetKernel: '' });
    expect(file.programs).toMatchObject([{ name: 'pass', section: 'xdp', programType: 'BPF_PROG_TYPE_XDP', attachType: 'BPF_XDP', typeTitle: 'XDP', state: 'fine', minKernel: '5.18', maps: ['counts'], helpers: ['bpf_map_lookup_elem', 'bpf_xdp_get_buff_len'], kfuncs: [] }]);
    expect(file.programs[0]!.nameRange).toEqual({ start: { line: 4, character: 15 }, end: { line: 4, character: 19 } });
    expect(file.maps).toMatchObject([{ name: 'counts', type: 'BPF_MAP_TYPE_HASH', uri: file.uri }]);
    expect(file.globals.map((g) => g.name)).toEqual(['verbose']);
  });

  it('leaves out what .gitignore, tools and builds keep, and takes what an inner .gitignore takes back', async () => {
    const disk: Disk = new Map([
      ['.gitignore', 'out/\n*.gen.c\n'], ['a.bpf.c', TC], ['out/b.bpf.c', TC], ['c.gen.c', TC], ['node_modules/x/d.bpf.c', TC], ['.git/e.bpf.c', TC],
      ['sub/.gitignore', '!keep.gen.c\n/local\n'], ['sub/keep.gen.c', TC], ['sub/other.gen.c', TC], ['sub/local/f.bpf.c', TC],
    ]);
    await start(disk);
    expect(paths(await ready())).toEqual(['a.bpf.c', 'sub/keep.gen.c']);
  });

  it('stops at the number of files that the setting says, and says so', async () => {
    const disk: Disk = new Map(Array.from({ length: 9 }, (_, i) => [`p${i}.bpf.c`, TC]));
    await start(disk, { configuration: () => ({ workspaceIndex: { maxFiles: 4 } }), host: { readFile: async (uri) => disk.get(pathOf(uri) ?? ''), readDirectory: async (uri) => list(disk, uri) } });
    const info = await ready();
    expect(info.files).toHaveLength(4);
    expect(info.truncated).toBe(true);
  });

  it('knows only open files when it is switched off', async () => {
    await start(new Map([['a.bpf.c', TC]]), { configuration: () => ({ workspaceIndex: { enabled: false } }) });
    await client.open(uriOf('open.bpf.c'), TC);
    const info = await until((i) => i.files.length > 0);
    expect(info.state).toBe('off');
    expect(paths(info)).toEqual(['open.bpf.c']);
  });

  it('asks the client for files where the host has none', async () => {
    const disk: Disk = new Map([['a.bpf.c', XDP], ['shared.h', SHARED]]);
    await start(new Map(), { initializationOptions: { debounceMs: 0, readsFiles: true }, host: {} });
    client.connection.onRequest(READ_FILE_REQUEST, ({ uri }: ReadParams) => disk.get(pathOf(uri) ?? '') ?? null);
    client.connection.onRequest(READ_DIRECTORY_REQUEST, ({ uri }: ReadParams) => list(disk, uri) ?? null);
    expect(fileOf(await ready(), 'a.bpf.c').programs[0]!.minKernel).toBe('5.18');
  });

  it('does nothing before somebody asks', async () => {
    let read = 0;
    await start(new Map(), { host: { readFile: async () => undefined, readDirectory: async () => (read++, undefined) } });
    await client.open(uriOf('open.bpf.c'), TC);
    await client.diagnostics(uriOf('open.bpf.c'));
    expect(read).toBe(0);
  });
});

describe('what changes', () => {
  it('tells of an edit before it is saved, and forgets it when the file is closed', async () => {
    await start(new Map([['tc/shape.c', TC]]));
    await ready();
    const uri = uriOf('tc/shape.c');
    await client.open(uri, TC);
    await client.diagnostics(uri);
    await client.change(uri, 2, TC.replace('shape', 'limit').replace('return 0', 'return bpf_get_prandom_u32()'));
    const edited = await until((info) => fileOf(info, 'tc/shape.c').programs[0]?.name === 'limit');
    expect(fileOf(edited, 'tc/shape.c').programs[0]!.helpers).toEqual(['bpf_get_prandom_u32']);
    await expect.poll(() => changes.at(-1)?.files.map((file) => file.programs[0]!.name)).toEqual(['limit']);
    await client.close(uri);
    await until((info) => fileOf(info, 'tc/shape.c').programs[0]?.name === 'shape');
  });

  it('follows the disk: files that come, change and go, and headers under them', async () => {
    const disk: Disk = new Map([['a.bpf.c', XDP], ['.gitignore', 'out\n']]);
    await start(disk);
    expect(fileOf(await ready(), 'a.bpf.c').minKernel).not.toBe('5.18');
    disk.set('shared.h', SHARED);
    await watched('shared.h', 1);
    await until((info) => fileOf(info, 'a.bpf.c').minKernel === '5.18');
    disk.set('shared.h', 'static int look(void *ctx) { return 2; }');
    await watched('shared.h', 2);
    await until((info) => fileOf(info, 'a.bpf.c').minKernel !== '5.18');
    disk.set('new.bpf.c', TC).set('out/new.bpf.c', TC);
    await watched('out/new.bpf.c', 1);
    await watched('new.bpf.c', 1);
    await until((info) => info.files.length === 2);
    await watched('new.bpf.c', 3);
    expect(paths(await until((info) => info.files.length === 1))).toEqual(['a.bpf.c']);
    await until(() => changes.some((change) => change.removed.length > 0));
    expect(changes.flatMap((change) => change.removed)).toEqual([uriOf('new.bpf.c')]);
  });

  it('an edited header that is open counts for files that are not', async () => {
    await start(new Map([['a.bpf.c', XDP], ['shared.h', SHARED]]));
    await ready();
    await client.open(uriOf('shared.h'), SHARED);
    await client.change(uriOf('shared.h'), 2, 'static int look(struct xdp_md *ctx) { return bpf_get_smp_processor_id(); }');
    await until((info) => fileOf(info, 'a.bpf.c').programs[0]!.helpers.includes('bpf_get_smp_processor_id'));
  });

  it('judges anew for a new target kernel', async () => {
    let targetKernel = '';
    const disk: Disk = new Map([['a.bpf.c', XDP], ['shared.h', SHARED]]);
    await start(disk, { configuration: () => ({ targetKernel }) });
    expect(fileOf(await ready(), 'a.bpf.c').programs[0]!.state).toBe('fine');
    targetKernel = '5.10';
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    const info = await until((i) => fileOf(i, 'a.bpf.c').programs[0]!.state === 'errors');
    expect(fileOf(info, 'a.bpf.c')).toMatchObject({ errors: 1, targetKernel: '5.10' });
  });

  it('follows folders that come and go', async () => {
    await start(new Map([['a.bpf.c', TC]]), { workspaceFolders: [], capabilities: { workspace: { workspaceFolders: true } } });
    expect(await ready()).toMatchObject({ files: [] });
    const folder = { uri: ROOT, name: 'my project' };
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [folder], removed: [] } });
    await until((info) => info.files.length === 1);
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [folder] } });
    await until((info) => info.files.length === 0);
  });
});
