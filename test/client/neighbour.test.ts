/** How the setting `completion: auto` is settled. */
import { describe, expect, it, vi } from 'vitest';

const there = vi.hoisted(() => ({ clangd: false, enabled: true }));
vi.mock('vscode', () => ({
  extensions: { getExtension: (id: string) => (there.clangd && id === 'llvm-vs-code-extensions.vscode-clangd' ? {} : undefined) },
  workspace: { getConfiguration: () => ({ get: () => there.enabled }) },
}));
const { neighbourMiddleware } = await import('../../client/src/neighbour.js');

async function answered(settings: unknown): Promise<unknown> {
  const params = { items: [{ section: 'ebpfLens' }, { section: 'other' }] };
  const answers = await neighbourMiddleware.configuration!(params, undefined as never, () => [settings, { completion: 'auto' }]);
  expect((answers as unknown[])[1]).toEqual({ completion: 'auto' });
  return (answers as unknown[])[0];
}

describe('completion: auto', () => {
  it('is everything where clangd is not, or is told to stay off', async () => {
    Object.assign(there, { clangd: false, enabled: true });
    expect(await answered({ completion: 'auto', x: 1 })).toEqual({ completion: 'all', x: 1 });
    Object.assign(there, { clangd: true, enabled: false });
    expect(await answered({ completion: 'auto' })).toEqual({ completion: 'all' });
  });

  it('is what clangd does not offer beside clangd, and what the user chose stays', async () => {
    Object.assign(there, { clangd: true, enabled: true });
    expect(await answered({ completion: 'auto' })).toEqual({ completion: 'ebpf-only' });
    expect(await answered({ completion: 'all' })).toEqual({ completion: 'all' });
    expect(await answered(null)).toBeNull();
  });
});
