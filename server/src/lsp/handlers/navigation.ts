/** Go to definition, references and highlights, for what eBPF puts in places of its own. */
import { DocumentHighlightKind, type DefinitionParams, type DocumentHighlight, type DocumentHighlightParams, type Location, type ReferenceParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { definitions, references } from '../../features/navigation/references.js';
import { subjectAt, type Subject } from '../../features/navigation/subject.js';
import type { Place } from '../../features/used.js';
import { rangeOf } from '../places.js';
import type { Current } from '../documents.js';
import type { HandlerSet } from './handlerSet.js';
import { workspaceReferences } from '../workspaceReferences.js';

export const navigationHandlers: HandlerSet = {
  register({ connection, service, about }) {
    connection.onDefinition(
      about<DefinitionParams, Location[] | null>('definition', (current, { position }) => {
        const subject = asked(current, current.text.offsetAt(position));
        return subject === undefined ? null : locations(current, definitions(current.unit, subject));
      }),
    );
    connection.onReferences(
      about<ReferenceParams, Location[] | null>('references', (current, { position, context }, token) => {
        const subject = asked(current, current.text.offsetAt(position));
        return subject === undefined ? null : workspaceReferences(service, current, subject, context.includeDeclaration, token);
      }),
    );
    connection.onDocumentHighlight(
      about<DocumentHighlightParams, DocumentHighlight[] | null>('documentHighlight', (current, { position }) => {
        const { unit, text } = current;
        const subject = asked(current, text.offsetAt(position));
        // A section and a slot are not the program that they lead to.
        if (subject === undefined || subject.kind === 'section' || subject.kind === 'slot') return null;
        return references(unit, subject)
          .filter(({ path }) => path === text.uri)
          .map(({ path, span, declares }) => ({ range: rangeOf(unit, text, path, span), kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }));
      }),
    );
  },
};

/** What the cursor is on, if the user wants an answer about it. */
export function asked({ unit, text }: Current, offset: number): Subject | undefined {
  const wanted = unit.settings.navigation;
  if (wanted === 'off' || fileKind(unit, text.uri) === 'other') return undefined;
  const subject = subjectAt(unit, offset);
  return wanted === 'all' || subject === undefined || !isPlainC(subject) ? subject : undefined;
}

/** What a C language server that sees all headers finds by itself. */
function isPlainC(subject: Subject): boolean {
  return subject.kind === 'name' && subject.nature !== 'helper' && subject.nature !== 'kfunc';
}

/** Macros from the settings are a text of the unit that is no file. */
const isFile = ({ path }: Place): boolean => !path.startsWith('<');

function locations({ unit, text }: Current, places: readonly Place[]): Location[] {
  return places.filter(isFile).map(({ path, span }) => ({ uri: path, range: rangeOf(unit, text, path, span) }));
}
