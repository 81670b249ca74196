/**
 * Include folders and macros that Meson gives to clang for eBPF: lists of strings that are called so, or say so, and commands that have them.
 * Strings, lists, sums and the folders of the sources are read; whatever else stands there, and what a condition chooses, is not known.
 */
import { flagsOf, FOR_BPF, FROM_TOP, MAX_LINE, MAX_RECIPES, MAX_TEXT, merged, type BuildFlags, type SourceFolders } from './buildFlags.js';

/** Words that all variables together may be replaced by: a list may be added to itself again and again. */
const MAX_WORDS = 100_000;
/** Words of one list. */
const MAX_LIST = 1_000;
/** Brackets in one another. */
const MAX_DEPTH = 50;
/** Comments, strings, names, ends of lines, marks. */
const TOKEN = /#[^\n]*|(''')|f?'((?:[^'\\\n]|\\[^])*)'?|([A-Za-z_]\w*)|(\n|\+=|[=!<>]=|[^\s\w])/g;

type Token = { readonly text: string } | { readonly name: string } | { readonly mark: string };

/** What an expression comes to: one word, or a list of some. */
interface Value {
  readonly list: boolean;
  readonly words: readonly string[];
}

/** Stands for what is not known; `flagsOf` takes no word with a `$`. */
const UNKNOWN: Value = { list: false, words: ['$'] };

/** What a `meson.build` says. */
export function mesonFlags(text: string, folders: SourceFolders): BuildFlags {
  return text.length > MAX_TEXT ? { folders: [], macros: [] } : new Reader(tokensOf(text, folders), folders).read();
}

function tokensOf(text: string, folders: SourceFolders): readonly Token[] {
  const tokens: Token[] = [];
  const token = new RegExp(TOKEN);
  for (let m = token.exec(text); m !== null; m = token.exec(text)) {
    const [, long, short, name, mark] = m;
    if (long !== undefined) {
      const close = text.indexOf(long, token.lastIndex);
      const end = close < 0 ? text.length : close;
      tokens.push({ text: text.slice(token.lastIndex, end) });
      token.lastIndex = end + long.length;
    } else if (short !== undefined) {
      const root = (folder: string): string => `${FROM_TOP}/${folder}`;
      tokens.push({ text: short.replaceAll('@SOURCE_ROOT@', root(folders.top)).replaceAll('@CURRENT_SOURCE_DIR@', root(folders.own)) });
    } else if (name !== undefined) tokens.push({ name });
    else if (mark !== undefined) tokens.push({ mark });
  }
  return tokens;
}

class Reader {
  private readonly variables = new Map<string, Value>();
  private readonly found: BuildFlags[] = [];
  private at = 0;
  private conditions = 0;
  private left = MAX_WORDS;

  constructor(private readonly tokens: readonly Token[], private readonly folders: SourceFolders) {}

  read(): BuildFlags {
    while (this.at < this.tokens.length && this.found.length < MAX_RECIPES) this.statement();
    return merged(this.found);
  }

  private mark(ahead = 0): string | undefined {
    const token = this.tokens[this.at + ahead];
    return token !== undefined && 'mark' in token ? token.mark : undefined;
  }

  private name(): string | undefined {
    const token = this.tokens[this.at];
    return token !== undefined && 'name' in token ? token.name : undefined;
  }

  private statement(): void {
    const name = this.name();
    const sign = this.mark(1);
    if (name !== undefined && /^(?:end)?(?:if|foreach)$/.test(name)) {
      this.conditions = Math.max(0, this.conditions + (name.startsWith('end') ? -1 : 1));
      this.skip(/^\n$/);
    } else if (name !== undefined && (sign === '=' || sign === '+=')) {
      this.at += 2;
      this.assign(name, sign, this.sum(0));
    } else {
      this.sum(0);
      this.skip(/^\n$/);
    }
    if (this.mark() === '\n') this.at++;
  }

  private assign(name: string, sign: '=' | '+=', value: Value): void {
    const before = this.variables.get(name);
    const whole = sign === '+=' && before !== undefined ? plus(before, value) : value;
    const chosen = sign === '=' && this.conditions > 0 && before !== undefined && before.words.join(' ') !== value.words.join(' ');
    this.variables.set(name, chosen ? UNKNOWN : whole);
    if (FOR_BPF.test(`${name} ${whole.words.join(' ')}`)) this.found.push(flagsOf(undefined, value.words));
  }

  /** Terms with `+` or `/` between them; not known if anything else follows. */
  private sum(depth: number): Value {
    let value = this.term(depth);
    for (let sign = this.mark(); sign === '+' || sign === '/'; sign = this.mark()) {
      this.at++;
      const next = this.term(depth);
      value = sign === '+' ? plus(value, next) : value.list || next.list ? UNKNOWN : { list: false, words: [`${value.words[0] ?? ''}/${next.words[0] ?? ''}`] };
    }
    if (this.at >= this.tokens.length || /^[\n,)\]}:]$/.test(this.mark() ?? '')) return value;
    this.skip(depth === 0 ? /^\n$/ : /^[,)\]}]$/);
    return UNKNOWN;
  }

  private term(depth: number): Value {
    this.skipLines(depth);
    const token = this.tokens[this.at++];
    if (token === undefined || depth >= MAX_DEPTH) return UNKNOWN;
    if ('text' in token) return this.mark() === '.' ? this.member(depth) : { list: false, words: [token.text] };
    if ('mark' in token) {
      if (token.mark === '[') return { list: true, words: this.items(depth, ']').flatMap(({ words }) => words) };
      if (token.mark === '(') return this.items(depth, ')')[0] ?? UNKNOWN;
      if (token.mark === '{') this.items(depth, '}');
      return UNKNOWN;
    }
    if (this.mark() === '(') return this.call(token.name, depth);
    if (token.name === 'meson' && this.mark() === '.') return this.folder(depth);
    if (this.mark() === '.' || this.mark() === '[') return this.member(depth);
    return this.valueOf(token.name);
  }

  private valueOf(name: string): Value {
    const value = this.variables.get(name) ?? UNKNOWN;
    this.left -= value.words.length;
    return this.left < 0 ? UNKNOWN : value;
  }

  /** `meson.current_source_dir()` and its kind. */
  private folder(depth: number): Value {
    this.at++;
    const name = this.name();
    this.member(depth);
    const { own, project, top } = this.folders;
    const folder = name === 'current_source_dir' ? own : name === 'project_source_root' ? project : name === 'global_source_root' || name === 'source_root' ? top : undefined;
    return folder === undefined ? UNKNOWN : { list: false, words: [`${FROM_TOP}/${folder}`] };
  }

  /** Methods and elements: what they come to is not known. */
  private member(depth: number): Value {
    for (;;) {
      const mark = this.mark();
      if (mark === '(' || mark === '[') {
        this.at++;
        this.items(depth, mark === '(' ? ')' : ']');
      } else if (mark === '.' || this.name() !== undefined) this.at++;
      else return UNKNOWN;
    }
  }

  private call(name: string, depth: number): Value {
    this.at++;
    const args = this.items(depth, ')');
    for (const { list, words } of args) if (list && FOR_BPF.test(words.join(' '))) this.found.push(flagsOf(undefined, words));
    if (this.mark() === '.' || this.mark() === '[') return this.member(depth);
    return name === 'join_paths' && args.every(({ list }) => !list) ? { list: false, words: [args.map(({ words }) => words[0] ?? '').join('/')] } : UNKNOWN;
  }

  /** What stands between commas, to the bracket that closes it; of `name : value` the value. */
  private items(depth: number, close: string): readonly Value[] {
    const values: Value[] = [];
    for (this.skipLines(depth + 1); this.at < this.tokens.length && this.mark() !== close; this.skipLines(depth + 1)) {
      const before = this.at;
      let value = this.sum(depth + 1);
      if (this.mark() === ':') {
        this.at++;
        value = this.sum(depth + 1);
      }
      values.push(value);
      this.skipLines(depth + 1);
      // A bracket that closes nothing here is passed over.
      if (this.mark() === ',' || this.at === before) this.at++;
      else if (this.mark() !== close && this.at < this.tokens.length) this.at++;
    }
    this.at++;
    return values;
  }

  /** In brackets lines end without meaning anything. */
  private skipLines(depth: number): void {
    while (depth > 0 && this.mark() === '\n') this.at++;
  }

  /** Goes to the next of some marks that is not in brackets of its own. */
  private skip(until: RegExp): void {
    let inside = 0;
    for (; this.at < this.tokens.length; this.at++) {
      const mark = this.mark() ?? '';
      if (inside === 0 && until.test(mark)) return;
      if (/^[([{]$/.test(mark)) inside++;
      else if (/^[)\]}]$/.test(mark)) inside = Math.max(0, inside - 1);
    }
  }
}

/** Two strings make one, anything else a list. */
function plus(a: Value, b: Value): Value {
  if (!a.list && !b.list) return { list: false, words: [`${a.words[0] ?? ''}${b.words[0] ?? ''}`.slice(0, MAX_LINE)] };
  return { list: true, words: [...a.words, ...b.words].slice(0, MAX_LIST) };
}
