/** Hovers. */
import type { HoverParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { hover } from '../../features/hover/hover.js';
import { toHover } from '../toProtocol.js';
import { hoverProject, isAboutProject } from './projectWords.js';
import type { HandlerSet } from './handlerSet.js';

export const hoverHandlers: HandlerSet = {
  register(context) {
    const { connection, service, about, client } = context;
    const inCode = about('hover', ({ unit, text }, params: HoverParams) => {
      if (fileKind(unit, text.uri, unit.includers?.some(({ model }) => model.programs.length > 0)) === 'other') return null;
      const info = hover(unit, text.offsetAt(params.position));
      return info === undefined ? null : toHover(text, info, client(), unit.facts);
    });
    const inProject = service.guard.request('projectHover', () => service.loaded(), (params: HoverParams) => hoverProject(context, params));
    connection.onHover((params, token) => (isAboutProject(params) ? inProject : inCode)(params, token));
  },
};
