/** The reference's pages: every entry has one, its links lead to pages, and the matrix says what the book says. */
import { describe, expect, it } from 'vitest';
import { concerns, entries, entryById, entryOfWord } from '../../server/src/features/reference/entries.js';
import { referencePage } from '../../server/src/features/reference/page.js';
import { loadTestFacts } from '../support/facts.js';

const facts = await loadTestFacts();
const all = entries(facts);
const page = (id: string): string => referencePage(facts, id)!.markdown;

describe('entries', () => {
  it('have ids of their own that are safe in a path, and summaries', () => {
    expect(new Set(all.map((entry) => entry.id)).size).toBe(all.length);
    for (const { id, kind, label, name } of all) {
      expect(id).toMatch(/^[a-z-]+\/[\w.~+-]+$/);
      // Messages are called by a sentence.
      if (kind !== 'verifier-message') expect(label).toContain(name.replace(/\/$/, ''));
    }
    expect(all.filter((entry) => entry.summary === '').map((entry) => entry.id)).toEqual([]);
  });

  it.each([
    ['bpf_redirect', 'helper/bpf_redirect'],
    ['bpf_redirect()', 'helper/bpf_redirect'],
    ['struct xdp_md', 'context/xdp_md'],
    ['xdp_md.data', 'context/xdp_md'],
    ['SEC("xdp")', 'section/xdp'],
    ['SEC("kprobe[/…]")', 'section/kprobe'],
    ['BPF_MAP_TYPE_HASH', 'map-type/BPF_MAP_TYPE_HASH'],
    ['bpf_task_acquire', 'kfunc/bpf_task_acquire'],
    ['BPF_CORE_READ', 'macro/BPF_CORE_READ'],
    ['BPF_F_NO_PREALLOC', 'constant/BPF_F_NO_PREALLOC'],
  ])('are found by %s', (word, id) => expect(entryOfWord(facts, word)?.id).toBe(id));

  it('are found by a name of the kernel\'s as a search through all of them finds the first', () => {
    const kinds = ['helper', 'kfunc', 'program-type', 'map-type', 'context', 'attach-type', 'macro', 'constant'];
    const all = entries(facts).filter(({ kind }) => kind !== 'section');
    const named = all.filter(({ kind }) => kinds.includes(kind));
    expect(named.length).toBeGreaterThan(1000);
    const first = (word: string): string | undefined => all.find(({ name, label, aliases }) => name === word || label === word || aliases.includes(word))?.id;
    expect(named.filter(({ name, label }) => entryOfWord(facts, name)?.id !== first(name) || entryOfWord(facts, label)?.id !== first(label))).toEqual([]);
  });

  it('are not found by everyday words', () => {
    for (const word of ['xdp', 'tc', 'NULL', 'int', '', 'return', '__proto__', 'constructor']) expect(entryOfWord(facts, word)).toBeUndefined();
  });

  it('concern the program types that may use them', () => {
    const about = (id: string, type: string): boolean => concerns(facts, entryById(facts, id)!, `BPF_PROG_TYPE_${type}`);
    expect(about('helper/bpf_xdp_adjust_tail', 'XDP')).toBe(true);
    expect(about('helper/bpf_xdp_adjust_tail', 'KPROBE')).toBe(false);
    expect(about('context/xdp_md', 'XDP')).toBe(true);
    expect(about('section/kprobe', 'KPROBE')).toBe(true);
    expect(about('helper/bpf_copy_from_user', 'LSM')).toBe(true);
    expect(about('section/kprobe', 'NO_SUCH')).toBe(false);
  });
});

describe('a page', () => {
  it('holds the matrix: program types down, kernels across', () => {
    const text = page('helper/bpf_redirect_map');
    expect(text).toMatch(/^# bpf\\_redirect\\_map\n/);
    expect(text).toContain('| Program type | From | 5.10 | 6.1 |');
    expect(text).toMatch(/^\| \[`BPF_PROG_TYPE_XDP`\]\(\.\.\/program-type\/BPF_PROG_TYPE_XDP\.md\), plain \| 4\.14 \| yes \|/m);
    expect(text).toMatch(/No measured kernel allows it in .*BPF_PROG_TYPE_KPROBE/);
  });

  it('tells attach types apart where they differ', () => {
    const rows = page('helper/bpf_get_attach_cookie').split('\n').filter((line) => line.includes('BPF_PROG_TYPE_TRACING`](') && line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(1);
  });

  it('shows what only sleepable programs may do as that', () => {
    expect(page('helper/bpf_copy_from_user')).toMatch(/\| sleepable \|/);
  });

  it('of a context shows each field with its meaning and who may touch it', () => {
    const text = page('context/xdp_md');
    expect(text).toMatch(/^\| `egress_ifindex` \| Linux 5\.8 \| \w/m);
    expect(text).toContain('Who may touch them');
  });

  it('of a program type links to what its programs may call', () => {
    expect(page('program-type/BPF_PROG_TYPE_XDP')).toContain('[`bpf_xdp_adjust_tail`](../helper/bpf_xdp_adjust_tail.md)');
  });

  it('is none for an id that is none', () => {
    for (const id of ['', 'helper', 'helper/', 'helper/nope', '../helper/bpf_redirect', '__proto__', 'constructor']) expect(referencePage(facts, id)).toBeUndefined();
  });

  it('holds what was read elsewhere as it stands, fenced', () => {
    const hostile = '```\n[x](command:evil) <script>';
    const text = referencePage(facts, 'helper/bpf_redirect', [{ kind: 'code', code: hostile }])!.markdown;
    expect(text.trimEnd().endsWith(`\`\`\`\`c\n${hostile}\n\`\`\`\``)).toBe(true);
  });
});

it('every entry has a page without gaps, and every link leads to one', () => {
  const ids = new Set(all.map((entry) => entry.id));
  for (const entry of all) {
    const text = page(entry.id);
    expect(text, entry.id).not.toMatch(/\bundefined(?! behaviour|, and| symbol)|\bNaN\b|\[object/);
    expect(text.length, entry.id).toBeGreaterThan(120);
    const tables = text.trimEnd().split('\n\n').filter((part) => part.startsWith('| '));
    for (const table of tables) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size, `${entry.id}: ${table.slice(0, 200)}`).toBe(1);
    }
    for (const [, href] of text.matchAll(/\]\(([^)]*)\)/g)) {
      if (href!.startsWith('https://docs.ebpf.io/')) continue;
      expect(href, entry.id).toMatch(/^\.\.\/[\w.~+/-]+\.md$/);
      expect(ids.has(href!.slice(3, -3)), `${entry.id} → ${href}`).toBe(true);
    }
  }
}, 120_000);
