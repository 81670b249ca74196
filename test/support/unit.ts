/** Analyses C source with the real parser and the real facts: the one door through which tests see the analysis. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createSession } from '../../server/src/analysis.js';
import type { Unit } from '../../server/src/analysis.types.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import type { Settings } from '../../server/src/settings/settings.js';
import { initParser } from '../../server/src/syntax/parser.js';
import { loadTestFacts } from './facts.js';

const require = createRequire(import.meta.url);
let starting: Promise<void> | undefined;

/** Starts the parser from the packages' wasm files, once a test process. */
export function startParser(): Promise<void> {
  starting ??= Promise.all([
    readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    readFile(require.resolve('tree-sitter-c/tree-sitter-c.wasm')),
  ]).then(([runtime, language]) => initParser({ runtime, language }));
  return starting;
}

export interface UnitOptions {
  /** Target kernel, `5.15` or `5.4..6.8`; none if absent. */
  readonly kernel?: string;
  /** Texts of included files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  /** Path of the main file. */
  readonly path?: string;
}

/** Analyses `code` as `main.bpf.c`, with the given headers beside it. */
export async function unit(code: string, options: UnitOptions = {}): Promise<Unit> {
  await startParser();
  const facts = await loadTestFacts();
  const path = options.path ?? 'main.bpf.c';
  const files = new Map<string, string>([[path, code], ...Object.entries(options.files ?? {})]);
  const settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings, ...(options.kernel === undefined ? {} : { targetKernel: options.kernel }) };
  return createSession(facts).analyze({ main: path, files }, settings);
}
