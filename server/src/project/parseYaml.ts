/**
 * YAML texts as documents, within limits. The library composes nested values by calling itself, and a text with some ten thousand
 * brackets takes the whole process down with it, not only the call; so the depth is measured first, on tokens.
 */
import { Composer, Parser, type CST, type Document, type DocumentOptions, type ParseOptions, type ParsedNode, type SchemaOptions } from 'yaml';

/** Levels of values in values that are still read; real files have five. */
const MAX_DEPTH = 64;

type Options = ParseOptions & DocumentOptions & SchemaOptions;

/**
 * @returns the documents of the text, none for an empty one; mistakes in the YAML are in their `errors`
 * @throws Error with a sentence where values are nested too deeply
 */
export function parseYaml(text: string, options: Options = {}): readonly Document.Parsed<ParsedNode, true>[] {
  const tokens = [...new Parser().parse(text)];
  if (tooDeep(tokens)) throw new Error(`values are nested more than ${MAX_DEPTH} levels deep`);
  return [...new Composer<ParsedNode, true>({ logLevel: 'silent', ...options }).compose(tokens, false, text.length)];
}

function tooDeep(tokens: readonly CST.Token[]): boolean {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(inside);
  }
  return false;
}

/** The tokens of the values that a token holds. */
function inside(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [...(item.key ? [item.key] : []), ...(item.value ? [item.value] : [])]);
}
