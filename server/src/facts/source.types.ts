/** Where facts come from. */

/** Where a version comes from. */
export interface Source {
  /** e.g. `measured`, `ebpf-docs`, `kernel-source`, `libbpf`, `editorial`. */
  readonly source: string;
  /** A commit, file or kernel that backs it. */
  readonly ref?: string;
}
