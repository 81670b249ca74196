/** Settles the setting `completion: auto`: beside clangd only what clangd does not offer, else everything. */
import { extensions, workspace } from 'vscode';
import type { ConfigurationMiddleware } from 'vscode-languageclient';

const CLANGD = 'llvm-vs-code-extensions.vscode-clangd';

/** True if clangd's extension is there, enabled, and not told to stay off in this window. */
function isClangdThere(): boolean {
  return extensions.getExtension(CLANGD) !== undefined && workspace.getConfiguration('clangd').get<boolean>('enable', true);
}

/** What the server is told for a value of the setting. */
export function settled(completion: unknown, clangd: boolean): unknown {
  return completion === 'auto' || completion === undefined ? (clangd ? 'ebpf-only' : 'all') : completion;
}

/** Answers the server's questions for settings as the editor does, `auto` aside. */
export const neighbourMiddleware: ConfigurationMiddleware = {
  configuration: async (params, token, next) => {
    const answers: unknown = await next(params, token);
    if (!Array.isArray(answers)) return [];
    return answers.map((answer: unknown, i) => {
      if (params.items[i]?.section !== 'ebpfLens' || typeof answer !== 'object' || answer === null) return answer;
      return { ...answer, completion: settled((answer as { completion?: unknown }).completion, isClangdThere()) };
    });
  },
};
