/** The door to tree-sitter: loads it from bytes, parses masked text, hands out node type numbers. Pure: no files, no network. */
import { Language, Parser } from 'web-tree-sitter';
import type { Tree, TreeCursor } from 'web-tree-sitter';

/** Node and field numbers of the grammar, by name. */
export interface Grammar {
  /** Number of a named node type. */
  type(name: string): number;
  /** Number of an anonymous node type, such as `&&`. */
  token(name: string): number;
  field(name: string): number;
  /** True for named node types. */
  isNamed(id: number): boolean;
}

let loading: Promise<void> | undefined;
let parser: Parser | undefined;
let grammar: Grammar | undefined;

/**
 * Loads the parser; later calls wait for the first. `runtime` is web-tree-sitter.wasm, `language` tree-sitter-c.wasm.
 * Rejects if the bytes are no such modules; a later call may then try again.
 */
export function initParser(wasm: { runtime: Uint8Array; language: Uint8Array }): Promise<void> {
  loading ??= load(wasm).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(wasm: { runtime: Uint8Array; language: Uint8Array }): Promise<void> {
  await Parser.init({ wasmBinary: wasm.runtime as unknown as ArrayBuffer });
  const language = await Language.load(wasm.language);
  const fresh = new Parser();
  fresh.setLanguage(language);
  const named: boolean[] = [];
  for (let id = 0; id < language.nodeTypeCount; id++) named.push(language.nodeTypeIsNamed(id));
  grammar = {
    type: (name) => language.idForNodeType(name, true) ?? -1,
    token: (name) => language.idForNodeType(name, false) ?? -1,
    field: (name) => language.fieldIdForName(name) ?? -1,
    isNamed: (id) => named[id] ?? true,
  };
  parser = fresh;
}

/** True once `initParser` is through. */
export function parserReady(): boolean {
  return parser !== undefined;
}

/** The grammar's numbers. Throws before `initParser` is through. */
export function getGrammar(): Grammar {
  if (grammar === undefined) throw new Error('initParser has not been called');
  return grammar;
}

/** What `withTree` hands over; the cursor is dead when it returns. */
export interface Parsed {
  readonly cursor: TreeCursor;
  readonly hasError: boolean;
}

/** Parses `text`, calls `use`, and frees the tree whatever happens. Undefined if there is no tree. Throws before `initParser` is through. */
export function withTree<T>(text: string, use: (parsed: Parsed) => T): T | undefined {
  if (parser === undefined) throw new Error('initParser has not been called');
  let tree: Tree | null = null;
  let cursor: TreeCursor | undefined;
  try {
    parser.reset();
    tree = parser.parse(text);
    if (tree === null) return undefined;
    cursor = tree.walk();
    return use({ cursor, hasError: tree.rootNode.hasError });
  } finally {
    cursor?.delete();
    tree?.delete();
  }
}
