/** What client and server say about targets. */

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
