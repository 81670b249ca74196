/** The matrix of programs and kernels over a real connection: what it says, why, and how it follows edits. */
import { afterEach, describe, expect, it } from 'vitest';
import { MATRIX_CHANGED_NOTIFICATION, MATRIX_CLOSED_NOTIFICATION, MATRIX_EXPORT_REQUEST, MATRIX_REQUEST, type MatrixChange, type MatrixExportParams, type MatrixFile, type MatrixInfo } from '../../server/src/lsp/messages.js';
import { startClient, type TestClient } from './client.js';

const ROOT = 'file:///work';
const URI = `${ROOT}/a.bpf.c`;
const HELPER = `#include <bpf/bpf_helpers.h>
SEC("xdp") int size(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx); }
SEC("xdp.frags/devmap") int sect(struct xdp_md *ctx) { return 0; }
SEC("nonsense") int odd(void *ctx) { return 0; }
SEC("xdp") int plain(struct xdp_md *ctx) { return 2; }
char LICENSE[] SEC("license") = "GPL";
`;

let client: TestClient;
let changes: MatrixChange[];
afterEach(() => client.stop());

async function start(texts: Readonly<Record<string, string>>, targetKernel = ''): Promise<void> {
  client = await startClient({
    workspaceFolders: [{ uri: ROOT, name: 'work' }],
    configuration: () => ({ targetKernel, severity: { 'helper-newer-than-target': 'off' } }),
    host: {
      readFile: async (uri) => texts[uri.slice(ROOT.length + 1)],
      readDirectory: async (uri) => (uri === ROOT ? Object.keys(texts).map((name) => [name, 'file'] as const) : undefined),
    },
  });
  changes = [];
  client.connection.onNotification(MATRIX_CHANGED_NOTIFICATION, (change: MatrixChange) => void changes.push(change));
}

const ask = (): Promise<MatrixInfo> => client.connection.sendRequest<MatrixInfo>(MATRIX_REQUEST, {});
async function until(test: (info: MatrixInfo) => boolean): Promise<MatrixInfo> {
  for (;;) {
    const info = await ask();
    if (test(info)) return info;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const done = (): Promise<MatrixInfo> => until((info) => info.files.length > 0 && info.pending === 0);

/** `5.4` → `size: guard, …` of each program, on one kernel. */
function statuses({ kernels, files: [file] }: MatrixInfo, release: string): Record<string, string> {
  const at = kernels.findIndex((kernel) => kernel.release === release);
  return Object.fromEntries((file as MatrixFile).rows.map((row) => [row.name, row.cells[at]!.status]));
}

describe('the matrix', () => {
  it('says for every program and kernel whether it runs, needs a guard, is refused, or is not known', async () => {
    await start({ 'a.bpf.c': HELPER });
    const info = await done();
    expect(info.kernels.map((kernel) => kernel.release)).toEqual(['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18']);
    expect(statuses(info, '5.10')).toEqual({ size: 'guard', sect: 'refused', odd: 'unknown', plain: 'runs' });
    expect(statuses(info, '6.1')).toEqual({ size: 'runs', sect: 'runs', odd: 'unknown', plain: 'runs' });
  });

  it('gives the reasons with their places, whatever the severities say', async () => {
    await start({ 'a.bpf.c': HELPER });
    const { files: [file] } = await done();
    expect(file!.rows[0]!.cells[0]).toMatchObject({
      status: 'guard',
      reasons: [{ rule: 'helper-newer-than-target', uri: URI, range: { start: { line: 1, character: 49 }, end: { line: 1, character: 69 } } }],
    });
    expect(file!.rows[0]!.cells.at(-1)).toEqual({ status: 'runs', reasons: [] });
  });

  it('has the ends of the target among the kernels, and marks what the target has', async () => {
    await start({ 'a.bpf.c': HELPER }, '5.8..6.1');
    const info = await until((i) => i.kernels.length === 8 && i.pending === 0);
    expect(info.targetKernel).toBe('5.8..6.1');
    expect(info.kernels.filter((kernel) => kernel.target).map((kernel) => kernel.release)).toEqual(['5.8', '5.10', '5.15', '6.1']);
    expect(info.kernels.find((kernel) => kernel.release === '5.8')).toEqual({ release: '5.8', longTerm: false, target: true });
  });

  it('follows an edit, and forgets a file without programs', async () => {
    await start({ 'a.bpf.c': HELPER });
    await done();
    await client.open(URI, HELPER);
    await client.diagnostics(URI);
    await client.change(URI, 2, HELPER.replace('bpf_xdp_get_buff_len(ctx)', '2'));
    await until((info) => info.files.length === 1 && statuses(info, '5.10').size === 'runs');
    await expect.poll(() => changes.some((change) => !change.whole && change.files.some((file) => file.rows[0]?.cells[1]?.status === 'runs'))).toBe(true);
    await client.change(URI, 3, 'int main(void) { return 0; }');
    expect((await until((info) => info.files[0]?.rows.length === 0 || info.files.length === 0)).files.flatMap((file) => file.rows)).toEqual([]);
  });

  it('tells nothing once it is closed', async () => {
    await start({ 'a.bpf.c': HELPER });
    await done();
    await client.connection.sendNotification(MATRIX_CLOSED_NOTIFICATION);
    await client.open(URI, HELPER);
    await client.diagnostics(URI);
    const before = changes.length;
    await client.change(URI, 2, HELPER.replace('size', 'length'));
    await client.diagnostics(URI, (p) => p.version === 2);
    await client.status(URI);
    expect(changes.length).toBe(before);
  });

  it('exports what is asked for, with nothing that Markdown or a spreadsheet would take for its own', async () => {
    await start({ 'a.bpf.c': HELPER.replace('nonsense', '=cmd|<b>') });
    const { files: [file] } = await done();
    const document = (params: MatrixExportParams): Promise<string> => client.connection.sendRequest<string>(MATRIX_EXPORT_REQUEST, params);
    const markdown = await document({ format: 'markdown' });
    expect(markdown).toContain('| a.bpf.c | size | xdp | needs guard | needs guard | needs guard | runs | runs | runs | runs |');
    expect(markdown).toContain('- a.bpf.c, size, line 2: needs guard on 5.4, 5.10, 5.15. ');
    expect(markdown).not.toContain('<b>');
    const csv = await document({ format: 'csv', rows: [file!.rows[2]!.id] });
    expect(csv).toBe("file,program,section,5.4,5.10,5.15,6.1,6.6,6.12,6.18\na.bpf.c,odd,'=cmd|<b>,unknown,unknown,unknown,unknown,unknown,unknown,unknown\n");
  });
});
