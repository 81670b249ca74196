/** The call hierarchy over the whole workspace: callers in files that are not open, further up from there, and definitions in other files. */
import { afterEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource, type CallHierarchyIncomingCall, type CallHierarchyItem, type CallHierarchyOutgoingCall } from 'vscode-languageserver-protocol/node';
import { startClient, type ClientOptions, type TestClient } from './client.js';
import { hostOf, ROOT, uriOf, type Disk } from './disk.js';

let client: TestClient;
afterEach(() => client.stop());

async function start(disk: Disk, options: ClientOptions = {}): Promise<void> {
  client = await startClient({ workspaceFolders: [{ uri: ROOT, name: 'p' }], host: hostOf(disk), ...options });
}

/** Opens a file and prepares the hierarchy of what stands first at a text in it. */
async function prepare(disk: Disk, path: string, needle: string): Promise<CallHierarchyItem> {
  const text = disk.get(path)!;
  await client.open(uriOf(path), text);
  const before = text.slice(0, text.indexOf(needle)).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)!.length };
  const items = await client.connection.sendRequest<CallHierarchyItem[] | null>('textDocument/prepareCallHierarchy', { textDocument: { uri: uriOf(path) }, position });
  expect(items).toHaveLength(1);
  return items![0]!;
}

const incoming = (item: CallHierarchyItem): Promise<CallHierarchyIncomingCall[]> => client.connection.sendRequest('callHierarchy/incomingCalls', { item });
const outgoing = (item: CallHierarchyItem): Promise<CallHierarchyOutgoingCall[]> => client.connection.sendRequest('callHierarchy/outgoingCalls', { item });
/** `name path:line`, and the lines of the calls behind it. */
const spotOf = ({ name, uri, selectionRange }: CallHierarchyItem): string => `${name} ${uri.slice(ROOT.length + 1)}:${selectionRange.start.line + 1}`;
const callers = async (item: CallHierarchyItem): Promise<string[]> => (await incoming(item)).map(({ from, fromRanges }) => `${spotOf(from)} at ${fromRanges.map((range) => range.start.line + 1).join(', ')}`);

const SHARED = 'static int parse(void *ctx)\n{\n\treturn bpf_ktime_get_ns() != 0;\n}\n';
const program = (section: string, name: string, header = 'shared.h'): string => `#include "${header}"\nSEC("${section}") int ${name}(void *ctx)\n{\n\treturn parse(ctx) + parse(ctx);\n}\n`;

describe('incoming calls', () => {
  it('come from files that are not open, and from headers between, each caller once', async () => {
    const disk: Disk = new Map([
      ['shared.h', SHARED], ['a.bpf.c', program('xdp', 'a')], ['sub/b.bpf.c', program('tc', 'b', '../shared.h')], ['open.bpf.c', program('tc', 'o')],
      ['middle.h', '#include "shared.h"\nstatic int middle(void *ctx) { return parse(ctx); }\n'],
      ['c.bpf.c', '#include "middle.h"\nSEC("xdp") int c(void *ctx) { return middle(ctx); }\n'], ['d.bpf.c', '#include "middle.h"\nSEC("xdp") int d(void *ctx) { return middle(ctx); }\n'],
      ['own.bpf.c', `${SHARED}SEC("xdp") int own(void *ctx) { return parse(ctx); }\n`],
    ]);
    await start(disk);
    await client.open(uriOf('open.bpf.c'), disk.get('open.bpf.c')!);
    const item = await prepare(disk, 'a.bpf.c', 'parse');
    expect(spotOf(item)).toBe('parse shared.h:1');
    expect(await callers(item)).toEqual(['a a.bpf.c:2 at 4, 4', 'o open.bpf.c:2 at 4, 4', 'middle middle.h:2 at 2', 'b sub/b.bpf.c:2 at 4, 4']);
    // Further up and down from what was found in a file that is not open.
    const middle = (await incoming(item)).find(({ from }) => from.name === 'middle')!.from;
    expect(await callers(middle)).toEqual(['c c.bpf.c:2 at 2', 'd d.bpf.c:2 at 2']);
    const b = (await incoming(item)).find(({ from }) => from.name === 'b')!.from;
    expect((await outgoing(b)).map(({ to }) => spotOf(to))).toEqual(['parse shared.h:1']);
    expect(await incoming(b)).toEqual([]);
  });

  it('of a helper come from everywhere, also through a macro that another file hands out', async () => {
    const disk: Disk = new Map([
      ['now.h', '#define NOW() bpf_ktime_get_ns()\n'],
      ['a.bpf.c', '#include "now.h"\nSEC("xdp") int a(void *ctx) { return bpf_ktime_get_ns() + NOW(); }\n'], ['b.bpf.c', '#include "now.h"\nSEC("tc") int b(void *ctx) { return NOW(); }\n'],
      ['c.bpf.c', 'SEC("tc") int c(void *ctx) { return bpf_ktime_get_ns(); }\n'], ['own.bpf.c', 'static int bpf_ktime_get_ns(void) { return 1; }\nSEC("tc") int own(void *ctx) { return bpf_ktime_get_ns(); }\n'],
    ]);
    await start(disk);
    expect(await callers(await prepare(disk, 'a.bpf.c', 'bpf_ktime_get_ns'))).toEqual(['a a.bpf.c:2 at 2, 2', 'b b.bpf.c:2 at 2', 'c c.bpf.c:1 at 1']);
  });

  it('follow what a linker joins, from the definition and from a declaration', async () => {
    const disk: Disk = new Map([
      ['lib.bpf.c', 'int count(int n) { return n + bpf_get_smp_processor_id(); }\n'], ['a.bpf.c', 'extern int count(int n);\nSEC("xdp") int a(void *ctx) { return count(1); }\n'],
      ['b.bpf.c', 'int count(int n);\nSEC("tc") int b(void *ctx) { int count = 1; return count; }\nSEC("tc") int c(void *ctx) { return count(2); }\n'],
    ]);
    await start(disk);
    const expected = ['a a.bpf.c:2 at 2', 'c b.bpf.c:3 at 3'];
    expect((await callers(await prepare(disk, 'lib.bpf.c', 'count'))).sort()).toEqual(expected);
    await client.close(uriOf('lib.bpf.c'));
    const declared = await prepare(disk, 'a.bpf.c', 'count(1)');
    expect(declared).toMatchObject({ uri: uriOf('a.bpf.c'), detail: 'declared' });
    expect((await callers(declared)).sort()).toEqual(expected);
    expect((await outgoing(declared)).map(({ to }) => to.name)).toEqual(['bpf_get_smp_processor_id']);
  });

  it('are those of the disk as it is; what is gone has none', async () => {
    const disk: Disk = new Map([['shared.h', SHARED], ['a.bpf.c', program('xdp', 'a')], ['b.bpf.c', program('tc', 'b')]]);
    await start(disk);
    const item = await prepare(disk, 'a.bpf.c', 'parse');
    const b = (await incoming(item)).find(({ from }) => from.name === 'b')!.from;
    disk.set('b.bpf.c', `\n\n${program('tc', 'b')}`);
    expect(await callers(item)).toEqual(['a a.bpf.c:2 at 4, 4', 'b b.bpf.c:4 at 6, 6']);
    disk.delete('b.bpf.c');
    expect(await callers(item)).toEqual(['a a.bpf.c:2 at 4, 4']);
    expect(await outgoing(b)).toBeNull();
  });

  it('are those of open files alone where the index is switched off', async () => {
    const disk: Disk = new Map([['shared.h', SHARED], ['a.bpf.c', program('xdp', 'a')], ['b.bpf.c', program('tc', 'b')]]);
    await start(disk, { configuration: () => ({ workspaceIndex: { enabled: false } }) });
    expect(await callers(await prepare(disk, 'a.bpf.c', 'parse'))).toEqual(['a a.bpf.c:2 at 4, 4']);
  });

  it('end when they are taken back while files are read', async () => {
    const disk: Disk = new Map([['shared.h', SHARED], ['a.bpf.c', program('xdp', 'a')], ['b.bpf.c', program('tc', 'b')]]);
    let held: (() => void) | undefined;
    let free = (): void => undefined;
    const freed = new Promise<void>((resolve) => (free = resolve));
    const host = hostOf(disk);
    await start(disk, {
      host: {
        ...host,
        readFile: async (uri) => {
          if (held !== undefined && uri.endsWith('/b.bpf.c')) {
            held();
            await freed;
          }
          return host.readFile!(uri);
        },
      },
    });
    const item = await prepare(disk, 'a.bpf.c', 'parse');
    expect(await callers(item)).toHaveLength(2);
    const reading = new Promise<void>((resolve) => (held = resolve));
    const source = new CancellationTokenSource();
    const answer = client.connection.sendRequest('callHierarchy/incomingCalls', { item }, source.token);
    const refused = expect(answer).rejects.toMatchObject({ code: -32800 });
    await reading;
    source.cancel();
    // Answered behind it, so the server has heard of both by then.
    await client.connection.sendRequest('textDocument/hover', { textDocument: { uri: uriOf('a.bpf.c') }, position: { line: 0, character: 0 } });
    free();
    await refused;
  });
});
