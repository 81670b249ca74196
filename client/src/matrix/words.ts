/** How the page calls things. */
import type { MatrixStatus } from '../../../server/src/lsp/messages.js';

export const STATUSES: readonly MatrixStatus[] = ['runs', 'guard', 'refused', 'unknown'];

export const STATUS: Readonly<Record<MatrixStatus, { readonly sign: string; readonly word: string; readonly means: string; readonly why: string }>> = {
  runs: { sign: '✓', word: 'runs', means: 'nothing in it is refused', why: 'Nothing in the program is known to be refused by this kernel, and everything that the facts speak of is allowed.' },
  guard: { sign: '◐', word: 'guard', means: 'runs once its newer calls are asked for first', why: 'Only calls that this kernel does not have stand in the way. Behind a test such as bpf_ksym_exists or bpf_core_enum_value_exists the program would run without them.' },
  refused: { sign: '✗', word: 'refused', means: 'the kernel refuses it', why: 'This kernel does not take the program as it is.' },
  unknown: { sign: '?', word: 'unknown', means: 'not all of it is known', why: 'Nothing in the program is known to be refused, but not all of it is known for this kernel.' },
};

export const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
