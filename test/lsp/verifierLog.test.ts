/** Verifier logs over the protocol: the page, the places of lines in texts, and hovers in a log. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXPLAIN_LOG_REQUEST, LOCATE_LOG_REQUEST, LOG_HOVER_REQUEST, PAGE_REQUEST, type ExplainedLog, type LocatedLogLines, type LogHover, type LogNote } from '../../server/src/lsp/messages.js';
import { startClient, type TestClient } from './client.js';

const FILES = path.join(import.meta.dirname, '../e2e/workspace');
const LOG = readFileSync(path.join(FILES, 'verifier-load.log'), 'utf8');
const SOURCE = readFileSync(path.join(FILES, 'verifier.bpf.c'), 'utf8');

let client: TestClient;
const start = async (): Promise<TestClient> => (client = await startClient());
afterEach(() => client.stop());
const explain = (text: string): Promise<ExplainedLog> => client.connection.sendRequest(EXPLAIN_LOG_REQUEST, { text });
const locate = (notes: readonly LogNote[], sources: readonly { uri: string; text: string }[], program: string | null = null): Promise<LocatedLogLines> => client.connection.sendRequest(LOCATE_LOG_REQUEST, { notes, sources, program });

describe('a log', () => {
  it('is explained without any document being open', async () => {
    await start();
    const { verdict, failures, markdown } = await explain(LOG);
    expect(verdict).toBe('explained');
    expect(failures.map(({ program, id }) => [program, id])).toEqual([['count', 'null-check-missing'], ['report', 'reference-leak']]);
    expect(failures[0]).toMatchObject({ message: "R0 invalid mem access 'map_value_or_null'", note: { file: 'verifier.bpf.c', line: 32, code: '*value += 1;' } });
    expect(failures[0]?.steps.map((step) => step.note.line)).toEqual([29, 31]);
    expect(markdown).toMatch(/^# Verifier log: 2 programs/);
  });

  it('links to pages of the reference that exist', async () => {
    await start();
    const { markdown } = await explain(LOG);
    const links = [...markdown.matchAll(/\]\(\.\.\/([^)]+)\.md\)/g)].map(([, id]) => id!);
    expect(links.length).toBeGreaterThan(2);
    for (const id of new Set(links)) expect(await client.connection.sendRequest(PAGE_REQUEST, { id })).not.toBeNull();
  });

  it('that is none says so', async () => {
    await start();
    expect(await explain('nothing of that kind')).toMatchObject({ verdict: 'not-a-log', failures: [] });
  });
});

describe('its lines', () => {
  const uri = 'file:///w/src/verifier.bpf.c';
  const note = { code: '*value += 1;', file: 'verifier.bpf.c', line: 32 };

  it('are found in the file of that name', async () => {
    await start();
    const at = { uri, range: { start: { line: 31, character: 1 }, end: { line: 31, character: 13 } }, certain: true };
    expect(await locate([note], [{ uri: 'file:///w/verifier.c', text: SOURCE }, { uri, text: SOURCE }])).toEqual([at]);
    expect(await locate([note], [{ uri: 'file:///w/old/verifier.bpf.c', text: 'int x;' }, { uri, text: `// new\n${SOURCE}` }])).toEqual([{ ...at, range: { start: { line: 32, character: 1 }, end: { line: 32, character: 13 } } }]);
  });

  it('of old kernels are found by their text in the file that has the program, if it is one only', async () => {
    await start();
    const old = { code: '*value += 1;' };
    expect(await locate([old], [{ uri, text: SOURCE }, { uri: 'file:///w/b.bpf.c', text: 'int other(void) { }' }], 'count')).toMatchObject([{ uri, range: { start: { line: 31 } } }]);
    expect(await locate([old], [{ uri, text: SOURCE }, { uri: 'file:///w/copy.bpf.c', text: SOURCE }], 'count')).toEqual([null]);
  });

  it('have hovers', async () => {
    await start();
    const line = '7: R0=map_value_or_null(id=1,map=counts,ks=4,vs=8) R10=fp0';
    const hover = await client.connection.sendRequest<LogHover | null>(LOG_HOVER_REQUEST, { line, character: 4 });
    expect(hover).toEqual({ markdown: "`R0` holds a pointer to a map's value of counts, 8 bytes, or NULL: not checked yet.", start: 3, end: 50 });
    expect(await client.connection.sendRequest(LOG_HOVER_REQUEST, { line, character: 0 })).toBeNull();
  });
});
