/** Context fields equal the kernels' access tables, and sections equal libbpf's table, row by row and in its order. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FactBook, ProgramKey } from '../../server/src/facts/factBook.types.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import { loadTestFacts } from '../support/facts.js';

const FACTS = fileURLToPath(new URL('../../../shared/reference/facts/', import.meta.url));
const SAMPLE = new URL('./samples/measured-sample.json', import.meta.url);

type Access = Record<string, Record<string, Record<string, string>>>;
interface SecDef { readonly sec: string; readonly plus: boolean; readonly prog_type: string; readonly attach_type: string | null; readonly flags: readonly string[]; readonly first_libbpf: string }

async function readTables(): Promise<{ access: Access; sections: SecDef[] }> {
  if (!existsSync(FACTS)) return JSON.parse(await readFile(SAMPLE, 'utf8')) as { access: Access; sections: SecDef[] };
  const access = JSON.parse(await readFile(`${FACTS}ctx_access_src.json`, 'utf8')) as Access;
  return { access, sections: (JSON.parse(await readFile(`${FACTS}sec_defs.json`, 'utf8')) as { defs: SecDef[] }).defs };
}

const key = (programType: string, attachType: string | null): ProgramKey => ({ programType, attachType, sleepable: false, frags: false });

describe('the book equals the tables of kernel and libbpf', () => {
  let book: FactBook;
  let tables: { access: Access; sections: SecDef[] };
  beforeAll(async () => {
    book = await loadTestFacts();
    tables = await readTables();
  });

  it('for every field of every context, by program and attach type', () => {
    const wrong: string[] = [];
    let cells = 0;
    for (const [kernel, byKey] of Object.entries(tables.access)) {
      const release = parseRelease(kernel) ?? 0;
      for (const [tableKey, permissions] of Object.entries(byKey)) {
        const [type = '', attach = '0'] = tableKey.split('|');
        const programType = `BPF_PROG_TYPE_${type}`;
        const context = book.contexts.get(book.programTypes.get(programType)?.context ?? '');
        expect(context, tableKey).toBeDefined();
        for (const field of context?.fields.keys() ?? []) {
          const permission = permissions[field];
          for (const mode of ['read', 'write'] as const) {
            const want = permission?.includes(mode[0] ?? '') ? 'allowed' : 'denied';
            const got = book.fieldAccess(context?.name ?? '', field, key(programType, attach === '0' ? null : attach), mode).at(release);
            cells += 1;
            if (got !== want) wrong.push(`${tableKey} ${field} ${mode} on ${kernel}: ${want}, the book says ${got}`);
          }
        }
        for (const field of Object.keys(permissions)) expect(context?.fields.has(field), `${tableKey}.${field}`).toBe(true);
      }
    }
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(2_500);
  });

  it('for programs that share a table with another', () => {
    const at = (type: string, attach: string | null, context: string, field: string, mode: 'read' | 'write', release: number): string =>
      book.fieldAccess(context, field, key(`BPF_PROG_TYPE_${type}`, attach), mode).at(release);
    expect(at('SCHED_ACT', null, '__sk_buff', 'tc_classid', 'write', 6012)).toBe('allowed');
    expect(at('LWT_IN', null, '__sk_buff', 'tc_classid', 'read', 6012)).toBe('denied');
    expect(at('CGROUP_SOCK_ADDR', 'BPF_CGROUP_UDP6_RECVMSG', 'bpf_sock_addr', 'user_ip6', 'write', 6012)).toBe('allowed');
    expect(at('CGROUP_SOCK_ADDR', 'BPF_CGROUP_UNIX_GETSOCKNAME', 'bpf_sock_addr', 'user_ip4', 'read', 6012)).toBe('denied');
    expect(at('SCHED_CLS', 'BPF_TCX_EGRESS', '__sk_buff', 'mark', 'write', 6012)).toBe('allowed');
  });

  it('for the edges that matter most', () => {
    const egress = (attach: string, release: number): string => book.fieldAccess('xdp_md', 'egress_ifindex', key('BPF_PROG_TYPE_XDP', attach), 'read').at(release);
    expect(egress('BPF_XDP_DEVMAP', 5007)).toBe('denied');
    expect(egress('BPF_XDP_DEVMAP', 5008)).toBe('allowed');
    expect(egress('BPF_XDP', 6012)).toBe('denied');
    expect(egress('BPF_XDP_CPUMAP', 6012)).toBe('denied');
    expect(book.fieldAccess('xdp_md', 'data', key('BPF_PROG_TYPE_KPROBE', null), 'read').at(6012), 'another type of program').toBe('unknown');
    expect(book.fieldAccess('xdp_md', 'nonsense', key('BPF_PROG_TYPE_XDP', null), 'read').at(6012)).toBe('unknown');
    expect(book.fieldAccess('bpf_nf_ctx', 'skb', key('BPF_PROG_TYPE_NETFILTER', 'BPF_NETFILTER'), 'read').at(6012), 'no table').toBe('unknown');
    expect(book.fieldAccess('bpf_sock', 'mark', key('BPF_PROG_TYPE_CGROUP_SOCK', null), 'write').at(6012), 'attach types disagree').toBe('unknown');
  });

  it("for libbpf's sections", () => {
    const current = book.sections.filter((section) => !section.legacy);
    expect(current.map((section) => section.name)).toEqual(tables.sections.map((def) => def.sec));
    current.forEach((section, i) => {
      const def = tables.sections[i];
      expect({ plus: section.plus, programType: section.programType, attachType: section.attachType }, section.name).toEqual({ plus: def?.plus, programType: def?.prog_type, attachType: def?.attach_type });
      expect(section.sleepable, section.name).toBe(def?.flags.includes('SEC_SLEEPABLE'));
      expect(section.frags, section.name).toBe(def?.flags.includes('SEC_XDP_FRAGS'));
    });
  });
});
