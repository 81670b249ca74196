/** What the matrix's page and the editor's side of it tell each other. */
import type { MatrixChange, MatrixInfo, Range } from '../../../server/src/lsp/messages.js';

/** A file, or one program of it, to go to. */
export interface MatrixFocus {
  readonly uri: string;
  readonly program?: string;
}

export type ToPage =
  /** Everything, replacing what is there. */
  | { readonly type: 'matrix'; readonly info: MatrixInfo }
  | { readonly type: 'change'; readonly change: MatrixChange }
  | { readonly type: 'focus'; readonly focus: MatrixFocus }
  /** The server gave no answer. */
  | { readonly type: 'failed' };

export type FromPage =
  /** The script runs and wants to know everything. */
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly uri: string; readonly range: Range }
  | { readonly type: 'export'; readonly format: 'markdown' | 'csv'; readonly rows: readonly string[] }
  | { readonly type: 'setTarget' };
