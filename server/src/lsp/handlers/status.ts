/** What the status bar shows. */
import { notice } from '../../features/recognition.js';
import { NO_STATUS, status } from '../../features/status.js';
import type { FileSettings } from '../../project/projectFile.types.js';
import { STATUS_REQUEST, type StatusInfo, type StatusParams } from '../messages.js';
import { positionOf } from '../places.js';
import { toStatusInfo } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

/** A file that its project leaves out has no problems, and the user who waits for some should know why. */
function leftOut({ excluded, projectFile }: FileSettings): ReturnType<typeof notice> {
  return excluded === true && projectFile !== undefined ? { text: 'Left out by the project file', reason: `${projectFile} names this file under "exclude", so nothing in it is reported.` } : undefined;
}

export const statusHandlers: HandlerSet = {
  register({ connection, service, about }) {
    const statusOf = about('status', ({ unit, text }, params: StatusParams): StatusInfo => {
      const offset = params.position === undefined ? undefined : text.offsetAt(params.position);
      const lineOf = (path: string, at: number): number => positionOf(unit, text, path, at).line + 1;
      const info = toStatusInfo(unit, text, status(unit, text.uri, offset, lineOf, service.includersOf(text.uri, true)), unit.settings.targetKernel);
      const said = leftOut(unit.settings) ?? notice(unit, text.uri);
      return said === undefined ? info : { ...info, notice: said };
    });
    connection.onRequest(STATUS_REQUEST, async (params: StatusParams, token) => (await statusOf(params, token)) ?? toStatusInfo(undefined, undefined, NO_STATUS, ''));
  },
};
