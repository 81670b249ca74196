/** Hovers. */
import type { HoverParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { hover } from '../../features/hover/hover.js';
import { toHover } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const hoverHandlers: HandlerSet = {
  register({ connection, about, client }) {
    connection.onHover(
      about('hover', ({ unit, text }, params: HoverParams) => {
        if (fileKind(unit, text.uri, unit.includers?.some(({ model }) => model.programs.length > 0)) === 'other') return null;
        const info = hover(unit, text.offsetAt(params.position));
        return info === undefined ? null : toHover(text, info, client(), unit.facts);
      }),
    );
  },
};
