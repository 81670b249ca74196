/** Loads what every analysis needs from beside the bundle: the two wasm files and facts.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createSession } from '../analysis.js';
import type { Session } from '../analysis.types.js';
import { loadFactBook } from '../facts/factBook.js';
import type { FactBook } from '../facts/factBook.types.js';
import { RULES } from '../rules/index.js';
import type { MayRead } from './confinement.js';
import { lookUpKernels } from './kernelFiles.js';
import { initParser } from '../syntax/parser.js';

/** There is nothing but ASCII in facts.json (`writeFacts`), and this is the way to read it that looks at no character. */
export const FACTS_ENCODING = 'latin1';

/** Facts and a session over them. */
export interface Engine {
  readonly facts: FactBook;
  readonly session: Session;
}

/** What the files in a target depend on, asked for each time that one is looked up. */
export interface TargetFiles {
  /** Where relative paths are looked for. */
  folders(): readonly string[];
  /** Refuses files by where they really lie; absent: none. */
  mayRead?(): MayRead | undefined;
}

/** Reads and indexes the facts. */
export async function loadFacts(assetDir: string, files: TargetFiles = { folders: () => ['.'] }): Promise<FactBook> {
  return loadFactBook(await readFile(join(assetDir, 'facts.json'), FACTS_ENCODING), (target, facts) => lookUpKernels(target, facts, files.folders(), files.mayRead?.()));
}

/** Starts the parser; once per process. */
export async function loadParser(assetDir: string): Promise<void> {
  // V8's optimising compiler for wasm takes more time and memory than it gives back: measured over the kernel's
  // selftests, and for opening one file, everything is faster without it and 15 to 30 MiB smaller.
  setFlagsFromString('--liftoff-only');
  const [runtime, language] = await Promise.all([
    readFile(join(assetDir, 'web-tree-sitter.wasm')),
    readFile(join(assetDir, 'tree-sitter-c.wasm')),
  ]);
  await initParser({ runtime, language });
}

/**
 * Loads facts and parser and opens a session.
 * @param assetDir folder with web-tree-sitter.wasm, tree-sitter-c.wasm and facts.json
 */
export async function loadEngine(assetDir: string, files?: TargetFiles): Promise<Engine> {
  const [facts] = await Promise.all([loadFacts(assetDir, files), loadParser(assetDir)]);
  return { facts, session: createSession(facts, RULES) };
}
