/** Lines above programs and hints behind what forces a kernel. */
import { describe, expect, it } from 'vitest';
import { kernelHints } from '../../server/src/features/inlayHints.js';
import { lenses } from '../../server/src/features/lens.js';
import { toPlain } from '../../server/src/features/text/plain.js';
import { unit, type UnitOptions } from '../support/unit.js';

/** The pieces of each line, as `name of the program's line: pieces`. */
async function lines(code: string, options: UnitOptions = {}): Promise<string[]> {
  const analysed = await unit(code, options);
  const byLine = new Map<string, string[]>();
  for (const { offset, title } of lenses(analysed)) {
    const line = code.slice(offset, code.indexOf('\n', offset)).trim();
    byLine.set(line, [...(byLine.get(line) ?? []), title]);
  }
  return [...byLine].map(([line, titles]) => `${line} <- ${titles.join(' | ')}`);
}

const MAPS = `#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, int); __type(value, int); } counts SEC(".maps");
static void note(int n) { bpf_ringbuf_output(&events, &n, sizeof(n), 0); }
static int once(int n) { return n + 1; }
`;

describe('lenses', () => {
  it('say kind, kernel, maps and shared functions', async () => {
    expect(await lines(`${MAPS}SEC("xdp.frags/devmap")
int first(struct xdp_md *ctx) { int k = 0; note(1); bpf_map_lookup_elem(&counts, &k); return once(1); }
SEC("tc")
int second(struct __sk_buff *skb) { note(2); return 0; }
SEC("socket")
int third(struct __sk_buff *skb) { return 0; }
char LICENSE[] SEC("license") = "GPL";
`)).toEqual([
      'SEC("xdp.frags/devmap") <- XDP · devmap · fragments | ≥ 5.18 | 2 maps | 1 shared function',
      'SEC("tc") <- tc classifier | ≥ 5.8 | 1 map | 1 shared function',
      expect.stringMatching(/^SEC\("socket"\) <- socket filter \| ≥ \d/),
    ]);
  });

  it('lead to the map with its uses, to the shared functions and to the reasons', async () => {
    const code = `${MAPS}SEC("xdp") int a(struct xdp_md *ctx) { note(1); return 0; }
SEC("xdp") int b(struct xdp_md *ctx) { note(1); return 0; }
`;
    const all = lenses(await unit(code));
    const places = all.flatMap(({ title, action }) => (action?.kind === 'places' ? [`${title}: ${action.places.map(({ span }) => code.slice(span.start - 1, span.end)).join(', ')}`] : []));
    expect(places).toEqual(['1 map:  events, &events', '1 shared function:  note', '1 map:  events, &events', '1 shared function:  note']);
    const kernel = all.find(({ action }) => action?.kind === 'kernel')?.action;
    expect(kernel?.kind === 'kernel' && code.slice(kernel.offset, kernel.offset + 2)).toBe('a(');
  });

  it('a local that hides a map is no use of it', async () => {
    expect(await lines(`${MAPS}SEC("xdp") int a(struct xdp_md *ctx) { int counts = 1; return counts; }\n`)).toEqual([expect.not.stringContaining('map')]);
  });

  it('are not there for sections that nobody knows, and survive half a program', async () => {
    expect(await lines('SEC("nobody/knows") int f(void *ctx) { return 0; }\n')).toEqual([]);
    expect(await lines('SEC("xdp") int f(struct xdp_md *ctx) {\r\n\tif (ctx->\r\n')).toEqual([expect.stringContaining('XDP')]);
  });

  it('one function with a section in each arm of an #if has one line', async () => {
    const [line, ...others] = await lines(`#ifdef NEW
SEC("tc")
#else
SEC("classifier")
#endif
int f(struct __sk_buff *skb) { return 0; }
`);
    expect(line).toContain('tc classifier');
    expect(line).not.toContain(' or ');
    expect(others).toEqual([]);
  });
});

/** Each hint put into its place, with only the lines that have one. */
async function hinted(code: string, scope: 'file' | 'program' = 'file', options: UnitOptions = {}): Promise<string[]> {
  const hints = kernelHints(await unit(code, options), scope);
  let text = '';
  let at = 0;
  for (const { offset, label } of hints) {
    text += `${code.slice(at, offset)}«${label}»`;
    at = offset;
  }
  return (text + code.slice(at)).split('\n').filter((line) => line.includes('«')).map((line) => line.trim());
}

describe('hints', () => {
  const TWO = `#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("xdp") int a(struct xdp_md *ctx) {
	long n = bpf_xdp_get_buff_len(ctx);
	n += bpf_xdp_get_buff_len(ctx);
	return n;
}
SEC("xdp") int b(struct xdp_md *ctx) {
	int x = 1;
	bpf_ringbuf_output(&events, &x, sizeof(x), 0);
	return 0;
}
`;
  it('stand behind the call that decides, once', async () => {
    expect(await hinted(TWO)).toEqual(['long n = bpf_xdp_get_buff_len(ctx)«Linux ≥ 5.18»;']);
  });

  it('may also say what decides for each program', async () => {
    expect(await hinted(TWO, 'program')).toEqual([
      'struct { __uint(type, BPF_MAP_TYPE_RINGBUF)«Linux ≥ 5.8»; __uint(max_entries, 4096); } events SEC(".maps");',
      'long n = bpf_xdp_get_buff_len(ctx)«Linux ≥ 5.18»;',
      'bpf_ringbuf_output(&events, &x, sizeof(x), 0)«Linux ≥ 5.8»;',
    ]);
  });

  it('stand behind a section and a field', async () => {
    expect(await hinted('SEC("xdp.frags") int a(struct xdp_md *ctx) { return 0; }\n')).toEqual(['SEC("xdp.frags")«Linux ≥ 5.18» int a(struct xdp_md *ctx) { return 0; }']);
    expect(await hinted('SEC("tc") int a(struct __sk_buff *skb) { return skb->hwtstamp; }\n')).toEqual(['SEC("tc") int a(struct __sk_buff *skb) { return skb->hwtstamp«Linux ≥ 5.16»; }']);
  });

  it('are not on what is guarded', async () => {
    const guarded = await hinted(`#include <bpf/bpf_core_read.h>
SEC("xdp") int a(struct xdp_md *ctx) {
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len))
		return bpf_xdp_get_buff_len(ctx);
	return 0;
}
`);
    expect(guarded.join()).not.toContain('get_buff_len(ctx)«');
  });

  it('say why', async () => {
    const [hint] = kernelHints(await unit(TWO), 'file');
    expect(toPlain(hint!.tooltip, 1000)).toBe('bpf_xdp_get_buff_len (helper): available from Linux 5.18. No older kernel will do for this file, in a.');
  });

  it('survive anything half typed', async () => {
    for (const cut of [10, 120, 180, 200, 260, 330]) expect(await hinted(TWO.slice(0, cut).replaceAll('\n', '\r\n'))).toBeInstanceOf(Array);
  });
});
