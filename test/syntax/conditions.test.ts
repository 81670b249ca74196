/** Under which conditions calls stand. */
import { beforeAll, describe, expect, it } from 'vitest';
import { setupSyntax } from '../support/syntax.js';
import { conditionTexts, fn, inProgram } from './support.js';

beforeAll(setupSyntax);

/** Conditions of the call of `target`. */
function conditionsOf(body: string, name = 'target'): string[] {
  const call = fn(inProgram(body), 'prog').calls.find((c) => c.name === name);
  if (call === undefined) throw new Error('no such call');
  return conditionTexts(call.conditions);
}

describe('conditions of a call', () => {
  it.each([
    ['target();', []],
    ['if (a) target();', ['if(a)']],
    ['if (a) { b(); } else { target(); }', ['!if(a)']],
    ['if (a) x(); else if (b) target(); else y();', ['!if(a)', 'if(b)']],
    ['if (a) x(); else if (b) y(); else target();', ['!if(a)', '!if(b)']],
    ['if ((a && (b))) target();', ['if(a && (b))']],
    ['if ((a) && (b)) target();', ['if((a) && (b))']],
    ['if (target()) x();', []],
    ['if (a) { if (b) { target(); } }', ['if(a)', 'if(b)']],
    ['x = a ? target() : 0;', ['ternary(a)']],
    ['x = a ? 0 : target();', ['!ternary(a)']],
    ['x = a && target();', ['logical(a)']],
    ['if (a || target()) x();', ['!logical(a)']],
    ['x = a && b && target();', ['logical(a && b)']],
    ['x = (a & b) + target();', []],
    ['while (a) target();', ['loop(a)']],
    ['for (i = 0; i < 3; i++) { target(); }', ['loop(i < 3)']],
    ['for (i = 0; i < 3; target()) { }', ['loop(i < 3)']],
    ['for (;;) target();', []],
    ['do { target(); } while (a);', []],
    ['switch (a) { case 1: target(); }', ['switch(a)']],
    ['bpf_for(i, 0, 3) { target(); }', ['loop(i, 0, 3)']],
  ])('%s', (body, expected) => {
    expect(conditionsOf(body)).toEqual(expected);
  });
});

describe('early exits', () => {
  it.each([
    ['if (!g) return 0; target();', ['!early-exit(!g)']],
    ['if (!g) { x(); return 0; } target();', ['!early-exit(!g)']],
    ['if (g) x(); else return 0; target();', ['early-exit(g)']],
    ['if (!g) goto out; target(); out: return 0;', ['!early-exit(!g)']],
    ['if (!g) goto out; x(); out: target();', []],
    ['if (!g) return 0; if (b) goto out; x(); out: target();', ['!early-exit(!g)']],
    ['if (b) goto out; if (!g) return 0; x(); out: target();', []],
    ['if (!g) return 0; if (h) target();', ['!early-exit(!g)', 'if(h)']],
    ['if (a) { if (!g) return 0; x(); } target();', []],
    ['if (!g) return 0; { target(); }', ['!early-exit(!g)']],
    ['if (!g) x(); target();', []],
    ['if (a) return 1; else return 2; target();', ['!early-exit(1)']],
    ['if (a) return 1; else if (b) { goto out; } else { x(); return 2; } target(); out: y();', ['!early-exit(1)']],
    ['if (a) goto out; else return 2; out: target();', []],
    ['if (a) return 1; else EACH(i) return 2; target();', ['!early-exit(a)']],
    ['if (a) { EACH(i) return 1; } else return 2; target();', []],
    ['EACH(i) if (a) return 1; else return 2; target();', []],
    ['if (a) {\n#ifdef X\n return 1;\n#endif\n } else return 2; target();', []],
    ['switch (a) { case 1: return 1; default: return 2; } target();', ['!early-exit(1)']],
    ['switch (a) { default: case 1: x(); case 2: { return 2; } } target();', ['!early-exit(1)']],
    ['switch (a) { case 1: for (;;) { if (b) break; } default: return 2; } target();', ['!early-exit(1)']],
    ['switch (a) { case 1: return 1; } target();', []],
    ['switch (a) { case 1: if (b) break; default: return 2; } target();', []],
    ['switch (a) { case 1: return 1; default: x(); } target();', []],
    ['switch (a) { case 1: return 1;\n#ifdef X\n default: return 2;\n#endif\n } target();', []],
    ['for (;;) { switch (a) { case 1: continue; default: return 2; } target(); }', ['!early-exit(1)']],
    ['for (;;) { if (!g) break; target(); }', ['!early-exit(!g)']],
    ['for (;;) { if (!g) continue; target(); }', ['!early-exit(!g)']],
    ['for (;;) { if (!g) break; } target();', []],
    ['switch (x) { case 1: if (!g) break; target(); }', ['switch(x)', '!early-exit(!g)']],
    ['switch (x) { case 1: if (!g) break; case 2: target(); }', ['switch(x)']],
    ['if (!g) { if (b) return 1; else return 2; } target();', ['!early-exit(!g)']],
    ['if (!g) { if (b) return 1; } target();', []],
  ])('%s', (body, expected) => {
    expect(conditionsOf(body)).toEqual(expected);
  });
});

describe('preprocessor conditions', () => {
  it('stand between the others by their place', () => {
    expect(conditionsOf('if (a) {\n#if X > 1\nif (b) target();\n#endif\n}')).toEqual(['if(a)', 'preprocessor(X > 1)', 'if(b)']);
  });

  it('are negated in #else, and in #elif for the arms before', () => {
    expect(conditionsOf('#ifdef A\nx();\n#else\ntarget();\n#endif')).toEqual(['!preprocessor(defined(A))']);
    expect(conditionsOf('#if A\nx();\n#elif B\ntarget();\n#else\ny();\n#endif')).toEqual(['!preprocessor(A)', 'preprocessor(B)']);
    expect(conditionsOf('#ifndef A\ntarget();\n#endif')).toEqual(['!preprocessor(defined(A))']);
  });

  it('around the whole function belong to the function', () => {
    const f = fn(`#if A\n${inProgram('target();')}#endif\n`, 'prog');
    expect(conditionTexts(f.conditions)).toEqual(['preprocessor(A)']);
    expect(f.calls.map((c) => c.conditions)).toEqual([[]]);
  });
});

describe('a condition', () => {
  it('names its identifiers and calls', () => {
    const f = fn(inProgram('if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_x) && (LINUX_VERSION > y->z)) target();'), 'prog');
    const [c] = f.calls.filter((x) => x.name === 'target').flatMap((x) => x.conditions);
    expect(c?.identifiers).toEqual(['bpf_core_enum_value_exists', 'bpf_func_id', 'BPF_FUNC_x', 'LINUX_VERSION', 'y']);
    expect(c?.calls).toEqual([{ name: 'bpf_core_enum_value_exists', args: ['enum bpf_func_id', 'BPF_FUNC_x'] }]);
  });

  it('has its place in the text', () => {
    const source = inProgram('if ( a == b ) target();');
    const [c] = fn(source, 'prog').calls[0]?.conditions ?? [];
    expect(c && source.slice(c.span.start, c.span.end)).toBe('a == b');
  });

  it('is there for fields and identifiers as well', () => {
    const f = fn(inProgram('if (bpf_core_field_exists(ctx->f)) x = ctx->f;'), 'prog');
    expect(f.fields.map((x) => [x.access, conditionTexts(x.conditions)])).toEqual([['none', []], ['read', ['if(bpf_core_field_exists(ctx->f))']]]);
    expect(f.identifiers.filter((i) => i.name === 'x').map((i) => conditionTexts(i.conditions))).toEqual([['if(bpf_core_field_exists(ctx->f))']]);
  });
});
