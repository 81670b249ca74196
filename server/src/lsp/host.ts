/** What the language server needs from the process or worker that it runs in. `entry/` gives it; nothing here does I/O. */
import type { Session } from '../analysis.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { DirectoryEntry } from './fileWalk.js';

/** What has to be loaded before the first answer. */
export interface Loaded {
  readonly facts: FactBook;
  readonly session: Session;
}

export interface ServerHost {
  /**
   * Told of the workspace's folders as URIs, whenever they change: paths in targets are looked for there. Where they are not trusted, nothing outside
   * of them is read but the system's headers, whatever is asked for and wherever links lead.
   */
  setFolders?(uris: readonly string[], trusted: boolean): void;
  /** The extension's version, for `serverInfo`. */
  readonly version: string;
  /**
   * Loads facts and parser. Called once, as soon as `initialize` is answered; everything else waits for it. A rejection is shown to the user and leaves a server that answers with nothing.
   */
  load(): Promise<Loaded>;
  /** Text of a file by its URI, undefined if there is none or it may not be read. Absent where files can't be read. */
  readFile?(uri: string): Promise<string | undefined>;
  /** Why a file that is there has no text for us ("is larger than 16 MiB"); undefined for what is not there, or can be read. */
  whyUnread?(uri: string): Promise<string | undefined>;
  /** Entries of a folder by its URI, links left out; undefined if it is not there or may not be read. Given where `readFile` is. */
  readDirectory?(uri: string): Promise<readonly DirectoryEntry[] | undefined>;
  /** Whether `readFile` and `readDirectory` can answer about a URI at all (`file:` in a process); absent: about any. */
  canRead?(uri: string): boolean;
}
