/** Definitions of maps that the kernel refuses. */
import { describe, expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';

const map = (type: string, ...lines: readonly string[]): string => `struct {\n    __uint(type, BPF_MAP_TYPE_${type});\n${lines.map((l) => `${l}\n`).join('')}} m SEC(".maps");\n`;

test.each([
  ['ARRAY', '    __type(key, __u64);\n//              ^^^^^ map-definition-invalid (error): takes keys of 4 bytes only, and `m` has one of 8'],
  ['ARRAY', '    __uint(key_size, sizeof(long));\n//                   ^^^^^^^^^^^^ map-definition-invalid'],
  ['QUEUE', '    __type(key, int);\n//              ^^^ map-definition-invalid: has no keys'],
  ['RINGBUF', '    __uint(key_size, 4);\n//                   ^ map-definition-invalid'],
  ['RINGBUF', '    __uint(value_size, 8);\n//                     ^ map-definition-invalid'],
  ['PROG_ARRAY', '    __uint(value_size, 8);\n//                     ^ map-definition-invalid: takes values of 4 bytes only'],
  ['RINGBUF', '    __type(value, __u32);\n//                ^^^^^ map-definition-invalid (info): cilium/ebpf takes that for a type'],
  ['PERF_EVENT_ARRAY', '    __type(key, __u32);\n    __type(value, __u64);\n//                ^^^^^ map-definition-invalid (info): 8 bytes'],
  ['RINGBUF', '    __uint(max_entries, 1000);\n//                      ^^^^ map-definition-invalid (info): libbpf 0.8'],
  ['RINGBUF', '    __uint(max_entries, 3 * 4096);\n//                      ^^^^^^^^ map-definition-invalid (info): 12288 bytes'],
  ['LPM_TRIE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __type(key, __u32);\n//              ^^^^^ map-definition-invalid (error): takes keys of 5 to 260 bytes'],
  ['LPM_TRIE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __uint(key_size, 261);\n//                   ^^^ map-definition-invalid (error): has one of 261'],
  ['LPM_TRIE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __uint(key_size, 8);'],
  ['LPM_TRIE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __uint(key_size, 0);'],
  ['STACK_TRACE', '    __uint(value_size, 127 * 8 + 4);\n//                     ^^^^^^^^^^^ map-definition-invalid (error): takes values of a multiple of 8 bytes, and `m` has one of 1020'],
  ['STACK_TRACE', '    __uint(key_size, sizeof(__u32));\n    __uint(value_size, 127 * sizeof(__u64));'],
  ['SK_STORAGE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __uint(max_entries, 10);\n//                      ^^ map-definition-invalid (error): takes no `max_entries`'],
  ['ARRAY', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n//                    ^^^^^^^^^^^^^^^^^ map-definition-invalid: takes no `BPF_F_NO_PREALLOC`'],
  ['LRU_HASH', '    __uint(map_flags, 1);\n//                    ^ map-definition-invalid: takes no `BPF_F_NO_PREALLOC`'],
])('%s %s', async (type, lines) => {
  await check(map(type, lines));
});

test('a trie without BPF_F_NO_PREALLOC, and its fix', async () => {
  const code = `struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    //           ^^^^^^^^^^^^^^^^^^^^^ map-definition-invalid (error): must be created with \`BPF_F_NO_PREALLOC\`
} m SEC(".maps");
`;
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toContain('BPF_MAP_TYPE_LPM_TRIE);\n    __uint(map_flags, BPF_F_NO_PREALLOC);');
});

test('a trie with other flags, and its fix', async () => {
  const code = map('LPM_TRIE', '    __uint(map_flags, BPF_F_RDONLY_PROG);\n//                    ^^^^^^^^^^^^^^^^^ map-definition-invalid');
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toContain('__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC)');
});

test.each([
  ['ARRAY', '    __type(key, struct key);'],
  ['ARRAY', '    __type(key, my_key_t);'],
  ['ARRAY', '    __uint(key_size, KEY_SIZE);'],
  ['ARRAY', '    __uint(max_entries, 0);'],
  ['HASH', ''],
  ['HASH', '    __uint(max_entries, 0);\n    __type(key, char *);'],
  ['ARRAY', '    __type(key, const unsigned int);\n    __uint(map_flags, BPF_F_MMAPABLE | BPF_F_RDONLY_PROG);'],
  ['RINGBUF', '    __uint(max_entries, 256 * 1024);'],
  ['RINGBUF', '    __uint(max_entries, 1 << 12);'],
  ['RINGBUF', '    __uint(max_entries, RB_SIZE);'],
  ['LPM_TRIE', '    __uint(map_flags, MY_FLAGS);'],
  ['LPM_TRIE', '    __uint(map_flags, 0x1);'],
  ['PERF_EVENT_ARRAY', '    __uint(key_size, sizeof(u32));\n    __uint(value_size, sizeof(u32));\n    __uint(max_entries, 0);'],
  ['HASH', '    __uint(map_flags, BPF_F_NO_PREALLOC);'],
  ['TASK_STORAGE', '    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __type(key, int);'],
])('nothing about %s %s', async (type, lines) => {
  await check(map(type, lines));
});

test('macros of the unit are followed where they have one definition', async () => {
  const lines = '    __uint(max_entries, SIZE);\n//                      ^^^^ map-definition-invalid';
  await check(`#define SIZE (10 * 100)\n${map('RINGBUF', lines)}`);
  await check(`#ifdef X\n#define SIZE 1000\n#else\n#define SIZE 4096\n#endif\n${map('RINGBUF', '    __uint(max_entries, SIZE);')}`);
});

test('a macro is its text: operators beside it may take a part of it', async () => {
  const trie = (value: string, carets = ''): string => map('LPM_TRIE', `    __uint(map_flags, BPF_F_NO_PREALLOC);\n    __uint(key_size, ${value});${carets}`);
  await check(`#define A 2 + 2\n#define B A * 127\n${trie('B')}`);
  await check(`#define A (2 + 2)\n#define B A * 127\n${trie('B', '\n//                   ^ map-definition-invalid: has one of 508')}`);
  await check(`#define A 2 + 2\n${trie('(A)', '\n//                   ^^^ map-definition-invalid: has one of 4')}`);
  await check(`#define A sizeof(__u32)\n${trie('A * 100', '\n//                   ^^^^^^^ map-definition-invalid: has one of 400')}`);
});

test('sizes of 0 that loaders write themselves are none of its business', async () => {
  await check(map('PERF_EVENT_ARRAY', '    __uint(key_size, 0);\n    __uint(value_size, 0);'));
  await check(map('ARRAY_OF_MAPS', '    __uint(key_size, 4);\n    __uint(value_size, 0);'));
});

describe('what the build chooses in a definition', () => {
  const of = (body: string): string => `struct {\n${body}\n} m SEC(".maps");\n`;

  test('one of two types, each with its own sizes', async () => {
    await check(of(`#ifdef HAVE_RINGBUF
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
#else
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(__u32));
#endif`));
  });

  test('a type and flags that no build has together', async () => {
    await check(of(`#ifdef PER_CPU
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
#else
    __uint(type, BPF_MAP_TYPE_ARRAY);
#endif
    __uint(max_entries, 1);
#ifdef SHARED
    __uint(map_flags, BPF_F_MMAPABLE);
#endif`));
  });

  test('flags that are there in some builds only', async () => {
    await check(of('    __uint(type, BPF_MAP_TYPE_LPM_TRIE);\n#ifndef SET_BY_LOADER\n    __uint(map_flags, BPF_F_NO_PREALLOC);\n#endif'));
  });

  test('designators of a map of the old kind, which get no fix that would lose the #if', async () => {
    const unit = await check(`struct bpf_map_def SEC("maps") m = {
//                             ^ legacy-map-definition
#ifdef PER_CPU
    .type = BPF_MAP_TYPE_PERCPU_ARRAY,
#else
    .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY,
#endif
    .key_size = 4,
    .value_size = 16,
};
`);
    expect(only(unit).fixes).toEqual([]);
  });

  test('an arm that the file itself decides about is judged', async () => {
    await check(`#define HAVE_RINGBUF 1\n${of(`#if HAVE_RINGBUF
    __uint(type, BPF_MAP_TYPE_RINGBUF);
#else
    __uint(type, BPF_MAP_TYPE_HASH);
#endif
    __uint(key_size, 4);
//                   ^ map-definition-invalid (error): has no keys`)}`);
  });

  test('so is a definition that is all under one condition', async () => {
    await check(`#ifdef FEATURE\n${of('    __uint(type, BPF_MAP_TYPE_RINGBUF);\n    __uint(key_size, 4);\n//                   ^ map-definition-invalid')}#endif\n`);
    await check(`#ifdef FEATURE
struct ring {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(key_size, 4);
//                   ^ map-definition-invalid
};
struct ring m SEC(".maps");
#endif
`);
  });

  test('so is what says the same in every build', async () => {
    await check(of(`#ifdef SMALL
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
#else
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 65536);
#endif
    __uint(key_size, 4);
//                   ^ map-definition-invalid`));
  });
});

describe('inner maps', () => {
  const outer = (inner: string, more = ''): string => `${more}struct {
    __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
    __uint(max_entries, 8);
    __type(key, __u32);
    __array(values, ${inner});
} outer SEC(".maps");
`;
  const inline = (type: string, lines = ''): string => outer(`struct {\n        __uint(type, BPF_MAP_TYPE_${type});\n${lines}\n    }`);

  test.each([
    ['a size', inline('ARRAY', '        __type(key, __u64);\n//                  ^^^^^ map-definition-invalid (error): takes keys of 4 bytes only, and `outer.inner` has one of 8')],
    ['a flag', inline('HASH', '        __uint(map_flags, BPF_F_MMAPABLE);\n//                        ^^^^^^^^^^^^^^ map-definition-invalid: takes no `BPF_F_MMAPABLE`')],
    ['a flag that is missing', inline('LPM_TRIE', '        __uint(key_size, 8);').replace('LPM_TRIE);\n', 'LPM_TRIE);\n//                   ^^^^^^^^^^^^^^^^^^^^^ map-definition-invalid: must be created with `BPF_F_NO_PREALLOC`\n')],
    ['programs', inline('PROG_ARRAY').replace('PROG_ARRAY);\n', 'PROG_ARRAY);\n//                   ^^^^^^^^^^^^^^^^^^^^^^^ map-definition-invalid: may be in another map, and `outer` asks for such ones\n')],
    ['maps of maps', inline('ARRAY_OF_MAPS').replace('ARRAY_OF_MAPS);\n', 'ARRAY_OF_MAPS);\n//                   ^^^^^^^^^^^^^^^^^^^^^^^^^^ map-definition-invalid: may be in another map\n')],
    ['a pin', inline('ARRAY', '        __uint(pinning, LIBBPF_PIN_BY_NAME);\n//                      ^^^^^^^^^^^^^^^^^^ map-definition-invalid: inner def can\'t be pinned')],
    ['a struct of its own', outer('struct inner', 'struct inner {\n    __uint(type, BPF_MAP_TYPE_ARRAY);\n    __type(key, __u64);\n//              ^^^^^ map-definition-invalid: `outer.inner` has one of 8\n};\n')],
    ['a size that libbpf rounds up', inline('RINGBUF', '        __uint(max_entries, 1);\n//                          ^ map-definition-invalid (info): libbpf 0.8')],
    ['a map beside', outer('struct inner', 'struct inner {\n    __uint(type, BPF_MAP_TYPE_ARRAY);\n    __type(key, __u64);\n//              ^^^^^ map-definition-invalid: `first` has one of 8\n} first SEC(".maps");\n')],
  ])('%s', async (_, code) => {
    await check(code);
  });

  test.each([
    ['one that is right', inline('ARRAY', '        __uint(max_entries, 4);\n        __type(key, __u32);\n        __type(value, struct value);')],
    ['a size that nobody knows', inline('ARRAY', '        __type(key, struct key);')],
    ['another spelling', inline('ARRAY', '        int (*key_size)[8];')],
    ['an #if', inline('ARRAY', '#ifdef X\n        __type(key, __u64);\n#endif')],
    ['a struct out of sight', outer('struct inner')],
    ['a map that holds none', outer('int (void *)').replace('HASH_OF_MAPS', 'PROG_ARRAY')],
    ['half of it', inline('ARRAY', '        __type(key, ')],
  ])('nothing about %s', async (_, code) => {
    await check(code);
  });
});
