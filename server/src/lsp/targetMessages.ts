/** What client and server say about targets, and whether the server is there. */

/** Request: the distributions that a target may name. */
export const TARGETS_REQUEST = 'ebpfLens/targets';
export interface TargetInfo {
  readonly name: string;
  readonly title: string;
  /** Its kernels in words. */
  readonly kernels: string;
  /** `until 2027-04-01`, `ended 2024-08-14`, or ''. */
  readonly support: string;
}

/** Request: nothing; it is answered as soon as the server is done with what came before. */
export const ALIVE_REQUEST = 'ebpfLens/alive';
