/** The units of the workspace in which a function of one of them may be called or defined: the unit itself, the other open ones, and files that are not open. */
import type { CancellationToken } from 'vscode-languageserver';
import { fileKind } from '../features/ebpfFile.js';
import { handsOut } from '../features/navigation/callHierarchy.js';
import { onlyThrough, sameThing } from '../features/navigation/sameThing.js';
import type { Current } from './documents.js';
import type { Service } from './service.js';
import { keyOf } from './uriPath.js';

/** The document that an item of the call hierarchy came from, whether or not it is open; undefined if it is gone. */
export async function inDocument<T>(service: Service, uri: string, use: (current: Current) => T | Promise<T>): Promise<T | undefined> {
  await service.pendingFor(uri);
  const current = service.now(uri);
  return current === undefined ? service.closed.unitOf(uri, use) : use(current);
}

/**
 * Units that mean the same by a name as `current`, itself first, files that are not open by URI. What is to be told of one has to be told before
 * the next is asked for: an open text may be edited, and a closed one is let go.
 */
export async function* unitsMeaning(service: Service, current: Current, name: string, token: CancellationToken): AsyncGenerator<Current> {
  const searched = new Set<string>();
  const seen = ({ unit }: Current): void => {
    for (const [path, file] of unit.model.files) if (!handsOut(file, name)) searched.add(keyOf(path));
  };
  seen(current);
  yield current;
  for (const other of service.openUnits()) {
    if (other.text.uri === current.text.uri || fileKind(other.unit, other.text.uri) === 'other' || !sameThing(current.unit, other.unit, name)) continue;
    seen(other);
    yield other;
  }
  const through = onlyThrough(current.unit, name);
  const sharing = through === undefined ? undefined : new Set(through.map(keyOf));
  for await (const other of service.closed.with({ names: [name], searched, sharing, token })) {
    if (!sameThing(current.unit, other.unit, name)) continue;
    seen(other);
    yield other;
  }
}
