/** The project file `.ebpf-lens.yaml`: makes one, and writes the target kernel or a rule's severity into the one that is there. */
import { Disposable, Uri, commands, window, workspace } from 'vscode';
import type { WorkspaceFolder } from 'vscode';
import { PROJECT_EDIT_REQUEST, PROJECT_FILE_REQUEST, PROJECT_STARTER_REQUEST } from '../../server/src/lsp/messages.js';
import type { ProjectEditParams, ProjectEditResult, ProjectFileInfo } from '../../server/src/lsp/messages.js';
import { textOf, writeText } from './fileText.js';
import type { Part, PartContext } from './part.js';

const NAME = '.ebpf-lens.yaml';

/** Commands that no menu shows: other parts ask by them. */
const OF_COMMAND = 'ebpfLens.projectFileOf';
const CHANGE_COMMAND = 'ebpfLens.changeProjectFile';

export const projectFile: Part = (context) =>
  Disposable.from(
    commands.registerCommand('ebpfLens.createProjectFile', () => create(context)),
    commands.registerCommand(OF_COMMAND, (uri: unknown) => (typeof uri === 'string' ? context.request<ProjectFileInfo | null>(PROJECT_FILE_REQUEST, { uri }) : undefined)),
    commands.registerCommand(CHANGE_COMMAND, (uri: unknown, change: ProjectEditParams['change']) => (typeof uri === 'string' ? apply(context, Uri.parse(uri), change) : false)),
  );

/** The project file that counts for a document. */
export async function projectFileOf(document: Uri | undefined): Promise<ProjectFileInfo | undefined> {
  return document === undefined ? undefined : ((await commands.executeCommand<ProjectFileInfo | null | undefined>(OF_COMMAND, document.toString())) ?? undefined);
}

/** Changes one thing in a project file and saves it. @returns false where that could not be done, which the user was told */
export async function changeProjectFile(file: string, change: ProjectEditParams['change']): Promise<boolean> {
  return (await commands.executeCommand<boolean>(CHANGE_COMMAND, file, change)) === true;
}

async function apply(context: PartContext, file: Uri, change: ProjectEditParams['change']): Promise<boolean> {
  const text = await textOf(file);
  const edited: ProjectEditResult | undefined = text === undefined ? { error: 'the file is not there any more' } : await context.request<ProjectEditResult>(PROJECT_EDIT_REQUEST, { text, change });
  try {
    if (edited === undefined || 'error' in edited) throw new Error(edited?.error ?? 'the server gave no answer; see the log');
    await writeText(file, edited.text);
    return true;
  } catch (error) {
    const open = await window.showErrorMessage(`eBPF Lens: ${NAME} was not changed: ${error instanceof Error ? error.message : String(error)}`, 'Open It');
    if (open !== undefined) await window.showTextDocument(file);
    return false;
  }
}

/** Never overwrites: one that is there is opened. */
async function create(context: PartContext): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  const file = Uri.joinPath(folder.uri, NAME);
  if ((await textOf(file)) === undefined) {
    const kernel = workspace.getConfiguration('ebpfLens', folder.uri).get('targetKernel', '');
    const made = await context.request<{ readonly text: string }>(PROJECT_STARTER_REQUEST, { kernel });
    if (made === undefined) return;
    try {
      await writeText(file, made.text);
    } catch (error) {
      void window.showErrorMessage(`eBPF Lens: ${NAME} could not be written: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
  }
  await window.showTextDocument(file, { preview: false });
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  const { activeTextEditor } = window;
  const own = activeTextEditor && workspace.getWorkspaceFolder(activeTextEditor.document.uri);
  if (own) return own;
  if (folders.length > 1) return window.showWorkspaceFolderPick({ placeHolder: `The folder whose ${NAME} is made` });
  if (folders.length === 0) void window.showInformationMessage(`Open a folder first: ${NAME} says what holds for the files in it.`);
  return folders[0];
}
