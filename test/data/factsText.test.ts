/** The layout of facts.json: what is left unread means the same as what is parsed. */
import { describe, expect, it } from 'vitest';
import { BY_LINE, readFacts, writeFacts } from '../../server/src/facts/factsText.js';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import type { FactsJson } from '../../server/src/facts/types.gen.js';
import { loadTestFactsJson } from '../support/facts.js';

const text = await loadTestFactsJson();
const whole = JSON.parse(text) as FactsJson;

describe('the text', () => {
  it('is JSON of ASCII', () => {
    expect(text).toMatch(/^[\n -~]+$/);
    expect(JSON.stringify(whole)).toMatch(/[^\n -~]/);
  });

  it('comes back from reading and writing', () => {
    expect(writeFacts(whole)).toBe(text);
  });

  it.each(BY_LINE)('has each of the %s on a line, to be read alone', (key) => {
    const list = readFacts(text).lists?.[key];
    expect([...(list?.names.keys() ?? [])]).toEqual(whole[key].map(({ name }) => name));
    for (const entry of whole[key]) expect(list?.read(entry.name)).toEqual(entry);
    expect(list?.read('no such name')).toBeUndefined();
    expect(whole[key].length).toBeGreaterThan(10);
  });

  it('holds the rest beside these lists', () => {
    const { json } = readFacts(text);
    expect(json).toEqual({ ...whole, ...Object.fromEntries(BY_LINE.map((key) => [key, []])) });
  });
});

describe('a book', () => {
  it('of a text that is laid out in another way is the same', () => {
    const [pretty, plain, own] = [JSON.stringify(whole, null, 2), whole, text].map((facts) => loadFactBook(facts));
    for (const key of ['helpers', 'kfuncs', 'macros', 'constants', 'distributions', 'verifierMessages'] as const) {
      expect([...own![key]]).toEqual([...plain![key]]);
      expect([...own![key]]).toEqual([...pretty![key]]);
    }
  });

  it('makes an entry once', () => {
    const book = loadFactBook(text);
    expect(book.helpers.get('bpf_redirect')).toBe(book.helpers.get('bpf_redirect'));
    expect([...book.helpers.values()].find(({ name }) => name === 'bpf_redirect')).toBe(book.helpers.get('bpf_redirect'));
  });

  it('answers for an entry that another book made', () => {
    const [one, other] = [loadFactBook(text), loadFactBook(text)];
    const key = { programType: 'BPF_PROG_TYPE_XDP', attachType: 'BPF_XDP', sleepable: false, frags: false };
    expect(other.availability(one.helpers.get('bpf_redirect')!, key).at(6012)).toEqual(one.availability(one.helpers.get('bpf_redirect')!, key).at(6012));
  });

  it('of half a text is none', () => {
    for (const part of [0.1, 0.4, 0.7, 0.99]) expect(() => loadFactBook(text.slice(0, text.length * part))).toThrow(SyntaxError);
  });

  it('of an entry that is no JSON fails where it is asked for, and nowhere else', () => {
    const book = loadFactBook(text.replace('{"name":"bpf_redirect",', '{"name":"bpf_redirect",,'));
    expect(() => book.helpers.get('bpf_redirect')).toThrow(SyntaxError);
    expect(book.helpers.get('bpf_redirect_map')?.name).toBe('bpf_redirect_map');
  });
});
