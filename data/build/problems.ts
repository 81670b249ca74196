/** What the data build complains about, and how it says so. */

export interface Problem {
  /** Path below data/. */
  readonly file: string;
  /** Where in the file, dotted; '' for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** `helpers/bpf_x.yaml: params.0.type: must be string` */
export function formatProblem(problem: Problem): string {
  return [problem.file, problem.path, problem.message].filter((part) => part !== '').join(': ');
}
