/** Compiled objects, built instruction by instruction: what the outline says of them, and what the analysis makes of it. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { MAP_TYPES } from '../../server/src/object/mapTypes.js';
import { outlineOf } from '../../server/src/object/outline.js';
import type { Outline } from '../../server/src/object/outline.types.js';
import { loadTestFacts } from '../support/facts.js';
import { MAPS, ObjectEncoder, op, type EncodedInstruction } from '../support/objectEncoder.js';
import { unit } from '../support/unit.js';

let facts: FactBook;
beforeAll(async () => {
  facts = await loadTestFacts();
});

function outline(object: ObjectEncoder): Outline {
  const made = outlineOf(object.bytes(), facts);
  if ('error' in made) throw new Error(made.error.message);
  return made;
}

/** The statements of all functions, without the heads. */
function statements(object: ObjectEncoder): string[] {
  return outline(object).text.split('\n').filter((line) => /^\t[^_.]|^\t__compiled/.test(line) && !line.startsWith('\t__uint')).map((line) => line.trim());
}

const errorOf = (bytes: Uint8Array): string => {
  const made = outlineOf(bytes, facts);
  return 'error' in made ? made.error.message : 'no error';
};

/** The numbers of `bpf_get_current_pid_tgid`, `bpf_map_lookup_elem`, `bpf_ktime_get_ns`, `bpf_redirect` and `bpf_loop`. */
const [PID, LOOKUP, TIME, REDIRECT, LOOP] = [14, 1, 5, 23, 181];
const DONE: readonly EncodedInstruction[] = [op.move(0, 0), op.exit()];

function one(section: string, code: readonly EncodedInstruction[], littleEndian = true): ObjectEncoder {
  const object = new ObjectEncoder(littleEndian);
  object.program(section, 'prog', [...code, ...DONE]);
  return object;
}

describe('programs', () => {
  it.each([true, false])('are functions in sections, in either byte order (little endian: %s)', (littleEndian) => {
    const object = one('xdp', [op.call(PID)], littleEndian);
    object.license('Dual BSD/GPL');
    expect(outline(object).text).toBe(
      'SEC("xdp") int prog(struct xdp_md *ctx)\n{\n\tbpf_get_current_pid_tgid();\n\treturn 0;\n}\nchar _license[] SEC("license") = "Dual BSD/GPL";\n',
    );
  });

  it('share a section, and end where the next one begins', () => {
    const object = new ObjectEncoder();
    const index = object.section('tc', object.code([op.call(PID), ...DONE, op.call(TIME), ...DONE]), 4);
    object.symbol('first', { section: index, size: 1000, kind: 'function' });
    object.symbol('second', { section: index, value: 24, kind: 'function' });
    expect(statements(object)).toEqual(['bpf_get_current_pid_tgid();', 'return 0;', 'bpf_ktime_get_ns();', 'return 0;']);
  });

  it('are judged as those of a source are', async () => {
    const analysed = await unit(outline(one('xdp', [op.call(REDIRECT), op.call(26)])).text, { path: 'x.bpf.o', kernel: '6.12' });
    expect(analysed.model.programs.map((p) => [p.name, p.programType, p.attachType])).toEqual([['prog', 'BPF_PROG_TYPE_XDP', 'BPF_XDP']]);
    expect(analysed.findings.map((f) => `${f.rule} ${f.subject}`)).toEqual(['helper-not-allowed bpf_skb_load_bytes']);
  });

  it('of a section with a hostile name stay in a string', async () => {
    const { text } = outline(one('xdp") int bad(void) {} //\u0001', []));
    expect(text).toContain('SEC("xdp\\") int bad(void) {} //?")');
    expect((await unit(text)).model.programs).toHaveLength(1);
  });
});

describe('maps', () => {
  it('have the attributes of their BTF, and are named in calls', () => {
    const object = new ObjectEncoder();
    const map = object.map('events', { type: 27, max_entries: 4096 });
    const flags = object.map('counts', { type: 1, key_size: 4, value_size: 8, max_entries: 16, map_flags: 1 });
    const index = object.program('xdp', 'prog', [op.wide(1), op.call(LOOKUP), op.wide(1), op.call(LOOKUP), ...DONE]);
    object.relocate(index, 0, map);
    object.relocate(index, 24, flags);
    const { text } = outline(object);
    expect(text).toContain('struct {\n\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t__uint(max_entries, 4096);\n} events SEC(".maps");');
    expect(text).toContain('\t__uint(map_flags, BPF_F_NO_PREALLOC);\n} counts SEC(".maps");');
    expect(statements(object)).toEqual(['&events;', 'bpf_map_lookup_elem(&events, r2);', '&counts;', 'bpf_map_lookup_elem(&counts, r2);', 'return 0;']);
  });

  it('keep apart sizes and types, which loaders do not all read as sizes', async () => {
    const of = (attributes: Record<string, number>, types: Record<string, number>): ObjectEncoder => {
      const object = new ObjectEncoder();
      object.map('events', { type: 27, max_entries: 4096, ...attributes }, types);
      return object;
    };
    expect(outline(of({}, { value: 20 })).text).toContain('\t__type(value, char[20]);\n} events SEC(".maps");');
    const findings = async (object: ObjectEncoder): Promise<string[]> => (await unit(outline(object).text)).findings.map((f) => `${f.rule} ${f.severity}`);
    expect(await findings(of({}, { value: 20 }))).toEqual(['map-definition-invalid info']);
    expect(await findings(of({ value_size: 20 }, {}))).toEqual(['map-definition-invalid error']);
  });

  it('of old have a section of their own', () => {
    const object = one('xdp', []);
    const bytes = new Uint8Array(new Uint32Array([2, 4, 8, 256, 0]).buffer);
    object.symbol('old', { section: object.section('maps', bytes), size: 20, kind: 'data' });
    expect(outline(object).text).toContain('struct bpf_map_def SEC("maps") old = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 256, .map_flags = 0 };');
  });

  it('of programs hold those that relocations put there', () => {
    const object = new ObjectEncoder();
    const { btf } = object;
    const int = btf.int('int', 4, true);
    const values = btf.array(btf.pointer(btf.prototype(int, [])), int, 2);
    const uint = (n: number): number => btf.pointer(btf.array(int, int, n));
    const type = btf.variable('jumps', btf.struct('', 16, [{ name: 'type', type: uint(3), offset: 0 }, { name: 'values', type: values, offset: 64 }]));
    const section = object.section('.maps', new Uint8Array(24), 3);
    btf.section('.maps', 0, [[type, 0, 24]]);
    object.symbol('jumps', { section, size: 24, kind: 'data' });
    const code = object.section('tc', object.code(DONE), 4);
    object.relocate(section, 16, object.symbol('target', { section: code, size: 16, kind: 'function' }));
    expect(outline(object).text).toContain('} jumps SEC(".maps") = { .values = { [1] = (void *)&target } };');
  });

  it('have every type that the book knows', () => {
    const known = [...facts.mapTypes.values()].filter((t) => t.aliasOf === undefined && !t.name.endsWith('_DEPRECATED')).map((t) => t.name);
    expect(known.filter((name) => !MAP_TYPES.includes(name))).toEqual([]);
  });
});

describe('the context', () => {
  it('is followed through copies, sums and the stack, to fields by their offset', () => {
    expect(statements(one('tc', [op.copy(6, 1), op.load(0, 6, 16), op.store64(10, 6, -8), op.load64(7, 10, -8), op.add(7, 4), op.store(7, 0, 48)]))).toEqual([
      '(void)ctx->protocol;', 'ctx->cb[1] = 0;', 'return 0;',
    ]);
  });

  it('is forgotten where something else is put into its place', () => {
    expect(statements(one('tc', [op.copy(6, 1), op.call(PID), op.load(2, 1, 16), op.move(6, 0), op.load(2, 6, 16), op.load(2, 7, 16)]))).toEqual(['bpf_get_current_pid_tgid();', 'return 0;']);
  });

  it('is none where two ways put different things into a register', () => {
    const code = [op.copy(6, 1), op.jumpIf(2, 0, 1), op.move(6, 0), op.load(3, 6, 16)];
    expect(statements(one('tc', code))).toEqual(['return 0;']);
  });

  it('is judged field by field', async () => {
    const { text } = outline(one('xdp', [op.store(1, 2, 12)]));
    const { findings } = await unit(text, { kernel: '6.1' });
    expect(findings.map((f) => `${f.rule} ${f.subject}`)).toEqual(['context-field-not-allowed ingress_ifindex']);
  });
});

describe('guards', () => {
  /** `if (question) bpf_loop(); else bpf_ktime_get_ns(); bpf_redirect();` */
  const branches = (first: EncodedInstruction): EncodedInstruction[] => [first, op.jumpIf(1, 0, 2), op.call(LOOP), op.jump(1), op.call(TIME), op.call(REDIRECT)];

  function withCore(kind: number, access: string): ObjectEncoder {
    const object = new ObjectEncoder();
    const type = object.btf.enum('bpf_func_id___new', { BPF_FUNC_x: 0, BPF_FUNC_loop: LOOP });
    object.program('xdp', 'prog', [...branches(op.move(1, 1)), ...DONE]);
    object.coreRelocation('xdp', 0, type, access, kind);
    return object;
  }

  it('are answers of the kernel: both sides of the branch stand under the question, what is behind them does not', () => {
    const question = 'if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)) ';
    expect(statements(withCore(10, '1'))).toEqual([`${question}bpf_loop(r1, r2, r3, r4);`, `${question}bpf_ktime_get_ns();`, 'bpf_redirect(r1, r2);', 'return 0;']);
  });

  it('keep findings away, and calls without them do not', async () => {
    expect((await unit(outline(withCore(10, '1')).text, { kernel: '5.4' })).findings).toEqual([]);
    expect((await unit(outline(withCore(0, '0')).text, { kernel: '5.4' })).findings.map((f) => f.subject)).toEqual(['bpf_loop']);
  });

  it('are symbols of the kernel that may be missing', async () => {
    const object = new ObjectEncoder();
    const { btf } = object;
    const fn = btf.function('bpf_iter_num_new', btf.prototype(btf.int('int', 4), []), 2);
    btf.section('.ksyms', 0, [[fn, 0, 0]]);
    const index = object.program('xdp', 'prog', [op.wide(1), op.jumpIf(1, 0, 1), op.callFunction(), op.callFunction(), ...DONE]);
    const symbol = object.symbol('bpf_iter_num_new', { binding: 'weak' });
    for (const offset of [0, 24, 32]) object.relocate(index, offset, symbol);
    expect(statements(object)).toEqual(['if (bpf_ksym_exists(bpf_iter_num_new)) bpf_iter_num_new();', 'bpf_iter_num_new();', 'return 0;']);
    expect(outline(object).text).toContain('extern int bpf_iter_num_new(void) __ksym __weak;');
  });

  it('are constants that the loader sets, and the configuration', () => {
    const object = new ObjectEncoder();
    const { btf } = object;
    btf.section('.kconfig', 0, [[btf.variable('CONFIG_HZ', btf.int('int', 4), 2), 0, 4]]);
    const index = object.program('xdp', 'prog', [...branches(op.wide(2)).slice(0, 1), op.load(1, 2, 0), ...branches(op.move(0, 0)).slice(1), op.wide(2), op.load(1, 2, 0), op.jumpIf(1, 5, 1), op.call(TIME), ...DONE]);
    object.relocate(index, 0, object.symbol('enabled', { section: object.section('.rodata', new Uint8Array(4)), size: 4, kind: 'data' }));
    object.relocate(index, 64, object.symbol('CONFIG_HZ', {}));
    expect(statements(object)).toEqual([
      'enabled;', 'if (enabled) bpf_loop(enabled, &enabled, r3, r4);', 'if (enabled) bpf_ktime_get_ns();', 'bpf_redirect(r1, r2);', 'CONFIG_HZ;', 'if (CONFIG_HZ) bpf_ktime_get_ns();', 'return 0;',
    ]);
  });
});

describe('functions', () => {
  it('are called by relocations and by distance, and handed over as callbacks', async () => {
    const object = new ObjectEncoder();
    const text = object.section('.text', object.code([op.call(PID), ...DONE, op.call(TIME), ...DONE]), 4);
    object.symbol('work', { section: text, size: 24, kind: 'function', binding: 'local' });
    object.symbol('step', { section: text, value: 24, size: 24, kind: 'function', binding: 'local' });
    const all = object.symbol('', { section: text, kind: 'section', binding: 'local' });
    const index = object.program('xdp', 'prog', [op.callFunction(-1), op.wide(2, 24), op.call(LOOP), ...DONE]);
    object.relocate(index, 0, all);
    object.relocate(index, 8, all);
    expect(statements(object)).toEqual(['bpf_get_current_pid_tgid();', 'bpf_ktime_get_ns();', 'work();', 'bpf_loop(r1, step, r3, r4);', 'return 0;']);
    const { model } = await unit(outline(object).text);
    expect(model.calls.map((c) => `${c.name} ${c.programs.map((p) => p.name)}`)).toEqual(['bpf_get_current_pid_tgid prog', 'bpf_ktime_get_ns prog', 'bpf_loop prog']);
  });

  it('are known by their BTF: names and types of parameters, tags', () => {
    const object = new ObjectEncoder();
    const { btf } = object;
    const int = btf.int('int', 4, true);
    const fn = btf.function('check', btf.prototype(int, [['skb', btf.pointer(btf.qualifier('const', btf.struct('__sk_buff', 192, [])))], ['len', int]]), 1);
    btf.declTag('arg:nonnull', fn, 0);
    object.program('.text', 'check', [op.load(0, 1, 0), ...DONE]);
    object.functionInfo('.text', 0, fn);
    expect(outline(object).text).toContain('__noinline int check(struct __sk_buff *skb __arg_nonnull, long len)\n{\n\t(void)skb->len;\n}\n');
  });
});

test('what the instructions need is said', async () => {
  const code = [
    { code: 0xdb, dst: 10, src: 1, off: -8, imm: 0xe1 }, { code: 0xe5, off: 0 }, { code: 0x81, dst: 2, src: 10, off: -8 }, { code: 0x16, dst: 2, off: 0 },
    { code: 0xdb, dst: 10, src: 1, off: -8, imm: 0x100 }, op.jumpIf(2, 7, -2),
  ];
  const made = one('xdp', code);
  expect(statements(made)).toEqual(['__compiled_needs_atomics;', '__compiled_needs_may_goto;', '__compiled_needs_isa_v4;', '__compiled_needs_isa_v3;', '__compiled_needs_load_acquire;', 'for (; __compiled_back_edge; );', 'return 0;']);
  const { reasons } = (await unit(outline(made).text)).minKernel();
  for (const id of ['atomics', 'may-goto', 'isa-v4', 'isa-v3', 'load-acquire', 'bounded-loops']) {
    expect(reasons.map((r) => r.lifetime.since), id).toContain(facts.features.get(id)?.lifetime.since);
  }
});

test('an operations table names the members that its functions are', async () => {
  const object = new ObjectEncoder();
  const { btf } = object;
  const member = btf.pointer(btf.prototype(0, []));
  btf.variable('tcp', btf.struct('tcp_congestion_ops', 16, [{ name: 'init', type: member, offset: 0 }, { name: 'ssthresh', type: member, offset: 64 }]));
  const section = object.section('.struct_ops', new Uint8Array(16), 3);
  object.symbol('tcp', { section, size: 16, kind: 'data' });
  const index = object.section('struct_ops/ssthresh', object.code(DONE), 4);
  object.relocate(section, 8, object.symbol('on_ssthresh', { section: index, size: 16, kind: 'function' }));
  const { text } = outline(object);
  expect(text).toContain('struct tcp_congestion_ops tcp SEC(".struct_ops") = { .ssthresh = (void *)on_ssthresh };');
  expect((await unit(text)).model.programs.map((p) => p.key.target)).toEqual(['tcp_congestion_ops.ssthresh']);
});

test('each line knows its instruction, and its source line where that is known', () => {
  const object = one('xdp', [op.call(PID), op.call(TIME)]);
  object.line('xdp', 8, '/src/a.bpf.c', 12, 7, '\tt = bpf_ktime_get_ns();');
  const { text, origins } = outline(object);
  const at = (word: string): unknown => origins[text.split('\n').findIndex((line) => line.includes(word))];
  expect(at('pid_tgid')).toEqual({ section: 'xdp', offset: 0, source: undefined });
  expect(at('ktime')).toEqual({ section: 'xdp', offset: 8, source: { file: '/src/a.bpf.c', line: 12, column: 7, text: '\tt = bpf_ktime_get_ns();' } });
});

test('an object without a licence is told, unless another object may have it', async () => {
  const object = one('xdp', [op.call(6)]);
  const found = async (): Promise<string[]> => (await unit(outline(object).text, { path: 'x.bpf.o' })).findings.map((f) => `${f.rule} ${f.subject}`);
  expect(await found()).toEqual(['missing-license bpf_trace_printk']);
  object.symbol('defined_elsewhere', {});
  expect(await found()).toEqual([]);
});

test('a read of the kernel by a macro is told from one by name, where the source line says it', () => {
  const object = one('kprobe/x', [op.call(113), op.call(113)]);
  object.line('kprobe/x', 0, 'a.c', 1, 1, 'pid = BPF_CORE_READ(task, pid);');
  object.line('kprobe/x', 8, 'a.c', 2, 1, 'bpf_probe_read_kernel(&x, 4, p);');
  expect(statements(object)).toEqual(['bpf_core_read(ctx, r2, r3);', 'bpf_probe_read_kernel(r1, r2, r3);', 'return 0;']);
});

describe('what is no object', () => {
  it('is said so', () => {
    expect(errorOf(new Uint8Array(0))).toBe('it is no ELF file');
    expect(errorOf(new ObjectEncoder().bytes({ machine: 62 }))).toBe('it is an ELF file for another machine (62), not for eBPF (247)');
    const stripped = new ObjectEncoder();
    stripped.section('xdp', one('xdp', []).bytes().subarray(0, 16), 4);
    expect(errorOf(stripped.bytes())).toContain('section "xdp" has code and no symbol, as after strip');
    expect(errorOf(one('xdp', []).bytes().subarray(0, 100))).toMatch(/lies behind its end|cut off/);
  });

  it('lies in its BTF or .BTF.ext', () => {
    const broken = one('xdp', []);
    broken.section('.BTF', Uint8Array.from([1, 2, 3]));
    expect(errorOf(broken.bytes())).toMatch(/^its BTF cannot be read: /);
    const ext = one('xdp', []);
    ext.section('.BTF.ext', Uint8Array.from([0x9f, 0xeb, 1]));
    expect(errorOf(ext.bytes())).toBe('its .BTF.ext cannot be read: its header ends after 3 bytes');
  });
});

test('relocations into maps are those of the section', () => {
  // Nothing of the encoder's own numbering may get into a file.
  const object = one('xdp', []);
  object.map('a', { type: 1 });
  object.relocate(MAPS, 0, 1);
  expect(outline(object).text).toContain('} a SEC(".maps");');
});

describe('objects of Rust', () => {
  /** As rustc and bpf-linker make them of a crate that uses aya: sections without targets, maps of 28 bytes, no licence. */
  const aya = (mapBytes = 28): ObjectEncoder => {
    const object = new ObjectEncoder();
    const words = [2, 4, 8, 256, 0, 0, 0].slice(0, mapBytes / 4);
    const map = object.symbol('COUNTS', { section: object.section('maps', new Uint8Array(new Uint32Array(words).buffer)), size: mapBytes, kind: 'data' });
    const probe = object.program('kprobe', 'probe', [op.wide(1), op.call(LOOKUP), op.call(35), ...DONE]);
    object.relocate(probe, 0, map);
    object.program('classifier', 'shape', DONE);
    object.program('xdp/counter', 'counter', DONE);
    return object;
  };
  const findings = async (object: ObjectEncoder): Promise<string[]> => (await unit(outline(object).text, { path: 'x.o' })).findings.map((f) => `${f.rule} ${f.subject}`);

  it('are for aya: what libbpf refuses is no finding, nor a missing licence', async () => {
    const analysed = await unit(outline(aya()).text, { path: 'x.o' });
    expect(analysed.model.programs.map((p) => p.programType)).toEqual(['BPF_PROG_TYPE_KPROBE', 'BPF_PROG_TYPE_SCHED_CLS', 'BPF_PROG_TYPE_XDP']);
    expect(analysed.model.maps.map((m) => [m.name, m.type])).toEqual([['COUNTS', 'BPF_MAP_TYPE_ARRAY']]);
    expect(analysed.findings).toEqual([]);
  });

  it('are told by their lines and names too; objects of C are none', async () => {
    expect((await findings(aya(20))).sort()).toEqual(['legacy-map-definition COUNTS', 'missing-license bpf_get_current_task', 'unknown-section xdp/counter']);
    const mangled = aya(20);
    mangled.symbol('_ZN4core9panicking5panic17h0123456789abcdefE', { section: mangled.section('.text', mangled.code(DONE), 4), size: 16, kind: 'function' });
    expect(await findings(mangled)).toEqual([]);
    const lines = aya(20);
    lines.line('kprobe', 0, 'src/main.rs', 4, 1, 'unsafe fn probe() {');
    expect(await findings(lines)).toEqual([]);
  });

  it('are judged like any other', async () => {
    const object = aya();
    object.program('xdp', 'bad', [op.call(26), ...DONE]);
    expect(await findings(object)).toEqual(['helper-not-allowed bpf_skb_load_bytes']);
  });
});
