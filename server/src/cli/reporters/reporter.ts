/** What every format of the report is made of: one call a file as they come, one at the end. */
import type { CheckJson, FileJson, RelatedJson } from '../report.js';

/** Gives the lines of a file that a finding stands in, without line ends. */
export type SourceLines = (path: string) => readonly string[];

/** One analysed input. */
export interface Checked {
  readonly entry: FileJson;
  /** Places that explain a finding, for each of `entry.findings`. */
  readonly related: readonly (readonly RelatedJson[])[];
  /** Only to be called while this file is reported: the texts are let go afterwards. */
  readonly lines: SourceLines;
}

/** Renders a run; what both return goes to standard output as it is. */
export interface Reporter {
  file(checked: Checked): string;
  /** @param exitCode the one that the process is going to end with */
  end(report: CheckJson, exitCode: number): string;
}
