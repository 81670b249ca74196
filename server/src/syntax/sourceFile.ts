/** A file that is analysed again and again while it is typed: keeps the views of what an edit left alone. */
import { span } from '../text/span.js';
import { makeBlocks, patchBlocks } from './blocks.js';
import { cutSource } from './sourceUnit.js';
import { scanBigHeader } from './bigHeader.js';
import { callAround } from './callAround.js';
import { completionRole } from './completionRole.js';
import { classifyDefine } from './preprocessor.js';
import { cursorRole } from './cursorRole.js';
import { changeBetween, patchUnit } from './patch.js';
import { findSuppressions } from './suppressions.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Block } from './shift.js';
import type { DefineClass } from './preprocessor.js';
import type { CallAround, CompletionRole, CursorRole, DefineView, FileView, FunctionView, MacroUse, SyntaxProblem, VariableView } from './views.js';

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
    const { unit, blocks } = this.patched(text) ?? this.cutAnew(text);
    this.unit = unit;
    this.blocks = blocks;
    return {
      path: this.path,
      text,
      ...viewsOf(blocks),
      defines: unit.preprocessed.defines,
      includes: unit.preprocessed.includes,
      suppressions: findSuppressions(text),
    };
  }

  /** Undefined if there is nothing to patch, or the edit reaches too far. */
  private patched(text: string): { unit: SourceUnit; blocks: readonly Block[] } | undefined {
    const old = this.unit;
    if (old === undefined) return undefined;
    const change = changeBetween(old.text, text);
    const patched = patchUnit(old, text, change);
    return patched && { unit: patched.unit, blocks: patchBlocks(patched, this.blocks, change) };
  }

  private cutAnew(text: string): { unit: SourceUnit; blocks: readonly Block[] } {
    const unit = cutSource(text, (define) => this.classify(define));
    return { unit, blocks: makeBlocks(unit, this.unit, this.blocks) };
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

/** What the blocks hold, in source order. */
function viewsOf(blocks: readonly Block[]): Required<Pick<FileView, 'functions' | 'variables' | 'problems' | 'macroUses'>> {
  const functions: FunctionView[] = [];
  const variables: VariableView[] = [];
  const problems: SyntaxProblem[] = [];
  const macroUses: MacroUse[] = [];
  for (const b of blocks) {
    for (const fn of b.made) functions.push(fn);
    if (b.fn !== undefined) functions.push(b.fn);
    for (const v of b.variables) variables.push(v);
    for (const p of b.problems) problems.push(p);
    for (const u of b.macroUses) macroUses.push(u);
  }
  return { functions, variables, problems, macroUses };
}
