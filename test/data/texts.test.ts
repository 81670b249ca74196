/** Checks the hand-written texts under data/text: shape, lengths, complete parameters, and no sentence twice. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = join(import.meta.dirname, '../../data/text');

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
};

/** Parameters of every helper as libbpf's bpf_helper_defs.h names them, without the `...` of the variadic one. */
const HELPER_PARAMS = JSON.parse(
  readFileSync(join(import.meta.dirname, 'helperParams.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;

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
const helpers = texts.filter((text) => text.kind === 'helpers');

function mapping(value: unknown): [string, unknown][] {
  return Object.entries((value ?? {}) as Record<string, unknown>);
}

function list(value: unknown): unknown[] {
  return (value ?? []) as unknown[];
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

  it('exist for all helpers, with every parameter in the order of the prototype', () => {
    const written = Object.fromEntries(helpers.map((text) => [text.name, mapping(text.value.params).map(([name]) => name)]));
    expect(Object.keys(HELPER_PARAMS)).toHaveLength(211);
    expect(written).toEqual(HELPER_PARAMS);
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

  it('mention no helper that does not exist', () => {
    const names = new Set(texts.map((text) => text.name));
    const helperLike = /`(bpf_(?:map|probe|skb|xdp|msg|sk|skc|ringbuf|perf|ktime|timer|dynptr|tcp|csum|redirect|fib|sysctl|get)_\w+)`/g;
    const structs = new Set(['bpf_map_type']);
    const missing = helpers.flatMap((text) =>
      [...text.raw.matchAll(helperLike)].map((match) => match[1] ?? '').filter((name) => !names.has(name) && !structs.has(name)),
    );
    // Kfuncs count only where their own texts are written.
    expect(missing.filter((name) => !KFUNCS_NAMED.has(name))).toEqual([]);
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

/** Kfuncs that helper texts point to. */
const KFUNCS_NAMED = new Set(['bpf_dynptr_slice']);
