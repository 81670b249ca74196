/** The library: the façade as plain data for other programs. Pure, as the façade is; who loads it brings the files. */
import { collectInput, createSession, parseTarget } from '../analysis.js';
import type { FileJson } from '../cli/report.js';
import { fileEntry } from '../cli/report.js';
import { explain, explanationText } from '../features/explain.js';
import { factRows, type FactRow } from '../features/factRows.js';
import type { EntryKind } from '../features/reference/entries.js';
import { loadFactBook } from '../facts/factBook.js';
import { parseRelease } from '../facts/kernelVersion.js';
import { NO_FLAGS, withDefines } from '../project/compileFlags.js';
import { RULES } from '../rules/index.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { Settings } from '../settings/settings.js';
import { initParser } from '../syntax/parser.js';

export type { FactRow } from '../features/factRows.js';
export type { EntryKind } from '../features/reference/entries.js';
export type { FileJson, FindingJson, FixJson, MapJson, MinKernelJson, ProgramJson, ReasonJson } from '../cli/report.js';

/** The files that the library needs; they lie beside it in the package. */
export interface LensAssets {
  /** Content of `facts.json`, as text or parsed. */
  readonly facts: unknown;
  /** Bytes of `web-tree-sitter.wasm`. */
  readonly runtime: Uint8Array;
  /** Bytes of `tree-sitter-c.wasm`. */
  readonly language: Uint8Array;
}

/** A C file to analyse. */
export interface LensInput {
  readonly text: string;
  /** Its name in the result, and where its `#include`s are looked for; `input.bpf.c` if not given. */
  readonly path?: string;
  /** Gives the text of a header by its path, `/` between the folders; undefined if there is none. Without it no header is seen. */
  readonly readHeader?: (path: string) => string | undefined;
}

/** What to analyse it with. All as in the editor's settings of the same name. */
export interface LensOptions extends Partial<Pick<Settings, 'assumeLicense' | 'libbpfVersion' | 'severity' | 'programs' | 'includePaths' | 'defines' | 'architecture'>> {
  /** `5.15`, `5.4..6.8`, or several with commas; without one only what every known kernel refuses is found. */
  readonly kernel?: string;
}

/** A rule of eBPF Lens. */
export interface LensRule {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly summary: string;
}

/** What is known about a word. */
export interface LensExplanation {
  readonly known: boolean;
  /** Plain text; for a word that is not known, what may have been meant, or nothing. */
  readonly text: string;
}

/** An open lens. Its methods are synchronous and do no I/O of their own. */
export interface Lens {
  readonly rules: readonly LensRule[];
  /**
   * Analyses a file: programs, maps, findings with fixes, and the least kernel with its reasons. Lines and columns count from 1,
   * columns in UTF-16 units, ends exclusive. The same input gives the same result; any text is fine.
   * @throws RangeError for a kernel that is none
   */
  analyze(input: LensInput | string, options?: LensOptions): FileJson;
  /** What the editor's hover says about a helper, kfunc, section, type, field, flag, macro or rule. @param width where lines break */
  explain(word: string, width?: number): LensExplanation;
  /**
   * The entries of the fact book.
   * @param kinds those wanted; all if empty or not given
   * @param kernel leaves out what this release is known not to have
   * @throws RangeError for a kernel that is no release
   */
  facts(kinds?: readonly EntryKind[], kernel?: string): readonly FactRow[];
  /** Frees what is kept between analyses. The lens is of no use afterwards. */
  dispose(): void;
}

/**
 * Opens a lens.
 * @returns rejects if the assets are not what they should be
 */
export async function openLens(assets: LensAssets): Promise<Lens> {
  const book = loadFactBook(assets.facts);
  await initParser(assets);
  const session = createSession(book, RULES);
  return {
    rules: RULES.map(({ id, severity, doc }) => ({ id, severity, summary: doc.summary })),
    analyze(input, { kernel = '', ...options } = {}) {
      const { text, path = 'input.bpf.c', readHeader = () => undefined }: LensInput = typeof input === 'string' ? { text: input } : input;
      const target = kernel === '' ? undefined : parseTarget(kernel, book);
      if (target !== undefined && 'error' in target) throw new RangeError(target.error);
      const settings: Settings = { ...DEFAULT_SETTINGS, ...options, targetKernel: kernel };
      try {
        const unit = session.analyze(collectInput(path, text, readHeader, { ...withDefines(NO_FLAGS, settings.defines), includePaths: settings.includePaths }), settings);
        const entry = fileEntry(path, unit);
        return unit.failures.length === 0 ? entry : { ...entry, error: unit.failures.map((f) => `the rule ${f.rule} failed: ${f.error}`).join('; ') };
      } finally {
        session.forget(path);
      }
    },
    explain(word, width) {
      const explanation = explain(word, book, RULES);
      return { known: explanation.known, text: explanationText(explanation, width) };
    },
    facts(kinds = [], kernel) {
      const release = kernel === undefined ? undefined : parseRelease(kernel);
      if (kernel !== undefined && release === undefined) throw new RangeError(`'${kernel}' is no kernel release; write one such as 5.15`);
      return factRows(book, kinds, release);
    },
    dispose: () => session.dispose(),
  };
}
