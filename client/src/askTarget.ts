/** Asks for a target: an input box for what is typed, with a button that lists the distributions which the server knows. */
import { ThemeIcon, window } from 'vscode';
import type { InputBox, QuickInputButton, QuickPickItem } from 'vscode';
import { TARGETS_REQUEST, type TargetInfo } from '../../server/src/lsp/messages.js';
import type { AskServer } from './reference.js';
import { targetKernelProblem } from './targetKernel.js';

const CHOOSE: QuickInputButton = { iconPath: new ThemeIcon('list-unordered'), tooltip: 'Choose a distribution' };

/** @param value what stands in the box at first. @returns undefined if nothing was decided */
export function askTarget(ask: AskServer, prompt: string, value: string): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = 'Target kernel';
  box.prompt = prompt;
  box.placeholder = '5.15, 5.4..6.8, rhel9.4, ./vmlinux.btf; several with commas';
  box.value = value;
  box.buttons = [CHOOSE];
  return new Promise((resolve) => {
    let choosing = false;
    box.onDidChangeValue(() => (box.validationMessage = targetKernelProblem(box.value)));
    box.onDidTriggerButton(async () => {
      choosing = true;
      const name = await chooseDistribution(ask);
      choosing = false;
      if (name !== undefined) box.value = withName(box.value, name);
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

async function chooseDistribution(ask: AskServer): Promise<string | undefined> {
  const targets = (await ask<readonly TargetInfo[]>(TARGETS_REQUEST, {})) ?? [];
  const items = targets.map((target): QuickPickItem => ({ label: target.name, description: target.kernels, detail: [target.title, target.support].filter((part) => part !== '').join(', ') }));
  const chosen = await window.showQuickPick(items, { title: 'Distributions and their kernels', placeHolder: 'Kernels with “later things” have more than their version says', matchOnDescription: true, matchOnDetail: true });
  return chosen?.label;
}
