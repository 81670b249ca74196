/** Colours of helpers, kfuncs, maps, programs and the context: whole, as changes since the last answer, and for what is on the screen. */
import type {
  SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams, SemanticTokensEdit, SemanticTokensParams, SemanticTokensRangeParams,
} from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { semanticTokens, type TokenData } from '../../features/semanticTokens.js';
import { TOKEN_MODIFIERS } from '../../features/tokenKinds.js';
import type { ClientAbilities } from '../fromProtocol.js';
import { Refresher } from '../refresher.js';
import { LEGEND, OWN, STANDARD } from '../semanticLegend.js';
import type { Current } from '../documents.js';
import type { HandlerSet } from './handlerSet.js';

/** Documents whose last answer is kept, so that changes to it can be told; others get everything. */
const MAX_REMEMBERED = 100;

interface Answer {
  readonly id: string;
  readonly data: readonly number[];
}

export const semanticTokenHandlers: HandlerSet = {
  register({ connection, service, about, client }) {
    const last = new Map<string, Answer>();
    let count = 0;
    const refresher = new Refresher((current) => digest(current, client()), () => service.guard.run('semanticTokens/refresh', () => connection.languages.semanticTokens.refresh()));
    service.onAnalyzed((current) => {
      if (client().refreshes.semanticTokens) refresher.analyzed(current);
    });
    const answer = (current: Current): Answer | undefined => {
      if (client().refreshes.semanticTokens) refresher.serve(current, digest(current, client()));
      const { uri } = current.text;
      last.delete(uri);
      if (isOff(current, client())) return undefined;
      if (last.size >= MAX_REMEMBERED) last.delete(last.keys().next().value!);
      const made = { id: String(++count), data: encodeAll(current, client().commandLinks) };
      last.set(uri, made);
      return made;
    };
    const whole = ({ id, data }: Answer): SemanticTokens => ({ resultId: id, data: data as number[] });
    const { semanticTokens: tokens } = connection.languages;
    tokens.on(
      about<SemanticTokensParams, SemanticTokens | null>('semanticTokens', (current) => {
        const made = answer(current);
        return made === undefined ? null : whole(made);
      }),
    );
    tokens.onDelta(
      about<SemanticTokensDeltaParams, SemanticTokens | SemanticTokensDelta | null>('semanticTokens/delta', (current, { previousResultId }) => {
        const before = last.get(current.text.uri);
        const made = answer(current);
        if (made === undefined) return null;
        return before?.id === previousResultId ? { resultId: made.id, edits: edits(before.data, made.data) } : whole(made);
      }),
    );
    tokens.onRange(
      about<SemanticTokensRangeParams, SemanticTokens | null>('semanticTokens/range', (current, { range }) => {
        if (isOff(current, client())) return null;
        const start = current.text.offsetAt(range.start);
        const end = current.text.offsetAt(range.end);
        return { data: encode(current, semanticTokens(current.unit).filter((token) => token.end > start && token.start < end), client().commandLinks) };
      }),
    );
  },
};

/** An answer, even an empty one, would take the colours of another server's away. */
function isOff({ unit, text }: Current, client: ClientAbilities): boolean {
  const wanted = unit.settings.semanticTokens;
  return wanted === 'off' || (wanted === 'auto' && client.otherColours) || fileKind(unit, text.uri) === 'other';
}

const INDEX = new Map(LEGEND.tokenTypes.map((type, i) => [type, i]));

const encoded = new WeakMap<Current['unit'], readonly number[]>();

/** Everything, once a unit: a client says once for all which words it knows. */
function encodeAll(current: Current, own: boolean): readonly number[] {
  let data = encoded.get(current.unit);
  if (data === undefined) encoded.set(current.unit, (data = encode(current, semanticTokens(current.unit), own)));
  return data;
}

/** The protocol's five numbers a token, each place relative to the one before. */
function encode({ text }: Current, tokens: readonly TokenData[], own: boolean): number[] {
  const data: number[] = [];
  let before = { line: 0, character: 0 };
  for (const token of tokens) {
    const at = text.positionAt(token.start);
    const character = at.line === before.line ? at.character - before.character : at.character;
    data.push(at.line - before.line, character, token.end - token.start, INDEX.get((own ? OWN : STANDARD)[token.kind])!, modifierBits(token, own));
    before = at;
  }
  return data;
}

/** One edit that makes `after` of `before`: what lies between their common beginning and their common end. */
function edits(before: readonly number[], after: readonly number[]): SemanticTokensEdit[] {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return [];
  let tail = 0;
  while (tail < least - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [{ start, deleteCount: before.length - start - tail, data: after.slice(start, after.length - tail) }];
}

/** What is coloured, to compare: cheaper than its encoding. */
function digest(current: Current, client: ClientAbilities): string {
  return isOff(current, client) ? '' : semanticTokens(current.unit).map((token) => `${token.start} ${token.kind} ${token.modifiers.length}`).join();
}

function modifierBits({ kind, modifiers }: TokenData, own: boolean): number {
  let bits = 0;
  for (const modifier of modifiers) bits |= 1 << TOKEN_MODIFIERS.indexOf(modifier);
  if (!own && (kind === 'helper' || kind === 'kfunc')) bits |= 1 << TOKEN_MODIFIERS.length;
  return bits;
}
