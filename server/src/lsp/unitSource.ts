/** Inputs of files that are not open, for work in the background: texts and headers are shared between files, and let go at the end. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createSession } from '../analysis.js';
import type { Input, Session } from '../analysis.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import { mayBeProgram } from '../features/ebpfFile.js';
import type { FileSettings } from '../project/projectFile.types.js';
import type { Documents } from './documents.js';
import { withMain } from './includes.js';
import { IncludeReader } from './includeTexts.js';
import type { WorkspaceFiles } from './workspaceFiles.js';

/** A longer file is not read in the background: nobody wrote it by hand. */
const MAX_CHARACTERS = 1_000_000;
/** Characters of headers kept, with their parsed views, until they are all let go. */
const MAX_KEPT = 16_000_000;
/** Paths remembered as not there. */
const MAX_MISSING = 50_000;

/** A file's text with all that it includes. */
export interface Opened {
  readonly document: TextDocument;
  readonly input: Input;
}

export class UnitSource {
  private readonly reader: IncludeReader;
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();
  private kept = 0;
  private current: Session | undefined;

  constructor(
    private readonly files: WorkspaceFiles,
    documents: Documents,
    note: (text: string) => void,
  ) {
    this.reader = new IncludeReader({ readFile: (uri) => this.header(uri) }, documents, note);
  }

  setFolders(uris: readonly string[]): void {
    this.reader.setWorkspaceFolders(uris);
  }

  /** Reads a file as it is on the disk, if it looks like eBPF; `undefined` if not, `'gone'` if it cannot be read. */
  async open(uri: string, settings: FileSettings): Promise<Opened | 'gone' | undefined> {
    if (settings.excluded === true) return undefined;
    const text = await this.files.readFile(uri);
    if (text === undefined) return 'gone';
    if (text.length > MAX_CHARACTERS || !mayBeProgram(uri, text)) return undefined;
    const document = TextDocument.create(uri, 'c', 0, text);
    return { document, input: withMain(await this.reader.collect({ text: document, settings }), uri, text) };
  }

  /** A session of the background's own, so that it never frees what an open document needs. */
  session(facts: FactBook): Session {
    return (this.current ??= createSession(facts));
  }

  /** The file is done with: only its headers are kept, as far as there is room. */
  release(uri: string): void {
    this.current?.forget(uri);
    if (this.kept > MAX_KEPT) this.clear();
  }

  /** Lets go of everything. Texts may have changed by the next time. */
  clear(): void {
    this.current?.dispose();
    this.current = undefined;
    this.texts.clear();
    this.missing.clear();
    this.kept = 0;
  }

  private async header(uri: string): Promise<string | undefined> {
    const known = this.texts.get(uri);
    if (known !== undefined || this.missing.has(uri)) return known;
    const text = await this.files.readFile(uri);
    if (text === undefined) {
      if (this.missing.size >= MAX_MISSING) this.missing.clear();
      this.missing.add(uri);
    } else {
      this.texts.set(uri, text);
      this.kept += text.length;
    }
    return text;
  }
}
