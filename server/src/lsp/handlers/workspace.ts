/** The eBPF programs of the whole workspace, told once when asked for and from then on as they change. */
import { WORKSPACE_CHANGED_NOTIFICATION, WORKSPACE_REQUEST, type WorkspaceChange, type WorkspaceInfo, type WorkspaceParams } from '../messages.js';
import type { HandlerSet } from './handlerSet.js';

export const workspaceHandlers: HandlerSet = {
  register({ connection, service, ofFacts }) {
    const { workspace } = service;
    let telling = false;
    const answer = ofFacts('workspace', (_facts, params: WorkspaceParams | null): WorkspaceInfo => {
      if (!telling) {
        telling = true;
        workspace.onChanged((change: WorkspaceChange) => void connection.sendNotification(WORKSPACE_CHANGED_NOTIFICATION, change));
      } else if (params?.rescan) workspace.rescan();
      return { files: workspace.files(), ...workspace.progress };
    });
    connection.onRequest(WORKSPACE_REQUEST, answer);
  },
};
