/** The injected grammar, tokenised by the editor's own engine over the editor's own C grammar. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import type { IGrammar } from 'vscode-textmate';

const require = createRequire(import.meta.url);
const OURS = new URL('../../syntaxes/ebpf.injection.tmLanguage.json', import.meta.url);
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = await readFile(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const paths: Record<string, string | URL> = { 'source.c': require.resolve('tm-grammars/grammars/c.json'), 'source.c.ebpf-lens': OURS };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: async (scope) => (paths[scope] === undefined ? null : (JSON.parse(await readFile(paths[scope], 'utf8')) as textmate.IRawGrammar)),
    getInjections: (scope) => (scope === 'source.c' ? ['source.c.ebpf-lens'] : undefined),
  });
  grammar = (await registry.loadGrammar('source.c'))!;
});

/** `text:scope` of each piece that has a scope of ours, the innermost. */
function scoped(code: string): string[] {
  const out: string[] = [];
  let state = textmate.INITIAL;
  for (const line of code.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    for (const token of tokens) {
      const own = token.scopes.at(-1)!;
      if (own.endsWith('.ebpf')) out.push(`${line.slice(token.startIndex, token.endIndex)}:${own.replace(/\.ebpf$/, '')}`);
    }
    state = ruleStack;
  }
  return out;
}
const SEC = 'SEC:entity.name.function.preprocessor.section';
const [TYPE, MODIFIER, SLASH, ATTACH, EXTRA] = ['entity.name.section', 'storage.modifier.section', 'punctuation.separator.section', 'constant.language.attach', 'variable.parameter.section'];

describe('sections', () => {
  it.each([
    ['SEC("xdp")', [`xdp:${TYPE}`]],
    ['SEC("xdp.frags/devmap")', [`xdp:${TYPE}`, `.frags:${MODIFIER}`, `/:${SLASH}`, `devmap:${ATTACH}`]],
    ['SEC("?cgroup/connect4")', ['?:keyword.operator.optional', `cgroup:${TYPE}`, `/:${SLASH}`, `connect4:${ATTACH}`]],
    ['SEC("fentry.s/do_unlinkat")', [`fentry:${TYPE}`, `.s:${MODIFIER}`, `/:${SLASH}`, `do_unlinkat:${EXTRA}`]],
    ['SEC("tp/syscalls/sys_enter_openat")', [`tp:${TYPE}`, `/:${SLASH}`, `syscalls/sys_enter_openat:${EXTRA}`]],
    ['SEC("uprobe//lib/libc.so.6:malloc+0x10")', [`uprobe:${TYPE}`, `/:${SLASH}`, `/lib/libc.so.6:malloc+0x10:${EXTRA}`]],
    ['SEC(".maps")', [`.maps:${TYPE}`]],
    ['SEC( "tc" )', [`tc:${TYPE}`]],
    ['SEC("kprobe/" "vfs_read")', [`kprobe:${TYPE}`, `/:${SLASH}`, `vfs_read:${EXTRA}`]],
  ])('%s', (code, parts) => {
    expect(scoped(`${code} int f(void *ctx) { return 0; }`)).toEqual([SEC, ...parts]);
  });

  it('half typed end with their line', () => {
    expect(scoped('SEC("xd\nint f(void) { return 0; }\nSEC("tc")')).toEqual(expect.arrayContaining([SEC, `tc:${TYPE}`]));
    expect(scoped('SEC(\nint x;')).toEqual([SEC]);
  });

  it('in comments, strings and longer words are left alone', () => {
    expect(scoped('// SEC("xdp")\n/* SEC("xdp") */\nconst char *s = "SEC(x)";\nMY_SEC("xdp");')).toEqual([]);
  });
});

it('maps: macros, attributes, types and flags', () => {
  expect(scoped('struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__uint(max_entries, 64);\n\t__uint(map_flags, BPF_F_NO_PREALLOC);\n\t__type(key, struct key);\n\t__array(values, int(void *));\n} m SEC(".maps");')).toEqual([
    '__uint:keyword.other.map-member', 'type:variable.other.property', 'BPF_MAP_TYPE_HASH:constant.other.map',
    '__uint:keyword.other.map-member', 'max_entries:variable.other.property',
    '__uint:keyword.other.map-member', 'map_flags:variable.other.property', 'BPF_F_NO_PREALLOC:constant.other.map',
    '__type:keyword.other.map-member', 'key:variable.other.property',
    '__array:keyword.other.map-member', 'values:variable.other.property',
    SEC, `.maps:${TYPE}`,
  ]);
});

it('macros of programs, with the name that they declare, and attributes', () => {
  expect(scoped('int BPF_PROG(on_exec, struct linux_binprm *bprm)\n{ }\nextern void bpf_rcu_read_lock(void) __ksym;')).toEqual(['BPF_PROG:keyword.other.program', 'on_exec:entity.name.function', '__ksym:storage.modifier']);
});
