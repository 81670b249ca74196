/** Checks the hand-written texts under data/text: shape, lengths, complete parameters, and no sentence twice. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { macroParams } from '../../data/build/checkMacros.js';

const DATA = join(import.meta.dirname, '../../data');
const ROOT = join(DATA, 'text');

/** Most characters by member; `pitfalls` holds for each of its items. */
const LIMITS = { summary: 240, param: 140, field: 140, returns: 260, pitfall: 220 } as const;
const MAX_PITFALLS = 4;
/** Shorter sentences ("Reserved, 0.") may say the same of several functions because it is true of each. */
const SHORT_SENTENCE = 30;

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  helpers: ['summary', 'params', 'returns', 'pitfalls', 'prefer'],
  kfuncs: ['summary', 'params', 'returns', 'pitfalls', 'prefer'],
  'program-types': ['summary', 'pitfalls'],
  'map-types': ['summary', 'pitfalls'],
  contexts: ['summary', 'fields', 'pitfalls'],
  sections: ['summary', 'pitfalls'],
  'attach-types': ['summary', 'pitfalls'],
  constants: ['summary', 'pitfalls'],
  macros: ['summary', 'params', 'returns', 'pitfalls'],
  features: ['summary', 'pitfalls'],
  drivers: ['summary', 'pitfalls'],
  'link-types': ['summary', 'pitfalls'],
};

/** Data about the same entries: data/<kind>/<name>.yaml, of which only what the texts must agree with is read. */
interface Entry {
  readonly params?: readonly { readonly name: string }[];
  readonly proto?: string;
  readonly args?: string | null;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Macros and types whose names look like those of functions. */
const NO_FUNCTIONS = new Set<string>(['scx_bpf_exit', 'scx_bpf_error', 'scx_bpf_dump', 'bpf_task_work']);

interface Text {
  readonly kind: string;
  readonly name: string;
  readonly raw: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[];
}

/** One prose value with the place it stands at and its limit. */
interface Prose {
  readonly at: string;
  readonly text: unknown;
  readonly limit: number;
}

function loadKind(kind: string): Text[] {
  const folder = join(ROOT, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const raw = readFileSync(join(folder, file), 'utf8');
      const document = parseDocument(raw, { strict: true, uniqueKeys: true });
      const errors = [...document.errors, ...document.warnings].map((problem) => problem.message);
      return { kind, name: file.slice(0, -'.yaml'.length), raw, value: document.toJS() as Text['value'], errors };
    });
}

const texts = Object.keys(MEMBERS).flatMap(loadKind);

function entryOf(kind: string, name: string): Entry {
  return parse(readFileSync(join(DATA, kind, `${name}.yaml`), 'utf8')) as Entry;
}

function namesOf(kind: string): string[] {
  return readdirSync(join(DATA, kind)).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
}

/** Names of a C prototype's parameters; a callback's name stands behind its star. */
function prototypeParams(proto: string): string[] {
  const inner = proto.slice(proto.indexOf('(') + 1, proto.lastIndexOf(')'));
  const flat = inner.replace(/\(\*\s*(\w+)\)\s*\([^)]*\)/g, '$1');
  return flat
    .split(',')
    .map((param) => /(\w+)(?:\[[^\]]*\])*\s*$/.exec(param.trim())?.[1] ?? '')
    .filter((name) => name !== '' && name !== 'void');
}

/** What the `params` or `fields` of a text have to be named, in order. */
function expectedNames(text: Text): string[] {
  const entry = entryOf(text.kind, text.name);
  if (text.kind === 'helpers') return (entry.params ?? []).map((param) => param.name).filter((name) => name !== '');
  if (text.kind === 'kfuncs') return prototypeParams(entry.proto ?? '');
  if (text.kind === 'macros') return [...macroParams(entry.args ?? null)];
  return Object.keys(entry.fields ?? {}).sort();
}

function mapping(value: unknown): [string, unknown][] {
  return Object.entries((value ?? {}) as Record<string, unknown>);
}

function list(value: unknown): unknown[] {
  return (value ?? []) as unknown[];
}

/** Names under `params` in order, or under `fields` sorted. */
function writtenNames(text: Text): string[] {
  return text.kind === 'contexts' ? Object.keys(text.value.fields ?? {}).sort() : mapping(text.value.params).map(([name]) => name);
}

function proseOf(text: Text): Prose[] {
  const at = `${text.kind}/${text.name}`;
  const out: Prose[] = [{ at: `${at} summary`, text: text.value.summary, limit: LIMITS.summary }];
  if ('returns' in text.value) out.push({ at: `${at} returns`, text: text.value.returns, limit: LIMITS.returns });
  for (const [name, value] of mapping(text.value.params)) out.push({ at: `${at} ${name}`, text: value, limit: LIMITS.param });
  for (const [name, value] of mapping(text.value.fields)) out.push({ at: `${at} ${name}`, text: value, limit: LIMITS.field });
  list(text.value.pitfalls).forEach((value, index) => {
    out.push({ at: `${at} pitfall ${String(index + 1)}`, text: value, limit: LIMITS.pitfall });
  });
  return out;
}

/** Sentences in lower case without what ends them. */
function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?;:])\s+/)
    .map((sentence) => sentence.replace(/[.!?;:]$/, '').toLowerCase())
    .filter((sentence) => sentence.length > 0);
}

/** The complaints about one piece of prose; empty if it is fine. */
function complaints(prose: Prose): string[] {
  if (typeof prose.text !== 'string' || prose.text === '') return [`${prose.at}: no text`];
  const text = prose.text;
  const out: string[] = [];
  if (text.length > prose.limit) out.push(`${prose.at}: ${String(text.length)} characters, at most ${String(prose.limit)}`);
  if (text !== text.trim() || / {2}|\n|\t/.test(text)) out.push(`${prose.at}: stray white space`);
  if (!/[.!?]$/.test(text)) out.push(`${prose.at}: does not end a sentence`);
  if ((text.match(/`/g) ?? []).length % 2 !== 0) out.push(`${prose.at}: odd backticks`);
  if (/\*\*|\]\(|^#|<[a-z]+>/.test(text.replace(/`[^`]*`/g, ''))) out.push(`${prose.at}: Markdown beyond backticks`);
  return out;
}

describe('texts', () => {
  it('parse without errors and have only known members', () => {
    for (const text of texts) {
      expect(text.errors, text.name).toEqual([]);
      expect(MEMBERS[text.kind], text.name).toEqual(expect.arrayContaining(Object.keys(text.value)));
      expect(text.raw.split('\n').filter((line) => /\s$/.test(line)), text.name).toEqual([]);
    }
  });

  it('keep to the lengths and to plain prose', () => {
    expect(texts.flatMap(proseOf).flatMap(complaints)).toEqual([]);
    expect(texts.filter((text) => list(text.value.pitfalls).length > MAX_PITFALLS).map((text) => text.name)).toEqual([]);
  });

  it.each(Object.keys(MEMBERS))('exist for all entries of data/%s and for no others', (kind) => {
    expect(texts.filter((text) => text.kind === kind).map((text) => text.name).sort()).toEqual(namesOf(kind).sort());
  });

  it('name the parameters and fields that the facts have', () => {
    const wrong = texts
      .filter((text) => ['helpers', 'kfuncs', 'contexts', 'macros'].includes(text.kind))
      .map((text) => ({ name: text.name, written: writtenNames(text), expected: expectedNames(text) }))
      .filter((row) => row.written.join() !== row.expected.join());
    expect(wrong).toEqual([]);
  });

  it('say what comes back from every helper and kfunc', () => {
    const callable = texts.filter((text) => text.kind === 'helpers' || text.kind === 'kfuncs');
    expect(callable.filter((text) => !('returns' in text.value)).map((text) => text.name)).toEqual([]);
  });

  it('recommend only what exists', () => {
    const names = new Set(texts.map((text) => text.name));
    const unknown = texts.flatMap((text) => list(text.value.prefer).filter((name) => !names.has(String(name)) || name === text.name));
    expect(unknown).toEqual([]);
  });

  it('mention no helper or kfunc that does not exist', () => {
    const names = new Set(texts.map((text) => text.name));
    const functions = /`((?:bpf_(?:map|probe|skb|xdp|msg|sk|skc|ringbuf|perf|ktime|timer|dynptr|tcp|csum|redirect|fib|get|task|cgroup|ct|cpumask|iter|wq|copy)|scx_bpf)_[a-z0-9_]+)`/g;
    const missing = texts.flatMap((text) =>
      [...text.raw.matchAll(functions)].map((match) => match[1] ?? '').filter((name) => !names.has(name) && !NO_FUNCTIONS.has(name)),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it('repeat no sentence from one entry to another', () => {
    const seen = new Map<string, string>();
    const twice: string[] = [];
    for (const prose of texts.flatMap(proseOf)) {
      for (const sentence of sentences(String(prose.text))) {
        if (sentence.length < SHORT_SENTENCE) continue;
        const before = seen.get(sentence);
        if (before !== undefined) twice.push(`${prose.at} = ${before}: ${sentence}`);
        seen.set(sentence, prose.at);
      }
    }
    expect(twice).toEqual([]);
  });
});
