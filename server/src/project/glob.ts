/**
 * Globs of project files. Matching takes time in proportion to pattern times path, whatever the pattern: a project file may come from
 * a stranger, and globs that are made into regular expressions (as libraries do) can take for ever.
 */
import { withoutEnd } from '../text/ends.js';

/** One pattern, read. */
export interface Glob {
  /** `!…`: takes back what earlier patterns matched. */
  readonly negated: boolean;
  /** The choices of its braces, each as the parts of a path. */
  readonly choices: readonly (readonly string[])[];
}

const MAX_LENGTH = 500;
const MAX_CHOICES = 64;

/**
 * Reads a glob: `*` and `?` stay within a name, `**` as a whole part goes across folders, `[a-z]`, `[!a-z]`, `{a,b}`; `\` takes the next
 * character as it is. A pattern without a slash (but at its end) is for names at any depth, and one that matches a folder is for all below it.
 * @returns the glob, or a sentence that says what is wrong with it
 */
export function parseGlob(text: string): Glob | { readonly error: string } {
  if (text.length > MAX_LENGTH) return { error: `is longer than ${MAX_LENGTH} characters` };
  const negated = text.startsWith('!');
  const pattern = withoutEnd((negated ? text.slice(1) : text).replace(/^(?:\.\/)+/, ''), '/');
  if (pattern === '') return { error: 'is empty' };
  if (/^\/|^[A-Za-z]:/.test(pattern)) return { error: 'must be relative to the folder of this file' };
  const expanded = expand(pattern);
  if ('error' in expanded) return expanded;
  const choices = expanded.choices.map((choice) => (choice.includes('/') ? choice : `**/${choice}`).split('/').filter((part) => part !== ''));
  for (const part of choices.flat()) {
    if (part === '..') return { error: 'leads out of the folder of this file' };
    if (part.includes('**') && part !== '**') return { error: 'has a "**" that is no whole part of the path: put slashes around it' };
    if (unclosed(part)) return { error: 'has a "[" that is not closed; for the character itself write "\\["' };
  }
  return { negated, choices };
}

/** The choices of braces, the innermost last; nested ones too. */
function expand(pattern: string): { readonly choices: readonly string[] } | { readonly error: string } {
  const done: string[] = [];
  const open = [pattern];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    if (done.length + open.length >= MAX_CHOICES) return { error: `has more than ${MAX_CHOICES} choices` };
    const brace = firstBrace(text);
    if (brace === undefined) done.push(text);
    else if (brace.end < 0) return { error: 'has a "{" that is not closed; for the character itself write "\\{"' };
    else for (const item of brace.items) open.push(text.slice(0, brace.start) + item + text.slice(brace.end + 1));
  }
  return { choices: done };
}

function firstBrace(text: string): { readonly start: number; readonly end: number; readonly items: readonly string[] } | undefined {
  let start = -1;
  let depth = 0;
  let from = 0;
  const items: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '{') {
      if (depth++ === 0) [start, from] = [i, i + 1];
    } else if (c === '}' && depth > 0 && --depth === 0) {
      items.push(text.slice(from, i));
      return { start, end: i, items };
    } else if (c === ',' && depth === 1) {
      items.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return start < 0 ? undefined : { start, end: -1, items };
}

/** True if any of the choices, or one of the folders above, is the path. The last pattern that says something about it counts. */
export function matches(globs: readonly Glob[], path: string): boolean {
  const parts = path.replace(/\\/g, '/').split('/').filter((part) => part !== '' && part !== '.');
  let matched = false;
  for (const glob of globs) if (glob.negated === matched && glob.choices.some((choice) => matchesParts(choice, parts))) matched = !matched;
  return matched;
}

/** Which beginnings of the path fit, pattern part by pattern part; a beginning that fits the whole pattern is a folder above, or the path itself. */
function matchesParts(pattern: readonly string[], parts: readonly string[]): boolean {
  // reached[i]: the pattern so far fits the first i parts
  let reached: boolean[] = [true];
  for (const [k, part] of pattern.entries()) {
    const next: boolean[] = [];
    let any = false;
    for (let i = 0; i <= parts.length; i++) {
      // At the end, `**` is for what is below a folder, not for the folder.
      if (part === '**') next[i] = any || (k < pattern.length - 1 && reached[i] === true);
      else next[i] = i > 0 && reached[i - 1] === true && matchesName(part, parts[i - 1] as string);
      any ||= reached[i] === true;
    }
    reached = next;
  }
  return reached.some((fits, i) => fits && i > 0);
}

/** Two pointers and the last star: no more than pattern times name. */
function matchesName(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let mark = 0;
  while (n < name.length) {
    const step = p < pattern.length && pattern[p] !== '*' ? one(pattern, p, name.charAt(n)) : 0;
    if (step > 0) {
      p += step;
      n++;
    } else if (pattern[p] === '*') {
      star = p++;
      mark = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p >= pattern.length;
}

/** Length of the pattern at `p` that takes this one character; 0 if it does not take it. */
function one(pattern: string, p: number, c: string): number {
  if (pattern[p] === '?') return 1;
  if (pattern[p] === '[') return bracket(pattern, p, c);
  if (pattern[p] === '\\' && p + 1 < pattern.length) return pattern[p + 1] === c ? 2 : 0;
  return pattern[p] === c ? 1 : 0;
}

function bracket(pattern: string, start: number, c: string): number {
  let p = start + 1;
  const negated = pattern[p] === '!' || pattern[p] === '^';
  if (negated) p++;
  let found = false;
  for (let first = true; first || pattern[p] !== ']'; first = false) {
    if (p >= pattern.length) return 0;
    if (pattern[p] === '\\' && p + 1 < pattern.length) p++;
    const low = pattern.charAt(p++);
    let high = low;
    if (pattern[p] === '-' && p + 1 < pattern.length && pattern[p + 1] !== ']') {
      high = pattern.charAt(p + 1);
      p += 2;
    }
    if (low <= c && c <= high) found = true;
  }
  return found === negated ? 0 : p + 1 - start;
}

function unclosed(part: string): boolean {
  for (let i = 0; i < part.length; i++) {
    if (part[i] === '\\') i++;
    else if (part[i] === '[') {
      let end = i + 1;
      if (part[end] === '!' || part[end] === '^') end++;
      if (part[end] === ']') end++;
      while (end < part.length && part[end] !== ']') end += part[end] === '\\' ? 2 : 1;
      if (end >= part.length) return true;
      i = end;
    }
  }
  return false;
}
