/** Quick fixes, rewritings, and "fix all". */
import type { CodeAction, CodeActionParams } from 'vscode-languageserver';
import { codeActions, fixAll } from '../../features/codeActions/codeActions.js';
import { fileKind } from '../../features/ebpfFile.js';
import type { FileSettings } from '../../project/projectFile.types.js';
import { PROJECT_FILE } from '../../project/projectKeys.js';
import { uriOfPath } from '../uriPath.js';
import { FIX_ALL } from '../capabilities.js';
import { toCodeAction, toFixAll } from '../codeActionItems.js';
import { SWITCH_RULE_OFF_COMMAND } from '../messages.js';
import { includeSpanOf } from '../headerFindings.js';
import type { Current } from '../documents.js';
import type { HandlerContext, HandlerSet } from './handlerSet.js';

export const codeActionHandlers: HandlerSet = {
  register(context) {
    context.connection.onCodeAction(
      context.about('codeAction', async (current, params: CodeActionParams) => {
        if (fileKind(current.unit, current.text.uri) === 'other') return [];
        const { only } = params.context;
        const wanted = ({ kind = '' }: CodeAction): boolean => only === undefined || only.some((o) => o === '' || kind === o || kind.startsWith(`${o}.`));
        const actions = [...actionsAt(context, current, params), ...everything(context, current, only)].filter(wanted);
        return context.client().severityCommand ? actions : edited(context, actions, current.text.uri);
      }),
    );
  },
};

/** What is offered at a place; in a header also what open programs that include it found there. */
function actionsAt({ service, client }: HandlerContext, { unit, text }: Current, { range }: CodeActionParams): readonly CodeAction[] {
  const selection = { start: text.offsetAt(range.start), end: text.offsetAt(range.end) };
  const settings = client().severityCommand;
  const { projectFile }: FileSettings = unit.settings;
  // A project file can be amended by an edit, without a command of the client's.
  const offer = { settings: settings || projectFile !== undefined, ...(projectFile === undefined ? {} : { project: PROJECT_FILE }) };
  const project = projectFile === undefined ? undefined : uriOfPath(projectFile, text.uri);
  const own = codeActions(unit, selection, { ...offer, placeOf: (finding) => includeSpanOf(unit, finding.path) }).map((action) => toCodeAction(unit, text, action, client(), project));
  const seen = new Set(own.map(idOf));
  const others = service.includersOf(text.uri).flatMap((includer) => {
    // Until the includer is analysed with the header as it is now, places would be off.
    if (includer.model.files.get(text.uri)?.text !== text.getText()) return [];
    return codeActions(includer, selection, { ...offer, header: text.uri }).map((action) => toCodeAction(includer, text, action, client(), project));
  });
  return [...own, ...others.filter((action) => !seen.has(idOf(action)) && seen.add(idOf(action)))];
}

/** For clients without our command: what it would do, as an edit of the project file. */
async function edited({ service }: HandlerContext, actions: CodeAction[], uri: string): Promise<CodeAction[]> {
  const made = await Promise.all(actions.map(async ({ command, ...action }): Promise<CodeAction | undefined> => {
    const rule: unknown = command?.command === SWITCH_RULE_OFF_COMMAND ? command.arguments?.[0] : undefined;
    if (typeof rule !== 'string') return { ...action, ...(command === undefined ? {} : { command }) };
    const edit = await service.projects.switchOff(rule, uri);
    return edit && { ...action, edit };
  }));
  return made.filter((action) => action !== undefined);
}

const idOf = (action: CodeAction): string => JSON.stringify([action.title, action.edit]);

/** "Fix all" is offered where it is asked for: on saving, or in the menu for the whole source. */
function everything({ client }: HandlerContext, { unit, text }: Current, only: readonly string[] | undefined): readonly CodeAction[] {
  if (only?.some((kind) => kind === '' || FIX_ALL === kind || FIX_ALL.startsWith(`${kind}.`)) !== true) return [];
  const edits = fixAll(unit);
  return edits.length === 0 ? [] : [toFixAll(unit, text, edits, client())];
}
