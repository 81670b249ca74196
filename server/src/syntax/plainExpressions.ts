/**
 * Reads expressions from a masked function's tokens into the tree that tree-sitter would make of them, as far as
 * the walk over a body looks at it. What could be read in two ways, and is not told apart here as tree-sitter does, is given up.
 */
import { CHAR, IDENT, NUMBER, STRING } from './lexer.js';
import { NONE } from './nodeTree.js';
import { PlainReader } from './plainReader.js';
import { AND, ARROW, ASSIGN, EQUALITY, INCREMENT, LITERAL, OFFSETOF, OR, ORDER, SHIFTS, SIZEOF, isWord } from './plainTokens.js';

/** How tightly binary operators bind, by kind; 0 for what is none. As in the grammar. */
const BINDING = new Uint8Array(256);
for (const [binding, kinds] of [[1, [OR]], [2, [AND]], [3, [124]], [4, [94]], [5, [38]], [6, [EQUALITY]], [7, [ORDER, 60, 62]], [9, [SHIFTS]], [10, [43, 45]], [11, [42, 47, 37]]] as const) {
  for (const kind of kinds) BINDING[kind] = binding;
}

/** What makes `(name)` before it a cast, since no operator can stand there. */
const OPERAND = new Uint8Array(256);
for (const kind of [IDENT, NUMBER, STRING, CHAR, LITERAL, SIZEOF, OFFSETOF, 33, 126, 123]) OPERAND[kind] = 1;

/** Expressions; blocks come with the statements. */
export abstract class PlainExpressions extends PlainReader {
  /** A block in braces, as a statement expression has one. */
  protected abstract block(): number;

  /** An expression, or several with commas between them. */
  protected commaExpression(): number {
    const first = this.expression();
    if (this.peek() !== 44) return first;
    const node = this.openAt(this.types.id.comma_expression, first);
    this.tree.append(node, first, this.types.field.left);
    while (this.peek() === 44) {
      this.at++;
      this.tree.append(node, this.expression(), this.types.field.right);
    }
    return this.close(node);
  }

  /** An assignment, or what binds tighter. */
  protected expression(): number {
    this.descend();
    const left = this.conditional();
    const result = this.peek() === 61 || this.peek() === ASSIGN ? this.assignment(left) : left;
    this.depth--;
    return result;
  }

  private assignment(left: number): number {
    const { id, field } = this.types;
    const type = this.tree.typeOf(left);
    const isPlace = type === id.identifier || type === id.field_expression || type === id.subscript_expression || type === id.pointer_expression || type === id.call_expression || type === id.parenthesized_expression;
    if (!isPlace) return this.giveUp();
    const node = this.openAt(id.assignment_expression, left);
    this.at++;
    this.tree.append(node, left, field.left);
    this.tree.append(node, this.expression(), field.right);
    return this.close(node);
  }

  private conditional(): number {
    const { id, field } = this.types;
    const condition = this.binary(1);
    if (this.peek() !== 63) return condition;
    const node = this.openAt(id.conditional_expression, condition);
    this.at++;
    this.tree.append(node, condition, field.condition);
    if (this.peek() !== 58) this.tree.append(node, this.commaExpression(), field.consequence);
    this.take(58);
    this.descend();
    this.tree.append(node, this.conditional(), field.alternative);
    this.depth--;
    return this.close(node);
  }

  /** Operators that bind at least as tightly as `least`; all of them group to the left. */
  private binary(least: number): number {
    const { types, tree } = this;
    let left = this.operand();
    for (;;) {
      const kind = this.peek();
      const binding = BINDING[kind] as number;
      if (binding < least || binding === 0) return left;
      const node = this.openAt(types.id.binary_expression, left);
      tree.append(node, left, types.field.left);
      // The walk asks for these two only.
      if (kind === AND || kind === OR) tree.append(node, this.leaf(kind === AND ? types.and : types.or));
      else this.at++;
      tree.append(node, this.binary(binding + 1), types.field.right);
      left = this.close(node);
    }
  }

  /** A unary operator with what it is applied to, a cast, or a primary expression with its postfixes. */
  private operand(): number {
    const { id } = this.types;
    switch (this.peek()) {
      case 45:
      case 43:
        // The grammar takes the sign of a number as part of it.
        if (this.peek(1) === NUMBER && this.tokens.end[this.at] === this.tokens.start[this.at + 1]) {
          const number = this.open(id.number_literal);
          this.at += 2;
          return this.close(number);
        }
        return this.prefixed(id.unary_expression);
      case 33:
      case 126:
        return this.prefixed(id.unary_expression);
      case 42:
      case 38:
        return this.prefixed(id.pointer_expression);
      case INCREMENT:
        return this.prefixed(id.update_expression);
      case SIZEOF:
        return this.sizeOf();
      case 40:
        return this.isCast() ? this.cast() : this.postfixes(this.parenthesized());
    }
    return this.postfixes(this.primary());
  }

  private prefixed(type: number): number {
    const node = this.open(type);
    this.at++;
    this.descend();
    this.tree.append(node, this.operand());
    this.depth--;
    return this.close(node);
  }

  private primary(): number {
    const { id } = this.types;
    switch (this.peek()) {
      case IDENT:
        return this.peek(1) === STRING ? this.strings() : this.leaf(id.identifier);
      case NUMBER:
        return this.leaf(id.number_literal);
      case STRING:
        return this.peek(1) === STRING || this.peek(1) === IDENT ? this.strings() : this.leaf(id.string_literal);
      case CHAR:
        return this.leaf(id.char_literal);
      case LITERAL:
        return this.leaf(id.true);
      case OFFSETOF:
        return this.offsetOf();
    }
    return this.giveUp();
  }

  /** `"a" NAME "b"`. */
  private strings(): number {
    const { id } = this.types;
    const node = this.open(id.concatenated_string);
    for (let k = this.peek(); k === STRING || k === IDENT; k = this.peek()) this.tree.append(node, this.leaf(k === STRING ? id.string_literal : id.identifier));
    return this.peek() === 40 ? this.giveUp() : this.close(node);
  }

  /** Calls, elements, members and `++` behind an expression. */
  private postfixes(first: number): number {
    const { id, field } = this.types;
    const { tree } = this;
    let node = first;
    for (;;) {
      const inner = node;
      switch (this.peek()) {
        case 40:
          node = this.openAt(id.call_expression, inner);
          tree.append(node, inner, field.function);
          this.callArguments(node);
          break;
        case 91:
          node = this.openAt(id.subscript_expression, inner);
          tree.append(node, inner);
          this.at++;
          tree.append(node, this.expression());
          this.take(93);
          break;
        case 46:
        case ARROW:
          node = this.openAt(id.field_expression, inner);
          tree.append(node, inner);
          this.at++;
          if (isWord(this.peek())) this.at++;
          else this.giveUp();
          break;
        case INCREMENT:
          node = this.openAt(id.update_expression, inner);
          tree.append(node, inner);
          this.at++;
          break;
        default:
          return node;
      }
      this.close(node);
      if (this.failed) return node;
    }
  }

  /** The arguments of a call, its parentheses included: expressions, or blocks, which macros take. They go below `node`. */
  private callArguments(node: number): void {
    this.take(40);
    while (this.peek() !== 41 && !this.failed) {
      this.tree.append(node, this.peek() === 123 ? this.block() : this.expression());
      if (this.peek() !== 44) break;
      this.at++;
      if (this.peek() === 41) this.giveUp();
    }
    this.take(41);
  }

  /** `(…)` around expressions or a block. */
  protected parenthesized(): number {
    const node = this.open(this.types.id.parenthesized_expression);
    this.take(40);
    this.tree.append(node, this.peek() === 123 ? this.block() : this.commaExpression());
    this.take(41);
    return this.close(node);
  }

  /** True if the parenthesis opens a cast's or a compound literal's type. */
  private isCast(): boolean {
    if (this.opensType(1)) return true;
    if (this.peek(1) !== IDENT || this.peek(2) !== 41) return false;
    const behind = this.peek(3);
    // `(a) & b` and `(a) - b` may be either. `(a) && b` is none, though tree-sitter takes `(a) && b == c` for `(a)(&&b) == c`.
    if (behind === INCREMENT || behind === 38 || behind === 42 || behind === 43 || behind === 45) this.giveUp();
    return OPERAND[behind] === 1 || (behind === 40 && this.opensType(4)); // `(a)(T)b`
  }

  private cast(): number {
    const { id } = this.types;
    const node = this.open(id.cast_expression);
    this.take(40);
    this.typeName(node);
    this.take(41);
    if (this.peek() === 123) {
      this.initializers(node);
      return this.postfixes(this.close(node));
    }
    this.descend();
    this.tree.append(node, this.operand());
    this.depth--;
    return this.close(node);
  }

  private sizeOf(): number {
    const node = this.open(this.types.id.sizeof_expression);
    this.at++;
    if (this.peek() !== 40) this.tree.append(node, this.operand());
    else {
      if (this.opensType(1)) {
        this.at++;
        this.typeName(node);
        this.take(41);
      } else this.tree.append(node, this.parenthesized());
      // `sizeof(x)->y`, `sizeof(x)(y)`: the grammar has ways of its own.
      const behind = this.peek();
      if (OPERAND[behind] === 1 || behind === 46 || behind === ARROW || behind === 91 || behind === 40 || behind === INCREMENT) this.giveUp();
    }
    return this.close(node);
  }

  /** `offsetof(T, member)`, of which nothing is looked at. */
  private offsetOf(): number {
    const node = this.open(this.types.id.offsetof_expression);
    this.at++;
    this.take(40);
    this.typeName(NONE);
    this.take(44);
    if (isWord(this.peek())) this.at++;
    this.take(41);
    return this.close(node);
  }

  /** `{ … }` of an initializer; its expressions go below `node`. */
  protected initializers(node: number): void {
    this.take(123);
    this.descend();
    while (this.peek() !== 125 && !this.failed) {
      this.designators(node);
      if (this.peek() === 123) this.initializers(node);
      else this.tree.append(node, this.expression());
      if (this.peek() !== 44) break;
      this.at++;
    }
    this.depth--;
    this.take(125);
  }

  /** `.a[1] =` or `a:`. */
  private designators(node: number): void {
    if (this.peek() === IDENT && this.peek(1) === 58) {
      this.at += 2;
      return;
    }
    if (this.peek() !== 46 && this.peek() !== 91) return;
    while (this.peek() === 46 || this.peek() === 91) {
      if (this.peek() === 46) {
        this.at++;
        if (isWord(this.peek())) this.at++;
        else this.giveUp();
      } else {
        this.at++;
        this.tree.append(node, this.expression());
        this.take(93);
      }
    }
    this.take(61);
  }
}
