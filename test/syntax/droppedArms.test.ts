/** Code in `#if` arms that the parser does not get, since they cut an expression or a function in two. */
import { beforeAll, describe, expect, it } from 'vitest';
import { unit, startParser } from '../support/unit.js';

beforeAll(startParser);

/** "field access" with the `#if` that it stands under. */
async function accesses(body: string): Promise<string[]> {
  const u = await unit(`SEC("xdp") int prog(struct xdp_md *ctx)\n{\n${body}\n}\n`);
  return u.model.contextAccesses.map((a) => `${a.access.field} ${a.access.access}${a.access.element ? ' element' : ''}: ${a.guard ?? 'always'}`);
}

describe('field accesses in dropped arms', () => {
  it('are found by their tokens', async () => {
    expect(await accesses(`
  if (
#ifdef BY_QUEUE
      ctx->rx_queue_index
#else
      ctx->ingress_ifindex
#endif
  ) return XDP_DROP;
  return 0;`)).toEqual(['rx_queue_index read: #if defined(BY_QUEUE)', 'ingress_ifindex read: #if defined(BY_QUEUE)']);
  });

  it('tell reading, writing and taking the address apart, and leave other structs alone', async () => {
    expect(await accesses(`
#ifdef A
  if (ctx->data) {
#else
  ctx->data_meta = 1; ctx->data_end += 2; f(&ctx->egress_ifindex); x->ctx->data; if (ctx->ingress_ifindex == 1) {
#endif
  }
  return 0;`)).toEqual([
      'data read: #if defined(A)', 'data_meta write: #if defined(A)', 'data_end readwrite: #if defined(A)',
      'egress_ifindex address: #if defined(A)', 'ingress_ifindex read: #if defined(A)']);
  });
});
