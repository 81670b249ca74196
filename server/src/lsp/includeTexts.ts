/** Reads the files that a document includes ahead of the analysis, which reads nothing itself. Open documents win over the disk. */
import { collectInput } from '../analysis.js';
import type { Input } from '../analysis.types.js';
import type { Documents, OpenDocument } from './documents.js';
import { EMPTY_INCLUDES, type IncludeTexts } from './includes.js';
import type { ServerHost } from './host.js';
import { withDefines } from '../project/compileFlags.js';
import { includeCycles } from '../model/includeCycles.js';
import { Projects } from '../project/projectFlags.js';
import { notUsed } from '../project/unread.js';
import { pathOfUri, uriOfPath } from './uriPath.js';
import { within } from './within.js';

/** What reading needs to know of a document. */
type Readable = Pick<OpenDocument, 'text' | 'settings'>;

/** Sentences that are noted. */
const MAX_TOLD = 1000;

/** How often reading may uncover further includes; deeper chains are cut. */
const MAX_ROUNDS = 32;

/** Milliseconds that one document waits for all reading, our own work not counted: findings without a slow disk's headers are better than none. */
const PATIENCE_MS = 2000;

export class IncludeReader {
  /** Folders of the workspace, as paths; relative `includePaths` start there. */
  private folders: readonly string[] = [];
  private readonly projects = new Projects();
  private readonly told = new Set<string>();

  constructor(
    private readonly host: Pick<ServerHost, 'readFile' | 'whyUnread'>,
    private readonly documents: Documents,
    private readonly note: (text: string) => void = () => undefined,
  ) {}

  setWorkspaceFolders(uris: readonly string[]): void {
    this.folders = uris.flatMap((uri) => pathOfUri(uri) ?? []);
  }

  /**
   * Everything that a document includes and that can be read. Collecting is done by a pure function that asks for texts; what it
   * asks for in vain is read, and it is run again, until it asks for nothing new or the time is over.
   */
  async collect(document: Readable): Promise<IncludeTexts> {
    const { uri } = document.text;
    const main = pathOfUri(uri);
    const readFile = this.host.readFile?.bind(this.host);
    if (main === undefined || readFile === undefined) return EMPTY_INCLUDES;
    const texts = new Map<string, string | undefined>();
    const text = document.text.getText();
    let left = PATIENCE_MS;
    for (let round = 0; ; round++) {
      const wanted = new Set<string>();
      const open = this.openTexts();
      const read = (path: string): string | undefined => {
        const known = open.get(path) ?? texts.get(path);
        if (known === undefined && !texts.has(path)) wanted.add(path);
        return known;
      };
      const { problems, ...flags } = this.projects.flagsOf(main, read);
      const input = collectInput(main, text, read, { ...withDefines(flags, document.settings.defines), includePaths: this.includePaths(document) });
      if (wanted.size === 0 || round >= MAX_ROUNDS || left <= 0) {
        for (const sentence of [...problems, ...(input.limits ?? []), ...includeCycles(input)]) this.tell(sentence);
        return this.byUri(input, main, uri);
      }
      const readOne = async (path: string): Promise<void> => {
        const found = await within(left, readFile(uriOfPath(path, uri))).catch(() => undefined);
        texts.set(path, found);
        if (found === undefined) await this.tellWhy(path, uriOfPath(path, uri));
      };
      const begun = Date.now();
      await Promise.all([...wanted].map(readOne));
      left -= Date.now() - begun;
    }
  }

  /** The folders of a document's settings, as absolute paths. */
  includePaths(document: Readable): readonly string[] {
    return document.settings.includePaths.flatMap((path) => (/^([/\\]|[A-Za-z]:)/.test(path) ? [path] : this.folders.map((folder) => `${folder}/${path}`)));
  }

  /** A header or build file that is there and cannot be taken is not left out silently. */
  private async tellWhy(path: string, uri: string): Promise<void> {
    const why = await this.host.whyUnread?.(uri).catch(() => undefined);
    if (why !== undefined) this.tell(notUsed(path, why));
  }

  /** Notes a sentence, once. */
  tell(problem: string): void {
    if (this.told.size >= MAX_TOLD) return;
    if (this.told.has(problem)) return;
    this.told.add(problem);
    this.note(problem);
  }

  private openTexts(): ReadonlyMap<string, string> {
    const open = new Map<string, string>();
    for (const { text } of this.documents.all()) {
      const path = pathOfUri(text.uri);
      if (path !== undefined) open.set(path, text.getText());
    }
    return open;
  }

  /** Paths as URIs; an open document keeps the spelling that its client chose. */
  private byUri(input: Input, mainPath: string, mainUri: string): IncludeTexts {
    if (input.files.size <= 1) return EMPTY_INCLUDES;
    const spelled = new Map([...this.documents.all()].map(({ text }) => [pathOfUri(text.uri), text.uri]));
    spelled.set(mainPath, mainUri);
    const uriOf = (path: string): string => spelled.get(path) ?? uriOfPath(path, mainUri);
    const files = new Map([...input.files].map(([path, text]) => [uriOf(path), text]));
    const includes = new Map([...(input.includes ?? [])].map(([path, map]) => [uriOf(path), new Map([...map].map(([written, target]) => [written, uriOf(target)]))]));
    return { files, includes };
  }
}

/** What decides which files a document includes: its directives. */
export function includeKey(document: OpenDocument): string {
  return document.analysed?.unit.model.main.includes.map((include) => (include.angled ? '<' : '"') + include.path).join('\n') ?? '';
}
