/** What colours are called in the protocol. */
import type { SemanticTokensLegend } from 'vscode-languageserver';
import { TOKEN_KINDS, TOKEN_MODIFIERS, type TokenKind } from '../features/tokenKinds.js';

/** Types of our own, which the extension declares, and for other clients the protocol's that come nearest. */
export const OWN: Readonly<Record<TokenKind, string>> = { helper: 'ebpfHelper', kfunc: 'ebpfKfunc', map: 'ebpfMap', program: 'ebpfProgram', context: 'ebpfContext', field: 'ebpfContextField' };
export const STANDARD: Readonly<Record<TokenKind, string>> = { helper: 'function', kfunc: 'function', map: 'variable', program: 'function', context: 'parameter', field: 'property' };
const MODIFIER = { declaration: 'declaration', guarded: 'ebpfGuarded' } as const;
/** Said of helpers and kfuncs to clients that have no colour of their own for them. */
const LIBRARY = 'defaultLibrary';

export const LEGEND: SemanticTokensLegend = {
  tokenTypes: [...TOKEN_KINDS.map((kind) => OWN[kind]), ...new Set(TOKEN_KINDS.map((kind) => STANDARD[kind]))],
  tokenModifiers: [...TOKEN_MODIFIERS.map((modifier) => MODIFIER[modifier]), LIBRARY],
};
