/** What the book answers where rules, not single measurements, decide: gaps, tables, candidates, licences, broken input. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FactBook, ProgramKey, Timeline } from '../../server/src/facts/factBook.types.js';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import { formatRelease, parseRelease } from '../../server/src/facts/kernelVersion.js';
import { loadTestFacts } from '../support/facts.js';

const TYPE = 'BPF_PROG_TYPE_';
let book: FactBook;
beforeAll(async () => {
  book = await loadTestFacts();
});

function key(programType: string | null, rest: Partial<ProgramKey> = {}): ProgramKey {
  return { programType: programType === null ? null : TYPE + programType, attachType: null, sleepable: false, frags: false, ...rest };
}

function ask(name: string, programKey: ProgramKey): Timeline {
  const fact = book.helpers.get(name) ?? book.kfuncs.get(name);
  if (!fact) throw new Error(`no ${name}`);
  return book.availability(fact, programKey);
}

/** `4.14 denied, 4.15.. allowed` as text, for short expectations. */
function line(timeline: Timeline): string {
  return timeline.segments.map((segment) => `${segment.from === 0 ? '' : `${formatRelease(segment.from)} `}${segment.status}`).join(', ');
}

const XDP = key('XDP', { attachType: 'BPF_XDP' });

describe('versions', () => {
  it('compare as kernels do', () => {
    expect(parseRelease('5.9')).toBeLessThan(parseRelease('5.10') ?? 0);
    expect(book.releases).toContain(parseRelease('6.10'));
    expect(book.kfuncs.get('bpf_wq_init')?.lifetime.since).toBe(6010);
  });

  it('are corrected where a published table is wrong', () => {
    expect(book.helpers.get('bpf_map_lookup_elem')?.since).toBe(3019);
    expect(book.helpers.get('bpf_map_update_elem')?.since).toBe(3019);
    expect(book.helpers.get('bpf_get_prandom_u32')?.since).toBe(4001);
    expect(book.helpers.get('bpf_jiffies64')?.since, 'bcc is one early').toBe(5006);
    expect(book.kfuncs.get('bpf_stream_vprintk_impl')?.lifetime).toMatchObject({ since: 6018, max: 6019 });
    expect(book.contexts.get('__sk_buff')?.fields.get('data')?.lifetime?.since).toBe(4007);
    for (const field of ['mark', 'protocol', 'priority']) expect(book.contexts.get('__sk_buff')?.fields.get(field)?.lifetime?.since, field).toBe(4001);
    expect(book.contexts.get('__sk_buff')?.fields.get('family')?.lifetime?.since).toBe(4014);
    expect(book.contexts.get('bpf_sock_addr')?.fields.get('user_port')?.lifetime?.since).toBe(4017);
  });

  it('exist for what no table lists', () => {
    expect(book.mapTypes.get('BPF_MAP_TYPE_RHASH')?.lifetime?.since).toBe(7002);
    const since = (name: string): number | undefined => book.attachTypes.get(name)?.lifetime?.since;
    expect(since('BPF_TRACE_UPROBE_SESSION')).toBe(6013);
    expect(since('BPF_TRACE_FSESSION')).toBe(7000);
    expect(since('BPF_TRACE_FENTRY_MULTI')).toBe(7002);
    expect(since('BPF_TRACE_UPROBE_MULTI')).toBe(6006);
    expect(since('BPF_NETFILTER')).toBe(6004);
    expect(since('BPF_CGROUP_UNIX_CONNECT')).toBe(6007);
  });
});

describe('availability', () => {
  it('takes the version of the table between kernels that differ', () => {
    expect(line(ask('bpf_redirect_map', XDP))).toBe('denied, 4.14 allowed');
    expect(line(ask('bpf_get_netns_cookie', key('SCHED_CLS')))).toBe('denied, 6.13 allowed');
    expect(line(ask('bpf_task_acquire', key('TRACEPOINT')))).toBe('denied, 6.12 allowed');
  });

  it('is unknown in a gap for which no table names a release', () => {
    const timeline = ask('bpf_current_task_under_cgroup', XDP);
    expect(timeline.at(6012)).toBe('denied');
    expect(timeline.at(6014)).toBe('unknown');
    expect(timeline.at(6016)).toBe('allowed');
    expect(timeline.allowed()).toEqual({ since: 6016, after: 6012 });
  });

  it('does not follow a table that a measurement contradicts', () => {
    const timeline = ask('bpf_setsockopt', key('CGROUP_SOCK_ADDR', { attachType: 'BPF_CGROUP_INET4_BIND' }));
    expect(timeline.at(5008), 'the table says 5.8').toBe('unknown');
    expect(timeline.at(5010), 'the kernel refused').toBe('denied');
    expect(timeline.at(6001)).toBe('allowed');
  });

  it('knows nothing above the newest kernel, but that nothing comes back', () => {
    expect(ask('bpf_redirect_map', XDP).at(7099)).toBe('unknown');
    expect(ask('scx_bpf_consume', key('SYSCALL', { sleepable: true })).at(7099)).toBe('denied');
  });

  it('ends with the last release of a kfunc that was removed', () => {
    const fentry = key('TRACING', { attachType: 'BPF_TRACE_FENTRY', target: 'f' });
    expect(line(ask('cgroup_rstat_updated', fentry))).toBe('denied, 6.1 allowed, 6.16 denied');
    expect(ask('cgroup_rstat_updated', fentry).allowed()).toEqual({ since: 6001, max: 6015 });
    expect(book.kfuncs.get('cgroup_rstat_updated')?.replacedBy).toBe('css_rstat_updated');
  });

  it('does not trust "absent" beside a table that says "present"', () => {
    const timeline = ask('bpf_stream_vprintk', XDP);
    expect([timeline.at(6016), timeline.at(6018), timeline.at(6019), timeline.at(7000)]).toEqual(['denied', 'unknown', 'unknown', 'allowed']);
    expect(timeline.deniedEverywhere()).toBe(false);
  });

  it('calls sleepable what only sleepable programs may, and refused where the type never sleeps', () => {
    expect(ask('bpf_copy_from_user', key('TRACING', { attachType: 'BPF_TRACE_FENTRY', target: 'f' })).at(6012)).toBe('sleepable');
    expect(ask('bpf_copy_from_user', XDP).at(7003)).toBe('denied');
    expect(ask('bpf_copy_from_user', XDP).deniedEverywhere()).toBe(true);
    expect(line(ask('bpf_copy_from_user', key('TRACEPOINT')))).toBe('denied, 7.1 sleepable');
    expect(ask('bpf_copy_from_user', key('TRACEPOINT')).deniedEverywhere()).toBe(false);
  });

  it('gives existence only where the kind of program is not known', () => {
    for (const unknownKind of [key(null), key('EXT'), key('LIRC_MODE2', { attachType: 'BPF_LIRC_MODE2' })]) {
      const timeline = ask('bpf_loop', unknownKind);
      expect([timeline.at(5016), timeline.at(6012), timeline.deniedEverywhere()]).toEqual(['denied', 'unknown', false]);
    }
  });
});

describe('candidates for programs that were not measured', () => {
  it('answers for an attach type without its own measurement where all of the type agree', () => {
    expect(ask('bpf_redirect', key('SCHED_CLS', { attachType: 'BPF_TCX_EGRESS' })).at(6012)).toBe('allowed');
    expect(ask('bpf_xdp_adjust_head', key('SCHED_CLS', { attachType: 'BPF_NETKIT_PEER' })).at(6012)).toBe('denied');
  });

  it('ignores frags where only the plain form was measured', () => {
    expect(ask('bpf_redirect_map', key('XDP', { attachType: 'BPF_XDP_DEVMAP', frags: true })).at(6012)).toBe('allowed');
  });

  it('takes an optional attach type for none', () => {
    expect(line(ask('bpf_get_stackid', key('KPROBE', { attachType: 'BPF_PERF_EVENT' })))).toBe(line(ask('bpf_get_stackid', key('KPROBE'))));
  });

  it('asks all hooks and iterators, and says unknown where they differ', () => {
    expect(ask('bpf_seq_printf', key('TRACING', { attachType: 'BPF_TRACE_ITER', target: 'udp' })).at(6012)).toBe('allowed');
    expect(ask('bpf_redirect', key('LSM', { attachType: 'BPF_LSM_MAC', target: 'inode_create' })).at(6012)).toBe('denied');
    const measured = key('LSM', { attachType: 'BPF_LSM_MAC', target: 'file_open' });
    expect(ask('bpf_ima_inode_hash', measured).at(6012)).not.toBe('unknown');
  });

  it('does not hold an old refusal of other hooks against one that was not measured, where later the hook decides', () => {
    const timeline = ask('bpf_setsockopt', key('TRACING', { attachType: 'BPF_TRACE_ITER', target: 'unix' }));
    expect([timeline.at(4012), timeline.at(5010), timeline.at(6001)]).toEqual(['denied', 'unknown', 'unknown']);
    expect(ask('bpf_setsockopt', key('TRACING', { attachType: 'BPF_TRACE_ITER', target: 'task' })).at(6001), 'measured').toBe('denied');
  });

  it('never reads a refusal out of programs that may not sleep for one that may', () => {
    const fexit = key('TRACING', { attachType: 'BPF_TRACE_FEXIT', target: 'f', sleepable: true });
    expect(ask('bpf_copy_from_user', fexit).at(5010), '5.10 hides it from fexit that may not sleep').toBe('unknown');
    expect(ask('bpf_copy_from_user', fexit).at(6012)).toBe('allowed');
    expect(ask('bpf_redirect', fexit).at(6012)).toBe('denied');
  });

  it('takes what was tried for helpers only as no word on kfuncs', () => {
    const tpBtf = { attachType: 'BPF_TRACE_RAW_TP', target: 'sys_enter' };
    expect(ask('bpf_task_acquire', key('TRACING', { ...tpBtf, sleepable: true })).at(7003)).toBe('allowed');
    expect(ask('bpf_task_acquire', key('TRACING', tpBtf)).at(7003)).toBe('allowed');
    expect(ask('bpf_rcu_read_lock', key('TRACEPOINT', { sleepable: true })).at(7003)).toBe('allowed');
    expect(ask('bpf_redirect', key('TRACEPOINT', { sleepable: true })).at(7003), 'a helper, measured').toBe('denied');
  });

  it('knows struct_ops by measured member only', () => {
    expect(ask('scx_bpf_dsq_insert', key('STRUCT_OPS', { target: 'sched_ext_ops.enqueue' })).at(6016)).toBe('allowed');
    expect(ask('scx_bpf_dsq_insert', key('STRUCT_OPS', { target: 'sched_ext_ops.running' })).at(6016)).toBe('unknown');
    expect(ask('scx_bpf_dsq_insert', key('STRUCT_OPS', { target: 'sched_ext_ops.running' })).at(6012), 'not there yet').toBe('denied');
    expect(ask('bpf_loop', key('TRACING', { attachType: 'BPF_TRACE_FENTRY_MULTI' })).at(7003)).toBe('unknown');
  });
});

describe('licences and sleep', () => {
  const gpl = (name: string, programKey: ProgramKey): boolean | undefined => {
    const fact = book.helpers.get(name) ?? book.kfuncs.get(name);
    return fact && book.gplOnly(fact, programKey);
  };

  it('are known by helper, and by variant where the kernel has variants', () => {
    expect(gpl('bpf_trace_printk', XDP)).toBe(true);
    expect(gpl('bpf_redirect', XDP)).toBe(false);
    expect(gpl('bpf_get_stackid', key('PERF_EVENT'))).toBe(false);
    expect(gpl('bpf_get_stackid', key('KPROBE'))).toBe(true);
    expect(gpl('bpf_get_func_ip', key('KPROBE'))).toBe(true);
    expect(gpl('bpf_get_func_ip', key('KPROBE', { attachType: 'BPF_TRACE_KPROBE_MULTI' }))).toBe(false);
    expect(gpl('bpf_get_func_ip', key('TRACING', { attachType: 'BPF_TRACE_FENTRY' }))).toBe(true);
    expect(gpl('bpf_get_stackid', key(null)), 'no type, no answer').toBeUndefined();
    expect(gpl('bpf_task_acquire', XDP), 'every kfunc').toBe(true);
  });

  it('says which types may sleep, and from when', () => {
    expect(book.typeMaySleep('BPF_PROG_TYPE_XDP')).toBe(false);
    expect(book.typeMaySleep('BPF_PROG_TYPE_LSM')).toBe(true);
    expect(book.typeMaySleep('BPF_PROG_TYPE_TRACEPOINT', 7000)).toBe(false);
    expect(book.typeMaySleep('BPF_PROG_TYPE_TRACEPOINT', 7001)).toBe(true);
    expect(book.typeMaySleep('BPF_PROG_TYPE_EXT')).toBeUndefined();
    expect(book.typeMaySleep('BPF_PROG_TYPE_NONSENSE')).toBeUndefined();
  });
});

describe('sections', () => {
  it('keep the names that libbpf 0.8 took, and say what to write now', () => {
    const legacy = (name: string) => book.sections.find((section) => section.legacy && section.name === name);
    expect(legacy('xdp_devmap')).toMatchObject({ attachType: 'BPF_XDP_DEVMAP', legacy: { until: '1.0', prefix: true, modern: 'xdp/devmap' } });
    expect(legacy('classifier')?.legacy?.modern).toBe('tc');
    expect(legacy('xdp')?.attachType).toBe('BPF_XDP');
    expect(legacy('tc'), '`tc` was never sloppy').toBeUndefined();
    const order = book.sections.map((section) => section.name);
    expect(order.lastIndexOf('xdp_devmap'), 'longer prefixes first').toBeLessThan(order.lastIndexOf('xdp'));
  });

  it('say what they need beyond type and attach type', () => {
    const since = (name: string): number | undefined => book.sections.find((section) => section.name === name)?.lifetime?.since;
    expect(since('xdp.frags')).toBe(5018);
    expect(since('fentry.s')).toBe(5010);
    expect(since('uprobe.s')).toBe(6000);
    expect(since('tp_btf.s')).toBe(7001);
    expect(since('xdp')).toBeUndefined();
  });
});

describe('loading', () => {
  it('answers twice with the same object', () => {
    expect(ask('bpf_redirect', key('XDP', { attachType: 'BPF_XDP' }))).toBe(ask('bpf_redirect', key('XDP', { attachType: 'BPF_XDP' })));
  });

  it('says what is wrong with a broken file', () => {
    expect(() => loadFactBook(null)).toThrow('facts: not a JSON object');
    expect(() => loadFactBook({})).toThrow('facts: version undefined is not the one this build reads (1)');
    expect(() => loadFactBook({ version: 2 })).toThrow('version 2');
    expect(() => loadFactBook({ version: 1, releases: [] })).toThrow('facts: measured is missing or no list');
  });
});
