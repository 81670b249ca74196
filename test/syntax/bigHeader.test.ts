/** Generated headers: what is jumped over in their bodies would have said nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanBigHeader, scanTokens } from '../../server/src/syntax/bigHeader.js';

const HEADER = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__
/* made by { bpftool */
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
typedef unsigned char __u8;

struct list_head {
	struct list_head *next;
	void (*fn)(int);
	union {
		int a;
		struct {
			long b;
		};
	} u;
};

typedef struct {
	int counter;
} __attribute__((aligned(8))) atomic_t;

typedef void (*call_t)(struct list_head *);

enum {
	A = 0,
	B = 1,
} kind;

extern struct task_struct *bpf_task_acquire(struct task_struct *p) __weak __ksym;
extern void bpf_task_release(struct task_struct *p) __weak __ksym;

struct empty {
};

static int plain(void);
#define LAST "}"
#endif
`;

describe('a generated header', () => {
  it('gives its prototypes and defines, with their places', () => {
    const { functions, defines } = scanBigHeader(HEADER);
    expect(functions.map(({ name, isExtern, returnType }) => [name, isExtern, returnType])).toEqual([['bpf_task_acquire', true, 'struct task_struct *'], ['bpf_task_release', true, 'void'], ['plain', false, 'int']]);
    for (const { name, nameSpan } of functions) expect(HEADER.slice(nameSpan.start, nameSpan.end)).toBe(name);
    expect(defines.map(({ name }) => name)).toEqual(['__VMLINUX_H__', 'LAST']);
  });

  it('is read as by all its tokens', () => expect(scanBigHeader(HEADER)).toEqual(scanTokens(HEADER)));

  it.each([
    ['bodies of functions', 'static inline int f(void)\n{\n\treturn 1;\n}\nint g(void);\n'],
    ['a brace that is out of its place', 'struct a {\n\tstruct {\n}\n\tint x;\n};\nint f(int);\n'],
    ['braces on one line', 'struct a { int x; };\nint f(int);\nenum { X } y;\nint g(void);\n'],
    ['comments in bodies', 'struct a {\n\t/* { */\n\tint x; // }\n};\nint f(int);\n'],
    ['literals around braces', 'int f(char *) __attribute__((section("{")));\nstruct a {\n\tint x;\n};\nint g(void);\n'],
    ['lines in bodies', 'struct a {\n#ifdef X\n\tint x;\n#endif\n#define IN 1\n};\nint f(int);\n'],
    ['Windows line ends', HEADER.replaceAll('\n', '\r\n')],
    ['indented preprocessor lines', '  #define A {\nstruct a {\n\tint x;\n};\n\t#define B }\nint f(int);\n'],
    ['no end', 'struct a {\n\tint x;\n'],
    ['a brace too many', 'struct a {\n\tint x;\n};\n}\nint f(int);\n'],
    ['nothing', ''],
  ])('with %s, too', (_name, text) => expect(scanBigHeader(text)).toEqual(scanTokens(text)));
});

it('any sequence of declarations, cut anywhere and with anything put in, is read as by all its tokens', () => {
  const piece = fc.constantFrom(
    'struct a;\n', 'struct a {\n\tint x;\n};\n', 'typedef struct {\n\tstruct {\n\t\tint x;\n\t} u;\n} t __attribute__((packed));\n', 'extern int f(int, void *) __ksym;\n', 'typedef int (*fn)(void);\n', '#define X {\n', '#include "a.h"\n',
    '/* } { */\n', '// }\n', 'int f(void)\n{\n\tif (1) {\n\t}\n}\n', 'enum e {\n\tA,\n};\n', 'static int a[] = { 1, 2 };\n', 'char c = \'{\';\n', 'union u {\n} v;\n', 'int g(struct s {\n\tint x;\n} *p);\n', '#if 1\n', '#endif\n', '\n', ' ', '}\n', '"', '#define Y \\\n{\n', '   #define Z {\n', '/**/ #define V {\n', '\f#define U\n',
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.nat({ max: 40 }), fc.nat({ max: 40 }), (pieces, from, less) => {
    const text = pieces.join('');
    const cut = text.slice(from > 20 ? 0 : from, less > 20 ? undefined : text.length - less);
    expect(scanBigHeader(cut)).toEqual(scanTokens(cut));
  }), { numRuns: 3000 });
});
