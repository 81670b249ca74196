/** What is being typed at a cursor. */
import { beforeAll, describe, expect, it } from 'vitest';
import { setupSyntax } from '../support/syntax.js';
import { atCursor, completionAt, inProgram } from './support.js';

beforeAll(setupSyntax);

/** The role in short, with the text that would be replaced. */
function role(marked: string): string {
  const r = completionAt(marked);
  if (r.kind === 'none') return 'none';
  const { text } = atCursor(marked);
  const replaced = `[${text.slice(r.replace.start, r.replace.end)}]`;
  if (r.kind === 'member') return `member ${r.castType === undefined ? '' : `(${r.castType})`}${r.base}${r.arrow ? '->' : '.'}${replaced}`;
  return `${r.kind} ${replaced}${r.prefix === '' ? '' : ` ${r.prefix}`}`;
}

describe('completionAt in a body', () => {
  it.each([
    ['x = ctx->/*|*/', 'member ctx->[]'],
    ['x = ctx->/*|*/;', 'member ctx->[]'],
    ['x = ctx->da/*|*/ta;', 'member ctx->[data]'],
    ['x = ctx -> da/*|*/', 'member ctx->[da]'],
    ['x = s./*|*/', 'member s.[]'],
    ['x = ctx->a./*|*/', 'member .[]'],
    ['x = ((struct xdp_md *)ctx)->/*|*/', 'member (struct xdp_md)ctx->[]'],
    ['x = (ctx)->/*|*/', 'member ctx->[]'],
    ['x = (*ctx)./*|*/', 'member ctx->[]'],
    ['x = f(a)->/*|*/', 'member ->[]'],
    ['if (ctx->/*|*/\n\treturn 0;', 'member ctx->[]'],
    ['bpf_/*|*/', 'expression [bpf_] bpf_'],
    ['x = bpf_kt/*|*/ime();', 'expression [bpf_ktime] bpf_kt'],
    ['/*|*/', 'expression []'],
    ['x = 1 + /*|*/', 'expression []'],
    ['f(a, /*|*/)', 'expression []'],
    ['struct /*|*/', 'none'],
    ['x = 12/*|*/', 'none'],
    ['x = 1.5/*|*/', 'none'],
    ['f("ab/*|*/c");', 'none'],
    ['f("/*|*/', 'none'],
    ["x = 'a/*|*/';", 'none'],
    ['// foo/*|*/', 'none'],
    ['/* foo/*|*/ */', 'none'],
    ['/* foo /*|*/', 'none'],
    ['/* é 🐝 */ x = ctx->d/*|*/', 'member ctx->[d]'],
  ])('%s is %s', (body, expected) => {
    expect(role(inProgram(body))).toBe(expected);
  });

  it('answers at the end of an unfinished file', () => {
    expect(role('SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\treturn ctx->/*|*/')).toBe('member ctx->[]');
    expect(role('SEC("xdp")\r\nint f(struct xdp_md *ctx)\r\n{\r\n\treturn bpf/*|*/')).toBe('expression [bpf] bpf');
    expect(role('SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\tif (ctx->/*|*/\n\nSEC("tc")\nint g(void *c) { return 0; }')).toBe('member ctx->[]');
  });
});

describe('completionAt at file level', () => {
  it.each([
    ['SEC("/*|*/")', 'section []'],
    ['SEC("xd/*|*/p")', 'section [xdp] xd'],
    ['SEC("/*|*/', 'section []'],
    ['SEC("fen/*|*/\nint f(void *c) { return 0; }', 'section [fen] fen'],
    ['SEC("fen/*|*/)\nint f(void *c) { return 0; }', 'section [fen] fen'],
    ['__attribute__((section("kp/*|*/"), used)) int f(void) { return 0; }', 'section [kp] kp'],
    ['SEC("xdp/*|*/")', 'section [xdp] xdp'],
    ['SEC("xdp")/*|*/', 'top-level []'],
    ['char *s = "/*|*/";', 'none'],
    ['struct { __uint(type, /*|*/); } m SEC(".maps");', 'map-type []'],
    ['struct { __uint(type, BPF_M/*|*/AP); } m SEC(".maps");', 'map-type [BPF_MAP] BPF_M'],
    ['struct { __uint(type, /*|*/', 'map-type []'],
    ['struct bpf_map_def SEC("maps") m = { .type = /*|*/ };', 'map-type []'],
    ['/*|*/', 'top-level []'],
    ['SE/*|*/', 'top-level [SE] SE'],
    ['int f(void) { return 0; }\nSE/*|*/', 'top-level [SE] SE'],
    ['#include <bp/*|*/', 'none'],
    ['#define X bpf/*|*/', 'none'],
    ['// é\r\nSEC("tc/*|*/', 'section [tc] tc'],
  ])('%s is %s', (source, expected) => {
    expect(role(source)).toBe(expected);
  });
});
