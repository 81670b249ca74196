/** Map types that the target's oldest kernels lack. */
import { expect, test } from 'vitest';
import { check } from '../support/check.js';

const RINGBUF = `
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} rb SEC(".maps");
`;
const found = RINGBUF.replace('RINGBUF);\n', 'RINGBUF);\n    //           ^^^^^^^^^^^^^^^^^^^^ map-type-newer-than-target (error): upstream since Linux 5.8, and Linux 5.4 lacks it\n');
const user = (body: string): string => `
SEC("tracepoint/x/y")
int f(void *ctx)
{
    ${body}
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;

test('a map that nobody uses is created all the same', async () => {
  await check(found, { kernel: '5.4' });
});

test('the members that lack it are named', async () => {
  await check(found.replace('Linux 5.4 lacks it', 'Linux 5.4 to 5.7 lack it'), { kernel: '5.4..5.10' });
});

test.each(['5.8', '6.1', '5.8..7.3'])('fine from the release on that has it: %s', async (kernel) => {
  await check(RINGBUF, { kernel });
});

test('no target, no finding', async () => {
  await check(RINGBUF);
});

test('a map that is used behind a guard only', async () => {
  await check(RINGBUF + user('if (bpf_core_type_exists(struct bpf_ringbuf)) bpf_ringbuf_output(&rb, ctx, 8, 0);'), { kernel: '5.4' });
});

const output = (asking: string): string => `
static char has_ringbuf(void) { return (char)bpf_core_type_exists(struct bpf_ringbuf); }
static long output(void *ctx, void *map, void *data, __u64 size)
{
    ${asking}
        return bpf_ringbuf_output(map, data, size, 0);
    return bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, data, size);
}
static long send(void *ctx, void *map) { return output(ctx, map, ctx, 8); }
`;

test('a map that is handed to functions that ask before they use it', async () => {
  await check(RINGBUF + output('if (has_ringbuf())') + user('(void)send(ctx, &rb); return output(ctx, (void *)&rb, ctx, 8);'), { kernel: '5.4' });
  const free = output('if (ctx)').replace('size, 0);', 'size, 0);\n        //     ^^^^^^^^^^^^^^^^^^ helper-newer-than-target');
  await check(found + free + user('return send(ctx, &rb);'), { kernel: '5.4' });
});

test('a map that is handed to a function whose header is not in sight', async () => {
  const code = user('return output(ctx, &rb, ctx, 8);');
  await check(`#include "compat.h"\n${RINGBUF}${code}`, { kernel: '5.4' });
  await check(`#include <bpf/bpf_helpers.h>\n${found}${code}`, { kernel: '5.4' });
  await check(`#include "compat.h"\n${found}${code.replace('output(ctx, &rb, ctx, 8)', 'output(ctx, &rb, ctx, 8) + bpf_ringbuf_query(&rb, 0)').replace(';\n    return 0', ';\n    //                                ^^^^^^^^^^^^^^^^^ helper-newer-than-target\n    return 0')}`, { kernel: '5.4' });
});

test('but not one that is used freely besides', async () => {
  await check(found + output('if (has_ringbuf())') + user('const void *free = &rb; return output(ctx, &rb, ctx, 8);'), { kernel: '5.4' });
});

test('a map in an #if arm that the build may drop', async () => {
  await check(`#ifdef USE_RINGBUF${RINGBUF}#endif\n`, { kernel: '5.4' });
});

test('a type that is not known by name', async () => {
  await check('struct {\n    __uint(type, MY_TYPE);\n    __uint(max_entries, 1);\n} m SEC(".maps");\n', { kernel: '3.18' });
});

test('map types of a name that the book does not have', async () => {
  await check('struct {\n    __uint(type, BPF_MAP_TYPE_FUTURE);\n} m SEC(".maps");\n', { kernel: '3.18' });
});

const OUTER = `
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 4);
    __type(key, __u32);
    __array(values, struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); });
    //                                    ^^^^^^^^^^^^^^^^^^^^ map-type-newer-than-target: the type of \`outer.inner\`, is newer than the target
} outer SEC(".maps");
`;

test('the type of inner maps', async () => {
  const unit = await check(OUTER, { kernel: '5.4' });
  expect(unit.minKernel().version).toBe(5008);
  await check(OUTER.replace(/ *\/\/.*\n/, ''), { kernel: '5.8' });
  await check(OUTER.replace(/ *\/\/.*\n/, '') + user('if (bpf_core_type_exists(struct x)) bpf_map_lookup_elem(&outer, &x);'), { kernel: '5.4' });
});
