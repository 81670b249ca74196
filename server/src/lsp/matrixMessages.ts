/** What client and server say about the compatibility matrix. */
import type { Range } from './placeMessages.js';

/** `guard`: it would run if its newer calls were asked for first; `unknown`: nothing refuses it, and not all of it is known. */
export type MatrixStatus = 'runs' | 'guard' | 'refused' | 'unknown';
export interface MatrixReason {
  /** A sentence; names stand between backticks. */
  readonly message: string;
  readonly rule?: string;
  readonly uri: string;
  readonly range: Range;
}
export interface MatrixCell {
  readonly status: MatrixStatus;
  /** Empty where it runs. */
  readonly reasons: readonly MatrixReason[];
}
export interface MatrixRow {
  /** The same for the same program of the same file. */
  readonly id: string;
  readonly name: string;
  readonly section: string;
  readonly kind: string;
  /** As in `ProgramSummary`. */
  readonly typeTitle: string | null;
  readonly uri: string;
  readonly range: Range;
  /** One for each of the kernels, in their order. */
  readonly cells: readonly MatrixCell[];
}
export interface MatrixFile {
  readonly uri: string;
  readonly path: string;
  readonly rows: readonly MatrixRow[];
}
/** A column. */
export interface MatrixKernel {
  /** For a kernel of somebody's own its name. */
  readonly release: string;
  /** Maintained for long by kernel.org. */
  readonly longTerm: boolean;
  /** One that the user's target has. */
  readonly target: boolean;
}

/** Request: programs against kernels, as far as they are known; changes are told from then on, until `MATRIX_CLOSED_NOTIFICATION`. */
export const MATRIX_REQUEST = 'ebpfLens/matrix';
export interface MatrixInfo {
  readonly kernels: readonly MatrixKernel[];
  /** The target as the user wrote it, the files' where they differ; '' if none. */
  readonly targetKernel: string;
  readonly files: readonly MatrixFile[];
  /** Files that are still to be judged. */
  readonly pending: number;
}

/** Notification from the server: what of the matrix changed. `whole`: it replaces everything. */
export const MATRIX_CHANGED_NOTIFICATION = 'ebpfLens/matrixChanged';
export interface MatrixChange extends MatrixInfo {
  readonly whole: boolean;
  readonly removed: readonly string[];
}

/** Notification to the server: nobody looks at the matrix any more. */
export const MATRIX_CLOSED_NOTIFICATION = 'ebpfLens/matrixClosed';

/** Request: the matrix as a document. */
export const MATRIX_EXPORT_REQUEST = 'ebpfLens/matrixExport';
export interface MatrixExportParams {
  readonly format: 'markdown' | 'csv';
  /** Ids of the rows to export; all if left out. */
  readonly rows?: readonly string[];
}
