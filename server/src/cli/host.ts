/** What the command line needs from its surroundings, so that a test can stand in for the terminal. */

/** The outside world of one run. */
export interface CliHost {
  /** Version of this build. */
  readonly version: string;
  /** Folder that holds the wasm files and facts.json. */
  readonly assetDir: string;
  /** Is the report on standard output coloured if nobody says so? */
  readonly colour: boolean;
  /** Width of the terminal on standard error, where lines may be shown that go away again. */
  readonly progress?: number | undefined;
  /** Width of the terminal, if there is one. */
  readonly columns: number | undefined;
  /** Writes to standard output: the report and nothing else. */
  out(text: string): void;
  /** Writes to standard error: messages. */
  err(text: string): void;
  /** Aborted when nobody reads standard output any more (`| head -1`); never, where it is left out. */
  readonly deaf?: AbortSignal;
  /** Runs the language server over standard input and output until the client ends it. */
  serve(): Promise<void>;
}

/** A mistake in how the tool was called; ends the run with exit code 2. */
export class UsageError extends Error {}

/** Exit codes, as scripts read them. */
export const EXIT = { ok: 0, findings: 1, trouble: 2 } as const;
