/** The command behind the quick fix "Switch … off": changes the project file that the server names, else `ebpfLens.severity` in the workspace's settings. */
import { ConfigurationTarget, Uri, commands, window, workspace } from 'vscode';
import { SWITCH_RULE_OFF_COMMAND } from '../../server/src/lsp/messages.js';
import { textOf, writeText } from './fileText.js';
import type { Part } from './part.js';
import { changeProjectFile } from './projectFile.js';

const RULE = /^[a-z][a-z0-9-]*$/;

export const switchRuleOff: Part = () => commands.registerCommand(SWITCH_RULE_OFF_COMMAND, (rule: unknown, file?: unknown) => {
  if (typeof rule !== 'string' || !RULE.test(rule)) return undefined;
  return typeof file === 'string' ? inProject(rule, file) : run(rule);
});

async function inProject(rule: string, file: string): Promise<void> {
  const uri = Uri.parse(file);
  const before = await textOf(uri);
  if (!(await changeProjectFile(file, { rule, severity: 'off' })) || before === undefined) return;
  const answer = await window.showInformationMessage(`eBPF Lens: ${rule} is off in .ebpf-lens.yaml.`, 'Undo', 'Open It');
  if (answer === 'Undo') await writeText(uri, before);
  else if (answer === 'Open It') await window.showTextDocument(uri);
}

/** Where no folder is open the user's own settings take it. */
async function run(rule: string): Promise<void> {
  const configuration = workspace.getConfiguration('ebpfLens');
  const inWorkspace = workspace.workspaceFolders !== undefined;
  const set = configuration.inspect<Record<string, string>>('severity');
  const before = (inWorkspace ? set?.workspaceValue : set?.globalValue) ?? {};
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  try {
    await configuration.update('severity', { ...before, [rule]: 'off' }, target);
  } catch (error) {
    void window.showErrorMessage(`eBPF Lens: the settings could not be changed: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  const undo = await window.showInformationMessage(`eBPF Lens: ${rule} is off in ${inWorkspace ? "this workspace's" : 'your'} settings.`, 'Undo');
  if (undo !== 'Undo') return;
  await configuration.update('severity', Object.keys(before).length === 0 ? undefined : before, target);
}
