/** Every macro of libbpf's BPF-side headers is in the book, and the book and the model agree on what each calls. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { macroParams } from '../../data/build/checkMacros.js';
import { macroLifetime } from '../../server/src/features/describe/macro.js';
import type { FactBook, MacroFact } from '../../server/src/facts/factBook.types.js';
import { libbpfMacroCalls } from '../../server/src/model/libbpfMacros.js';
import { loadTestFacts } from '../support/facts.js';

const TABLE = fileURLToPath(new URL('../../../shared/reference/facts/libbpf_macros.json', import.meta.url));
const SAMPLE = fileURLToPath(new URL('./samples/names.json', import.meta.url));

/** Words without arguments that stand beside declarations. */
const WORDS = [
  '__ksym', '__kconfig', '__weak', '__hidden', '__noinline', '__always_inline', '__arg_ctx', '__arg_nonnull', '__arg_nullable', '__arg_trusted', '__arg_untrusted', '__arg_arena',
  '__kptr', '__kptr_untrusted', '__percpu_kptr', '__uptr',
];

type Headers = Record<string, Record<string, { readonly since: string; readonly args: string | null; readonly at_head: boolean }>>;

/** Macro → header and first libbpf release: at libbpf's head, with arguments or one of the words, not internal (`___`, `__BPF`). */
async function wantedMacros(): Promise<Record<string, string>> {
  if (!existsSync(TABLE)) return (JSON.parse(await readFile(SAMPLE, 'utf8')) as { macros: Record<string, string> }).macros;
  const headers = JSON.parse(await readFile(TABLE, 'utf8')) as Headers;
  const rows = Object.entries(headers).flatMap(([header, macros]) =>
    Object.entries(macros)
      .filter(([name, { args, at_head }]) => at_head && !/^___|^__BPF/.test(name) && ((args?.startsWith('(') && args !== '(enum)') || WORDS.includes(name)))
      .map(([name, { since }]) => [name, `bpf/${header} ${since.replace('v', '')}`] as const),
  );
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Arguments for a use of the macro: as many as it declares, the first one an iterator's name. */
function someArgs(macro: MacroFact): { text: string }[] {
  return macroParams(macro.args).map((_, i) => ({ text: i === 0 ? 'num' : 'x' }));
}

describe('macros', () => {
  let book: FactBook;
  let all: readonly MacroFact[];
  beforeAll(async () => {
    book = await loadTestFacts();
    all = [...book.macros.values()];
  });

  it('are all there, under their header and first release', async () => {
    const wanted = await wantedMacros();
    expect(Object.keys(wanted)).toHaveLength(125 + WORDS.length);
    const got = Object.fromEntries(Object.keys(wanted).map((name) => [name, `${book.macros.get(name)?.header} ${book.macros.get(name)?.libbpf}`]));
    expect(got).toEqual(wanted);
  });

  it('are the ones that the committed list names', async () => {
    const { macros } = JSON.parse(await readFile(SAMPLE, 'utf8')) as { macros: Record<string, string> };
    expect(macros).toEqual(await wantedMacros());
  });

  it('have a text, and one for each parameter', () => {
    expect(all.filter((macro) => macro.doc === undefined || macro.doc.summary.length > 200).map((macro) => macro.name)).toEqual([]);
    const wrong = all.filter((macro) => Object.keys(macro.doc?.params ?? {}).join() !== macroParams(macro.args).join());
    expect(wrong.map((macro) => macro.name)).toEqual([]);
  });

  it('call what exists', () => {
    const needs = all.flatMap((macro) => macro.needs.map((need) => ({ macro: macro.name, ...need })));
    const dangling = needs.filter(({ kind, name }) => !name.includes('*') && !(kind === 'helper' ? book.helpers : book.kfuncs).has(name));
    expect(dangling).toEqual([]);
    expect(needs.length).toBeGreaterThan(60);
  });

  it('call what the model takes them to call', () => {
    const wrong: string[] = [];
    for (const macro of all) {
      const modelled = libbpfMacroCalls(macro.name, someArgs(macro));
      const named = macro.needs.map((need) => need.name.replace('*', 'num'));
      for (const name of modelled) if (!named.includes(name)) wrong.push(`${macro.name}: the book does not say that it calls ${name}`);
      // usdt.bpf.h is a header like any other to the model: it sees the calls in there.
      if (macro.header === 'bpf/usdt.bpf.h') continue;
      for (const need of macro.needs) {
        if (need.when === undefined && !modelled.includes(need.name.replace('*', 'num'))) wrong.push(`${macro.name}: the model does not know that it calls ${need.name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('ask for the kernel of what they call', () => {
    const since = (name: string): number | undefined => macroLifetime(book, book.macros.get(name)!)?.since;
    expect(since('bpf_for')).toBe(6004);
    expect(since('bpf_repeat')).toBe(6004);
    expect(since('bpf_core_cast')).toBe(6002);
    expect(since('BPF_SNPRINTF')).toBe(5013);
    expect(since('BPF_SEQ_PRINTF')).toBe(5008);
    expect(since('__bpf_vprintk')).toBe(5016);
    expect(since('bpf_htons')).toBeUndefined();
    // Loaders put bpf_probe_read in place of the newer helper.
    expect(since('BPF_CORE_READ')).toBeUndefined();
    expect(book.macros.get('BPF_CORE_READ')?.needs.map((need) => book.helpers.get(need.name)?.since)).toEqual([5005]);
    const printk = book.macros.get('bpf_printk')!.needs;
    expect(printk.map((need) => [need.name, book.helpers.get(need.name)?.since])).toEqual([['bpf_trace_printk', 4001], ['bpf_trace_vprintk', 5016]]);
    expect(printk.every((need) => need.when !== undefined)).toBe(true);
  });
});
