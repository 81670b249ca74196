/** What stands in the book's small tables: members of operations, registers, what programs and callbacks may return. */
import type { Release } from './kernelVersion.js';

/** A member of a structure of operations. */
export interface OperationFact {
  readonly name: string;
  /** What is put there: a program, a string, a number. */
  readonly kind: 'program' | 'text' | 'number';
  /** When the kernel calls it, or what the value means. */
  readonly detail: string;
}

/** A field of `struct pt_regs`. */
export interface RegisterFact {
  readonly name: string;
  readonly type: string;
  readonly array?: number;
  readonly offset: number;
  /** Its name in the header for user space, where that differs. */
  readonly user?: string;
  /** What it holds in a probe. */
  readonly role?: string;
}

/** `struct pt_regs` of one architecture. */
export interface RegistersFact {
  readonly arch: string;
  /** Of the whole structure, in bytes: a program may load any aligned part of it (`kprobe_prog_is_valid_access()`). */
  readonly size: number;
  readonly fields: readonly RegisterFact[];
}

/** Ends included; enforced on `since` and later. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
  readonly since: Release;
  /** Up to this release anything may be returned; absent where that is not known. */
  readonly free?: Release;
}

/** What the verifier demands of functions that are handed to one helper or kfunc. */
export interface CallbackFact {
  /** What they may return; `says` begins the verifier's message. */
  readonly returns?: ReturnRange & { readonly says: string };
  /** Whether they may sleep, whatever the program may do; up to `free` they may what it may. */
  readonly sleeps?: { readonly may: 'always' | 'never'; readonly since: Release; readonly free?: Release };
}
