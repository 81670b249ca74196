/** Loads what every analysis needs from beside the bundle: the two wasm files and facts.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createSession } from '../analysis.js';
import type { Session } from '../analysis.types.js';
import { loadFactBook } from '../facts/factBook.js';
import type { FactBook } from '../facts/factBook.types.js';
import { RULES } from '../rules/index.js';
import { lookUpKernels } from './kernelFiles.js';
import { initParser } from '../syntax/parser.js';

/** Facts and a session over them. */
export interface Engine {
  readonly facts: FactBook;
  readonly session: Session;
}

/** Reads and indexes the facts. @param folders where the relative paths of a target are looked for */
export async function loadFacts(assetDir: string, folders: () => readonly string[] = () => ['.']): Promise<FactBook> {
  return loadFactBook(JSON.parse(await readFile(join(assetDir, 'facts.json'), 'utf8')), (target, facts) => lookUpKernels(target, facts, folders()));
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
export async function loadEngine(assetDir: string, folders?: () => readonly string[]): Promise<Engine> {
  const [facts] = await Promise.all([loadFacts(assetDir, folders), loadParser(assetDir)]);
  return { facts, session: createSession(facts, RULES) };
}
