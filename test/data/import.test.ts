/** The importers' parts that read other projects' files, on small made-up pieces of them. */
import { describe, expect, it } from 'vitest';
import { applyCorrections } from '../../data/build/import/corrections.js';
import { fieldVersions } from '../../data/build/import/importContexts.js';
import { legacyRows } from '../../data/build/import/importSections.js';
import { partnerOf } from '../../data/build/import/kfuncPartners.js';
import { helperListings, kfuncListings } from '../../data/build/import/listings.js';
import { compactMatrix } from '../../data/build/import/measured.js';
import { toYaml } from '../../data/build/import/writeData.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('version tables', () => {
  it('expand nested groups, with conditions from outside and exclusions of the type', () => {
    const { listings } = helperListings({
      groups: { base: [{ name: 'bpf_a' }, { name: 'bpf_b', since: { version: 'v6.10', commit: COMMIT } }], outer: [{ group: 'base' }, { group: 'not_there' }] },
      programs: { BPF_PROG_TYPE_X: [{ group: 'outer', attach_type: ['BPF_ONE'] }, { exclude: 'bpf_a' }], BPF_PROG_TYPE_Y: [{ group: 'base' }] },
    });
    expect(listings.get('bpf_a')).toEqual([{ programTypes: ['BPF_PROG_TYPE_Y'] }]);
    expect(listings.get('bpf_b')).toEqual([
      { programTypes: ['BPF_PROG_TYPE_X'], attachTypes: ['BPF_ONE'], since: '6.10', ref: COMMIT },
      { programTypes: ['BPF_PROG_TYPE_Y'], since: '6.10', ref: COMMIT },
    ]);
  });

  it('take registration for no type as every type, and leave out what is excepted', () => {
    const listings = kfuncListings({ set: { funcs: [{ name: 'k' }, { name: 'l', except: { program_types: [{ name: 'BPF_PROG_TYPE_X' }] } }], program_types: [{ name: 'BPF_PROG_TYPE_UNSPEC' }, { name: 'BPF_PROG_TYPE_X' }] } });
    expect(listings.get('k')).toEqual([{ programTypes: ['*', 'BPF_PROG_TYPE_X'] }]);
    expect(listings.get('l')).toEqual([{ programTypes: ['*'] }]);
  });

  it('date fields by the tag under their heading, two under one heading too', () => {
    const tag = (version: string): string => `[:octicons-tag-24: v${version}](https://github.com/torvalds/linux/commit/${COMMIT})`;
    const page = `### \`data\`\n${tag('4.8')}\n\nText.\n\n### \`sk\` and \`migrating_sk\`\n\n${tag('5.14')}\n\n### \`undated\`\n\nText ${tag('6.1')}\n`;
    expect([...fieldVersions(page)].map(([name, { version }]) => `${name} ${version}`)).toEqual(['data 4.8', 'sk 5.14', 'migrating_sk 5.14']);
  });

  it('date a field by its first heading, since a page may go on with another struct', () => {
    const tag = (version: string): string => `[:octicons-tag-24: v${version}](https://github.com/torvalds/linux/commit/${COMMIT})`;
    const page = `### \`mark\`\n${tag('4.1')}\n\n### \`sk\`\n${tag('5.1')}\n\n#### struct bpf_sock\n\n### \`mark\`\n${tag('4.14')}\n`;
    expect([...fieldVersions(page)].map(([name, { version }]) => `${name} ${version}`)).toEqual(['mark 4.1', 'sk 5.1']);
  });
});

describe("libbpf's old table", () => {
  it('yields sloppy and deprecated rows, and no others', () => {
    const rows = legacyRows('SEC_DEF("socket", SOCKET_FILTER, 0, SEC_NONE | SEC_SLOPPY_PFX),\nSEC_DEF("kprobe+", KPROBE, 0, SEC_NONE, attach_kprobe),\nSEC_DEF("xdp_devmap/", XDP, BPF_XDP_DEVMAP, SEC_ATTACHABLE | SEC_DEPRECATED),\nSEC_DEF("tc", SCHED_CLS, 0, SEC_NONE),\n');
    expect(rows).toEqual([
      { name: 'socket', programType: 'BPF_PROG_TYPE_SOCKET_FILTER', attachType: null },
      { name: 'xdp_devmap', programType: 'BPF_PROG_TYPE_XDP', attachType: 'BPF_XDP_DEVMAP' },
    ]);
  });
});

describe('measurements', () => {
  it('keep only rows that the rule for missing rows does not give', () => {
    const entity = { in: '.yy', allowed: { a: 'xyy', b: 'xnn', c: '-yn' } };
    expect(compactMatrix(entity, ['a', 'b', 'c', 'd'], { a: 'yyy', b: 'yyy', c: '-yy', d: 'yyy' }, 'x')).toEqual({ xyy: ['a'], '-yn': ['c'] });
  });
});

describe('corrections', () => {
  const correction = { kind: 'kfuncs' as const, name: 'k', set: { 'lifetime.since': '6.2' }, why: 'because', sources: [{ source: 'editorial' as const }] };

  it('change the entry and name their source first', () => {
    const entry = { lifetime: { since: '6.1' }, sources: [{ source: 'ebpf-docs' }] };
    expect(applyCorrections('kfuncs', new Map([['k', entry]]), [correction])).toEqual([]);
    expect(entry).toEqual({ lifetime: { since: '6.2' }, sources: [{ source: 'editorial' }, { source: 'ebpf-docs' }] });
  });

  it('complain when they meet nothing, or are no longer needed', () => {
    expect(applyCorrections('kfuncs', new Map(), [correction])).toEqual(['correction of kfuncs/k: there is no such entry']);
    expect(applyCorrections('kfuncs', new Map([['k', { lifetime: { since: '6.2' } }]]), [correction])).toEqual(['correction of kfuncs/k changes nothing: the source was mended, delete it']);
    expect(applyCorrections('helpers', new Map(), [correction])).toEqual([]);
  });

  it('reach into a field of a context and leave its source there', () => {
    const entry = { fields: { f: { lifetime: { since: '5.1' }, sources: [{ source: 'ebpf-docs' }] } } };
    applyCorrections('contexts', new Map([['c', entry]]), [{ ...correction, kind: 'contexts', name: 'c', set: { 'fields.f.lifetime': { since: '4.17' } } }]);
    expect(entry.fields.f).toEqual({ lifetime: { since: '4.17' }, sources: [{ source: 'editorial' }, { source: 'ebpf-docs' }] });
  });
});

describe('data files', () => {
  it('quote versions and keep short things on one line', () => {
    expect(toYaml({ name: 'x', since: '6.10', flags: ['A', 'B'] }, 'kfunc')).toBe('# Schema: data/schema/kfunc.schema.json\n\nname: x\nsince: "6.10"\nflags: [A, B]\n');
  });

  it('pair what acquires with what releases', () => {
    const names = new Set(['bpf_task_acquire', 'bpf_task_release', 'bpf_iter_num_new', 'bpf_iter_num_destroy']);
    expect(partnerOf('bpf_task_acquire', names)).toBe('bpf_task_release');
    expect(partnerOf('bpf_task_release', names)).toBe('bpf_task_acquire');
    expect(partnerOf('bpf_iter_num_new', names)).toBe('bpf_iter_num_destroy');
    expect(partnerOf('bpf_cpumask_create', names), 'the other half is not there').toBeUndefined();
  });
});
