/** The open documents: their texts by version, their settings, and the latest analysis of each. */
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { FileSettings } from '../project/projectFile.types.js';
import type { Settings } from '../settings/settings.js';
import type { Loaded } from './host.js';
import { EMPTY_INCLUDES, withMain, type IncludeTexts } from './includes.js';

export interface OpenDocument {
  /** Changes in place as edits come. */
  readonly text: TextDocument;
  /** Counts edits, since clients are not to be trusted with versions. */
  edits: number;
  settings: FileSettings;
  /** Resolves when the settings and, as far as they can be read, the included files are there; undefined once it has. */
  pending: Promise<void> | undefined;
  includes: IncludeTexts;
  /** The `#include`s by which `includes` was collected. */
  includeKey: string | undefined;
  /** What the last analysis was made of, and what came out. */
  analysed?: { readonly edits: number; readonly settings: Settings; readonly includes: IncludeTexts; readonly unit: Unit };
  timer?: ReturnType<typeof setTimeout>;
  closed: boolean;
}

/** A document as it is now, with its analysis. */
export interface Current {
  readonly text: TextDocument;
  readonly unit: Unit;
}

export class Documents {
  private readonly open = new Map<string, OpenDocument>();

  get(uri: string): OpenDocument | undefined {
    return this.open.get(uri);
  }

  isEmpty(): boolean {
    return this.open.size === 0;
  }

  all(): Iterable<OpenDocument> {
    return this.open.values();
  }

  /** Adds a document; one that is open already is replaced, as some clients open a document twice. */
  add(uri: string, languageId: string, version: number, text: string): OpenDocument {
    this.remove(uri);
    const document: OpenDocument = {
      text: TextDocument.create(uri, languageId, version, text),
      settings: DEFAULT_SETTINGS,
      edits: 0,
      pending: undefined,
      includes: EMPTY_INCLUDES,
      includeKey: undefined,
      closed: false,
    };
    this.open.set(uri, document);
    return document;
  }

  /** Applies edits; undefined if the document is not open. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): OpenDocument | undefined {
    const document = this.open.get(uri);
    if (document === undefined) return undefined;
    TextDocument.update(document.text, [...changes], version);
    document.edits++;
    return document;
  }

  remove(uri: string): OpenDocument | undefined {
    const document = this.open.get(uri);
    if (document === undefined) return undefined;
    document.closed = true;
    clearTimeout(document.timer);
    this.open.delete(uri);
    return document;
  }
}

/** The unit for a document as it is now: the last one if nothing changed, else a new one. A few milliseconds, so requests call it at once. */
export function analyse(document: OpenDocument, loaded: Loaded): Unit {
  const { text, edits, settings, includes, analysed } = document;
  if (analysed?.edits === edits && analysed.settings === settings && analysed.includes === includes) return analysed.unit;
  const unit = loaded.session.analyze(withMain(includes, text.uri, text.getText()), settings);
  document.analysed = { edits, settings, includes, unit };
  return unit;
}
