/** One walk over a function's tree: calls, field accesses, identifiers, locals, loops, each with the conditions it stands under. */
import { span } from '../text/span.js';
import { describeTokens, MAX_DESCRIBED, noConditions, withCondition } from './conditions.js';
import { IDENT } from './lexer.js';
import { tokenAt } from './sequence.js';
import { UNEVALUATING } from './unevaluated.js';
import { walkTypes } from './walkTypes.js';
import type { BodySink } from './bodySink.js';
import type { Mask } from './mask.js';
import type { NodeCursor } from './nodeTree.js';
import type { Condition } from './views.js';

/** `a.b.c…` is climbed no further to see what is done with it: nobody nests structs so deep, and a long chain would cost its length for each link. */
const MAX_CLIMB = 100;

/** Code goes on behind a statement, may jump away in it as far as an `#if` lets it, or jumps away for certain. */
type Exit = 0 | 1 | 2;

/** What the walk remembers of a node on the way from the root to where it is. */
export interface Frame {
  type: number;
  field: number;
  start: number;
  end: number;
  /** Conditions for the children that come next. */
  inner: readonly Condition[];
  /** The condition's place, -1 until it is seen, of a branching node; left side and operator of a logical one. */
  from: number;
  to: number;
  /** The condition as it was described first; what is said again differs in kind and side only. */
  described: Condition | undefined;
  operator: number;
  /** Whether it ends in a jump; of an `if` its sides, of a `switch` its last case. */
  exits: Exit;
  thenExits: Exit;
  elseExits: Exit;
  /** True for an `if` with an `else`, and for a `switch` with a `default`. */
  hasElse: boolean;
  /** True for a `switch` that a `break` leaves. */
  breaks: boolean;
  /** True where the code is looked at and not run: sizeof and the like. */
  none: boolean;
}

function newFrame(): Frame {
  return { type: 0, field: 0, start: -1, end: -1, inner: noConditions(), from: -1, to: -1, described: undefined, operator: 0, exits: 0, thenExits: 0, elseExits: 0, hasElse: false, breaks: false, none: false };
}

/** Frames by depth, used again for each function: a walk is through before the next one begins. */
const FRAMES: Frame[] = [];

/** Walks one parsed chunk. `base` is the offset of the parsed text in the file. */
export class BodyWalk {
  private readonly types = walkTypes();
  private depth = 0;
  private broken = false;
  private readonly gotoAt = new Map<string, number>();
  /** Where the `if` of an early exit ends. */
  private readonly exitEnds = new Map<Condition, number>();
  /** What stands for "never" behind a `return`, `goto`, `break` or `continue`. */
  private readonly jumps = new Set<Condition>();

  constructor(
    private readonly m: Mask,
    private readonly base: number,
    private readonly bodyStart: number,
    private readonly sink: BodySink,
  ) {}

  /** Visits every node that matters below the cursor's; iterative, so nesting has no limit here. */
  run(cursor: NodeCursor, hasError: boolean): void {
    this.depth = 0;
    this.broken = hasError;
    const root = this.frame(0);
    root.type = cursor.nodeTypeId;
    root.inner = noConditions();
    root.none = false;
    root.from = -1;
    if (!cursor.gotoFirstChild()) return;
    for (;;) {
      if (this.enter(cursor, hasError) && cursor.gotoFirstChild()) {
        this.depth++;
        continue;
      }
      this.leave();
      while (!cursor.gotoNextSibling()) {
        if (this.depth === 0 || !cursor.gotoParent()) return;
        this.depth--;
        this.leave();
      }
    }
  }

  private frame(depth: number): Frame {
    return (FRAMES[depth] ??= newFrame());
  }

  /** Takes a node; true if its children are to be visited. Its frame is at `depth + 1`, its parent's at `depth`. */
  private enter(cursor: NodeCursor, hasError: boolean): boolean {
    const { types } = this;
    const { id } = types;
    const type = cursor.nodeTypeId;
    const parent = this.frame(this.depth);
    const frame = this.frame(this.depth + 1);
    frame.type = type;
    frame.exits = frame.thenExits = frame.elseExits = 0;
    frame.hasElse = frame.breaks = false;
    frame.from = -1;
    frame.described = undefined;
    frame.none = parent.none;
    frame.inner = parent.inner;
    frame.field = 0;
    if (hasError && cursor.nodeIsMissing) this.sink.problem(span(this.base + cursor.startIndex));
    if (!types.isNamed(type)) {
      if (parent.type === id.binary_expression && (type === types.and || type === types.or)) parent.operator = type;
      return false;
    }
    if (type === id.comment || type === id.primitive_type || type === id.string_literal) return false;
    this.applyParent(cursor, parent, frame);
    if (this.sink.hides && (type === id.number_literal || type === id.expression_statement)) this.sink.standsFor(this.base + cursor.startIndex, frame.inner);
    if (type === id.number_literal) return false;
    if (types.wantsStart[type] === 1) {
      frame.start = this.base + cursor.startIndex;
      frame.end = this.base + cursor.endIndex;
    }
    return this.visit(cursor, type, frame, parent);
  }

  private visit(cursor: NodeCursor, type: number, frame: Frame, parent: Frame): boolean {
    const { id, leaf } = this.types;
    switch (type) {
      case id.identifier:
        this.identifier(cursor, frame);
        return false;
      case id.type_identifier:
        this.sink.type(this.base + cursor.startIndex, this.base + cursor.endIndex);
        return false;
      case id.call_expression: {
        const name = this.sink.call(frame.start, frame.end, frame.inner);
        if (name !== undefined && UNEVALUATING.has(name)) frame.none = true;
        return true;
      }
      case id.field_expression:
        this.fieldAccess(frame);
        return true;
      case id.sizeof_expression:
      case id.generic_expression: // which arm is taken, and with it what is read, only types tell
        frame.none = true;
        return true;
      case id.assignment_expression:
        this.sink.assignment(frame.start, frame.end);
        return true;
      case id.declaration:
        if (this.base + cursor.startIndex >= this.bodyStart) this.sink.locals(this.base + cursor.startIndex, this.base + cursor.endIndex);
        return true;
      case id.while_statement:
      case id.for_statement:
      case id.do_statement:
        this.sink.loop(frame.start, frame.end, frame.inner);
        return true;
      case id.if_statement:
        this.sink.macroCall(frame.start, frame.end, frame.inner);
        return true;
      case id.return_statement:
        this.sink.return(this.base + cursor.startIndex, this.base + cursor.endIndex, frame.inner);
        frame.exits = this.exitAt(frame.start, parent);
        return true;
      case id.break_statement:
        this.noteBreak();
        frame.exits = this.exitAt(frame.start, parent);
        return true;
      case id.continue_statement:
        frame.exits = this.exitAt(frame.start, parent);
        return true;
      case id.goto_statement:
        frame.exits = this.exitAt(frame.start, parent);
        this.noteGoto(frame);
        return false;
      case id.case_statement:
        if (this.m.word(tokenAt(this.m, frame.start)) === 'default' && this.sink.isAlwaysCompiled(frame.start)) this.frame(this.depth - 1).hasElse = true;
        return true;
      case id.labeled_statement:
        this.passLabel(this.base + cursor.startIndex, parent, frame);
        return true;
      case id.ERROR:
        this.sink.error(span(this.base + cursor.startIndex, this.base + cursor.endIndex), frame.inner);
        return true;
    }
    return leaf[type] !== 1;
  }

  /** Conditions that the parent lays on this child. */
  private applyParent(cursor: NodeCursor, parent: Frame, frame: Frame): void {
    const { id, field, and } = this.types;
    const p = parent.type;
    let kind: Condition['kind'];
    if (p === id.if_statement) kind = 'if';
    else if (p === id.conditional_expression) kind = 'ternary';
    else if (p === id.while_statement || p === id.for_statement) kind = 'loop';
    else if (p === id.switch_statement) kind = 'switch';
    else if (p === id.binary_expression) {
      const at = cursor.currentFieldId;
      if (at === field.left) {
        parent.operator = 0;
        this.setCondition(cursor, parent);
      } else if (at === field.right && parent.operator !== 0 && parent.from >= 0) {
        frame.inner = this.with(parent, 'logical', parent.operator === and);
      }
      return;
    } else return;
    const at = cursor.currentFieldId;
    frame.field = at;
    if (at === field.condition) this.setCondition(cursor, parent);
    else if (parent.from < 0) return;
    else if (at === field.consequence || at === field.body || at === field.update) frame.inner = this.with(parent, kind, true);
    else if (at === field.alternative) {
      parent.hasElse = true;
      frame.inner = this.with(parent, kind, false);
    }
  }

  private setCondition(cursor: NodeCursor, frame: Frame): void {
    frame.from = this.base + cursor.startIndex;
    frame.to = this.base + cursor.endIndex;
    frame.described = undefined;
  }

  /** The conditions on a child of a node, on one side of the node's own. */
  private with(frame: Frame, kind: Condition['kind'], taken: boolean): readonly Condition[] {
    return withCondition(frame.inner, this.condition(frame, kind, taken));
  }

  /** The condition of a node that has one. */
  private condition(frame: Frame, kind: Condition['kind'], taken: boolean): Condition {
    const { m } = this;
    const { described } = frame;
    if (described !== undefined) return { ...described, kind, span: span(described.span.start, described.span.end), taken };
    let from = Math.max(tokenAt(m, frame.from), m.first);
    let to = tokenAt(m, frame.to - 1) + 1;
    while (to - from > 2 && m.kind(from) === 40 && m.tokens.match[from] === to - 1) {
      from++;
      to--;
    }
    const inner = to > from ? m.spanOf(from, to) : span(frame.from, frame.to);
    if (inner.end - inner.start > MAX_DESCRIBED) to = Math.max(from, tokenAt(m, inner.start + MAX_DESCRIBED));
    frame.described = describeTokens(kind, m.tokens, from, to, m.tokens.text.slice(inner.start, inner.end), inner, taken);
    return frame.described;
  }

  /** Called when a node and all below it are done; its frame is at `depth + 1`. */
  private leave(): void {
    const { id, field, isNamed } = this.types;
    const frame = this.frame(this.depth + 1);
    const parent = this.frame(this.depth);
    const { type } = frame;
    if (!isNamed(type) || type === id.comment) return;
    if (type === id.if_statement) {
      frame.exits = Math.min(frame.thenExits, frame.elseExits, this.exitAt(frame.start, parent)) as Exit;
      if (frame.from >= 0 && frame.thenExits > 0 !== frame.elseExits > 0 && this.isSequence(parent.type) && !this.isLast(frame)) {
        const exit = this.condition(frame, 'early-exit', frame.thenExits === 0);
        this.exitEnds.set(exit, frame.end);
        parent.inner = withCondition(parent.inner, exit);
      }
    }
    if (type === id.switch_statement) frame.exits = frame.hasElse && !frame.breaks ? (Math.min(frame.thenExits, this.exitAt(frame.start, parent)) as Exit) : 0;
    if (this.mayJump(type) && frame.exits === 2 && this.isSequence(parent.type) && !this.isLast(frame)) this.passJump(frame, parent);
    if (parent.type === id.if_statement) {
      if (frame.field === field.consequence) parent.thenExits = frame.exits;
      else if (frame.field === field.alternative) parent.elseExits = frame.exits;
    } else if (parent.type === id.switch_statement) {
      if (frame.field === field.body) parent.thenExits = frame.exits;
    } else if (this.isSequence(parent.type) || parent.type === id.else_clause || parent.type === id.labeled_statement) parent.exits = frame.exits;
  }

  private isSequence(type: number): boolean {
    const { id } = this.types;
    return type === id.compound_statement || type === id.case_statement;
  }

  /** True if its block ends behind a statement, so that nobody asks under which conditions what follows is. */
  private isLast(frame: Frame): boolean {
    return !this.broken && this.kindBehind(frame.end) === 125;
  }

  private mayJump(type: number): boolean {
    const { id } = this.types;
    return type === id.if_statement || type === id.switch_statement || type === id.return_statement || type === id.goto_statement || type === id.break_statement || type === id.continue_statement;
  }

  /** The compiler drops what follows a jump, or a statement in which all ways jump, up to the next label, unless the build decides whether it is there. */
  private passJump(frame: Frame, parent: Frame): void {
    if (this.broken) return;
    const never: Condition = { kind: 'early-exit', span: span(frame.start, frame.end), text: '1', identifiers: [], calls: [], taken: false };
    this.jumps.add(never);
    parent.inner = withCondition(parent.inner, never);
  }

  /** Whether the jump at `offset` is one in any build. */
  private exitAt(offset: number, parent: Frame): Exit {
    // `EACH(x) return 0;`: a macro before it may be a condition or a loop.
    const before = this.m.kind(tokenAt(this.m, offset) - 1);
    const isStatement = !this.isSequence(parent.type) || before === 59 || before === 123 || before === 125 || before === 58;
    return isStatement && this.sink.isAlwaysCompiled(offset) ? 2 : 1;
  }

  /** A `break` leaves the `switch` around it, if no loop is in between. */
  private noteBreak(): void {
    const { id } = this.types;
    for (let d = this.depth; d > 0; d--) {
      const frame = this.frame(d);
      if (frame.type === id.while_statement || frame.type === id.for_statement || frame.type === id.do_statement) return;
      if (frame.type === id.switch_statement) {
        frame.breaks = true;
        return;
      }
    }
  }

  private noteGoto(frame: Frame): void {
    const i = this.m.nextKept(tokenAt(this.m, frame.start) + 1);
    const label = this.m.kind(i) === IDENT ? this.m.word(i) : undefined;
    if (label !== undefined && !this.gotoAt.has(label)) this.gotoAt.set(label, frame.start);
  }

  /** Behind a label the early exits since the first `goto` to it say nothing: the jump came past them. So may a later `goto`. */
  private passLabel(at: number, parent: Frame, frame: Frame): void {
    if (this.jumps.size > 0) {
      for (let d = 0; d <= this.depth; d++) this.frame(d).inner = this.frame(d).inner.filter((c) => !this.jumps.has(c));
      frame.inner = parent.inner;
    }
    const jump = this.gotoAt.get(this.m.word(tokenAt(this.m, at)));
    if (jump === undefined) return;
    const still = parent.inner.filter((c) => (this.exitEnds.get(c) ?? 0) <= jump);
    parent.inner = still;
    frame.inner = still;
  }

  private identifier(cursor: NodeCursor, frame: Frame): void {
    const { field } = this.types;
    const at = cursor.currentFieldId;
    if (at === field.declarator || at === field.function || at === field.name) return;
    const start = this.base + cursor.startIndex;
    if (start >= this.bodyStart) this.sink.identifier(start, this.base + cursor.endIndex, frame.inner);
  }

  /** Finds out what the code does with `base->field` by climbing to the operator that uses it. */
  private fieldAccess(frame: Frame): void {
    const { id } = this.types;
    let access: 'read' | 'write' | 'readwrite' | 'address' | 'none' = 'read';
    let element = false;
    let deeper = false;
    let { start, end } = frame;
    climb: for (let d = this.depth; d > Math.max(0, this.depth - MAX_CLIMB); d--) {
      const up = this.frame(d);
      switch (up.type) {
        case id.parenthesized_expression:
          break;
        case id.subscript_expression:
          if (up.start !== start) break climb;
          if (!deeper) element = true;
          break;
        case id.field_expression:
          if (this.kindBehind(end) !== 46) break climb;
          deeper = true;
          break;
        case id.pointer_expression:
          if (this.m.kind(tokenAt(this.m, up.start)) === 38) access = 'address';
          break climb;
        case id.assignment_expression:
          if (up.start === start) access = this.kindBehind(end) === 61 ? 'write' : 'readwrite';
          break climb;
        case id.update_expression:
          access = 'readwrite';
          break climb;
        default:
          break climb;
      }
      ({ start, end } = up);
    }
    if (frame.none) access = 'none';
    this.sink.field(frame.start, frame.end, access, element, frame.inner);
  }

  /** The kind of the token behind the one that ends at `offset`. */
  private kindBehind(offset: number): number {
    return this.m.kind(this.m.nextKept(tokenAt(this.m, offset - 1) + 1));
  }
}
