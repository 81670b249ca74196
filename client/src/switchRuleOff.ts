/** The command behind the quick fix "Switch … off": changes `ebpfLens.severity` in the workspace's settings. */
import { ConfigurationTarget, commands, window, workspace } from 'vscode';
import { SWITCH_RULE_OFF_COMMAND } from '../../server/src/lsp/messages.js';
import type { Part } from './part.js';

const RULE = /^[a-z][a-z0-9-]*$/;

export const switchRuleOff: Part = () => commands.registerCommand(SWITCH_RULE_OFF_COMMAND, (rule: unknown) => (typeof rule === 'string' && RULE.test(rule) ? run(rule) : undefined));

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
