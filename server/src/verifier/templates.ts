/**
 * Message templates: literal text with holes, `R{reg:d} invalid mem access '{type}'`. They are data, so they must not be able to
 * hang: a match never goes back further than to try another place for the first literal, and it takes time in proportion to the line.
 *
 * `{name}` takes anything up to the next literal, `{name:d}` a number (decimal or 0x…), `{name:w}` a word; `^` in front and `$` at
 * the end hold the template to the ends of the line.
 */
import type { Captures } from './verifier.types.js';

interface Hole {
  readonly name: string;
  readonly type: 'any' | 'd' | 'w';
  /** What follows it. */
  readonly literal: string;
}

export interface Template {
  readonly first: string;
  readonly holes: readonly Hole[];
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** The longest literal; a text without it cannot match. */
  readonly longest: string;
  /** Literal characters: how much the template says. */
  readonly weight: number;
}

/** A hole takes at most this many characters. */
const MAX_HOLE = 400;
/** Places where the first literal is tried. */
const MAX_TRIES = 8;
const NUMBER = /[-+]?(?:0x[0-9a-f]+|\d+)/iy;
const WORD = /[\w$.]+/y;

/** @throws Error for a template that is not well formed */
export function parseTemplate(text: string): Template {
  const atStart = text.startsWith('^');
  const atEnd = text.endsWith('$');
  const body = text.slice(atStart ? 1 : 0, atEnd ? -1 : undefined);
  const pieces = body.split(/\{(\w+)(?::([dw]))?\}/);
  const first = pieces[0] ?? '';
  const holes: Hole[] = [];
  for (let i = 1; i < pieces.length; i += 3) {
    const hole: Hole = { name: pieces[i]!, type: (pieces[i + 1] as 'd' | 'w' | undefined) ?? 'any', literal: pieces[i + 2] ?? '' };
    if (hole.literal === '' && i + 3 < pieces.length) throw new Error(`two holes without text between them: ${text}`);
    holes.push(hole);
  }
  const literals = [first, ...holes.map((hole) => hole.literal)];
  const longest = literals.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (longest.trim().length < 4) throw new Error(`too little text to be found by: ${text}`);
  if (first === '' && !atStart) throw new Error(`a template that starts with a hole needs ^: ${text}`);
  return { first, holes, atStart, atEnd, longest, weight: literals.join('').length };
}

/** What the holes took, or undefined if the text does not match. */
export function matchTemplate(template: Template, text: string): Captures | undefined {
  if (!text.includes(template.longest)) return undefined;
  if (template.atStart) return text.startsWith(template.first) ? matchAt(template, text, template.first.length) : undefined;
  let at = text.indexOf(template.first);
  for (let tries = 0; at !== -1 && tries < MAX_TRIES; tries++) {
    const captures = matchAt(template, text, at + template.first.length);
    if (captures !== undefined) return captures;
    at = text.indexOf(template.first, at + 1);
  }
  return undefined;
}

function matchAt(template: Template, text: string, start: number): Captures | undefined {
  const captures = Object.create(null) as Record<string, string>;
  let at = start;
  for (const { name, type, literal } of template.holes) {
    let end: number;
    if (type === 'any') {
      end = literal === '' ? text.length : text.slice(0, at + MAX_HOLE + literal.length).indexOf(literal, at);
      if (end === -1) return undefined;
      end = Math.min(end, at + MAX_HOLE);
    } else {
      const pattern = type === 'd' ? NUMBER : WORD;
      pattern.lastIndex = at;
      const m = pattern.exec(text);
      if (m === null) return undefined;
      end = at + m[0].length;
      if (!text.startsWith(literal, end)) return undefined;
    }
    captures[name] = text.slice(at, end).trim();
    at = end + literal.length;
  }
  return template.atEnd && at < text.length ? undefined : captures;
}
