/** Finds logs in whatever surrounds them, reads every form of register state, and the way to the failing instruction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainLog } from '../../server/src/verifier/explainLog.js';
import { readLog, readLogInTurns } from '../../server/src/verifier/reader.js';
import { parseState, valueDetails, valueType } from '../../server/src/verifier/registers.js';
import type { LogExplanation } from '../../server/src/verifier/verifier.types.js';
import { loadTestFacts } from '../support/facts.js';

const explain = async (text: string): Promise<LogExplanation> => explainLog(text, await loadTestFacts());

/** A log of Linux 6.x with a branch: the null check is passed by on one way only. */
const LOG = `func#0 @0
0: R1=ctx() R10=fp0
; int key = 0; @ count.bpf.c:12
0: (b7) r6 = 0                        ; R6_w=0
1: (63) *(u32 *)(r10 -4) = r6         ; R6_w=0 R10=fp0 fp-8=0000????
; if (ctx->len > 8) @ count.bpf.c:13
2: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))
3: (25) if r2 > 0x8 goto pc+2         ; R2_w=scalar(smin=smin32=0,smax=umax=8,var_off=(0x0; 0xf))
; return 0; @ count.bpf.c:14
4: (b7) r0 = 0                        ; R0_w=0
5: (95) exit

from 3 to 6: R1=ctx() R2_w=scalar(smin=umin=9,smax=umax=0xffffffff) R6_w=0 R10=fp0 fp-8=0000????
; value = bpf_map_lookup_elem(&counts, &key); @ count.bpf.c:16
6: (bf) r2 = r10                      ; R2_w=fp0 R10=fp0
7: (07) r2 += -4                      ; R2_w=fp-4
8: (18) r1 = 0xffff888100000000       ; R1_w=map_ptr(map=counts,ks=4,vs=8)
10: (85) call bpf_map_lookup_elem#1   ; R0_w=map_value_or_null(id=1,map=counts,ks=4,vs=8)
; *value += 1; @ count.bpf.c:17
11: (79) r1 = *(u64 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
processed 11 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0
`;

describe('a log', () => {
  it('gives the failing instruction, its source line and the registers before it', async () => {
    const { verdict, results } = await explain(LOG);
    expect(verdict).toBe('explained');
    expect(results[0]).toMatchObject({
      messages: [{ id: 'null-check-missing', captures: { reg: '0', type: 'map_value' } }],
      failing: { insn: 11, code: 'r1 = *(u64 *)(r0 +0)', note: { code: '*value += 1;', file: 'count.bpf.c', line: 17 } },
      stats: { instructions: 11 },
    });
    expect(results[0]?.registers).toContainEqual({ name: 'R0', value: 'map_value_or_null(id=1,map=counts,ks=4,vs=8)' });
  });

  it('is followed along the branch that failed, not along the one before it in the text', async () => {
    const { path, pathCut } = (await explain(LOG)).results[0]!;
    expect(path.map((step) => step.insn)).toEqual([0, 1, 2, 3, 6, 7, 8, 10, 11]);
    expect(pathCut).toBe(false);
    expect(path.find((step) => step.insn === 3)?.taken).toBe(true);
    expect(path.find((step) => step.insn === 10)?.changed).toEqual([{ name: 'R0', value: 'map_value_or_null(id=1,map=counts,ks=4,vs=8)' }]);
  });

  const around: readonly (readonly [string, (log: string) => string])[] = [
    ['libbpf', (log) => `libbpf: prog 'count': BPF program load failed: Permission denied\nlibbpf: prog 'count': -- BEGIN PROG LOAD LOG --\n${log}-- END PROG LOAD LOG --\nlibbpf: prog 'count': failed to load: -13\nlibbpf: failed to load object 'x'\n`],
    ['Windows line ends', (log) => log.replaceAll('\n', '\r\n')],
    ['cilium/ebpf with %+v', (log) => `2024/01/02 10:00:00 loading objects: field Count: program count: load program: permission denied:\n${log.replace(/^(?=.)/gm, '\t')}`],
    ['Aya', (log) => `Error: the BPF_PROG_LOAD syscall failed. Verifier output: ${log}`],
    ['the journal', (log) => log.replace(/^(?=.)/gm, 'Nov 22 01:02:03 host agent[4242]: ')],
    ['the kernel log', (log) => log.replace(/^(?=.)/gm, '[ 1234.567890] ')],
    ['a quoted mail', (log) => log.replace(/^/gm, '> ')],
    ['colours', (log) => log.replace(/^(\d+):/gm, '\u001b[32m$1\u001b[0m:')],
    ['one escaped string', (log) => `level=error msg="load failed" log="${log.replaceAll('\n', '\\n')}"`],
    ['text before and after', (log) => `Makefile:3: all\ncc -c x.c\n${log}make: *** [load] Error 1\n`],
  ];
  it.each(around)('is found in %s', async (_name, wrap) => {
    const { verdict, results } = await explain(wrap(LOG));
    expect(verdict).toBe('explained');
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ messages: [{ id: 'null-check-missing' }], failing: { insn: 11, note: { line: 17 } } });
    expect(results[0]?.path[0]?.insn).toBe(0);
  });

  it('is named by its loader', async () => {
    expect((await explain(around[0]![1](LOG))).results[0]?.program).toBe('count');
    expect((await explain(around[2]![1](LOG))).results[0]?.program).toBe('count');
  });

  it('may be cilium/ebpf’s one line', async () => {
    const { results } = await explain("program count: load program: permission denied: 11: (79) r1 = *(u64 *)(r0 +0): R0 invalid mem access 'map_value_or_null' (15 line(s) omitted)");
    expect(results[0]).toMatchObject({ program: 'count', messages: [{ id: 'null-check-missing' }], failing: { insn: 11, code: 'r1 = *(u64 *)(r0 +0)' } });
  });

  it('of Linux 5.x has states before instructions, inv for scalar, and code without a file', async () => {
    const { results } = await explain(`0: (bf) r6 = r1
; struct file *f = (void *)ctx->di;
1: (79) r1 = *(u64 *)(r6 +112)
 R1_w=ctx(id=0,off=0,imm=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0
; return f->f_flags;
2: (61) r0 = *(u32 *)(r1 +64)
 R1_w=inv(id=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0
R1 invalid mem access 'inv'
processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`);
    expect(results[0]).toMatchObject({ messages: [{ id: 'scalar-dereferenced' }], failing: { insn: 2, note: { code: 'return f->f_flags;' } } });
  });

  it('that is cut says so, and one that ends well is accepted', async () => {
    expect((await explain(LOG.slice(0, LOG.indexOf('R0 invalid')))).verdict).toBe('cut');
    expect((await explain(`0: R1=ctx() R10=fp0\n0: (b7) r0 = 0 ; R0_w=0\n1: (95) exit\nprocessed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n`)).verdict).toBe('accepted');
  });

  it('with a message that nobody knows is unknown, with the raw text', async () => {
    const { verdict, results } = await explain(LOG.replace("R0 invalid mem access 'map_value_or_null'", 'the moon is in the wrong house'));
    expect(verdict).toBe('unknown');
    expect(results[0]).toMatchObject({ messages: [{ text: 'the moon is in the wrong house' }], failing: { insn: 11 } });
  });

  it('cut in front still leads to its line', async () => {
    const { results } = await explain(LOG.slice(LOG.indexOf('; value =')));
    expect(results[0]).toMatchObject({ messages: [{ id: 'null-check-missing' }], failing: { insn: 11, note: { line: 17 } }, pathCut: true });
  });

  it('of several programs gives each', async () => {
    const two = ['one', 'two'].map((name) => `libbpf: prog '${name}': -- BEGIN PROG LOAD LOG --\n${LOG}-- END PROG LOAD LOG --\n`).join('');
    expect((await explain(two)).results.map((result) => result.program)).toEqual(['one', 'two']);
  });

  it('may go on behind a jump whose outcome is known', async () => {
    const { results } = await explain(`10: (b7) r2 = 1                       ; R2=1 refs=2
11: (15) if r2 == 0x1 goto pc+8 20: R0=ringbuf_mem(ref_obj_id=2,sz=8) R2=1 R6=ctx() R10=fp0 refs=2
20: (bf) r0 = r2                      ; R0=1 R2=1 refs=2
21: (95) exit
Unreleased reference id=2 alloc_insn=5
processed 23 insns (limit 1000000) max_states_per_insn 0 total_states 2 peak_states 2 mark_read 0
`);
    expect(results[0]?.path.map(({ insn, code, taken }) => [insn, code, taken])).toEqual([[10, 'r2 = 1', undefined], [11, 'if r2 == 0x1 goto pc+8', true], [20, 'r0 = r2', undefined], [21, 'exit', undefined]]);
    expect(results[0]?.registers).toContainEqual({ name: 'R6', value: 'ctx()' });
  });

  it('of Linux 7.x has a report, whose place and causes count', async () => {
    const { results } = await explain(`3: (79) r1 = *(u64 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'

Verification failed: Register Type Safety: Invalid dereference

Reason:
  R0 may be NULL here (a nullable map value pointer). The program could dereference NULL on this
  path.

At:
  count @ src/count.bpf.c:17:2
  Source context:
      16 | 	value = bpf_map_lookup_elem(&counts, &key);
  >>> 17 | 	*value += 1;
         |         ^-- error: invalid dereference of R0 (a nullable map value
         |             pointer)
  Instruction context:
      10 | (85) call bpf_map_lookup_elem#1
  >>> 11 | (79) r1 = *(u64 *)(r0 +0)

Causal path:
  count @ src/count.bpf.c:16:10
  Source context:
  >>> 16 | 	value = bpf_map_lookup_elem(&counts, &key);
         |         ^-- update: R0 changed from uninitialized value to nullable map value

Suggestion:
  Add a NULL check before the access.

processed 11 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0
`);
    expect(results[0]).toMatchObject({
      messages: [{ id: 'null-check-missing' }, { id: 'report-register-type' }],
      failing: { insn: 11, note: { file: 'src/count.bpf.c', line: 17, code: '*value += 1;' } },
      report: {
        category: 'Register Type Safety', problem: 'Invalid dereference', suggestion: 'Add a NULL check before the access.',
        at: { function: 'count', column: 2, text: 'invalid dereference of R0 (a nullable map value pointer)' },
        causes: [{ label: 'update', note: { line: 16 } }],
      },
    });
    expect(results[0]?.report?.reason).toContain('on this path.');
  });

  it.each(['', ' \n\n', 'int main(void) { return 0; }', 'error: expected ; before }\n'.repeat(50), 'R1 and R2 are registers\n1: first\n2: second'])('is not seen where there is none', async (text) => {
    expect((await explain(text)).verdict).toBe('not-a-log');
  });
});

describe('register states', () => {
  it.each([
    ['R0_w=inv0 R1=ctx(id=0,off=0,imm=0) R10=fp0', ['0', 'ctx'], ['inv0', 'ctx(id=0,off=0,imm=0)', 'fp0']],
    ['frame1: R1=scalar(smin=smin32=0,smax=umax=255,var_off=(0x0; 0xff)) R10=fp0 refs=2', [], ['scalar(smin=smin32=0,smax=umax=255,var_off=(0x0; 0xff))', 'fp0']],
    ['R0=map_value(id=0,off=0,ks=4,vs=8,umax_value=255) fp-8=mmmm????', [], ['map_value(id=0,off=0,ks=4,vs=8,umax_value=255)', 'mmmm????']],
  ])('%s', (text, _names, values) => expect(parseState(text, true)?.registers.map((register) => register.value)).toEqual(values));

  it('know kinds and details', () => {
    expect(valueType('map_value_or_null(id=1,ks=4)')).toBe('map_value_or_null');
    expect(valueType('0xffffffff')).toBe('number');
    expect(valueType('fp-8')).toBe('fp');
    expect([...valueDetails('scalar(smin=umin=9,var_off=(0x0; 0xf))')]).toEqual([['smin', '9'], ['umin', '9'], ['var_off', '(0x0; 0xf)']]);
  });
});

describe('bad input', () => {
  it('of any kind is read to its end', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...LOG.split('\n'), 'from 1 to 2: R0=(((', '; @ :', 'Verification failed: x', '-- BEGIN PROG LOAD LOG --', '-- END PROG LOAD LOG --', '\\n1: (95) exit\\n', '1: R1=', 'libbpf: prog '));
    fc.assert(fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const text = lines.join('\n');
      const { logs } = readLog(text);
      for (const log of logs) expect(log.firstLine).toBeLessThanOrEqual(log.lastLine);
    }), { numRuns: 200 });
  });

  it('of 200,000 lines keeps its way short and finds what is shown most often', async () => {
    const round = '; loop body @ loop.bpf.c:9\n5: (07) r1 += 1 ; R1_w=scalar()\n6: (bf) r2 = r1 ; R2_w=scalar()\n7: (a5) if r1 < 0x2dc6c0 goto pc-3 ; R1_w=scalar()\n';
    const { results } = await explain(`0: R1=ctx() R10=fp0\n${round.repeat(50_000)}BPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns (limit 1000000) max_states_per_insn 3 total_states 9 peak_states 9 mark_read 1\n`);
    expect(results[0]?.messages[0]?.id).toBe('too-many-instructions');
    expect(results[0]?.path.length).toBeLessThanOrEqual(400);
    expect(results[0]?.hot[0]).toMatchObject({ insn: 5, count: 50_000, note: { line: 9 } });
  });

  it('made of one long line, or of many almost-messages, ends', async () => {
    for (const text of ['R'.repeat(3_000_000), `${'R1 invalid mem access '.repeat(20_000)}`, `0: (95) exit\n${'R1 type= expected '.repeat(500)}\n`.repeat(300), '\\n'.repeat(500_000), '\u001b]'.repeat(200_000), `0: R1=${'('.repeat(200_000)}`]) {
      expect((await explain(text)).results.length).toBeLessThanOrEqual(1);
    }
  });
});

describe('a log of 200,000 lines', () => {
  it('is read in slices, and comes to the same', async () => {
    const line = (i: number): string => `${i % 900}: (61) r${i % 10} = *(u32 *)(r1 +4) ; R1=ctx() R2_w=scalar(umax=4294967295) R10=fp0\n; u32 x = ctx->data; @ a.bpf.c:${i % 300}\n`;
    const text = `${Array.from({ length: 100_000 }, (_, i) => line(i)).join('')}901: (71) r0 = *(u8 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\nprocessed 66000 insns (limit 1000000) max_states_per_insn 1 total_states 5 peak_states 5 mark_read 1\n`;
    let turns = 0;
    const read = await readLogInTurns(text, () => Promise.resolve(void turns++));
    expect(turns).toBe(200);
    expect(read).toEqual(readLog(text));
  });
});
