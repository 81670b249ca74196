/** Maps that a helper does not take, from both sides. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const map = (type: string, more = ''): string => `struct {\n    __uint(type, BPF_MAP_TYPE_${type});\n    ${more}\n} m SEC(".maps");\n`;
const program = (body: string, section = 'tc'): string => `
SEC("${section}")
int f(struct __sk_buff *ctx)
{
    __u32 k = 0;
${body}
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;

test('the map takes only some helpers', async () => {
  await check(map('RINGBUF') + program('    bpf_map_update_elem(&m, &k, &k, 0);\n//  ^^^^^^^^^^^^^^^^^^^ map-helper-mismatch (error): cannot pass map_type … into func bpf_map_update_elem#2'));
});

test('the helper takes only some maps', async () => {
  await check(map('HASH') + program('    bpf_tail_call(ctx, &m, 0);\n//  ^^^^^^^^^^^^^ map-helper-mismatch: it takes only `BPF_MAP_TYPE_PROG_ARRAY`'));
});

test.each([
  ['PERF_EVENT_ARRAY', 'bpf_perf_event_output(ctx, &m, 0, &k, 4);'],
  ['ARRAY', 'bpf_map_lookup_elem(&m, &k);'],
  ['XSKMAP', 'bpf_map_lookup_elem(&m, &k);'],
  ['QUEUE', 'bpf_map_push_elem(&m, &k, 0);'],
  ['ARRAY_OF_MAPS', 'bpf_map_lookup_elem(&m, &k);'],
  ['SK_STORAGE', 'bpf_sk_storage_get(&m, (void *)0, 0, 0);'],
])('%s and %s', async (type, call) => {
  await check(map(type, type === 'SK_STORAGE' ? '__uint(map_flags, BPF_F_NO_PREALLOC);' : '') + program(`    ${call}`));
});

test('socket maps may be updated by some program types: not judged', async () => {
  await check(map('SOCKMAP') + program('    bpf_map_update_elem(&m, &k, &k, 0);\n    bpf_map_delete_elem(&m, &k);'));
});

test('a type of another runtime, or one that is newer than what is known', async () => {
  await check(`#define BPF_MAP_TYPE_GPU_RINGBUF_MAP 1527\n${map('GPU_RINGBUF_MAP')}${program('    bpf_perf_event_output(ctx, &m, 0, &k, 4);')}`);
});

test('a map behind a pointer, an inner map, a shadowing local and a macro argument', async () => {
  await check(`${map('RINGBUF')}
#define PUT(map) bpf_map_update_elem(&map, &k, &k, 0)
static __always_inline void put(void *map, __u32 k) { bpf_map_update_elem(map, &k, &k, 0); }
${program(`    void *inner = bpf_map_lookup_elem(&outer, &k);
    if (inner) bpf_map_lookup_elem(inner, &k);
    { int m = 0; bpf_map_lookup_elem(&m, &k); }`)}`);
});

test('two maps of one name in different arms', async () => {
  await check(`#ifdef A\n${map('RINGBUF')}#else\n${map('HASH')}#endif\n${program('    bpf_map_update_elem(&m, &k, &k, 0);')}`);
});

test('a guarded call', async () => {
  await check(map('HASH') + program('    if (bpf_core_type_exists(struct x)) bpf_tail_call(ctx, &m, 0);'));
});

test('dead code', async () => {
  await check(`${map('HASH')}static void unused(void *ctx) { bpf_tail_call(ctx, &m, 0); }\n`);
});
