/** Every constant of the families that helpers, maps, return values and attachments take is in the book, with text, source and living owners. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { constantNumber } from '../../server/src/features/describe/constant.js';
import type { ConstantFact, FactBook } from '../../server/src/facts/factBook.types.js';
import { loadTestFacts } from '../support/facts.js';

const REFERENCE = fileURLToPath(new URL('../../../shared/reference/', import.meta.url));
const SAMPLE = fileURLToPath(new URL('./samples/names.json', import.meta.url));

/** Names of uapi headers that count: flags, modes, verdicts, operations, states and results. */
const FAMILIES = new RegExp(
  '^(BPF_F_|XDP_|TC_ACT_|TCX_|SK_(PASS|DROP|BPF_)|BPF_(ANY|NOEXIST|EXIST|OK|DROP|REDIRECT)$|BPF_(SOCK_OPS|FIB_L|RB|RINGBUF|TCP|LOCAL_STORAGE|SK_STORAGE|SK_LOOKUP_F|CSUM_LEVEL|ADJ_ROOM' +
    '|HDR_START|MTU_CHK|LWT|FLOW_DISSECTOR_|LOAD_HDR_OPT|WRITE_HDR|DEVCG|STREAM|STATS|STACK_BUILD_ID|FD_TYPE|SKB_|CGROUP_ITER)|TCP_BPF_|BTF_F_)',
);
/** Names that no release ever had: renamed while in development. */
const NEVER_RELEASED = new Set([
  'BPF_F_TEST_SANITY_STRICT', 'BPF_SKB_DELIVERY_TIME_MONO', 'BPF_SKB_DELIVERY_TIME_NONE', 'BPF_SKB_DELIVERY_TIME_UNSPEC',
]);
/** Groups of ebpf-docs' version table whose entries are constants in the sense above. */
const GROUPS = new Set(['flags', 'argument_constants', 'sock_ops', 'sock_opt_types']);
const ENUMS = ['xdp_action', 'sk_action', 'bpf_ret_code', 'tcx_action_base', 'bpf_cgroup_iter_order'];

interface Features { readonly name: string; readonly features: readonly { readonly name: string; readonly version: string }[] }

async function wantedNames(book: FactBook): Promise<string[]> {
  if (!existsSync(REFERENCE)) return (JSON.parse(await readFile(SAMPLE, 'utf8')) as { constants: string[] }).constants;
  const identifiers = Object.keys(JSON.parse(await readFile(`${REFERENCE}facts/uapi_ident_since_libbpf.json`, 'utf8')) as object);
  const enums = JSON.parse(await readFile(`${REFERENCE}facts/uapi_enums.json`, 'utf8')) as Record<string, Record<string, string[]>>;
  const names = new Set([
    ...identifiers.filter((name) => FAMILIES.test(name)),
    ...(await docsTable()).keys(),
    ...ENUMS.flatMap((name) => Object.values(enums[name] ?? {}).flat()),
  ]);
  return [...names].filter((name) => !NEVER_RELEASED.has(name) && !book.attachTypes.has(name)).sort();
}

/** Versions of constants by ebpf-docs. */
async function docsTable(): Promise<Map<string, string>> {
  const table = parse(await readFile(`${REFERENCE}ebpf-docs/feature-versions.yaml`, 'utf8'), { schema: 'failsafe' }) as Features[];
  return new Map(table.filter((group) => GROUPS.has(group.name)).flatMap((group) => group.features.map(({ name, version }) => [name, version])));
}

describe('constants', () => {
  let book: FactBook;
  let all: readonly ConstantFact[];
  beforeAll(async () => {
    book = await loadTestFacts();
    all = [...book.constants.values()];
  });

  it('are all there', async () => {
    const wanted = await wantedNames(book);
    expect(wanted.length).toBeGreaterThanOrEqual(230);
    expect(wanted.filter((name) => !book.constants.has(name))).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(285);
  });

  it('are the ones that the committed list names', async () => {
    const { constants } = JSON.parse(await readFile(SAMPLE, 'utf8')) as { constants: string[] };
    expect(constants).toEqual(await wantedNames(book));
  });

  it('have the version that ebpf-docs lists', async () => {
    const listed = existsSync(REFERENCE) ? await docsTable() : new Map([['BPF_F_LOCK', 'v5.1'], ['BPF_SOCK_OPS_RTT_CB', 'v5.3']]);
    const wrong = [...listed].filter(([name, version]) => {
      const since = book.constants.get(name)?.lifetime;
      return since === undefined || since.after !== undefined || `v${Math.floor(since.since / 1000)}.${since.since % 1000}` !== version;
    });
    expect(wrong).toEqual([]);
  });

  it('name a source for each version, and a range where only author dates are known', () => {
    expect(all.filter((fact) => fact.sources.length === 0).map((fact) => fact.name)).toEqual([]);
    expect(all.filter((fact) => fact.lifetime === undefined && fact.libbpf === undefined).map((fact) => fact.name)).toEqual([]);
    const guessed = all.filter((fact) => fact.sources[0]?.source === 'uapi-history' && fact.lifetime?.after === undefined);
    expect(guessed.map((fact) => fact.name)).toEqual([]);
  });

  it('are never older than what takes them', () => {
    const late: string[] = [];
    for (const fact of all) {
      const owners = fact.belongs.flatMap(({ kind, name }) => {
        if (kind === 'helper') return book.helpers.get(name)?.since ?? [];
        if (kind === 'kfunc') return book.kfuncs.get(name)?.lifetime.since ?? [];
        if (kind === 'program-type') return book.programTypes.get(name)?.lifetime?.since ?? [];
        return kind === 'attach-type' ? (book.attachTypes.get(name)?.lifetime?.since ?? []) : [0];
      });
      if (fact.lifetime && Math.min(...owners) > fact.lifetime.since) late.push(fact.name);
    }
    expect(late).toEqual([]);
  });

  it('have a text of their own, at most 200 characters to begin with', () => {
    expect(all.filter((fact) => fact.doc === undefined || fact.doc.summary.length > 200).map((fact) => fact.name)).toEqual([]);
    expect(new Set(all.map((fact) => fact.doc?.summary)).size).toBe(all.length);
  });

  it('of one enum have different values', () => {
    const twice: string[] = [];
    for (const group of new Set(all.map((fact) => fact.group))) {
      const members = all.filter((fact) => fact.group === group && fact.use === undefined && !fact.name.endsWith('_MASK') && fact.args === undefined);
      const seen = new Map<string, string>();
      for (const fact of members) {
        const value = constantNumber(fact.value)?.toString();
        const other = value === undefined ? undefined : seen.get(value);
        if (other !== undefined) twice.push(`${fact.name} = ${other}`);
        if (value !== undefined) seen.set(value, fact.name);
      }
    }
    // Same bit for different things: two kinds of attachment, two directions, and an alias of the mask.
    expect(twice.sort()).toEqual(['BPF_F_UPROBE_MULTI_RETURN = BPF_F_KPROBE_MULTI_RETURN', 'BPF_F_TUNINFO_FLAGS = BPF_F_NO_TUNNEL_KEY'].sort());
  });

  it.each([
    ['BPF_F_LOCK', 4n], ['XDP_REDIRECT', 4n], ['TC_ACT_UNSPEC', -1n], ['BPF_F_CTXLEN_MASK', 0xfffff00000000n], ['BPF_F_CURRENT_NETNS', -1n],
    ['BPF_FLOW_DISSECTOR_CONTINUE', 129n], ['BPF_SOCK_OPS_TSTAMP_SENDMSG_CB', 20n], ['BPF_TCP_NEW_SYN_RECV', 12n], ['BPF_F_RB_OVERWRITE', 1n << 19n], ['BPF_SOCK_OPS_ALL_CB_FLAGS', 127n],
  ])('%s is %s', (name, value) => {
    expect(constantNumber(book.constants.get(name)?.value ?? '')).toBe(value);
  });
});
