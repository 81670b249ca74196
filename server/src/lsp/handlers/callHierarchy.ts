/** The call hierarchy from programs down to helpers and kfuncs. */
import {
  CallHierarchyPrepareRequest, SymbolKind, type CallHierarchyIncomingCall, type CallHierarchyItem, type CallHierarchyOutgoingCall, type CallHierarchyPrepareParams, type CancellationToken,
} from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { callItems, defines, findItem, incoming, outgoing, type CallItem, type CallStep } from '../../features/navigation/callHierarchy.js';
import { entryOfWord } from '../../features/reference/entries.js';
import { pageUri } from '../messages.js';
import { rangeOf } from '../places.js';
import { keyOf } from '../uriPath.js';
import { inDocument, unitsMeaning } from '../workspaceCalls.js';
import type { Current } from '../documents.js';
import type { HandlerSet } from './handlerSet.js';
import { asked } from './navigation.js';

/** What an item needs to be found again. */
interface ItemData {
  /** The document in whose unit it was found, open or not. */
  readonly root: string;
  readonly kind: CallItem['kind'];
  readonly path: string;
}

const ICON: Readonly<Record<CallItem['kind'], SymbolKind>> = { program: SymbolKind.Event, function: SymbolKind.Function, helper: SymbolKind.Interface, kfunc: SymbolKind.Interface };
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Documents for which a client was told by name that we answer. */
const MAX_REGISTERED = 1000;
/** Nobody reads more of them; a helper that is called everywhere is better searched as a reference. */
const MAX_CALLERS = 2000;

export const callHierarchyHandlers: HandlerSet = {
  // An editor asks one server only. Where it lets us, we say by document that we answer, so that other C keeps its own server's answer.
  register({ connection, service, about, ofFacts, client }) {
    const registered = new Set<string>();
    service.onAnalyzed(({ unit, text }) => {
      if (!client().dynamicCallHierarchy || registered.has(text.uri) || registered.size >= MAX_REGISTERED) return;
      if (unit.settings.navigation === 'off' || fileKind(unit, text.uri) === 'other') return;
      registered.add(text.uri);
      service.guard.run('callHierarchy/register', async () => void (await connection.client.register(CallHierarchyPrepareRequest.type, { documentSelector: [selectorOf(text.uri)] })));
    });
    const itemOf = ({ unit, text }: Current, root: string, item: CallItem): CallHierarchyItem => {
      const data: ItemData = { root, kind: item.kind, path: item.path };
      const page = item.elsewhere && client().commandLinks ? entryOfWord(unit.facts, item.name) : undefined;
      const place = page === undefined ? { uri: item.path, range: rangeOf(unit, text, item.path, item.span), selectionRange: rangeOf(unit, text, item.path, item.nameSpan) } : { uri: pageUri(page.id), range: WHOLE, selectionRange: WHOLE };
      return { name: item.name, kind: ICON[item.kind], ...(item.detail === '' ? {} : { detail: item.detail }), ...place, data };
    };
    const rangesOf = ({ unit, text }: Current, { path, spans }: CallStep) => spans.map((span) => rangeOf(unit, text, path, span));

    connection.languages.callHierarchy.onPrepare(
      about<CallHierarchyPrepareParams, CallHierarchyItem[] | null>('prepareCallHierarchy', (current, { position }) => {
        const subject = asked(current, current.text.offsetAt(position));
        const items = subject === undefined ? [] : callItems(current.unit, subject);
        return items.length === 0 ? null : items.map((item) => itemOf(current, current.text.uri, item));
      }),
    );
    const calls = <R>(name: string, answer: (current: Current, item: CallHierarchyItem, data: ItemData, token: CancellationToken) => Promise<R | null>) => {
      const handler = ofFacts<{ item: CallHierarchyItem; data: ItemData }, R | null>(name, async (_facts, { item, data }, token) => (await inDocument(service, data.root, (current) => answer(current, item, data, token))) ?? null);
      return async ({ item }: { item: CallHierarchyItem }, token: CancellationToken) => {
        const data = dataOf(item);
        return data === undefined ? null : handler({ item, data }, token);
      };
    };
    connection.languages.callHierarchy.onOutgoingCalls(
      calls('outgoingCalls', async (current, { name }, { kind, path }, token): Promise<CallHierarchyOutgoingCall[] | null> => {
        for await (const one of unitsMeaning(service, current, name, token)) {
          const found = findItem(one.unit, kind, name, path);
          if (found === undefined) continue;
          // What is only declared here calls what it calls where it is defined.
          if (isOfKernel(kind) || defines(one.unit, name)) return outgoing(one.unit, found).map((step) => ({ to: itemOf(one, one.text.uri, step.item), fromRanges: rangesOf(one, step) }));
        }
        return [];
      }),
    );
    connection.languages.callHierarchy.onIncomingCalls(
      calls('incomingCalls', async (current, { name }, { kind, path }, token): Promise<CallHierarchyIncomingCall[] | null> => {
        const callers = new Map<string, CallHierarchyIncomingCall>();
        for await (const one of unitsMeaning(service, current, name, token)) {
          const found = findItem(one.unit, kind, name, path);
          for (const step of found === undefined ? [] : incoming(one.unit, found)) {
            const from = itemOf(one, one.text.uri, step.item);
            const id = `${keyOf(from.uri)} ${from.name} ${from.selectionRange.start.line}`;
            if (!callers.has(id)) callers.set(id, { from, fromRanges: rangesOf(one, step) });
          }
          if (callers.size > MAX_CALLERS) break;
        }
        return [...callers.values()];
      }),
    );
  },
};

const isOfKernel = (kind: CallItem['kind']): boolean => kind === 'helper' || kind === 'kfunc';

/** What we put into an item, if the client gave it back as it was. */
function dataOf({ data }: CallHierarchyItem): ItemData | undefined {
  const given = data as Partial<ItemData> | null | undefined;
  const kinds: readonly unknown[] = Object.keys(ICON);
  return typeof given === 'object' && typeof given?.root === 'string' && typeof given.path === 'string' && kinds.includes(given.kind) ? (given as ItemData) : undefined;
}

/** A filter for exactly one document: editors compare a pattern with the path as it stands before they take it for a pattern. */
function selectorOf(uri: string): { scheme: string; pattern: string } {
  const path = uri.replace(/^[^:]+:(?:\/\/[^/]*)?/, '');
  // On Windows the path that is compared has no slash before its drive.
  return { scheme: uri.slice(0, uri.indexOf(':')), pattern: decoded(path).replace(/^\/(?=[A-Za-z]:)/, '') };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
