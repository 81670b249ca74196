/**
 * Ten entities that two real kernels answer differently: the one that runs here, and one of a Debian package (Linux 6.1, by
 * `test/kernels/debian.sh`, which unpacks its BTF). Each is skipped only where its file is not there; CI makes the second.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lookUpKernels, runningRelease } from '../../server/src/cli/kernelFiles.js';
import { hasThing, type Kernel, type KernelThing } from '../../server/src/facts/kernel.js';
import { kernelBook } from '../../server/src/facts/kernelBook.js';
import { loadTestFacts } from '../support/facts.js';

const DEBIAN = fileURLToPath(new URL('../../.cache/debian-6.1/vmlinux.btf', import.meta.url));
const RUNNING = '/sys/kernel/btf/vmlinux';
const facts = await loadTestFacts();

function kernel(name: string): Kernel {
  const found = lookUpKernels(name, facts).get(name);
  if (!found || !('release' in found)) throw new Error(found && 'error' in found ? found.error : `${name}: joined`);
  return found;
}

/** Entity, the release that brought it, and for what is gone since the one that took it away: 6.1 and what runs here (6.9 or later) differ in each. */
const TEN: readonly (readonly [kind: KernelThing, name: string, since: number, gone: number])[] = [
  ['helper', 'bpf_cgrp_storage_get', 6002, Infinity],
  ['helper', 'bpf_cgrp_storage_delete', 6002, Infinity],
  ['map-type', 'BPF_MAP_TYPE_CGRP_STORAGE', 6002, Infinity],
  ['map-type', 'BPF_MAP_TYPE_ARENA', 6009, Infinity],
  ['program-type', 'BPF_PROG_TYPE_NETFILTER', 6004, Infinity],
  ['attach-type', 'BPF_TCX_INGRESS', 6006, Infinity],
  ['kfunc', 'bpf_rcu_read_lock', 6002, Infinity],
  ['kfunc', 'bpf_dynptr_slice', 6004, Infinity],
  ['field', 'sched_entity.deadline', 6006, Infinity],
  ['field', 'task_struct.thread_group', 2006, 6007],
];

// In CI the file has to be there.
describe.runIf(existsSync(DEBIAN) || process.env['CI'] !== undefined)('a Debian kernel', () => {
  it('is the release that its types resemble', () => expect(kernel(DEBIAN)).toMatchObject({ release: 6001, bpf: 6001 }));

  it.each(TEN)('%s %s, since %i', (kind, name, since) => expect(hasThing(kernel(DEBIAN), kind, name, facts)).toBe(since <= 6001));

  it('has what came before it', () => {
    for (const [kind, name] of [['helper', 'bpf_loop'], ['helper', 'bpf_user_ringbuf_drain'], ['map-type', 'BPF_MAP_TYPE_USER_RINGBUF'], ['field', 'task_struct.__state']] as const) expect(hasThing(kernel(DEBIAN), kind, name, facts), name).toBe(true);
  });

  it('denies what it lacks, and by the types alone', () => {
    const book = kernelBook(facts, kernel(DEBIAN));
    const key = { programType: 'BPF_PROG_TYPE_XDP', attachType: null, sleepable: false, frags: false };
    expect(book.availability(book.helpers.get('bpf_cgrp_storage_get')!, key).at(6001)).toBe('denied');
    expect(book.availability(book.helpers.get('bpf_loop')!, key).at(6001)).toBe('allowed');
  });
});

const release = runningRelease();
const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(release ?? '') ?? [];
const here = Number(major) * 1000 + Number(minor);

describe.runIf(existsSync(RUNNING) && here >= 6009)('the running kernel', () => {
  it.each(TEN)('%s %s, since %i', (kind, name, since, gone) => {
    const has = hasThing(kernel('running'), kind, name, facts);
    // A kfunc without a mark, or of a part that was left out of this build, is not told of.
    if (kind === 'kfunc' && here < 6010) expect(has).not.toBe(false);
    else expect(has).toBe(here >= since && here < gone);
  });

  it.runIf(existsSync(DEBIAN) && here >= 6010)('answers each of the ten differently from the Debian kernel', () => {
    for (const [kind, name] of TEN) expect(hasThing(kernel('running'), kind, name, facts), name).toBe(!hasThing(kernel(DEBIAN), kind, name, facts));
  });

  it('is read as itself', () => expect(kernel('running')).toMatchObject({ label: 'running', release: here }));
});

it('says what is no kernel', () => {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const error = (name: string): unknown => lookUpKernels(name, facts).get(name);
  expect(error(`${here}/nothing.btf`)).toEqual({ error: expect.stringMatching(/no such file/) as string });
  expect(error(`${here}/kernels.test.ts`)).toEqual({ error: expect.stringContaining('does not begin as BTF does') as string });
  expect(error(here)).toEqual({ error: expect.stringContaining('a folder without a file vmlinux') as string });
});
