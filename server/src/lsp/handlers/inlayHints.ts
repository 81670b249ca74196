/** Hints about the least kernel behind what forces it. */
import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { kernelHints, type HintData } from '../../features/inlayHints.js';
import { Refresher } from '../refresher.js';
import type { Current } from '../documents.js';
import { toMarkup } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const inlayHintHandlers: HandlerSet = {
  register({ connection, service, about, client }) {
    const refresher = new Refresher(
      (current) => digest(hintsOf(current)),
      () => service.guard.run('inlayHint/refresh', () => connection.languages.inlayHint.refresh()),
    );
    service.onAnalyzed((current) => {
      if (client().refreshes.inlayHint) refresher.analyzed(current);
    });
    connection.languages.inlayHint.on(
      about('inlayHint', (current, { range }: InlayHintParams): InlayHint[] => {
        const { text } = current;
        const all = hintsOf(current);
        if (client().refreshes.inlayHint) refresher.serve(current, digest(all));
        const asked = { start: text.offsetAt(range.start), end: text.offsetAt(range.end) };
        return all
          .filter((hint) => hint.offset >= asked.start && hint.offset <= asked.end)
          .map(({ offset, label, tooltip }) => ({ position: text.positionAt(offset), label, tooltip: toMarkup(tooltip, client().hoverMarkdown), paddingLeft: true }));
      }),
    );
  },
};

function hintsOf({ unit, text }: Current): readonly HintData[] {
  const scope = unit.settings.kernelHints;
  return scope === 'off' || fileKind(unit, text.uri) === 'other' ? [] : kernelHints(unit, scope);
}

const digest = (hints: readonly HintData[]): string => hints.map((hint) => `${hint.offset} ${hint.label}`).join('\n');
