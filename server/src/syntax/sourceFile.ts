/** A file that is analysed again and again while it is typed: keeps the views of what an edit left alone. */
import { span } from '../text/span.js';
import { makeBlocks, patchBlocks, patchViews, viewsOf } from './blocks.js';
import { cutSource } from './sourceUnit.js';
import { scanBigHeader } from './bigHeader.js';
import { callAround } from './callAround.js';
import { completionRole } from './completionRole.js';
import { isWithinLimits, limitsOf } from './chunks.js';
import { classifyDefine } from './preprocessor.js';
import { cursorRole } from './cursorRole.js';
import { changeBetween, patchUnit, type Change } from './patch.js';
import { findSuppressions, SILENCER } from './suppressions.js';
import type { BlockViews } from './blocks.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Block } from './block.types.js';
import type { DefineClass } from './preprocessor.js';
import type { CallAround, CompletionRole, CursorRole, DefineView, FileView } from './views.js';

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
  /** True if the text has the word by which comments silence findings. */
  private silencing = false;

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
    const change = this.unit === undefined ? undefined : changeBetween(this.unit.text, text);
    // What was not there before can only be in what is new.
    if (text.length > MAX_TEXT || (change === undefined ? text : text.slice(change.start, change.newEnd)).includes('\0')) {
      this.dispose();
      return { ...empty, problems: [{ span: span(0) }], ...(text.length > MAX_TEXT ? { tooLong: true } : {}) };
    }
    const name = this.path.slice(Math.max(this.path.lastIndexOf('/'), this.path.lastIndexOf('\\')) + 1);
    if (name === 'vmlinux.h' || (text.length > MAX_PARSED && name.endsWith('.h'))) {
      this.dispose();
      return { ...empty, ...scanBigHeader(text) };
    }
    const views = (change && this.patched(text, change)) ?? this.cutAnew(text);
    const mayBeSilenced = change === undefined || this.silencing || text.slice(Math.max(0, change.start - SILENCER.length), change.newEnd + SILENCER.length).includes(SILENCER);
    this.silencing = mayBeSilenced && text.includes(SILENCER);
    const { defines, includes } = (this.unit as SourceUnit).preprocessed;
    const { chunks, isCut } = this.unit as SourceUnit;
    const limits = limitsOf(chunks, isCut);
    return { path: this.path, text, ...views, defines, includes, suppressions: this.silencing ? findSuppressions(text) : [], ...(limits.length > 0 ? { limits } : {}) };
  }

  /** Undefined if the edit reaches too far. */
  private patched(text: string, change: Change): BlockViews | undefined {
    const unit = this.unit as SourceUnit;
    const added = change.newEnd - change.start;
    // Where a limit is near, what is beyond it is told of the whole text.
    if (unit.isCut || !isWithinLimits(unit.chunks.length + added, unit.tokens.count + added)) return undefined;
    const patched = patchUnit(unit, text, change);
    if (patched === undefined) return undefined;
    const before = this.blocks;
    this.unit = patched.unit;
    this.blocks = patchBlocks(patched, before, change);
    return patchViews(this.current, before, this.blocks, patched);
  }

  private cutAnew(text: string): BlockViews {
    const unit = cutSource(text, (define) => this.classify(define));
    this.blocks = makeBlocks(unit, this.unit, this.blocks);
    this.unit = unit;
    return viewsOf(this.blocks);
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
