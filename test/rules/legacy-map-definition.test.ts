/** Maps defined the old way. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

const legacy = (caret = '', section = 'maps'): string => `
struct bpf_map_def SEC("${section}") counts = {
${caret}    .type = BPF_MAP_TYPE_HASH,
    .key_size = sizeof(u32),
    .value_size = 8,
    .max_entries = 1024,
    .map_flags = BPF_F_NO_PREALLOC,
};
`;
const CARET = '//                             ^^^^^^ legacy-map-definition';

test('reported as information, with the map in .maps as the fix', async () => {
  const code = legacy(`${CARET} (info): not supported by libbpf v1.0+\n`);
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toBe(`
struct {
${CARET} (info): not supported by libbpf v1.0+
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(key_size, sizeof(u32));
    __uint(value_size, 8);
    __uint(max_entries, 1024);
    __uint(map_flags, BPF_F_NO_PREALLOC);
} counts SEC(".maps");
`);
});

test.each(['1.0', '1.4'])('a warning for users of libbpf %s', async (libbpfVersion) => {
  await check(legacy(`${CARET} (warning)\n`), { settings: { libbpfVersion } });
});

test('nothing for users of an older libbpf', async () => {
  await check(legacy(), { settings: { libbpfVersion: '0.8' } });
});

test('no fix for members that are not the kernel\'s', async () => {
  const code = 'struct bpf_map_def SEC("maps") m = {\n//                             ^ legacy-map-definition\n    .type = BPF_MAP_TYPE_HASH,\n    .pinning = 1,\n};\n';
  expect(only(await check(code)).fixes).toEqual([]);
});

test("other loaders' definitions", async () => {
  await check('struct bpf_elf_map SEC("maps") m = {\n    .type = BPF_MAP_TYPE_HASH,\n};\n');
  await check('struct {\n    __uint(type, BPF_MAP_TYPE_HASH);\n} m SEC(".maps");\n');
});
