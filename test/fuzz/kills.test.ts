/**
 * The server's process killed at random moments of a session, over and over: the next one, told of the same documents, shows what a server shows
 * that nobody killed. The client here does what editors do: it notices the end, starts another server and opens its documents there.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type Diagnostic, type ProtocolConnection, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';
import { FULL, SEED, tell } from './support.js';

const SERVER = fileURLToPath(new URL('../../dist/server.cjs', import.meta.url));
const KILLS = FULL ? 60 : 8;
const LINES = [
  'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n', 'SEC("tc") int t(struct __sk_buff *skb) { return bpf_redirect_map(0, 0, 0); }\n', 'static int plain(void) { return 1; }\n',
  'SEC("xpd") int typo(struct xdp_md *ctx) { return 0; }\n', '#include "a.bpf.c"\n', 'SEC("kprobe/x") int k(struct pt_regs *c) { bpf_probe_read(0, 0, 0); ', '}\n',
];

/** A client with documents, and one server at a time. */
class Editor {
  readonly texts = new Map<string, { version: number; text: string }>();
  /** What is marked, as an editor keeps it: a dead server's marks go with it. */
  readonly marks = new Map<string, { readonly version: number | undefined; readonly diagnostics: readonly Diagnostic[] }>();
  private process!: ChildProcess;
  private connection!: ProtocolConnection;
  starts = 0;

  async start(): Promise<void> {
    this.starts++;
    this.marks.clear();
    this.process = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.process.stdin!.on('error', () => undefined); // it may be dead by then
    const connection = (this.connection = createProtocolConnection(new StreamMessageReader(this.process.stdout!), new StreamMessageWriter(this.process.stdin!)));
    connection.onError(() => undefined);
    connection.onNotification('textDocument/publishDiagnostics', ({ uri, version, diagnostics }: PublishDiagnosticsParams) => void this.marks.set(uri, { version, diagnostics }));
    connection.listen();
    await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, initializationOptions: { debounceMs: 5 } });
    await connection.sendNotification('initialized', {});
    for (const [uri, { version, text }] of this.texts) await this.tell('didOpen', { uri, languageId: 'c', version, text });
  }

  /** What is sent to a server that has just died is lost; the library throws or rejects. */
  private async lost(send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
    } catch {
      // The next server gets the text as a whole.
    }
  }

  private async tell(method: string, textDocument: object, more: object = {}): Promise<void> {
    await this.lost(() => this.connection.sendNotification(`textDocument/${method}`, { textDocument, ...more }));
  }

  async edit(uri: string, text: string): Promise<void> {
    const document = this.texts.get(uri);
    if (document === undefined) {
      this.texts.set(uri, { version: 1, text });
      return this.tell('didOpen', { uri, languageId: 'c', version: 1, text });
    }
    Object.assign(document, { version: document.version + 1, text });
    return this.tell('didChange', { uri, version: document.version }, { contentChanges: [{ text }] });
  }

  ask(uri: string): void {
    void this.lost(() => this.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position: { line: 0, character: 44 } }));
    void this.lost(() => this.connection.sendRequest('ebpfLens/workspace', {}));
  }

  kill(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
    this.process.kill('SIGKILL');
    return gone.then(() => this.connection.dispose());
  }

  /** Waits until every document is marked in its latest version. */
  async settled(): Promise<string> {
    for (let i = 0; i < 6_000; i++) {
      if ([...this.texts].every(([uri, { version }]) => this.marks.get(uri)?.version === version)) return JSON.stringify([...this.texts.keys()].sort().map((uri) => [uri, this.marks.get(uri)!.diagnostics]));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never marked: ${JSON.stringify([...this.texts].map(([uri, { version }]) => [uri, version, this.marks.get(uri)?.version]))}`);
  }
}

it('after every kill, all is as if nothing had been', async () => {
  const random = fc.sample(fc.array(fc.record({ uri: fc.constantFrom('file:///w/a.bpf.c', 'file:///w/b.bpf.c', 'file:///w/c.h'), lines: fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 6 }), pause: fc.nat(12) }), { minLength: 2, maxLength: 8 }), { numRuns: KILLS, seed: SEED });
  const moments = fc.sample(fc.nat(300), { numRuns: KILLS, seed: SEED });
  const editor = new Editor();
  await editor.start();
  let edits = 0;
  for (const [i, changes] of random.entries()) {
    // Anywhere in the changes, or while the server works on them; at times before it has said a word.
    const dead = new Promise<void>((resolve) => setTimeout(() => void editor.kill().then(resolve), moments[i]! % (i % 3 === 0 ? 40 : 300)));
    for (const { uri, lines, pause } of changes) {
      await editor.edit(uri, lines.join(''));
      editor.ask(uri);
      edits++;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    await dead;
    await editor.start();
    const shown = await editor.settled();
    const other = new Editor();
    for (const [uri, document] of editor.texts) other.texts.set(uri, { ...document });
    await other.start();
    expect(shown, `kill ${i + 1} of seed ${SEED}`).toBe(await other.settled());
    await other.kill();
  }
  await editor.kill();
  expect(editor.starts).toBe(KILLS + 1);
  tell('kills of the server', { kills: KILLS, 'edits on the way': edits, 'servers compared': KILLS });
}, 3_600_000);
