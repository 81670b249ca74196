/** Asks for a target: an input box for what is typed, with buttons for the distributions which the server knows and for a file with a kernel's types. */
import { ThemeIcon, window, workspace } from 'vscode';
import type { InputBox, QuickInputButton, QuickPickItem } from 'vscode';
import { TARGETS_REQUEST, type TargetInfo } from '../../server/src/lsp/messages.js';
import type { AskServer } from './reference.js';
import { targetKernelProblem } from './targetKernel.js';

const CHOOSE: QuickInputButton = { iconPath: new ThemeIcon('list-unordered'), tooltip: 'Choose a distribution' };
const BROWSE: QuickInputButton = { iconPath: new ThemeIcon('folder-opened'), tooltip: 'Choose a file with BTF, such as /sys/kernel/btf/vmlinux' };

/** @param value what stands in the box at first. @returns undefined if nothing was decided */
export function askTarget(ask: AskServer, prompt: string, value: string): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = 'Target kernel';
  box.prompt = prompt;
  box.placeholder = '5.15, 5.4..6.8, rhel9.4, ./vmlinux.btf; several with commas';
  box.value = value;
  box.buttons = readsFiles() ? [CHOOSE, BROWSE] : [CHOOSE];
  return new Promise((resolve) => {
    let choosing = false;
    box.onDidChangeValue(() => (box.validationMessage = targetKernelProblem(box.value)));
    box.onDidTriggerButton(async (button) => {
      choosing = true;
      const names = button === BROWSE ? await chooseFiles() : [await chooseDistribution(ask)];
      choosing = false;
      for (const name of names) if (name !== undefined) box.value = withName(box.value, name);
      box.validationMessage = targetKernelProblem(box.value);
      box.show();
    });
    box.onDidAccept(() => {
      if (targetKernelProblem(box.value) !== undefined) return;
      resolve(box.value);
      box.hide();
    });
    box.onDidHide(() => {
      if (!choosing) finish(box, resolve);
    });
    box.show();
  });
}

/** After an answer, the second `resolve` says nothing. */
function finish(box: InputBox, resolve: (value: undefined) => void): void {
  resolve(undefined);
  box.dispose();
}

/** Puts a name behind what stands there, or in place of a last part that was only begun. */
function withName(value: string, name: string): string {
  const parts = value.split(',').map((part) => part.trim());
  const last = parts.at(-1) ?? '';
  const kept = last === '' || name.startsWith(last.toLowerCase()) ? parts.slice(0, -1) : parts;
  return [...kept, name].join(',');
}

/** In a browser there are no files that the server could read as bytes. */
function readsFiles(): boolean {
  return (workspace.workspaceFolders ?? []).every(({ uri }) => uri.scheme === 'file' || uri.scheme === 'vscode-remote');
}

/** Files of one kernel, vmlinux's first and those of modules behind it: as paths from the workspace's folder where they lie in it. */
async function chooseFiles(): Promise<readonly string[]> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const files = await window.showOpenDialog({ title: "A kernel's types: BTF, vmlinux or vmlinuz; its modules with it", openLabel: 'Use as Target', canSelectMany: true, ...(folder ? { defaultUri: folder } : {}) });
  const paths = (files ?? []).map((file) => {
    const inside = workspace.getWorkspaceFolder(file);
    return inside ? `./${workspace.asRelativePath(file, false)}` : file.fsPath;
  });
  const first = (path: string): number => (/(?:^|[/\\])vmlinu[xz][^/\\]*$/.test(path) ? 0 : 1);
  return paths.sort((a, b) => first(a) - first(b));
}

async function chooseDistribution(ask: AskServer): Promise<string | undefined> {
  const targets = (await ask<readonly TargetInfo[]>(TARGETS_REQUEST, {})) ?? [];
  const items = targets.map((target): QuickPickItem => ({ label: target.name, description: target.kernels, detail: target.support === '' ? target.title : `${target.title}, support ${target.support}` }));
  const chosen = await window.showQuickPick(items, { title: 'Distributions and their kernels', placeHolder: 'Of kernels “with later things” nobody lists all that they have', matchOnDescription: true, matchOnDetail: true });
  return chosen?.label;
}
