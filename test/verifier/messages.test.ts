/** Every entry about a message has a log in test/verifier/logs, most of them made on a running kernel, and that log is explained by it. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainLog } from '../../server/src/verifier/explainLog.js';
import { matchTemplate, parseTemplate } from '../../server/src/verifier/templates.js';
import { loadTestFacts as facts } from '../support/facts.js';

const LOGS = path.join(import.meta.dirname, 'logs');
const files = readdirSync(LOGS).sort();
const read = (file: string): { origin: string; text: string } => {
  const text = readFileSync(path.join(LOGS, file), 'utf8');
  const end = text.indexOf('\n');
  return { origin: text.slice(0, end), text: text.slice(end + 1) };
};

describe('messages of the verifier and of loaders', () => {
  it('are more than a hundred, each with a log', async () => {
    const { verifierMessages } = await facts();
    expect(verifierMessages.size).toBeGreaterThan(100);
    expect([...verifierMessages.keys()].filter((name) => !files.includes(`${name}.log`))).toEqual([]);
    expect(files.filter((file) => !verifierMessages.has(file.replace('.log', '')))).toEqual([]);
  });

  it('come from a running kernel for the most part, and always say from where', () => {
    const origins = files.map((file) => read(file).origin);
    expect(origins.filter((origin) => !origin.startsWith('# '))).toEqual([]);
    expect(origins.filter((origin) => origin.startsWith('# Linux 6.18.44')).length).toBeGreaterThanOrEqual(60);
  });

  it.each(files)('%s is explained by its entry', async (file) => {
    const explanation = explainLog(read(file).text, await facts());
    expect(explanation.verdict).toBe('explained');
    const said = explanation.results.flatMap((result) => [...result.messages, ...result.loader].map((message) => message.id));
    expect(said).toContain(file.replace('.log', ''));
  });

  it('are not hidden by an entry that says less', async () => {
    const book = await facts();
    const generic = files.filter((file) => {
      const id = explainLog(read(file).text, book).results[0]?.messages[0]?.id;
      return book.verifierMessages.get(id ?? '')?.generic === true && book.verifierMessages.get(file.replace('.log', ''))?.generic !== true;
    });
    expect(generic).toEqual([]);
  });
});

describe('templates', () => {
  it.each([
    ["R{reg:d} invalid mem access '{type}'", "R3 invalid mem access 'inv'", { reg: '3', type: 'inv' }],
    ['invalid off={off:d} size={size:d}', 'x: invalid off=-8 size=0x10', { off: '-8', size: '0x10' }],
    ['^{what} would leak', 'tail_call would leak', { what: 'tail_call' }],
    ['failed to load: -1$', 'failed to load: -1', {}],
  ])('%s takes %s', (template, text, captures) => expect(matchTemplate(parseTemplate(template), text)).toEqual(captures));

  it.each([
    ['failed to load: -1$', 'failed to load: -13'],
    ['R{reg:d} !read_ok', 'Rx !read_ok'],
    ['^back-edge from', 'no back-edge from'],
  ])('%s does not take %s', (template, text) => expect(matchTemplate(parseTemplate(template), text)).toBeUndefined());

  it.each(['{a}{b} is too near', 'ab{x}', '{x} without an anchor'])('%s is refused', (template) => expect(() => parseTemplate(template)).toThrow());
});
