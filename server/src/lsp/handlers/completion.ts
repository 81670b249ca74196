/** Completion: a list at once, an item's documentation when the editor asks for it. */
import type { CompletionItem, CompletionParams } from 'vscode-languageserver';
import { complete, TRIGGER_CHARACTERS, type EntryRef } from '../../features/completion/completion.js';
import { describeEntry } from '../../features/completion/resolve.js';
import { toCompletionList, toMarkup } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const completionHandlers: HandlerSet = {
  capabilities: { completionProvider: { triggerCharacters: [...TRIGGER_CHARACTERS], resolveProvider: true } },
  register({ connection, service, about, client }) {
    connection.onCompletion(
      about('completion', ({ unit, text }, params: CompletionParams) => {
        const result = complete(unit, text.offsetAt(params.position), params.context?.triggerCharacter);
        return result === undefined ? null : toCompletionList(text, result, client());
      }),
    );
    connection.onCompletionResolve(
      // The protocol wants an item back in any case, so this one falls back on what it was given.
      async (item): Promise<CompletionItem> => {
        const { facts } = (await service.loaded()) ?? {};
        const ref = item.data as EntryRef | undefined;
        if (facts === undefined || !isRef(ref)) return item;
        const sections = describeEntry(facts, ref);
        return sections.length > 0 ? { ...item, documentation: toMarkup(sections, client().completionMarkdown) } : item;
      },
    );
  },
};

function isRef(ref: EntryRef | undefined): ref is EntryRef {
  return typeof ref === 'object' && ref !== null && typeof ref.kind === 'string' && typeof ref.name === 'string';
}
