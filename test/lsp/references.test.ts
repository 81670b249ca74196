/** References over the whole workspace: files that are not open, what changed on the disk, what only has the same name, and requests that are taken back. */
import { afterEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource, type Location } from 'vscode-languageserver-protocol/node';
import { startClient, type ClientOptions, type TestClient } from './client.js';
import { hostOf, ROOT, uriOf, type Disk } from './disk.js';

let client: TestClient;
afterEach(() => client.stop());

async function start(disk: Disk, options: ClientOptions = {}): Promise<void> {
  client = await startClient({ workspaceFolders: [{ uri: ROOT, name: 'p' }], host: hostOf(disk), ...options });
}

/** Opens a file of the disk and asks about the first place of a text in it, as `path:line:character`, 1-based. */
async function uses(disk: Disk, path: string, needle: string, includeDeclaration = true): Promise<string[]> {
  const text = disk.get(path)!;
  await client.open(uriOf(path), text);
  return ask(path, text, needle, includeDeclaration);
}

async function ask(path: string, text: string, needle: string, includeDeclaration = true): Promise<string[]> {
  const before = text.slice(0, text.indexOf(needle)).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)!.length };
  const found = await client.connection.sendRequest<Location[] | null>('textDocument/references', { textDocument: { uri: uriOf(path) }, position, context: { includeDeclaration } });
  return (found ?? []).map(({ uri, range }) => `${uri.slice(ROOT.length + 1)}:${range.start.line + 1}:${range.start.character + 1}`);
}

const MAPS = 'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, int); } shared SEC(".maps");\n';
const user = (section: string, name: string): string => `#include "maps.h"\nSEC("${section}") int ${name}(void *ctx)\n{\n\tint key = 0;\n\treturn bpf_map_lookup_elem(&shared, &key) != 0;\n}\n`;

describe('references', () => {
  it('come from files that are not open too, its own file first, others by name', async () => {
    const disk: Disk = new Map([
      ['maps.h', MAPS], ['z.bpf.c', user('xdp', 'z')], ['b.bpf.c', user('tc', 'b')], ['a.bpf.c', user('tc', 'a')],
      ['other.bpf.c', user('xdp', 'other').replace('#include "maps.h"\n', MAPS)],
      ['more.h', '#include "maps.h"\nstatic int more(void) { int k = 0; return bpf_map_lookup_elem(&shared, &k) != 0; }\n'],
      ['c.bpf.c', '#include "more.h"\nSEC("xdp") int c(void *ctx) { return more(); }\n'],
    ]);
    await start(disk);
    await client.open(uriOf('b.bpf.c'), disk.get('b.bpf.c')!);
    expect(await uses(disk, 'z.bpf.c', 'shared')).toEqual(['z.bpf.c:5:30', 'maps.h:1:108', 'a.bpf.c:5:30', 'b.bpf.c:5:30', 'more.h:2:64']);
    expect(await ask('z.bpf.c', disk.get('z.bpf.c')!, 'shared', false)).toEqual(['z.bpf.c:5:30', 'a.bpf.c:5:30', 'b.bpf.c:5:30', 'more.h:2:64']);
  });

  it('of a helper are in every eBPF file and its headers, but not where something else has its name', async () => {
    const disk: Disk = new Map([
      ['maps.h', MAPS], ['a.bpf.c', user('xdp', 'a')], ['sub/b.bpf.c', user('tc', 'b').replace('maps.h', '../maps.h')],
      ['look.h', 'static int look(void *map) { int k = 0; return bpf_map_lookup_elem(map, &k) != 0; }\n'],
      ['c.bpf.c', '#include "look.h"\nSEC("xdp") int c(void *ctx) { return look(0); }\n'],
      ['own.bpf.c', 'static int bpf_map_lookup_elem(int a) { return a; }\nSEC("xdp") int o(void *ctx) { return bpf_map_lookup_elem(1); }\n'],
      ['local.bpf.c', 'SEC("xdp") int l(void *ctx) { int bpf_map_lookup_elem = 1; return bpf_map_lookup_elem; /* bpf_map_lookup_elem */ }\n'],
      ['loader.c', 'int main(void) { int v; return bpf_map_lookup_elem(3, &v, &v); }\n'],
    ]);
    await start(disk);
    await client.open(uriOf('loader.c'), disk.get('loader.c')!);
    expect(await uses(disk, 'a.bpf.c', 'bpf_map_lookup_elem')).toEqual(['a.bpf.c:5:9', 'look.h:1:48', 'sub/b.bpf.c:5:9']);
    expect(await uses(disk, 'own.bpf.c', 'bpf_map_lookup_elem')).toEqual(['own.bpf.c:1:12', 'own.bpf.c:2:38']);
  });

  it('of a kfunc include its declarations in other files', async () => {
    const text = (name: string): string => `extern void bpf_rcu_read_lock(void) __ksym;\nSEC("tc") int ${name}(struct __sk_buff *skb) { bpf_rcu_read_lock(); return 0; }\n`;
    const disk: Disk = new Map([['a.bpf.c', text('a')], ['b.bpf.c', text('b')]]);
    await start(disk);
    expect(await uses(disk, 'b.bpf.c', 'bpf_rcu_read_lock')).toEqual(['b.bpf.c:1:13', 'b.bpf.c:2:42', 'a.bpf.c:1:13', 'a.bpf.c:2:42']);
  });

  it('of what a linker joins go from file to file; what is static, or defined twice, stays apart', async () => {
    const program = (name: string): string => `SEC("xdp") int ${name}(void *ctx) { return seen + mine; }\n`;
    const disk: Disk = new Map([
      ['a.bpf.c', `int seen;\nstatic int mine;\n${program('a')}`], ['b.bpf.c', `extern int seen;\nextern int mine;\n${program('b')}`], ['c.bpf.c', `int seen;\nint mine;\n${program('c')}`],
    ]);
    await start(disk);
    expect(await uses(disk, 'a.bpf.c', 'seen')).toEqual(['a.bpf.c:1:5', 'a.bpf.c:3:38', 'b.bpf.c:1:12', 'b.bpf.c:3:38']);
    expect(await ask('a.bpf.c', disk.get('a.bpf.c')!, 'mine')).toEqual(['a.bpf.c:2:12', 'a.bpf.c:3:45']);
  });

  it('of a program lead to the program arrays that hold it in files that include it', async () => {
    const disk: Disk = new Map([
      ['next.h', 'SEC("xdp") int next(struct xdp_md *ctx) { return 2; }\n'],
      ['a.bpf.c', '#include "next.h"\nSEC("xdp") int a(struct xdp_md *ctx) { return next(ctx); }\n'],
      ['jump.bpf.c', '#include "next.h"\nstruct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __uint(key_size, 4); __array(values, int(struct xdp_md *)); } jumps SEC(".maps") = { .values = { [0] = (void *)&next } };\nSEC("xdp") int j(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 0); return 0; }\n'],
    ]);
    await start(disk);
    expect(await uses(disk, 'a.bpf.c', 'next(ctx)')).toEqual(['a.bpf.c:2:47', 'next.h:1:16', `jump.bpf.c:2:${disk.get('jump.bpf.c')!.split('\n')[1]!.lastIndexOf('next') + 1}`]);
  });

  it('are those of the disk as it is, whether or not anybody told of the change', async () => {
    const disk: Disk = new Map([['maps.h', MAPS], ['a.bpf.c', user('xdp', 'a')], ['b.bpf.c', user('tc', 'b')]]);
    await start(disk);
    expect(await uses(disk, 'a.bpf.c', 'shared', false)).toEqual(['a.bpf.c:5:30', 'b.bpf.c:5:30']);
    disk.set('b.bpf.c', `\n\n${user('tc', 'b')}`);
    expect(await ask('a.bpf.c', disk.get('a.bpf.c')!, 'shared', false)).toEqual(['a.bpf.c:5:30', 'b.bpf.c:7:30']);
    disk.delete('b.bpf.c');
    expect(await ask('a.bpf.c', disk.get('a.bpf.c')!, 'shared', false)).toEqual(['a.bpf.c:5:30']);
  });

  it('are those of the open text where a file is open, typed or not', async () => {
    const disk: Disk = new Map([['maps.h', MAPS], ['a.bpf.c', user('xdp', 'a')], ['b.bpf.c', user('tc', 'b')]]);
    await start(disk);
    await client.open(uriOf('b.bpf.c'), disk.get('b.bpf.c')!);
    await client.change(uriOf('b.bpf.c'), 2, `\n${disk.get('b.bpf.c')!}`);
    expect(await uses(disk, 'a.bpf.c', 'shared', false)).toEqual(['a.bpf.c:5:30', 'b.bpf.c:6:30']);
  });

  it('are those of open files alone where the index is switched off', async () => {
    const disk: Disk = new Map([['maps.h', MAPS], ['a.bpf.c', user('xdp', 'a')], ['b.bpf.c', user('tc', 'b')], ['c.bpf.c', user('tc', 'c')]]);
    await start(disk, { configuration: () => ({ workspaceIndex: { enabled: false } }) });
    await client.open(uriOf('c.bpf.c'), disk.get('c.bpf.c')!);
    expect(await uses(disk, 'a.bpf.c', 'bpf_map_lookup_elem')).toEqual(['a.bpf.c:5:9', 'c.bpf.c:5:9']);
  });

  it('end when they are taken back while files are read', async () => {
    const disk: Disk = new Map([['maps.h', MAPS], ['a.bpf.c', user('xdp', 'a')], ['b.bpf.c', user('tc', 'b')]]);
    let hold = false;
    let held = (): void => undefined;
    const reading = new Promise<void>((resolve) => (held = resolve));
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await start(disk, {
      host: {
        ...hostOf(disk),
        readFile: async (uri) => {
          if (hold && uri.endsWith('/b.bpf.c')) {
            held();
            await released;
          }
          return disk.get(uri.slice(ROOT.length + 1));
        },
      },
    });
    expect(await uses(disk, 'a.bpf.c', 'shared')).toHaveLength(3);
    hold = true;
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: uriOf('a.bpf.c') }, position: { line: 4, character: 30 }, context: { includeDeclaration: true } };
    const answer = client.connection.sendRequest('textDocument/references', params, source.token);
    await reading;
    source.cancel();
    // What comes behind it is answered, so it was read.
    await client.connection.sendRequest('nothing/of/this/name').catch(() => undefined);
    release();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
  });
});
