/** Maps whose address goes through functions and variables are judged by what is done with them there. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const RINGBUF = `
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} rb SEC(".maps");
`;
const found = RINGBUF.replace('RINGBUF);\n', 'RINGBUF);\n    //           ^^^^^^^^^^^^^^^^^^^^ map-type-newer-than-target\n');
const user = (body: string): string => `
SEC("tracepoint/x/y")
int f(void *ctx)
{
    ${body}
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;
const FUNCTIONS = `
static char has_ringbuf(void) { return (char)bpf_core_type_exists(struct bpf_ringbuf); }
static long output(void *ctx, void *map, void *data, __u64 size)
{
    if (has_ringbuf())
        return bpf_ringbuf_output(map, data, size, 0);
    return bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, data, size);
}
static long send(void *ctx, void *map) { return output(ctx, map, ctx, 8); }
`;

test('a map that a function gives back, or that is put into a variable', async () => {
  const given = 'static void *which(void *ctx) {\n    if (!ctx)\n        return 0;\n    return ((long)ctx & 1) ? (void *)&rb : (void *)&other;\n}\n';
  const other = 'struct {\n    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);\n} other SEC(".maps");\n';
  const asking = other + FUNCTIONS + given;
  for (const body of [
    'return output(ctx, which(ctx), ctx, 8);',
    'void *map = which(ctx); if (!map) return 0; output(ctx, map, ctx, 8); return send(ctx, map);',
    'void *map; map = which(ctx); if (has_ringbuf()) bpf_ringbuf_output(map, ctx, 8, 0);',
    'void *map = ctx ? (void *)&rb : (void *)&other; return output(ctx, map, ctx, 8);',
  ]) await check(RINGBUF + asking + user(body), { kernel: '5.4' });
  await check(`#include "compat.h"\n${RINGBUF}${other}${given}${user('void *map = which(ctx); if (map) out_of_sight(ctx, map); return 0;')}`, { kernel: '5.4' });
  for (const body of [
    'void *map = which(ctx); return map == 0;',
    'void *map = which(ctx); output(ctx, map, ctx, 8); return bpf_map_delete_elem(map, ctx);',
    'const void *map = &rb; bpf_map_delete_elem((void *)map, ctx);',
  ]) await check(found + asking + user(body), { kernel: '5.4' });
});
