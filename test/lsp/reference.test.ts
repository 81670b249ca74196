/** The reference over the protocol: the index, its filter, pages, and the comment of a header that the user has. */
import { afterEach, describe, expect, it } from 'vitest';
import { PAGE_REQUEST, SEARCH_INDEX_REQUEST, type Page, type SearchIndex } from '../../server/src/lsp/messages.js';
import { commentOf } from '../../server/src/lsp/upstreamText.js';
import { startClient, type ClientOptions, type TestClient } from './client.js';

let client: TestClient;
const start = async (options?: ClientOptions): Promise<TestClient> => (client = await startClient(options));
afterEach(() => client.stop());
const index = (params: unknown): Promise<SearchIndex> => client.connection.sendRequest(SEARCH_INDEX_REQUEST, params);
const page = (id: unknown): Promise<Page | null> => client.connection.sendRequest(PAGE_REQUEST, { id });

const HEADER = `
/*
 * bpf_first
 *
 * 	About the first.
 */
static void *(* const bpf_first)(void) = (void *) 1;

/*
 * bpf_redirect
 *
 * 	Sends a packet on.
 *
 * Returns
 * 	A number.
 */
static long (* const bpf_redirect)(__u32 ifindex, __u64 flags) = (void *) 23;
static long (* const bpf_bare)(void) = (void *) 24;
`;

describe('the index', () => {
  it('names everything without any document being open', async () => {
    await start();
    const { entries, programTypes } = await index({});
    expect(entries.length).toBeGreaterThan(1000);
    expect(entries.find((entry) => entry.id === 'helper/bpf_redirect')).toMatchObject({ label: 'bpf_redirect', kind: 'helper' });
    expect(programTypes).toContainEqual({ name: 'BPF_PROG_TYPE_XDP', title: 'XDP' });
  });

  it('can be narrowed to a program type', async () => {
    await start();
    const { entries } = await index({ programType: 'BPF_PROG_TYPE_XDP' });
    const ids = entries.map((entry) => entry.id);
    expect(ids).toContain('helper/bpf_xdp_adjust_tail');
    expect(ids).not.toContain('helper/bpf_override_return');
    expect((await index({ programType: 'nope' })).entries).toEqual([]);
  });

  it('is nothing when facts could not be loaded', async () => {
    await start({ host: { load: () => Promise.reject(new Error('none')) } });
    expect(await index({})).toBeNull();
    expect(await page('helper/bpf_redirect')).toBeNull();
  });
});

describe('a page', () => {
  it('comes as Markdown by its id, and is null for what has none', async () => {
    await start();
    expect(await page('helper/bpf_redirect')).toMatchObject({ id: 'helper/bpf_redirect', title: 'bpf_redirect' });
    for (const id of ['', 'helper/nope', '../x', 7, null]) expect(await page(id)).toBeNull();
  });

  it('of a helper ends with the comment of the header that the user has', async () => {
    const read: string[] = [];
    await start({ host: { readFile: (uri) => (read.push(uri), Promise.resolve(uri === 'file:///usr/include/bpf/bpf_helper_defs.h' ? HEADER : undefined)) } });
    const { markdown } = (await page('helper/bpf_redirect'))!;
    expect(markdown).toContain('`/usr/include/bpf/bpf_helper_defs.h`');
    expect(markdown).toContain('Sends a packet on.');
    expect(markdown).not.toContain('About the first');
    read.length = 0;
    expect((await page('kfunc/bpf_task_acquire'))!.markdown).not.toContain('on this machine');
    expect(read).toEqual([]);
  });

  it('looks into the include paths of the settings first', async () => {
    const read: string[] = [];
    await start({
      configuration: () => ({ includePaths: ['/opt/include'] }),
      host: { readFile: (uri) => (read.push(uri), Promise.resolve(uri.startsWith('file:///opt/') ? HEADER : undefined)) },
    });
    await client.open('file:///w/p.bpf.c', 'int x;');
    await client.diagnostics('file:///w/p.bpf.c');
    read.length = 0;
    expect((await page('helper/bpf_redirect'))!.markdown).toContain('`/opt/include/bpf/bpf_helper_defs.h`');
    expect(read).toEqual(['file:///opt/include/bpf/bpf_helper_defs.h']);
  });

  it('comes without that comment when the disk does not answer', async () => {
    await start({ host: { readFile: () => new Promise(() => undefined) } });
    const { markdown } = (await page('helper/bpf_redirect'))!;
    expect(markdown).not.toContain('on this machine');
  });
});

it('takes a comment only for the declaration right behind it', async () => {
  await start();
  expect(commentOf(HEADER, 'bpf_redirect')).toBe('bpf_redirect\n\n    Sends a packet on.\n\nReturns\n    A number.');
  expect(commentOf(HEADER, 'bpf_bare')).toBeUndefined();
  expect(commentOf(HEADER, 'bpf_red')).toBeUndefined();
  expect(commentOf('', 'bpf_redirect')).toBeUndefined();
});

describe('a hover', () => {
  const TEXT = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_redirect(1, 0) + ctx->data; }\n';
  const hoverAt = async (word: string, text = TEXT): Promise<string> => {
    await client.open('file:///w/h.bpf.c', text);
    const answer = await client.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', { textDocument: { uri: 'file:///w/h.bpf.c' }, position: { line: 0, character: text.indexOf(word) + 1 } });
    return answer.contents.value;
  };

  it.each([
    ['bpf_redirect', 'helper/bpf_redirect'],
    ['xdp"', 'section/xdp'],
    ['xdp_md', 'context/xdp_md'],
    ['data', 'context/xdp_md'],
  ])('on %s ends with a link to the page, for clients with the command', async (word, id) => {
    await start({ initializationOptions: { debounceMs: 0, commandLinks: true } });
    const lines = (await hoverAt(word)).split('\n');
    expect(lines.at(-1)).toBe(`[Open the reference page](command:ebpfLens.openReferencePage?${encodeURIComponent(JSON.stringify([id]))})`);
    const others = [...lines.slice(0, -1).join('\n').matchAll(/\]\(command:([^)]*)\)/g)].map((m) => decodeURIComponent(m[1]!));
    for (const target of others) expect(target).toMatch(/^ebpfLens\.openReferencePage\?\["concept\/[a-z-]+"\]$/);
  });

  it('links the ideas behind it to their pages', async () => {
    await start({ initializationOptions: { debounceMs: 0, commandLinks: true } });
    expect(await hoverAt('bpf_tail_call', TEXT.replace('bpf_redirect(1, 0)', 'bpf_tail_call(ctx, 0, 0)'))).toContain(`[\`tail-calls\`](command:ebpfLens.openReferencePage?${encodeURIComponent('["concept/tail-calls"]')})`);
  });

  it('has no such link for others', async () => {
    await start();
    expect(await hoverAt('bpf_redirect')).not.toContain('command:');
  });
});
