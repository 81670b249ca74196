/** The list behind the status bar item: what forces the minimum kernel, where it stands, and the way to set a target. */
import { ConfigurationTarget, QuickPickItemKind, Range, Selection, TextEditorRevealType, Uri, commands, window, workspace } from 'vscode';
import type { QuickPickItem } from 'vscode';
import type { StatusInfo, StatusParams, StatusReason } from '../../server/src/lsp/messages.js';
import { changeProjectFile, projectFileOf } from './projectFile.js';
import type { AskStatus } from './statusBar.js';
import { statusParams } from './statusBar.js';
import { askTarget } from './askTarget.js';
import type { AskServer } from './reference.js';

interface Entry extends QuickPickItem {
  readonly reason?: StatusReason;
  readonly setTarget?: boolean;
  readonly showMatrix?: boolean;
}

/**
 * Command: lists the reasons and goes to the chosen one, or asks for a target kernel.
 * @param at the document and place to ask about; the cursor's if left out
 */
export async function showMinimumKernel(ask: AskStatus, at?: StatusParams): Promise<void> {
  const editor = window.activeTextEditor;
  const params = at ?? (editor && statusParams(editor));
  const info = params && (await ask(params));
  if (!info || info.state === 'not-ebpf') {
    void window.showInformationMessage('Open a C file with eBPF programs to see the kernel that it needs.');
    return;
  }
  const chosen = await pick(info, Uri.parse(params.textDocument.uri).toString());
  if (chosen?.setTarget) await commands.executeCommand('ebpfLens.setTargetKernel');
  else if (chosen?.showMatrix) await commands.executeCommand('ebpfLens.showMatrix', { uri: Uri.parse(params.textDocument.uri).toString(), ...(info.program === null ? {} : { program: info.program }) });
  else if (chosen?.reason) await goTo(chosen.reason);
}

/** Command: asks for the target kernel and writes it where it belongs: into the project file that counts for the active document, else the settings. */
export async function setTargetKernel(ask: AskServer): Promise<void> {
  const project = await projectFileOf(window.activeTextEditor?.document.uri);
  const current = project?.kernel || workspace.getConfiguration('ebpfLens').get('targetKernel', '');
  const folder = workspace.workspaceFolders !== undefined;
  const answer = await askTarget(ask, `The kernels you support; saved in ${project === undefined ? `the ${folder ? 'workspace' : 'user'} settings` : project.set === undefined ? '.ebpf-lens.yaml' : '.ebpf-lens.yaml, where it speaks of this file'}. Leave it empty for none.`, current);
  if (answer === undefined) return;
  if (project === undefined) await saveTargetKernel(answer.trim());
  else await changeProjectFile(project.uri, { kernel: answer.trim(), ...(project.set === undefined ? {} : { set: project.set }) });
}

/** Writes the setting, in the workspace when there is one. An empty target only stays written where it hides a user-wide one. */
async function saveTargetKernel(target: string): Promise<void> {
  const configuration = workspace.getConfiguration('ebpfLens');
  const inWorkspace = workspace.workspaceFolders !== undefined;
  const hidesUserWide = inWorkspace && Boolean(configuration.inspect<string>('targetKernel')?.globalValue);
  const value = target !== '' || hidesUserWide ? target : undefined;
  await configuration.update('targetKernel', value, inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

/** Shows the list. The entry for the target is on top, where a long list can't hide it, but the first reason is the one chosen by Enter. */
function pick(info: StatusInfo, uri: string): Promise<Entry | undefined> {
  const list = window.createQuickPick<Entry>();
  list.title = info.program ? `${info.text}: program ${info.program}` : info.text;
  list.placeholder = info.reasons.length > 0 ? 'What needs which kernel; choose one to go there' : 'Nothing here is known to need a newer kernel';
  list.matchOnDescription = true;
  list.items = entries(info, uri);
  list.activeItems = list.items.filter((item) => item.reason).slice(0, 1);
  return new Promise((resolve) => {
    list.onDidAccept(() => {
      resolve(list.selectedItems[0]);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

/** The entries: the target, then the reasons under a heading for each version, then what is used only when present. */
function entries(info: StatusInfo, uri: string): Entry[] {
  const groups = new Map<string, Entry[]>();
  for (const reason of [...info.reasons].sort((a, b) => Number(a.guarded) - Number(b.guarded))) {
    const since = /^\d/.test(reason.since) ? `since ${reason.since}` : reason.since;
    const heading = reason.guarded ? `${since}, used only when present` : since;
    groups.set(heading, [...(groups.get(heading) ?? []), entry(reason, uri)]);
  }
  return [
    {
      label: '$(settings-gear) Set target kernel…',
      description: info.targetKernel === '' ? 'none is set' : `it is ${info.targetKernel}`,
      setTarget: true,
      alwaysShow: true,
    },
    { label: '$(table) Show compatibility matrix', description: 'all programs, on every long-term kernel', showMatrix: true, alwaysShow: true },
    ...[...groups].flatMap(([heading, group]) => [separator(heading), ...group]),
  ];
}

function entry(reason: StatusReason, uri: string): Entry {
  const line = reason.range.start.line + 1;
  const where = Uri.parse(reason.uri).toString() === uri ? `line ${line}` : `${basename(reason.uri)}:${line}`;
  return {
    label: `$(${reason.exceedsTarget ? 'error' : 'blank'}) ${reason.feature}`,
    description: [reason.kind.replace('-', ' '), reason.program, where].filter(Boolean).join(' · '),
    reason,
  };
}

const separator = (label: string): Entry => ({ label, kind: QuickPickItemKind.Separator });

const basename = (uri: string): string => Uri.parse(uri).path.replace(/^.*\//, '');

async function goTo({ uri, range }: StatusReason): Promise<void> {
  const target = new Range(range.start.line, range.start.character, range.end.line, range.end.character);
  const editor = await window.showTextDocument(Uri.parse(uri));
  editor.selection = new Selection(target.start, target.end);
  editor.revealRange(target, TextEditorRevealType.InCenterIfOutsideViewport);
}
