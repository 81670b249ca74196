/** What the client can do, read once from its `initialize`. */
import { CompletionItemTag, MarkupKind, type InitializeParams } from 'vscode-languageserver';
import { registersCallHierarchy } from './capabilities.js';

export interface ClientAbilities {
  readonly hoverMarkdown: boolean;
  readonly completionMarkdown: boolean;
  readonly snippets: boolean;
  readonly completionTags: boolean;
  /** A dimmed text behind a label. */
  readonly completionNotes: boolean;
  /** What an accepted item changes elsewhere in the file may be told when the item is resolved. */
  readonly lateEdits: boolean;
  /** One edit range for a whole list instead of one in each item. */
  readonly completionDefaults: boolean;
  /** The commands of VS Code's editor are there (`editor.action.triggerParameterHints`). */
  readonly editorCommands: boolean;
  readonly signatureMarkdown: boolean;
  /** Parameters may be given by their place in the label. */
  readonly signatureOffsets: boolean;
  /** No parameter may be active. */
  readonly noActiveParameter: boolean;
  /** Hovers may link to the client's command that opens a page of the reference. */
  readonly commandLinks: boolean;
  /** Edits may name the version of the document that they are for. */
  readonly versionedEdits: boolean;
  /** The client has the command that changes the severity of a rule in its settings. */
  readonly severityCommand: boolean;
  /** The client lets us say for which documents we have a call hierarchy. */
  readonly dynamicCallHierarchy: boolean;
  /** Another server of the client colours C, and it takes colours from one only. */
  readonly otherColours: boolean;
  /** What the client shows anew when it is told to. */
  readonly refreshes: { readonly codeLens: boolean; readonly inlayHint: boolean; readonly semanticTokens: boolean };
}

/** A client that says nothing about formats gets Markdown for hovers, as the protocol had it before formats. */
export function clientAbilities(params: InitializeParams): ClientAbilities {
  const { hover, completion } = params.capabilities.textDocument ?? {};
  const item = completion?.completionItem;
  const signature = params.capabilities.textDocument?.signatureHelp?.signatureInformation;
  const { codeLens, inlayHint, semanticTokens } = params.capabilities.workspace ?? {};
  return {
    hoverMarkdown: hover?.contentFormat === undefined || hover.contentFormat.includes(MarkupKind.Markdown),
    completionMarkdown: item?.documentationFormat?.includes(MarkupKind.Markdown) === true,
    snippets: item?.snippetSupport === true,
    completionTags: item?.tagSupport?.valueSet.includes(CompletionItemTag.Deprecated) === true,
    editorCommands: (params.initializationOptions as { editorCommands?: unknown } | null | undefined)?.editorCommands === true,
    signatureMarkdown: signature?.documentationFormat?.includes(MarkupKind.Markdown) === true,
    signatureOffsets: signature?.parameterInformation?.labelOffsetSupport === true,
    noActiveParameter: (signature as { noActiveParameterSupport?: boolean } | undefined)?.noActiveParameterSupport === true,
    completionNotes: item?.labelDetailsSupport === true,
    lateEdits: item?.resolveSupport?.properties.includes('additionalTextEdits') === true,
    commandLinks: (params.initializationOptions as { commandLinks?: unknown } | null | undefined)?.commandLinks === true,
    dynamicCallHierarchy: registersCallHierarchy(params.capabilities),
    otherColours: (params.initializationOptions as { otherColours?: unknown } | null | undefined)?.otherColours === true,
    refreshes: { codeLens: codeLens?.refreshSupport === true, inlayHint: inlayHint?.refreshSupport === true, semanticTokens: semanticTokens?.refreshSupport === true },
    versionedEdits: params.capabilities.workspace?.workspaceEdit?.documentChanges === true,
    severityCommand: (params.initializationOptions as { severityCommand?: unknown } | null | undefined)?.severityCommand === true,
    completionDefaults: completion?.completionList?.itemDefaults?.includes('editRange') === true,
  };
}
