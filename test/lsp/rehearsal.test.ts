/** Hovers are rehearsed over the first document that has something to hover over, once, and no longer than it is there. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, it } from 'vitest';
import type { Current } from '../../server/src/lsp/documents.js';
import { rehearseHovers } from '../../server/src/lsp/rehearsal.js';
import { unit } from '../support/unit.js';

const PROGRAM = 'SEC("xdp") int p(struct xdp_md *ctx) { bpf_get_smp_processor_id(); return ctx->rx_queue_index; }\n';

/** Shows documents, and gathers where was hovered. @param stays how many times the document is still there when it is asked for */
async function rehearsed(texts: readonly string[], stays = Infinity): Promise<string[]> {
  const hovered: string[] = [];
  const listeners: ((current: Current) => void)[] = [];
  const open = new Map<string, Current>();
  let asked = 0, work = Promise.resolve();
  rehearseHovers({
    onAnalyzed: (listener: (current: Current) => void) => void listeners.push(listener),
    guard: { run: (_: string, job: () => void | Promise<void>) => void (work = Promise.resolve(job())) },
    background: { turn: () => Promise.resolve() },
    now: (uri: string) => (asked++ < stays ? open.get(uri) : undefined),
  } as unknown as Parameters<typeof rehearseHovers>[0], ({ text }, offset) => {
    hovered.push(`${text.uri}: ${/^\w*/.exec(text.getText().slice(offset))![0]}`);
  });
  for (const [i, text] of texts.entries()) {
    const current = { text: TextDocument.create(`file:///${i}.bpf.c`, 'c', 1, text), unit: await unit(text) };
    open.set(current.text.uri, current);
    for (const listener of listeners) listener(current);
  }
  await work;
  return hovered;
}

describe('hovers for nobody', () => {
  it('are over calls and fields of the first document that has any', async () => {
    const hovered = await rehearsed(['int main(void) { return 0; }\n', PROGRAM, PROGRAM]);
    expect(new Set(hovered)).toEqual(new Set(['file:///1.bpf.c: bpf_get_smp_processor_id', 'file:///1.bpf.c: rx_queue_index']));
  });

  it('are few', async () => {
    const count = (await rehearsed([PROGRAM.replace('return', 'bpf_ktime_get_ns();'.repeat(500) + 'return')])).length;
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(100);
  });

  it('end when the document is closed', async () => expect(await rehearsed([PROGRAM], 3)).toHaveLength(3));
});
