/** What shows the whole workspace: the tree of its programs and the page of kernels, over one model; and its files, for a server that has none. */
import { Disposable } from 'vscode';
import { MatrixPage } from './matrixPage.js';
import type { Part } from './part.js';
import { ProgramsView } from './programsView.js';
import { serveFiles } from './workspaceFiles.js';
import { WorkspaceModel } from './workspaceModel.js';

export const workspaceParts: Part = (context) => {
  const model = new WorkspaceModel(context);
  return Disposable.from(model, new ProgramsView(context, model), new MatrixPage(context), serveFiles(context));
};
