/** The call hierarchy from programs down to helpers and kfuncs. */
import {
  CallHierarchyPrepareRequest, SymbolKind, type CallHierarchyIncomingCall, type CallHierarchyIncomingCallsParams, type CallHierarchyItem, type CallHierarchyOutgoingCall,
  type CallHierarchyOutgoingCallsParams, type CallHierarchyPrepareParams,
} from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { callItems, findItem, incoming, outgoing, type CallItem, type CallStep } from '../../features/navigation/callHierarchy.js';
import { entryOfWord } from '../../features/reference/entries.js';
import { pageUri } from '../messages.js';
import { rangeOf } from '../places.js';
import { relatedUnits } from '../relatedUnits.js';
import type { Current } from '../documents.js';
import type { AboutDocument, HandlerSet } from './handlerSet.js';
import { asked } from './navigation.js';

/** What an item needs to be found again. */
interface ItemData {
  /** The document in whose unit it was found. */
  readonly root: string;
  readonly kind: CallItem['kind'];
  readonly path: string;
}

type About<T> = T & AboutDocument & { readonly data: ItemData };

const ICON: Readonly<Record<CallItem['kind'], SymbolKind>> = { program: SymbolKind.Event, function: SymbolKind.Function, helper: SymbolKind.Interface, kfunc: SymbolKind.Interface };
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Documents for which a client was told by name that we answer. */
const MAX_REGISTERED = 1000;

export const callHierarchyHandlers: HandlerSet = {
  // An editor asks one server only. Where it lets us, we say by document that we answer, so that other C keeps its own server's answer.
  register({ connection, service, about, client }) {
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
    const onOutgoing = about<About<CallHierarchyOutgoingCallsParams>, CallHierarchyOutgoingCall[] | null>('outgoingCalls', (current, { item, data }) => {
      const found = findItem(current.unit, data.kind, item.name, data.path);
      return found === undefined ? null : outgoing(current.unit, found).map((step) => ({ to: itemOf(current, data.root, step.item), fromRanges: rangesOf(current, step) }));
    });
    const onIncoming = about<About<CallHierarchyIncomingCallsParams>, CallHierarchyIncomingCall[] | null>('incomingCalls', (current, { item, data }) => {
      const calls = new Map<string, CallHierarchyIncomingCall>();
      for (const one of [current, ...relatedUnits(service, current, [current.text.uri, data.path])]) {
        const found = findItem(one.unit, data.kind, item.name, data.path);
        for (const step of found === undefined ? [] : incoming(one.unit, found)) {
          const from = itemOf(one, one.unit.input.main, step.item);
          const id = `${from.uri} ${from.name} ${from.selectionRange.start.line}`;
          if (!calls.has(id)) calls.set(id, { from, fromRanges: rangesOf(one, step) });
        }
      }
      return [...calls.values()];
    });
    connection.languages.callHierarchy.onOutgoingCalls(async (params, token) => {
      const data = dataOf(params.item);
      return data === undefined ? null : onOutgoing({ ...params, data, textDocument: { uri: data.root } }, token);
    });
    connection.languages.callHierarchy.onIncomingCalls(async (params, token) => {
      const data = dataOf(params.item);
      return data === undefined ? null : onIncoming({ ...params, data, textDocument: { uri: data.root } }, token);
    });
  },
};

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
