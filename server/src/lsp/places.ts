/** Offsets into the files of a unit as protocol positions, and back. */
import type { Position, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import type { Span } from '../text/span.js';

const others = new WeakMap<Unit, Map<string, TextDocument>>();

/** @param document the unit's main file as the client has it; the other files are those that were analysed */
export function rangeOf(unit: Unit, document: TextDocument, path: string, span: Span): Range {
  const text = path === document.uri ? document : otherDocument(unit, path);
  return { start: text.positionAt(span.start), end: text.positionAt(span.end) };
}

export function positionOf(unit: Unit, document: TextDocument, path: string, offset: number): Position {
  return (path === document.uri ? document : otherDocument(unit, path)).positionAt(offset);
}

function otherDocument(unit: Unit, path: string): TextDocument {
  let known = others.get(unit);
  if (known === undefined) others.set(unit, (known = new Map()));
  let document = known.get(path);
  if (document === undefined) known.set(path, (document = TextDocument.create(path, 'c', 0, unit.input.files.get(path) ?? '')));
  return document;
}
