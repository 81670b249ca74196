/** Constants and macros: what hovers, explanations and completion say about them. */
import { describe, expect, it } from 'vitest';
import { explain, explanationText } from '../../server/src/features/explain.js';
import { RULES } from '../../server/src/rules/index.js';
import { loadTestFacts } from '../support/facts.js';
import { completeAt, hoverAt } from './harness.js';

const facts = await loadTestFacts();

const xdp = (body: string, before = '', section = 'xdp'): string => `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
${before}
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); __uint(max_entries, 8); } m SEC(".maps");
SEC("${section}") int prog(struct xdp_md *ctx) { ${body} return XDP_PASS; }`;

describe('a hover on a constant', () => {
  it('tells value, meaning, since and where it belongs', async () => {
    const info = await hoverAt(xdp('if (ctx->data == 1) return XDP_/*|*/TX;'));
    expect(info?.word).toBe('XDP_TX');
    expect(info?.text).toContain('XDP_TX = 3');
    expect(info?.text).toContain('Sends the frame back');
    expect(info?.text).toMatch(/Since: +Linux 4\.8 \(ebpf-docs\)/);
    expect(info?.text).toMatch(/Where: +returned by XDP programs/);
    expect(info?.text).toMatch(/Others: +XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_REDIRECT$/m);
    expect(info?.verdicts).toEqual([]);
  });

  it('names the parameter in which it stands', async () => {
    const here = async (body: string): Promise<string | undefined> => /Here: +(.*)/.exec((await hoverAt(xdp(body)))?.text ?? '')?.[1];
    expect(await here('bpf_map_update_elem(&m, &k, &v, BPF_/*|*/NOEXIST);')).toBe('flags of bpf_map_update_elem');
    expect(await here('bpf_ringbuf_submit(e, a | BPF_RB_FORCE_/*|*/WAKEUP);')).toBe('flags of bpf_ringbuf_submit');
    expect(await here('bpf_map_update_elem(&m, &k, &v, f(BPF_NO/*|*/EXIST));')).toBeUndefined();
    expect(await here('bpf_map_update_elem(&m, BPF_NO/*|*/EXIST, &v, 0);')).toBeUndefined();
    expect(await here('return XDP_/*|*/DROP;')).toBeUndefined();
  });

  it('says where the target is too old, and keeps silent in the gap of a range', async () => {
    const body = 'bpf_fib_lookup(ctx, &p, sizeof(p), BPF_FIB_LOOKUP_/*|*/SRC);';
    expect((await hoverAt(xdp(body), { kernel: '4.18' }))?.verdicts).toEqual(['[no] From a release after Linux 4.18; your target 4.18 is too old']);
    expect((await hoverAt(xdp(body), { kernel: '6.6' }))?.verdicts).toEqual([]);
    expect((await hoverAt(xdp(body), { kernel: '6.12' }))?.verdicts).toEqual([]);
    expect((await hoverAt(xdp('bpf_ringbuf_discard(e, BPF_RB_/*|*/NO_WAKEUP);'), { kernel: '5.4' }))?.verdicts).toEqual(['[no] From Linux 5.8; your target 5.4 is too old']);
  });

  it('answers in map definitions, cases, comparisons and initializers', async () => {
    for (const [code, word] of [
      ['struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(map_flags, BPF_F_NO_/*|*/PREALLOC); } n SEC(".maps");', 'BPF_F_NO_PREALLOC'],
      ['struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(pinning, LIBBPF_PIN_/*|*/BY_NAME); } n SEC(".maps");', 'LIBBPF_PIN_BY_NAME'],
      ['SEC("sockops") int s(struct bpf_sock_ops *o) { switch (o->op) { case BPF_SOCK_OPS_/*|*/RTT_CB: return 1; } return 0; }', 'BPF_SOCK_OPS_RTT_CB'],
      ['SEC("tc") int t(struct __sk_buff *s) { int r = TC_ACT_/*|*/OK; return r; }', 'TC_ACT_OK'],
      ['SEC("tc") int t(struct __sk_buff *s) { return s->len ? TC_ACT_OK : TC_ACT_/*|*/SHOT; }', 'TC_ACT_SHOT'],
      ['SEC("tc") int t(struct __sk_buff *s) { return bpf_skb_adjust_room(s, 4, 1, BPF_F_ADJ_ROOM_/*|*/ENCAP_L2(14)); }', 'BPF_F_ADJ_ROOM_ENCAP_L2'],
    ] as const) {
      expect((await hoverAt(code))?.word, code).toBe(word);
    }
  });

  it('knows a name that the file defines as the kernel does, but not one with another meaning', async () => {
    const tc = (define: string): string => `${define}\nSEC("tc") int t(struct __sk_buff *s) { return TC_ACT_/*|*/SHOT; }`;
    expect((await hoverAt(tc('#define TC_ACT_SHOT 2')))?.text).toContain('Drops the packet');
    expect((await hoverAt(tc('#define TC_ACT_SHOT (2)')))?.text).toContain('Drops the packet');
    expect((await hoverAt(tc('#define TC_ACT_SHOT 3')))?.text).toBeUndefined();
    expect((await hoverAt(tc('#define TC_ACT_SHOT MY_SHOT')))?.text).toContain('Drops the packet');
  });

  it('shows the number where the expression hides it', async () => {
    expect((await hoverAt(xdp('f(BPF_F_CTXLEN_/*|*/MASK);')))?.text).toContain('BPF_F_CTXLEN_MASK = 0xfffffULL << 32 /* 4503595332403200 */');
    expect((await hoverAt(xdp('f(SCX_DSQ_/*|*/LOCAL);')))?.text).toContain('/* 9223372036854775810, 0x8000000000000002 */');
    expect((await hoverAt(xdp('f(BPF_F_USER_/*|*/STACK);')))?.text).toContain('BPF_F_USER_STACK = 1ULL << 8 /* 256, 0x100 */');
  });

  it('says nothing in comments and strings', async () => {
    expect(await hoverAt(xdp('/* XDP_/*|*/DROP */'))).toBeUndefined();
    expect(await hoverAt(xdp('f("XDP_/*|*/DROP");'))).toBeUndefined();
  });
});

describe('a hover on a macro', () => {
  it('judges what this use calls', async () => {
    const printk = async (values: string): Promise<readonly string[] | undefined> => (await hoverAt(xdp(`bpf_pri/*|*/ntk("x"${values});`), { kernel: '5.4' }))?.verdicts;
    expect(await printk(', 1, 2, 3')).toEqual(['[yes] Allowed in this program (XDP) from Linux 4.8; your target 5.4 is fine']);
    expect(await printk(', 1, 2, 3, 4')).toEqual(['[no] Allowed in this program (XDP) only from Linux 5.16; your target 5.4 is too old']);
    expect((await hoverAt(xdp('int i; bpf_f/*|*/or(i, 0, 4) { }'), { kernel: '6.1' }))?.verdicts).toEqual(['[no] Allowed in this program (XDP) only from Linux 6.4; your target 6.1 is too old']);
  });

  it('makes no verdict where loaders replace the helper', async () => {
    const info = await hoverAt(xdp('BPF_CORE_/*|*/READ(t, mm, pgd);'), { kernel: '5.4' });
    expect(info?.verdicts).toEqual([]);
    expect(info?.text).toMatch(/Calls: +bpf_probe_read_kernel \(Linux 5\.5\)/);
    expect(info?.text).toMatch(/Older kernels: +libbpf and cilium\/ebpf load bpf_probe_read instead/);
    expect(info?.text).toMatch(/Licence: +only for programs with a GPL compatible licence/);
  });

  it('tells expansion, parameters, header and libbpf release', async () => {
    const info = await hoverAt(xdp('if (unlik/*|*/ely(ctx->data)) return 0;'));
    expect(info?.text).toContain('Macro of bpf/bpf_helpers.h, from libbpf 1.6.0 on');
    expect(info?.text).toContain('- x: The condition.');
    expect((await hoverAt('extern void f(void) __ksym __we/*|*/ak;'))?.text).toContain('bpf_ksym_exists');
    expect((await hoverAt('SEC("lsm/x") int BPF_P/*|*/ROG(f, int a) { return 0; }'))?.text).toContain('bpf/bpf_tracing.h');
  });

  it('fits into 25 lines, whichever it is', async () => {
    let hovers = 0;
    for (const macro of facts.macros.values()) {
      const info = await hoverAt(xdp(`${macro.name}/*|*/(a, b, c);`));
      if (info === undefined) continue;
      hovers++;
      expect(info.text.split('\n').filter((line) => line !== '').length, macro.name).toBeLessThanOrEqual(25);
    }
    expect(hovers).toBeGreaterThan(120);
  });

  it('says nothing about a macro or function of the file’s own', async () => {
    expect(await hoverAt(xdp('if (lik/*|*/ely(1)) return 0;', '#define likely(x) (x)'))).toBeUndefined();
    expect(await hoverAt(xdp('return bpf_ht/*|*/ons(1);', 'static int bpf_htons(int a) { return a; }'))).toBeUndefined();
  });
});

describe('explain', () => {
  const text = (word: string): string => explanationText(explain(word, facts, RULES), 10_000);

  it('has no empty field for any constant or macro', () => {
    for (const name of [...facts.constants.keys(), ...facts.macros.keys()]) {
      const answer = text(name);
      expect(answer, name).toContain(name);
      expect(answer.split('\n').filter((line) => /^[\w ]+: *$/.test(line) && line !== 'Mind:'), name).toEqual([]);
      expect(answer, name).not.toMatch(/undefined|NaN/);
    }
  });

  it.each([
    ['XDP_TX', 'Constant XDP_TX, one of the XDP actions'],
    ['xdp_tx', 'XDP_TX = 3'],
    ['BPF_SK_STORAGE_GET_F_CREATE', 'BPF_LOCAL_STORAGE_GET_F_CREATE'],
    ['XDP_FLAGS_DRV_MODE', 'netlink requests and BPF_LINK_CREATE'],
    ['LIBBPF_PIN_BY_NAME', 'pinning of any map'],
    ['TRI_MODULE', 'libbpf 0.0.7, any kernel'],
    ['BPF_FIB_LKUP_RET_NO_NEIGH', 'returned by bpf_fib_lookup'],
    ['bpf_usdt_cookie', 'Inline function of bpf/usdt.bpf.h'],
    ['__arg_nonnull', 'between Linux 6.6 and 6.9'],
    ['PT_REGS_PARM3_CORE', 'third argument'],
  ])('knows %s', (word, part) => {
    expect(text(word)).toContain(part);
  });

  it.each([['XDP_DORP', 'XDP_DROP'], ['BPF_F_CURENT_CPU', 'BPF_F_CURRENT_CPU'], ['bpf_core_feild_exists', 'bpf_core_field_exists']])('suggests for %s', (word, near) => {
    const answer = explain(word, facts, RULES);
    expect(answer.known ? [] : answer.suggestions).toContain(near);
  });
});

describe('completion', () => {
  const constants = async (body: string, section = 'xdp', kernel?: string): Promise<readonly string[]> => {
    const result = await completeAt(xdp(body, '', section), { ...(kernel === undefined ? {} : { kernel }) });
    return (result?.result.entries ?? []).filter((entry) => entry.ref?.kind === 'constant').map((entry) => entry.label);
  };

  it('offers the flags that a parameter takes, before functions', async () => {
    expect(await constants('bpf_ringbuf_submit(e, BPF_/*|*/);')).toEqual(['BPF_RB_NO_WAKEUP', 'BPF_RB_FORCE_WAKEUP']);
    expect(await constants('bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP | (/*|*/')).toContain('BPF_RB_FORCE_WAKEUP');
    expect(await constants('bpf_map_update_elem(&m, f(1, 2), &v, /*|*/')).toEqual(expect.arrayContaining(['BPF_ANY', 'BPF_EXIST', 'BPF_F_LOCK', 'BPF_NOEXIST']));
    expect(await constants('bpf_csum_level(ctx, /*|*/);')).toHaveLength(4);
    const result = await completeAt(xdp('bpf_ringbuf_submit(e, /*|*/);'));
    expect(result?.labels.slice(0, 2)).toEqual(['BPF_RB_NO_WAKEUP', 'BPF_RB_FORCE_WAKEUP']);
    expect(result?.entry('BPF_RB_NO_WAKEUP').detail).toBe('1ULL << 0, from Linux 5.8');
  });

  it('offers none at other parameters, in other calls and in statements', async () => {
    expect(await constants('bpf_map_update_elem(&m, /*|*/);')).toEqual([]);
    expect(await constants('my_function(1, /*|*/);')).toEqual([]);
    expect(await constants('bpf_csum_level(ctx, 1); /*|*/')).toEqual([]);
    expect(await constants('x = /*|*/;')).toEqual([]);
  });

  it('offers the verdicts of the program’s type behind return', async () => {
    expect(await constants('return /*|*/;')).toEqual(['XDP_ABORTED', 'XDP_DROP', 'XDP_PASS', 'XDP_REDIRECT', 'XDP_TX']);
    expect(await constants('return XDP/*|*/;')).toContain('XDP_DROP');
    expect(await constants('return /*|*/;', 'tcx/ingress')).toEqual(expect.arrayContaining(['TC_ACT_OK', 'TCX_NEXT']));
    expect(await constants('return /*|*/;', 'kprobe/x')).toEqual([]);
  });

  it('strikes through what the target lacks and what has a newer name', async () => {
    const result = await completeAt(xdp('bpf_fib_lookup(ctx, &p, 64, /*|*/);'), { kernel: '5.4' });
    expect(result?.entry('BPF_FIB_LOOKUP_MARK')).toMatchObject({ discouraged: true });
    expect(result?.entry('BPF_FIB_LOOKUP_DIRECT').discouraged).toBeUndefined();
    const storage = await completeAt(xdp('bpf_sk_storage_get(&m, sk, 0, /*|*/);'));
    expect(storage?.entry('BPF_SK_STORAGE_GET_F_CREATE')).toMatchObject({ discouraged: true });
  });
});
