/** Project files for the open documents and the workspace: found, read once, put over the client's settings, and marked where they have mistakes. */
import { DiagnosticSeverity, type Connection, type Diagnostic, type WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { parseTarget } from '../analysis.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { FileSettings, ProjectFile, Vocabulary } from '../project/projectFile.types.js';
import { withRule } from '../project/projectEdit.js';
import { projectFolders, REPOSITORY_SIGNS } from '../project/projectFolders.js';
import { PROJECT_FILE } from '../project/projectKeys.js';
import { applyProject, overruled } from '../project/projectSettings.js';
import { MAX_PROJECT_FILE, readProjectFile, unreadableProjectFile } from '../project/readProjectFile.js';
import { RULES } from '../rules/index.js';
import type { Settings } from '../settings/settings.js';
import type { Guard } from './guard.js';
import type { Log } from './log.js';
import { pathOfUri, uriOfPath } from './uriPath.js';
import type { WorkspaceFiles } from './workspaceFiles.js';

/** Milliseconds of quiet after an edit of a project file before its mistakes are marked anew. */
const SETTLE_MS = 150;
/** Folders that are remembered; beyond, they are looked at anew. */
const MAX_FOLDERS = 5000;

/** A project file with what is needed to edit it. */
export interface FoundProject {
  readonly uri: string;
  readonly text: string;
  readonly project: ProjectFile;
}

/** What a folder says about the files in it. */
interface Folder {
  readonly found: FoundProject | undefined;
  /** The top of a repository: nobody looks further up. */
  readonly top: boolean;
}

interface OpenProject {
  readonly text: TextDocument;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** True for the URI of a project file. */
export const isProjectFile = (uri: string): boolean => uri.endsWith(`/${PROJECT_FILE}`);

export interface ProjectContext {
  readonly connection: Connection;
  readonly files: Pick<WorkspaceFiles, 'readFile' | 'whyUnread' | 'available'>;
  readonly log: Log;
  readonly guard: Guard;
  /** The facts, once they are loaded; undefined where they could not be. */
  facts(): Promise<FactBook | undefined>;
  /** Called when settings that were given are no longer those that count. */
  changed(): void;
}

export class ProjectConfigs {
  private folders = new Map<string, Promise<Folder>>();
  private readonly open_ = new Map<string, OpenProject>();
  /** Files with marks: those that are open, and broken ones. */
  private readonly marked = new Set<string>();
  private readonly told = new Set<string>();
  private words: Promise<Vocabulary> | undefined;

  constructor(private readonly context: ProjectContext) {}

  /** The settings for a file, with what its project file says over them. */
  async apply(uri: string, settings: Settings): Promise<FileSettings> {
    const found = await this.of(uri);
    const path = pathOfUri(uri);
    if (found === undefined || path === undefined) return settings;
    for (const what of overruled(found.project, path, settings)) this.tell(`${found.project.path} counts more than settings: ${what}`);
    return applyProject(found.project, path, settings);
  }

  /** The project file that counts for a file. */
  async of(uri: string): Promise<FoundProject | undefined> {
    const path = pathOfUri(uri);
    if (path === undefined || !this.context.files.available) return undefined;
    for (const folder of projectFolders(path)) {
      const key = uriOfPath(folder === '' ? '/' : folder, uri);
      let known = this.folders.get(key);
      if (known === undefined) {
        if (this.folders.size >= MAX_FOLDERS) this.folders.clear();
        this.folders.set(key, (known = this.look(folder, uri)));
      }
      const { found, top } = await known;
      if (found !== undefined || top) return found;
    }
    return undefined;
  }

  /** The edit that switches a rule off in the project file that counts for a document; undefined where there is none, or it cannot be amended. */
  async switchOff(rule: string, uri: string): Promise<WorkspaceEdit | undefined> {
    const found = await this.of(uri);
    if (found === undefined) return undefined;
    const text = this.open_.get(found.uri)?.text ?? TextDocument.create(found.uri, 'yaml', 0, found.text);
    const edited = withRule(text.getText(), rule, 'off');
    if ('error' in edited) return undefined;
    const end = text.positionAt(text.getText().length);
    return { changes: { [found.uri]: [{ range: { start: { line: 0, character: 0 }, end }, newText: edited.text }] } };
  }

  // The files themselves, open in the editor or changed on the disk.

  open(uri: string, languageId: string, version: number, text: string): void {
    this.close(uri);
    this.open_.set(uri, { text: TextDocument.create(uri, languageId, version, text), timer: undefined });
    this.mark(uri);
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const open = this.open_.get(uri);
    if (open === undefined) return;
    TextDocument.update(open.text, [...changes], version);
    clearTimeout(open.timer);
    open.timer = setTimeout(() => this.mark(uri), SETTLE_MS);
  }

  /** The text of a project file that is open, as it is now. */
  textOf(uri: string): TextDocument | undefined {
    return this.open_.get(uri)?.text;
  }

  close(uri: string): void {
    const open = this.open_.get(uri);
    if (open === undefined) return;
    clearTimeout(open.timer);
    this.open_.delete(uri);
    // From now on the marks are those of the file on the disk, if it counts for anything.
    this.clear(uri);
    this.context.guard.run('project', async () => {
      const found = await this.of(uri);
      if (found?.uri === uri) await this.markOnDisk(found);
    });
  }

  saved(): void {
    this.forget();
  }

  /** Some project file came, went or changed. */
  forget(): void {
    for (const uri of [...this.marked]) if (!this.open_.has(uri)) this.clear(uri);
    this.folders = new Map();
    this.context.changed();
  }

  dispose(): void {
    for (const { timer } of this.open_.values()) clearTimeout(timer);
    this.open_.clear();
  }

  private async look(folder: string, neighbour: string): Promise<Folder> {
    const { files } = this.context;
    const uriOf = (name: string): string => uriOfPath(`${folder}/${name}`, neighbour);
    const [text, ...signs] = await Promise.all([PROJECT_FILE, ...REPOSITORY_SIGNS].map((name) => files.readFile(uriOf(name)).catch(() => undefined)));
    const top = signs.some((sign) => sign !== undefined);
    const path = `${folder}/${PROJECT_FILE}`;
    const uri = uriOf(PROJECT_FILE);
    const why = text === undefined ? await files.whyUnread(uri).catch(() => undefined) : undefined;
    if (text === undefined && why === undefined) return { found: undefined, top };
    const project = text === undefined ? unreadableProjectFile(path, why ?? '') : readProjectFile(text, path, await this.vocabulary());
    const found: FoundProject = { uri, text: text ?? '', project };
    for (const { line, column, message } of project.mistakes) this.tell(`${path}:${line}:${column}: ${message}`);
    await this.markOnDisk(found);
    return { found, top };
  }

  private vocabulary(): Promise<Vocabulary> {
    return (this.words ??= this.context.facts().then((facts) => ({
      ruleIds: RULES.map((rule) => rule.id),
      kernelProblem(text) {
        // Whether a machine or a file can be asked is told by whoever asks it.
        const parsed = facts && !/^running$|[/\\]/.test(text) ? parseTarget(text, facts) : undefined;
        return parsed && 'error' in parsed ? parsed.error.slice(0, 300) : undefined;
      },
    })));
  }

  /** Marks the mistakes of an open file as it is typed. */
  private mark(uri: string): void {
    this.context.guard.run('project', async () => {
      const words = await this.vocabulary();
      const open = this.open_.get(uri);
      if (open !== undefined) this.send(uri, open.text, readProjectFile(open.text.getText(), pathOfUri(uri) ?? uri, words));
    });
  }

  private async markOnDisk({ uri, text, project }: FoundProject): Promise<void> {
    if (this.open_.has(uri) || (project.mistakes.length === 0 && !this.marked.has(uri))) return;
    this.send(uri, TextDocument.create(uri, 'yaml', 0, text.slice(0, MAX_PROJECT_FILE)), project);
  }

  private send(uri: string, text: TextDocument, { mistakes }: ProjectFile): void {
    const diagnostics = mistakes.map(({ span, message }): Diagnostic => ({
      range: { start: text.positionAt(span.start), end: text.positionAt(span.end) },
      severity: DiagnosticSeverity.Error,
      source: 'ebpf-lens',
      code: 'project-file',
      message: message.charAt(0).toUpperCase() + message.slice(1),
    }));
    this.marked.add(uri);
    void this.context.connection.sendDiagnostics({ uri, ...(this.open_.has(uri) ? { version: text.version } : {}), diagnostics });
  }

  private clear(uri: string): void {
    if (!this.marked.delete(uri)) return;
    void this.context.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  private tell(text: string): void {
    if (this.told.has(text)) return;
    if (this.told.size > 1000) this.told.clear();
    this.told.add(text);
    this.context.log.info(text);
  }
}
