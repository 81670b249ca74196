/** The lines above programs. */
import { CodeLensRefreshRequest, type CodeLens, type CodeLensParams, type Command } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { lenses, type LensData } from '../../features/lens.js';
import { KERNEL_AT_COMMAND, PEEK_PLACES_COMMAND, type PeekPlace, type StatusParams } from '../messages.js';
import { rangeOf } from '../places.js';
import { Refresher } from '../refresher.js';
import type { Current } from '../documents.js';
import type { HandlerSet } from './handlerSet.js';

/** Places beyond these would only make the message long; nobody peeks at more. */
const MAX_PLACES = 500;

export const lensHandlers: HandlerSet = {
  register({ connection, service, about, client }) {
    const lensesOf = (current: Current): readonly CodeLens[] => {
      const { unit, text } = current;
      if (!unit.settings.codeLens || fileKind(unit, text.uri) === 'other') return [];
      return client().commandLinks ? lenses(unit).map((lens) => withCommand(current, lens)) : joined(current, lenses(unit));
    };
    const refresher = new Refresher(
      (current) => JSON.stringify(lensesOf(current)),
      () => service.guard.run('codeLens/refresh', () => connection.sendRequest(CodeLensRefreshRequest.type)),
    );
    service.onAnalyzed((current) => {
      if (client().refreshes.codeLens) refresher.analyzed(current);
    });
    connection.onCodeLens(
      about<CodeLensParams, CodeLens[]>('codeLens', (current) => {
        const answer = lensesOf(current);
        if (client().refreshes.codeLens) refresher.serve(current, JSON.stringify(answer));
        return [...answer];
      }),
    );
  },
};

/** For our own client, which has the commands. */
function withCommand({ unit, text }: Current, { offset, title, action }: LensData): CodeLens {
  const start = text.positionAt(offset);
  const range = { start, end: start };
  if (action === undefined) return { range, command: { title, command: '' } };
  if (action.kind === 'kernel') {
    const at: StatusParams = { textDocument: { uri: text.uri }, position: text.positionAt(action.offset) };
    return { range, command: { title, command: KERNEL_AT_COMMAND, arguments: [at] } };
  }
  const places = action.places.slice(0, MAX_PLACES).map(({ path, span }): PeekPlace => ({ uri: path, range: rangeOf(unit, text, path, span) }));
  return { range, command: { title, command: PEEK_PLACES_COMMAND, arguments: [text.uri, start, places] } };
}

/** For others: one line each program that does nothing. */
function joined({ text }: Current, list: readonly LensData[]): readonly CodeLens[] {
  const titles = new Map<number, string[]>();
  for (const { offset, title } of list) titles.set(offset, [...(titles.get(offset) ?? []), title]);
  return [...titles].map(([offset, parts]) => {
    const start = text.positionAt(offset);
    const command: Command = { title: parts.join(' · '), command: '' };
    return { range: { start, end: start }, command };
  });
}
