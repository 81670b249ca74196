/** A `.clangd` file: the flags that its `CompileFlags` gives to a file, and takes from what the compile database says. Format: clangd's "Configuration" manual. */
import { readFlags, type CompileFlags } from './compileFlags.js';
import { parseYaml } from './parseYaml.js';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string');

/** What a `.clangd` file does to a file's command. */
export interface ClangdEdit {
  readonly add: CompileFlags;
  /** Patterns of `Remove`, for `removeFlags`. */
  readonly remove: readonly string[];
}

/** No real file has more. */
const MAX_PATTERNS = 200;

/**
 * @param folder of the `.clangd` file, which its paths start in
 * @param file whole path of the file in question
 * @throws Error with a sentence if the text is no YAML, or nested too deeply
 */
export function clangdEdit(text: string, folder: string, file: string): ClangdEdit {
  const args: string[] = [];
  const remove: string[] = [];
  for (const document of parseYaml(text)) {
    if (document.errors[0]) throw new Error(document.errors[0].message.split('\n', 1)[0]);
    // Aliases that multiply are an error of the parser's, not a hang.
    const fragment: unknown = document.toJS({ maxAliasCount: 100 });
    if (!isRecord(fragment) || !applies(fragment['If'], file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file)) continue;
    const flags = fragment['CompileFlags'];
    if (!isRecord(flags)) continue;
    args.push(...strings(flags['Add']));
    remove.push(...strings(flags['Remove']));
  }
  return { add: readFlags(args, folder), remove: remove.slice(0, MAX_PATTERNS) };
}

/** The flags that a `.clangd` file adds. */
export function clangdFlags(text: string, folder: string, file: string): CompileFlags {
  return clangdEdit(text, folder, file).add;
}

function applies(condition: unknown, path: string): boolean {
  if (!isRecord(condition)) return true;
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => whole(pattern, path));
  const wanted = strings(condition['PathMatch']);
  return (wanted.length === 0 || matches(wanted)) && !matches(strings(condition['PathExclude']));
}

/** Ways to match that a pattern may try; more take longer than anybody waits. */
const MAX_WAYS = 1e7;

/** A pattern that is no regular expression matches nothing; a long one is not tried, since it may take for ever. */
function whole(pattern: string, path: string): boolean {
  const plain = pattern.replace(/\\./g, '');
  if (pattern.length > 200 || /[+*}]\)?[+*{]|\)[+*{]/.test(plain)) return false;
  // Each quantifier may try every length of the path: all their ways together have to be few.
  const quantifiers = plain.match(/[+*{?]/g)?.length ?? 0;
  let ways = 1;
  for (let i = 1; i <= quantifiers; i++) ways *= (path.length + i) / i;
  if (ways > MAX_WAYS) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(path);
  } catch {
    return false;
  }
}
