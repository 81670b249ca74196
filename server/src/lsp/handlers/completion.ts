/** Completion: a list at once, an item's documentation and the declaration of a kfunc when the editor asks for them. */
import type { CompletionItem, CompletionParams } from 'vscode-languageserver';
import { complete } from '../../features/completion/completion.js';
import { declareKfunc } from '../../features/completion/kfuncDeclaration.js';
import { describeEntry } from '../../features/completion/resolve.js';
import { toCompletionList, toTextEdit, type ItemData } from '../toCompletion.js';
import { toMarkup } from '../toProtocol.js';
import { completeProject, isAboutProject } from './projectWords.js';
import type { HandlerContext, HandlerSet } from './handlerSet.js';

export const completionHandlers: HandlerSet = {
  register(context) {
    const { connection, service, about, client } = context;
    const inCode = about('completion', ({ unit, text }, params: CompletionParams) => {
      const offset = text.offsetAt(params.position);
      const result = complete(unit, offset, params.context?.triggerCharacter);
      return result === undefined ? null : toCompletionList(text, result, client(), (kfunc) => declareKfunc(unit, kfunc, offset));
    });
    const inProject = service.guard.request('projectCompletion', () => service.loaded(), (params: CompletionParams) => completeProject(context, params));
    connection.onCompletion((params, token) => (isAboutProject(params) ? inProject : inCode)(params, token));
    const resolved = service.guard.request('completionResolve', () => service.loaded(), (item: CompletionItem) => resolve(context, item));
    // The protocol wants an item back in any case, so this falls back on what it was given.
    connection.onCompletionResolve(async (item, token) => (await resolved(item, token)) ?? item);
  },
};

/** The item with what was left out of the list. */
function resolve({ service, client }: HandlerContext, item: CompletionItem): CompletionItem {
  const facts = service.facts();
  const data = item.data as ItemData | undefined;
  if (facts === undefined || !isData(data)) return item;
  const sections = describeEntry(facts, data);
  const edit = declaration(service, data);
  return {
    ...item,
    ...(sections.length > 0 ? { documentation: toMarkup(sections, client().completionMarkdown) } : {}),
    ...(edit === undefined ? {} : { additionalTextEdits: [edit] }),
  };
}

/** The edit that declares an offered kfunc in the document as it is now; its place lies above the cursor, so that typing on does not move it. */
function declaration(service: HandlerContext['service'], { declare, name }: ItemData): ReturnType<typeof toTextEdit> | undefined {
  if (typeof declare?.uri !== 'string' || !Number.isInteger(declare.line)) return undefined;
  const current = service.now(declare.uri);
  if (current === undefined) return undefined;
  const edit = declareKfunc(current.unit, name, current.text.offsetAt({ line: declare.line, character: 0 }));
  return edit && toTextEdit(current.text, edit);
}

function isData(data: ItemData | undefined): data is ItemData {
  return typeof data === 'object' && data !== null && typeof data.kind === 'string' && typeof data.name === 'string';
}
