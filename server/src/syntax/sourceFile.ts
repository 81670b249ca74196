/** A file that is analysed again and again while it is typed: keeps the views of what an edit left alone. */
import { span, startingIn } from '../text/span.js';
import { makeBlock } from './block.js';
import { cutSource } from './sourceUnit.js';
import { scanBigHeader } from './bigHeader.js';
import { callAround } from './callAround.js';
import { completionRole } from './completionRole.js';
import { classifyDefine } from './preprocessor.js';
import { cursorRole } from './cursorRole.js';
import { moveInPlace } from './moveInPlace.js';
import { shiftBlock } from './shift.js';
import { findSuppressions } from './suppressions.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Block } from './shift.js';
import type { DefineClass } from './preprocessor.js';
import type { CallAround, CompletionRole, Condition, CursorRole, DefineView, FileView } from './views.js';

/** Texts longer than this are not looked at. */
export const MAX_TEXT = 8 * 1024 * 1024;
/** C files longer than this, and every vmlinux.h, are only scanned for what they declare. */
export const MAX_PARSED = 1.5 * 1024 * 1024;

/** One file. Before the first one `initParser` must be through. */
export class SourceFile {
  private current: FileView;
  private unit: SourceUnit | undefined;
  private blocks: readonly Block[] = [];
  private readonly classes = new Map<string, DefineClass>();

  constructor(
    readonly path: string,
    text: string,
  ) {
    this.current = this.analyse(text);
  }

  /** What the text says. A new object after each `update`; views of unchanged code are kept, and move with it, so an earlier view is not to be used after an `update`. */
  get view(): FileView {
    return this.current;
  }

  /** Takes a new text; costs about what changed. Never throws on any text. */
  update(text: string): void {
    if (text !== this.current.text) this.current = this.analyse(text);
  }

  /** What stands under an offset. */
  roleAt(offset: number): CursorRole {
    return this.unit === undefined ? { kind: 'none' } : cursorRole(this.unit, this.blocks, offset);
  }

  /** What is being typed at an offset, by tokens alone. */
  completionAt(offset: number): CompletionRole {
    return this.unit === undefined ? { kind: 'none' } : completionRole(this.unit, offset);
  }

  /** The call whose arguments are being typed at an offset, by tokens alone. */
  callAt(offset: number): CallAround | undefined {
    return this.unit === undefined ? undefined : callAround(this.unit, offset);
  }

  /** Lets go of everything; trees are never kept, so there is no wasm memory to free. */
  dispose(): void {
    this.unit = undefined;
    this.blocks = [];
    this.classes.clear();
  }

  private analyse(text: string): FileView {
    const empty: FileView = { path: this.path, text, functions: [], variables: [], defines: [], includes: [], suppressions: [], problems: [], macroUses: [] };
    if (text.length > MAX_TEXT || text.includes('\0')) {
      this.dispose();
      return { ...empty, problems: [{ span: span(0) }] };
    }
    const name = this.path.slice(Math.max(this.path.lastIndexOf('/'), this.path.lastIndexOf('\\')) + 1);
    if (name === 'vmlinux.h' || (text.length > MAX_PARSED && name.endsWith('.h'))) {
      this.dispose();
      return { ...empty, ...scanBigHeader(text) };
    }
    const unit = cutSource(text, (define) => this.classify(define));
    const blocks = makeBlocks(unit, this.unit, this.blocks);
    this.unit = unit;
    this.blocks = blocks;
    return {
      path: this.path,
      text,
      functions: blocks.flatMap((b) => (b.fn === undefined ? b.made : [...b.made, b.fn])),
      variables: blocks.flatMap((b) => b.variables),
      defines: unit.preprocessed.defines,
      includes: unit.preprocessed.includes,
      suppressions: findSuppressions(text),
      problems: blocks.flatMap((b) => b.problems),
      macroUses: blocks.flatMap((b) => b.macroUses),
    };
  }

  private classify(define: DefineView): DefineClass {
    const key = `${define.params === undefined ? '' : '('}${define.body}`;
    let kind = this.classes.get(key);
    if (kind === undefined) {
      kind = classifyDefine(define);
      if (this.classes.size > 5000) this.classes.clear();
      this.classes.set(key, kind);
    }
    return kind;
  }
}

/** Blocks of all chunks; those of the old text are taken over where text and surroundings are the same. */
function makeBlocks(unit: SourceUnit, old: SourceUnit | undefined, oldBlocks: readonly Block[]): Block[] {
  const reuse = old !== undefined && old.signature === unit.signature ? oldBlocks : [];
  const prefix = old === undefined ? 0 : commonPrefix(old.text, unit.text);
  const suffix = old === undefined ? 0 : commonSuffix(old.text, unit.text, prefix);
  const delta = old === undefined ? 0 : unit.text.length - old.text.length;
  const byStart = new Map<number, Block>();
  for (const block of reuse) byStart.set(block.start, block);
  return unit.chunks.map((chunk) => {
    const start = unit.tokens.start[chunk.first] as number;
    const end = unit.tokens.end[chunk.last - 1] as number;
    const guard = boundary(unit, chunk.last, end);
    let candidate: Block | undefined;
    let moved = 0;
    if (guard <= prefix) candidate = byStart.get(start);
    else if (start >= unit.text.length - suffix) {
      candidate = byStart.get(start - delta);
      moved = delta;
    }
    const conditions = unit.chunkContext.conditionsAt(start);
    const drops = dropsIn(unit, start, end);
    if (candidate !== undefined && candidate.end === end - moved && candidate.body === chunk.body >= 0 && candidate.drops === drops && sameConditions(candidate.conditions, conditions)) {
      if (moved === 0 && samePlaces(candidate.conditions, conditions)) return candidate;
      return conditions.length === 0 && moveInPlace(candidate, moved) ? candidate : shiftBlock(candidate, moved, conditions);
    }
    return makeBlock(unit, chunk, start, end, conditions, drops);
  });
}

/** A chunk depends on its own text and on the token after it. */
function boundary(unit: SourceUnit, last: number, end: number): number {
  return last < unit.tokens.count ? (unit.tokens.end[last] as number) : end;
}

/** Where dropped `#if` arms lie in a chunk: the rest of their `#if` may stand outside of it. */
function dropsIn(unit: SourceUnit, start: number, end: number): string {
  let key = '';
  for (const d of startingIn(unit.preprocessed.dropped, start, end, (x) => x.start)) key += `${d.start - start}-${d.end - start}${d.dead ? 'x' : ''} `;
  return key;
}

function samePlaces(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.every((c, i) => c.span.start === b[i]?.span.start && c.span.end === b[i]?.span.end);
}

function sameConditions(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && a.every((c, i) => c.text === b[i]?.text && c.taken === b[i]?.taken);
}

function commonPrefix(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let i = 0;
  while (i < limit && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}

function commonSuffix(a: string, b: string, prefix: number): number {
  const limit = Math.min(a.length, b.length) - prefix;
  let i = 0;
  while (i < limit && a.charCodeAt(a.length - 1 - i) === b.charCodeAt(b.length - 1 - i)) i++;
  return i;
}
