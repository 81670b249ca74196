/** Signature help: which call, which parameter, what is said of it. */
import { describe, expect, it } from 'vitest';
import { signature } from '../../server/src/features/signature/signature.js';
import { toPlain } from '../../server/src/features/text/plain.js';
import { splitCursor } from '../support/carets.js';
import { unit, type UnitOptions } from '../support/unit.js';

interface Shown {
  readonly label: string;
  /** The active parameter as it stands in the label. */
  readonly active: string | undefined;
  readonly text: string;
}

async function signatureAt(marked: string, options: UnitOptions = {}): Promise<Shown | undefined> {
  const { text, offset } = splitCursor(marked);
  const info = signature(await unit(text, options), offset);
  if (info === undefined) return undefined;
  const parameter = info.active === undefined ? undefined : info.parameters[info.active];
  return {
    label: info.label,
    active: parameter && info.label.slice(parameter.start, parameter.end),
    text: toPlain([...info.sections, ...(parameter?.sections ?? [])], 10_000),
  };
}

const MAP = 'struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } m SEC(".maps");\n';
const inProgram = (body: string): string => `${MAP}SEC("xdp") int p(struct xdp_md *ctx) {\n${body}\n}`;

describe('the active parameter', () => {
  it.each([
    ['bpf_map_update_elem(/*|*/', 'void *map'],
    ['bpf_map_update_elem(&m, /*|*/)', 'const void *key'],
    ['bpf_map_update_elem(&m, &k/*|*/, &v, 0);', 'const void *key'],
    ['bpf_map_update_elem(&m, &k, &(struct v){1, 2, /*|*/', 'const void *value'],
    ['bpf_map_update_elem(&m, &k, &(struct v){1, {2, 3}}, /*|*/\n\treturn 0;', '__u64 flags'],
    ['bpf_map_update_elem(&m, (void *)(a, /*|*/', 'const void *key'],
    ['bpf_map_update_elem(&m, f(a, b), /*|*/', 'const void *value'],
    ['bpf_map_update_elem(&m, a[x, /*|*/', 'const void *key'],
    ['bpf_map_update_elem(&m, "a,(b", /*|*/', 'const void *value'],
    ["bpf_map_update_elem(&m, ',', /*|*/", 'const void *value'],
    ['bpf_map_update_elem(&m, /* a, b( */ &k, /*|*/', 'const void *value'],
    ['bpf_map_update_elem(&m, ({ int x = f(1, 2); &x; }), /*|*/', 'const void *value'],
    ['if (bpf_map_update_elem(&m, &k, sizeof(struct x), /*|*/) {', '__u64 flags'],
    ['f(a, bpf_redirect(1, /*|*/', '__u64 flags'],
    ['bpf_printk("%d, %d", bpf_redirect(/*|*/), 2)', '__u32 ifindex'],
    ['bpf_printk("a /*|*/', 'fmt'],
    ['bpf_printk("%d", a, b, /*|*/', 'args...'],
    ['BPF_CORE_READ(task, mm, owner, /*|*/', '...'],
    ['bpf_for(i, 0, /*|*/', 'end'],
    ['bpf_repeat(/*|*/', 'N'],
    ['bpf_core_read(&x, sizeof(x), /*|*/', 'src'],
  ])('in %s is %s', async (body, active) => {
    expect((await signatureAt(inProgram(body)))?.active).toBe(active);
  });

  it('is none behind the last one, and where there are none', async () => {
    expect(await signatureAt(inProgram('bpf_redirect(1, 2, /*|*/'))).toMatchObject({ label: expect.stringContaining('bpf_redirect('), active: undefined });
    expect(await signatureAt(inProgram('bpf_ktime_get_ns(/*|*/)'))).toMatchObject({ label: '__u64 bpf_ktime_get_ns()', active: undefined });
  });

  it('is found in declarations by macros', async () => {
    expect((await signatureAt('SEC("kprobe/x")\nint BPF_KPROBE(f, /*|*/'))?.active).toBe('args...');
    expect((await signatureAt('struct {\n\t__uint(type, /*|*/\n} m SEC(".maps");'))?.active).toBe('val');
    expect((await signatureAt('struct {\n\t__type(/*|*/'))?.active).toBe('name');
  });

  it('is that of a kfunc by its prototype', async () => {
    expect(await signatureAt(inProgram('bpf_dynptr_from_xdp(ctx, /*|*/'))).toMatchObject({ label: 'int bpf_dynptr_from_xdp(struct xdp_md *x, u64 flags, struct bpf_dynptr *ptr__uninit)', active: 'u64 flags' });
  });
});

describe('what is said', () => {
  it('of flags is their choices, without those that are none for the map', async () => {
    const hash = await signatureAt(inProgram('bpf_map_update_elem(&m, &k, &v, /*|*/'));
    expect(hash?.text).toMatch(/BPF_NOEXIST = 1: /);
    const array = await signatureAt(inProgram('bpf_map_update_elem(&m, &k, &v, /*|*/').replace('TYPE_HASH', 'TYPE_ARRAY'));
    expect(array?.text).toMatch(/BPF_ANY/);
    expect(array?.text).not.toMatch(/BPF_NOEXIST =/);
  });

  it('of a map is which ones fit', async () => {
    expect((await signatureAt(inProgram('bpf_map_lookup_elem(/*|*/')))?.text).toContain('&m');
    const redirect = await signatureAt(inProgram('bpf_redirect_map(/*|*/'));
    expect(redirect?.text).toContain('BPF_MAP_TYPE_DEVMAP');
    expect(redirect?.text).not.toContain('&m');
  });

  it('of something too new for the target is from when on', async () => {
    expect((await signatureAt(inProgram('bpf_loop(/*|*/'), { kernel: '5.10' }))?.text).toContain('5.17');
    expect((await signatureAt(inProgram('bpf_loop(/*|*/'), { kernel: '6.1' }))?.text).not.toContain('too old');
  });
});

describe('nothing is shown', () => {
  it.each([
    'bpf_redirect/*|*/(1, 2)',
    'bpf_redirect(1, 2)/*|*/',
    'bpf_redirect(1, 2); /*|*/',
    'bpf_redirect(1,\n\treturn /*|*/',
    'own(1, /*|*/',
    'ops->bpf_redirect(1, /*|*/',
    'if (/*|*/',
    'sizeof(/*|*/',
    '// bpf_redirect(/*|*/',
    '/* bpf_redirect(/*|*/ */',
    '"bpf_redirect(/*|*/"',
    '#if 0\nbpf_redirect(/*|*/\n#endif',
  ])('in %j', async (body) => {
    expect(await signatureAt(inProgram(body))).toBeUndefined();
  });

  it('for declarations, and for macros that the file makes itself', async () => {
    expect(await signatureAt('extern int bpf_dynptr_from_xdp(/*|*/')).toBeUndefined();
    expect(await signatureAt(`#define bpf_printk(a, b) x\n${inProgram('bpf_printk(/*|*/')}`)).toBeUndefined();
  });
});
