/** What a kernel is that is more than a mainline release, and what its names lead to. */
import type { KernelTypes } from '../btf/kernelTypes.js';
import type { Release } from './kernelVersion.js';

/** Kinds of things that a kernel may have or lack. */
export type KernelThing = 'helper' | 'kfunc' | 'program-type' | 'attach-type' | 'map-type' | 'constant' | 'field';

/** Names that are there though newer, not there though older, or not told by the sources; a kind that is missing was not looked at. */
export type Things = Readonly<Partial<Record<KernelThing, { readonly more?: readonly string[]; readonly fewer?: readonly string[]; readonly open?: readonly string[] }>>>;

export interface Kernel {
  /** What the user wrote, and findings say: `rhel9.4`, `./appliance.btf`. */
  readonly label: string;
  /** The release that it says it is; where nothing says so, the one that its types resemble most. */
  readonly release: Release;
  /** The release whose BPF it has: its own, or a later one that was brought back as a whole. */
  readonly bpf: Release;
  /** It has things that are newer still, and nobody says which. */
  readonly backports: boolean;
  /** Tells the content of a file from another of the same name. */
  readonly stamp?: string;
  /** Its types, where they are at hand. */
  readonly types?: KernelTypes;
  /** The types of all its modules are with its own: a function that they do not know is not there. */
  readonly whole?: boolean;
  /** Kinds of which its sources were read: it has what mainline has at `bpf`, but for these exceptions. */
  readonly things?: Things;
}

/** What stands behind the names in a target that the host had to look up: a kernel, why there is none, or the file whose modules it joined. */
export type KernelsByName = ReadonlyMap<string, Kernel | { readonly error: string } | { readonly joins: string }>;
