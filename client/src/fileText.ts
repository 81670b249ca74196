/** Texts of files as the user sees them: what is open and not saved counts, and what is written can be undone there. */
import { Range, WorkspaceEdit, workspace } from 'vscode';
import type { TextDocument, Uri } from 'vscode';

const openDocument = (uri: Uri): TextDocument | undefined => workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());

/** As it is on the disk, or as it is typed and not saved; undefined where there is none. */
export async function textOf(uri: Uri): Promise<string | undefined> {
  const open = openDocument(uri);
  if (open) return open.getText();
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

/** Through the editor where the file is open, so that it can be undone there, and saved. */
export async function writeText(file: Uri, text: string): Promise<void> {
  const open = openDocument(file);
  if (!open) return workspace.fs.writeFile(file, new TextEncoder().encode(text));
  const edit = new WorkspaceEdit();
  edit.replace(file, new Range(open.positionAt(0), open.positionAt(open.getText().length)), text);
  if (!(await workspace.applyEdit(edit)) || !(await open.save())) throw new Error('the editor refused the change');
}
