/** What every format of the report is made of: one call a file as they come, one at the end. */
import type { SpotRange } from '../places.js';
import type { CheckJson, FileJson, FindingJson, RelatedJson } from '../report.js';

/** Gives the lines of a file that a finding stands in, without line ends. */
export type SourceLines = (path: string) => readonly (string | undefined)[];

/** Lines of a file, both included; without a path in the main file. */
export interface LineRange {
  readonly path?: string;
  readonly from: number;
  readonly to: number;
}

/** What is told of a finding beside the JSON: it identifies the finding where lines move, and says which lines decide about it. */
export interface Origin {
  /** The function that it stands in. */
  readonly function?: string;
  /** Its own lines, those of the places that explain it, and the sections of its programs. */
  readonly lines: readonly LineRange[];
}

/** A finding that is not told, but by SARIF where that is asked for: why, and which comment says so if it is no baseline that does. */
export interface Silenced {
  readonly finding: FindingJson;
  readonly related: readonly RelatedJson[];
  readonly origin: Origin;
  readonly why: string;
  /** Its path is that of the finding. */
  readonly comment?: SpotRange;
}

/** The result of one input as plain data, which can be sent to another thread and kept on disk. */
export interface PlainChecked {
  readonly entry: FileJson;
  /** Places that explain a finding, for each of `entry.findings`. */
  readonly related: readonly (readonly RelatedJson[])[];
  /** For each of `entry.findings`. */
  readonly origins: readonly Origin[];
  /** What comments silence in it and in its headers. */
  readonly silenced: readonly Silenced[];
  /** Headers that were read for it. */
  readonly headers: readonly string[];
  /** By path, the lines that findings, silenced ones too, and the places that explain them stand in: number and text. */
  readonly sources: readonly (readonly [path: string, lines: readonly (readonly [line: number, text: string])[]])[];
}

/** One analysed input. */
export interface Checked extends Omit<PlainChecked, 'sources'> {
  readonly lines: SourceLines;
}

/** Renders a run; what both return goes to standard output, or the file of `--output`, as it is. */
export interface Reporter {
  file(checked: Checked): string;
  /** @param exitCode the one that the process is going to end with */
  end(report: CheckJson, exitCode: number): string;
}
