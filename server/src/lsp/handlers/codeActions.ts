/** Quick fixes. */
import { CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { codeActions } from '../../features/codeActions.js';
import { fileKind } from '../../features/ebpfFile.js';
import { toCodeAction } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const codeActionHandlers: HandlerSet = {
  capabilities: { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] } },
  register({ connection, about }) {
    connection.onCodeAction(
      about('codeAction', ({ unit, text }, params: CodeActionParams) => {
        const { only } = params.context;
        if (only !== undefined && !only.some((kind) => CodeActionKind.QuickFix === kind || CodeActionKind.QuickFix.startsWith(`${kind}.`) || kind === '')) return [];
        if (fileKind(unit, text.uri) === 'other') return [];
        const selection = { start: text.offsetAt(params.range.start), end: text.offsetAt(params.range.end) };
        return codeActions(unit, selection).map((action) => toCodeAction(unit, text, action));
      }),
    );
  },
};
