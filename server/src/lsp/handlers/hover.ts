/** Hovers. */
import type { Hover, HoverParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { hover } from '../../features/hover/hover.js';
import type { Current } from '../documents.js';
import { rehearseHovers } from '../rehearsal.js';
import { toHover } from '../toProtocol.js';
import { hoverProject, isAboutProject } from './projectWords.js';
import type { HandlerSet } from './handlerSet.js';

export const hoverHandlers: HandlerSet = {
  register(context) {
    const { connection, service, about, client } = context;
    const answer = ({ unit, text }: Current, offset: number): Hover | null => {
      const info = hover(unit, offset);
      return info === undefined ? null : toHover(text, info, client(), unit.facts);
    };
    const inCode = about('hover', (current, params: HoverParams) => {
      const { unit, text } = current;
      if (fileKind(unit, text.uri, unit.includers?.some(({ model }) => model.programs.length > 0)) === 'other') return null;
      return answer(current, text.offsetAt(params.position));
    });
    const inProject = service.guard.request('projectHover', () => service.loaded(), (params: HoverParams) => hoverProject(context, params));
    connection.onHover((params, token) => (isAboutProject(params) ? inProject : inCode)(params, token));
    rehearseHovers(service, answer);
  },
};
