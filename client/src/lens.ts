/** What the lines above programs do when they are clicked: peek at places, or list what forces the kernel. */
import { Disposable, Location, Position, Range, Uri, commands } from 'vscode';
import { KERNEL_AT_COMMAND, PEEK_PLACES_COMMAND, STATUS_REQUEST } from '../../server/src/lsp/messages.js';
import type { PeekPlace, Position as PlainPosition, StatusInfo, StatusParams } from '../../server/src/lsp/messages.js';
import { showMinimumKernel } from './minimumKernel.js';
import type { Part } from './part.js';

export const lensCommands: Part = ({ request }) =>
  Disposable.from(
    commands.registerCommand(PEEK_PLACES_COMMAND, (uri: string, position: PlainPosition, places: readonly PeekPlace[]) =>
      commands.executeCommand('editor.action.showReferences', Uri.parse(uri), toPosition(position), places.map(toLocation)),
    ),
    commands.registerCommand(KERNEL_AT_COMMAND, (at: StatusParams) => showMinimumKernel((params) => request<StatusInfo>(STATUS_REQUEST, params), at)),
  );

const toPosition = ({ line, character }: PlainPosition): Position => new Position(line, character);
const toLocation = ({ uri, range }: PeekPlace): Location => new Location(Uri.parse(uri), new Range(toPosition(range.start), toPosition(range.end)));
