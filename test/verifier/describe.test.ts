/** What is said about a log: in our words, with the fact book's help, and with nothing of the log that could be markup. */
import { describe, expect, it } from 'vitest';
import { toMarkdown } from '../../server/src/features/text/markdown.js';
import { toPlain } from '../../server/src/features/text/plain.js';
import { explanationPage } from '../../server/src/features/verifierLog/describe.js';
import { fillText } from '../../server/src/features/verifierLog/fill.js';
import { logHover } from '../../server/src/features/verifierLog/hover.js';
import { valueInWords } from '../../server/src/features/verifierLog/values.js';
import { explainLog } from '../../server/src/verifier/explainLog.js';
import { locateLine, namesFile } from '../../server/src/verifier/locate.js';
import { loadTestFacts } from '../support/facts.js';

const page = async (text: string): Promise<string> => {
  const facts = await loadTestFacts();
  return toMarkdown(explanationPage(facts, explainLog(text, facts)));
};
const END = 'processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n';

describe('the page', () => {
  it('tells what the fact book knows of a helper', async () => {
    const text = await page(`0: R1=ctx() R10=fp0\n0: (85) call bpf_xdp_adjust_head#44\nprogram of this type cannot use helper bpf_xdp_adjust_head#44\n${END}`);
    expect(text).toContain('# This helper is not for programs of this type');
    expect(text).toContain('`bpf_xdp_adjust_head` is in mainline since Linux 4.10');
    expect(text).toMatch(/\| `?(?:XDP|BPF.*XDP)`?/);
  });

  it('knows a helper by its number, but not by just any number', async () => {
    expect(await page(`0: (85) call unknown#181\ninvalid func unknown#181\n${END}`)).toContain('`bpf_loop` is in mainline since Linux 5.17');
    expect(await page(`21: (95) exit\nUnreleased reference id=2 alloc_insn=5\n${END}`)).not.toContain('in mainline since');
  });

  it('names map types that come as numbers', async () => {
    expect(await page(`4: (85) call bpf_map_lookup_elem#1\ncannot pass map_type 27 into func bpf_map_lookup_elem#1\n${END}`)).toContain('BPF\\_MAP\\_TYPE\\_RINGBUF'.replaceAll('\\', ''));
  });

  it('says how to get a log where there is none', async () => expect(await page('hello')).toContain('How to get a log'));

  it('shows an unknown message as it is', async () => {
    const text = await page(`0: (95) exit\nsomething quite new about R0\n${END}`);
    expect(text).toContain('does not know');
    expect(text).toContain('`something quite new about R0`');
  });
});

describe('a hostile log', () => {
  const EVIL = ['[x](command:workbench.action.quit)', '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '![x](https://evil.example/a.png)', '`` ` ``` [y](command:z)', '| a | b |\n| --- | --- |', '$(alert) ${x}', 'https://evil.example', '# heading'];

  it.each(EVIL)('%s stays text in every place', async (evil) => {
    const line = evil.replaceAll('\n', ' ');
    const logs = [
      `libbpf: prog '${line}': BPF program load failed: Permission denied\n0: R1=ctx() R10=fp0\n; ${line} @ ${line.replaceAll(':', '')}.c:3\n0: (79) r1 = ${line} ; R1=ptr_${line}(x=${line})\nR1 invalid mem access '${line}'\n${END}`,
      `0: (79) r1 = 1\n${line}\n\nVerification failed: ${line.replaceAll(':', '')}: ${line}\n\nReason:\n  ${line}\n\nAt:\n  f @ a.c:3:1\n  >>> 3 | ${line}\n         | ^-- error: ${line}\n\nCausal path:\n  f @ a.c:2:1\n  >>> 2 | ${line}\n         | ^-- update: ${line}\n\nSuggestion:\n  ${line}\n\n${END}`,
    ];
    for (const log of logs) {
      const outside = stripCode(await page(log));
      expect(outside).not.toMatch(/(?<!\\)\]\(/);
      expect(outside).not.toMatch(/<(?:img|script)/i);
      expect(outside).not.toContain('://');
    }
  });

  it('cannot reach a terminal either', async () => {
    const facts = await loadTestFacts();
    const text = toPlain(explanationPage(facts, explainLog(`0: (95) exit\nR0 !read_ok \u009b31m\u202e\n${END}`, facts)));
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    expect(text).not.toMatch(/[\u001b\u009b\u202e]/);
  });

  it('has no say in names of captures', () => expect(fillText('{constructor} {__proto__} {x}', { x: '{y}' })).toBe('… … {y}'));
});

/** Markdown without what is code: fences and spans, each closed by as many backticks as opened it. */
function stripCode(markdown: string): string {
  return markdown.replace(/^(`{3,})c\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}

describe('a register', () => {
  it.each([
    ['ctx(off=0,imm=0)', 'the context'],
    ['map_value_or_null(id=1,map=counts,ks=4,vs=8)', "a pointer to a map's value of counts, 8 bytes, or NULL: not checked yet"],
    ['scalar(smin=0,smax=umax=255,var_off=(0x0; 0xff))', 'a number from 0 to 255'],
    ['scalar(smin=-4096,smax=0)', 'a number from -4096 to 0'],
    ['scalar()', 'any number'],
    ['inv(id=0,umax_value=15)', 'a number from 0 to 15'],
    ['inv7', 'the number 7'],
    ['fp-16', 'a place on the stack'],
    ['pkt(off=14,r=14)', 'a pointer into the packet, 14 bytes from its start are proven to be there'],
    ['trusted_ptr_task_struct()', 'a trusted kernel pointer to struct task_struct'],
    ['ptr_or_null_bpf_cpumask(id=2)', 'a kernel pointer to struct bpf_cpumask, or NULL: not checked yet'],
    ['ringbuf_mem(ref_obj_id=2,sz=8)', 'a ring buffer record, 8 bytes'],
  ])('%s is %s', (value, words) => expect(valueInWords(value)).toBe(words));

  it('of a kind that nobody knows has no words', () => expect(valueInWords('quux_of_doom(x=1)')).toBeUndefined());

  it('is hovered in a log, and so is a message', async () => {
    const facts = await loadTestFacts();
    const line = '3: R1=ctx() R2_w=scalar(umax=7) R10=fp0';
    expect(toMarkdown(logHover(facts, line, line.indexOf('R2') + 1)?.sections ?? [])).toBe('`R2` holds a number from 0 to 7.');
    expect(toMarkdown(logHover(facts, 'R1 !read_ok', 3)?.sections ?? [])).toContain('A register is read that holds nothing');
    expect(logHover(facts, '3: (95) exit', 2)).toBeUndefined();
  });
});

describe('a source line', () => {
  const SOURCE = '#include "x.h"\nint a(void)\n{\n\treturn x;\n}\n\nint b(void)\n{\n\treturn x;\n}\n';
  it.each([
    [{ code: 'return x;', file: 'a.c', line: 4 }, undefined, { line: 3, certain: true }],
    [{ code: 'return x;', file: 'a.c', line: 8 }, undefined, { line: 8, certain: true }],
    [{ code: 'return y;', file: 'a.c', line: 4 }, undefined, { line: 3, certain: false }],
    [{ code: 'return x;' }, 'b', { line: 8, certain: true }],
    [{ code: '', file: 'a.c', line: 9 }, undefined, { line: 8, certain: true }],
  ])('%j in %s', (note, within, expected) => expect(locateLine(SOURCE, note, within)).toMatchObject(expected));

  it('that stands in several places is nobody’s without a number', () => expect(locateLine(SOURCE, { code: 'return x;' })).toBeUndefined());
  it('has the columns of its code', () => expect(locateLine(SOURCE.replaceAll('\n', '\r\n'), { code: 'return x;', line: 4 })).toMatchObject({ start: 1, end: 10 }));

  it.each([
    ['/home/u/src/a.c', 'a.c', true], ['/home/u/src/a.c', '../src/a.c', true], ['/home/u/src/a.c', 'lib/a.c', false], ['C:\\x\\src\\a.c', 'src/a.c', true], ['/x/ba.c', 'a.c', false],
  ])('%s may be %s: %s', (path, noted, expected) => expect(namesFile(path, noted)).toBe(expected));
});

describe('a refused access to the context', () => {
  const log = (note: string, off: number): string => `0: R1=ctx() R10=fp0\n; ${note} @ a.bpf.c:12\n0: (61) r2 = *(u32 *)(r1 +${off})\ninvalid bpf_context access off=${off} size=4\n${END}`;

  it('names the field of the source line', async () => {
    const text = await page(log('return ctx->egress_ifindex;', 20));
    expect(text).toContain('The field of the source line stands there');
    expect(text).toMatch(/xdp_md` \| `egress_ifindex` \| _*.*u32, offset 20, 4 bytes/);
    expect(text).not.toContain('vlan_present');
  });

  it('names what stands there in each context where the source does not tell', async () => {
    const text = await page(log('return f(ctx);', 20));
    expect(text).toContain('What stands there, by context');
    expect(text).toMatch(/`struct xdp_md` \| `egress_ifindex`/);
    expect(text).toMatch(/`struct __sk_buff` \| `vlan_present`/);
  });

  it('names nothing where nothing stands', async () => expect(await page(log('x', 100_000))).not.toContain('stands there'));
});
