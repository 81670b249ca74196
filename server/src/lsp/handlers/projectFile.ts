/** The project file of a document, changes in it, and a new one. */
import { kernelSetFor, valuesFor } from '../../project/projectSettings.js';
import { withKernel, withRule } from '../../project/projectEdit.js';
import { starter } from '../../project/starter.js';
import {
  PROJECT_EDIT_REQUEST, PROJECT_FILE_REQUEST, PROJECT_STARTER_REQUEST,
  type ProjectEditParams, type ProjectEditResult, type ProjectFileInfo,
} from '../messages.js';
import { pathOfUri } from '../uriPath.js';
import type { HandlerSet } from './handlerSet.js';

export const projectFileHandlers: HandlerSet = {
  register({ connection, service, ofFacts }) {
    const projectOf = async (uri: string): Promise<ProjectFileInfo | null> => {
      const found = await service.projects.of(uri);
      const path = pathOfUri(uri);
      if (found === undefined || path === undefined) return null;
      const set = kernelSetFor(found.project, path);
      return { uri: found.uri, kernel: valuesFor(found.project, path).targetKernel ?? '', ...(set === undefined ? {} : { set }) };
    };
    connection.onRequest(PROJECT_FILE_REQUEST, ofFacts('projectFile', (_facts, { uri }: { readonly uri: string }) => projectOf(uri)));
    connection.onRequest(PROJECT_EDIT_REQUEST, ofFacts('editProjectFile', (_facts, { text, change }: ProjectEditParams): ProjectEditResult => ('rule' in change ? withRule(text, change.rule, change.severity) : withKernel(text, change.kernel, change.set))));
    connection.onRequest(PROJECT_STARTER_REQUEST, ofFacts('projectFileStarter', (_facts, { kernel }: { readonly kernel: string }) => ({ text: starter(kernel) })));
  },
};
