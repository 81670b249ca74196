/** Colours of helpers, kfuncs, maps, programs and the context: whole, as changes since the last answer, and for what is on the screen. */
import { SemanticTokensBuilder, type SemanticTokens, type SemanticTokensDelta, type SemanticTokensDeltaParams, type SemanticTokensLegend, type SemanticTokensParams, type SemanticTokensRangeParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { semanticTokens, TOKEN_KINDS, TOKEN_MODIFIERS, type TokenData, type TokenKind } from '../../features/semanticTokens.js';
import type { ClientAbilities } from '../fromProtocol.js';
import { Refresher } from '../refresher.js';
import type { Current } from '../service.js';
import type { HandlerSet } from './handlerSet.js';

/** Types of our own, which the extension declares, and for other clients the protocol's that come nearest. */
const OWN: Readonly<Record<TokenKind, string>> = { helper: 'ebpfHelper', kfunc: 'ebpfKfunc', map: 'ebpfMap', program: 'ebpfProgram', context: 'ebpfContext', field: 'ebpfContextField' };
const STANDARD: Readonly<Record<TokenKind, string>> = { helper: 'function', kfunc: 'function', map: 'variable', program: 'function', context: 'parameter', field: 'property' };
const MODIFIER = { declaration: 'declaration', guarded: 'ebpfGuarded' } as const;
/** Said of helpers and kfuncs to clients that have no colour of their own for them. */
const LIBRARY = 'defaultLibrary';

const LEGEND: SemanticTokensLegend = {
  tokenTypes: [...TOKEN_KINDS.map((kind) => OWN[kind]), ...new Set(TOKEN_KINDS.map((kind) => STANDARD[kind]))],
  tokenModifiers: [...TOKEN_MODIFIERS.map((modifier) => MODIFIER[modifier]), LIBRARY],
};

/** Documents whose last answer is kept, so that changes to it can be told; others get everything. */
const MAX_REMEMBERED = 100;

export const semanticTokenHandlers: HandlerSet = {
  capabilities: { semanticTokensProvider: { legend: LEGEND, full: { delta: true }, range: true } },
  register({ connection, service, about, client }) {
    const builders = new Map<string, SemanticTokensBuilder>();
    const builderOf = (uri: string): SemanticTokensBuilder => {
      const builder = builders.get(uri) ?? new SemanticTokensBuilder();
      builders.delete(uri);
      if (builders.size >= MAX_REMEMBERED) builders.delete(builders.keys().next().value!);
      builders.set(uri, builder);
      return builder;
    };
    const refresher = new Refresher((current) => digest(current, client()), () => service.guard.run('semanticTokens/refresh', () => connection.languages.semanticTokens.refresh()));
    service.onAnalyzed((current) => {
      if (client().refreshes.semanticTokens) refresher.analyzed(current);
    });
    /** Everything, or the changes to what has this id. */
    const answer = (current: Current, previous: string): SemanticTokens | SemanticTokensDelta | null => {
      if (client().refreshes.semanticTokens) refresher.serve(current, digest(current, client()));
      if (isOff(current, client())) return null;
      const builder = builderOf(current.text.uri);
      builder.previousResult(previous);
      fill(builder, current, semanticTokens(current.unit), client().commandLinks);
      return builder.buildEdits();
    };
    const { semanticTokens: tokens } = connection.languages;
    // No answer has an empty id, so this one is whole.
    tokens.on(about<SemanticTokensParams, SemanticTokens | null>('semanticTokens', (current) => answer(current, '') as SemanticTokens | null));
    tokens.onDelta(about<SemanticTokensDeltaParams, SemanticTokens | SemanticTokensDelta | null>('semanticTokens/delta', (current, { previousResultId }) => answer(current, previousResultId)));
    tokens.onRange(
      about<SemanticTokensRangeParams, SemanticTokens | null>('semanticTokens/range', (current, { range }) => {
        if (isOff(current, client())) return null;
        const start = current.text.offsetAt(range.start);
        const end = current.text.offsetAt(range.end);
        const builder = new SemanticTokensBuilder();
        fill(builder, current, semanticTokens(current.unit).filter((token) => token.end > start && token.start < end), client().commandLinks);
        return { data: builder.build().data };
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

function fill(builder: SemanticTokensBuilder, { text }: Current, tokens: readonly TokenData[], own: boolean): void {
  for (const token of tokens) {
    const { line, character } = text.positionAt(token.start);
    builder.push(line, character, token.end - token.start, INDEX.get((own ? OWN : STANDARD)[token.kind])!, modifierBits(token, own));
  }
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
