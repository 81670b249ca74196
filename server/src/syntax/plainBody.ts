/**
 * The tree of a function without tree-sitter: most functions are plain C once they are masked, and reading those from the tokens that
 * are there already costs a fraction of a parse and of asking for each node. Anything else, and anything broken, is given up, and
 * tree-sitter reads it.
 */
import { IDENT } from './lexer.js';
import { PlainExpressions } from './plainExpressions.js';
import { BREAK, CASE, CONTINUE, DEFAULT, DO, ELSE, FOR, GOTO, IF, PRIMITIVE, QUALIFYING, RETURN, SIZED, STORING, SWITCH, TAGGED, WHILE, isWord } from './plainTokens.js';
import type { Mask } from './mask.js';
import type { NodeCursor } from './nodeTree.js';

class PlainBody extends PlainExpressions {
  /** The tree of a chunk that is a function definition, or undefined. */
  read(m: Mask): NodeCursor | undefined {
    this.tree.clear();
    this.at = this.depth = 0;
    this.failed = false;
    if (!this.tokens.read(m)) return undefined;
    this.base = m.tokens.start[m.first] as number;
    const root = this.open(this.types.id.translation_unit);
    const definition = this.open(this.types.id.function_definition);
    this.tree.append(root, definition);
    this.head(definition);
    this.tree.append(definition, this.block(), this.types.field.body);
    if (this.at < this.tokens.count) this.failed = true;
    return this.failed ? undefined : this.tree.walk(root);
  }

  /** `static int name(struct x *a, int)`. Types go below `node`. */
  private head(node: number): void {
    this.specifiers(node);
    this.stars();
    this.take(IDENT);
    this.take(40);
    while (this.peek() !== 41 && !this.failed) {
      this.specifiers(node);
      this.stars();
      if (this.peek() === IDENT) this.at++;
      while (this.peek() === 91 && !this.failed) this.dimension(node);
      if (this.peek() !== 44) break;
      this.at++;
      if (this.peek() === 41) this.giveUp();
    }
    this.take(41);
  }

  private specifiers(node: number): void {
    while (this.peek() === STORING || this.peek() === QUALIFYING) this.at++;
    this.specifier(node);
    while (this.peek() === STORING || this.peek() === QUALIFYING) this.at++;
  }

  private stars(): void {
    while (this.peek() === 42) {
      this.at++;
      this.qualifiers();
    }
  }

  /** `[3]` of a declarator. */
  private dimension(node: number): void {
    this.take(91);
    if (this.peek() !== 93) this.tree.append(node, this.expression());
    this.take(93);
  }

  protected block(): number {
    const node = this.open(this.types.id.compound_statement);
    this.take(123);
    while (this.peek() !== 125 && !this.failed) this.tree.append(node, this.item());
    this.take(125);
    return this.close(node);
  }

  /** A declaration or a statement. */
  private item(): number {
    return this.opensDeclaration() ? this.declaration() : this.statement();
  }

  private opensDeclaration(): boolean {
    const kind = this.peek();
    if (kind === PRIMITIVE || kind === SIZED || kind === TAGGED || kind === QUALIFYING || kind === STORING) return true;
    if (kind !== IDENT) return false;
    const next = this.peek(1);
    if (next === IDENT || next === QUALIFYING) return true;
    if (next !== 42) return false;
    let i = 2;
    while (this.peek(i) === 42 || this.peek(i) === QUALIFYING) i++;
    if (this.peek(i) !== IDENT) {
      if (isWord(this.peek(i))) this.giveUp(); // `a * NULL;`
      return false;
    }
    // `a * b;` is taken for a declaration, `a * b + c;` cannot be one; `a * b(c);` may be one of a function.
    const behind = this.peek(i + 1);
    if (behind === 40) this.giveUp();
    return behind === 59 || behind === 61 || behind === 44 || behind === 91;
  }

  private declaration(): number {
    const node = this.open(this.types.id.declaration);
    this.specifiers(node);
    for (;;) {
      this.stars();
      this.take(IDENT);
      while (this.peek() === 91 && !this.failed) this.dimension(node);
      if (this.peek() === 61) {
        this.at++;
        if (this.peek() === 123) this.initializers(node);
        else this.tree.append(node, this.expression());
      }
      if (this.peek() !== 44) break;
      this.at++;
    }
    this.take(59);
    return this.close(node);
  }

  private statement(): number {
    this.descend();
    const node = this.statementInside();
    this.depth--;
    return node;
  }

  private statementInside(): number {
    const { id } = this.types;
    switch (this.peek()) {
      case 123:
        return this.block();
      case IF:
        return this.branch();
      case WHILE:
        return this.headed(id.while_statement);
      case SWITCH:
        return this.headed(id.switch_statement);
      case FOR:
        return this.forLoop();
      case DO:
        return this.doLoop();
      case CASE:
      case DEFAULT:
        return this.caseLabel();
      case RETURN:
        return this.upToSemicolon(this.leaf(id.return_statement));
      case GOTO: {
        const node = this.leaf(id.goto_statement);
        this.take(IDENT);
        this.take(59);
        return this.close(node);
      }
      case BREAK:
      case CONTINUE: {
        const node = this.leaf(this.peek() === BREAK ? id.break_statement : id.continue_statement);
        this.take(59);
        return this.close(node);
      }
      case IDENT:
        if (this.peek(1) === 58) return this.label();
    }
    return this.upToSemicolon(this.open(id.expression_statement));
  }

  /** The expression, if there is one, that ends a statement. */
  private upToSemicolon(node: number): number {
    if (this.peek() !== 59) this.tree.append(node, this.commaExpression());
    this.take(59);
    return this.close(node);
  }

  /** `name:` with the statement or declaration behind it. */
  private label(): number {
    const node = this.leaf(this.types.id.labeled_statement);
    this.at++;
    this.tree.append(node, this.item());
    return this.close(node);
  }

  private doLoop(): number {
    const { id, field } = this.types;
    const node = this.leaf(id.do_statement);
    this.tree.append(node, this.statement(), field.body);
    this.take(WHILE);
    this.tree.append(node, this.parenthesized(), field.condition);
    this.take(59);
    return this.close(node);
  }

  private branch(): number {
    const { id, field } = this.types;
    const node = this.leaf(id.if_statement);
    this.tree.append(node, this.parenthesized(), field.condition);
    this.tree.append(node, this.statement(), field.consequence);
    if (this.peek() === ELSE) {
      const otherwise = this.leaf(id.else_clause);
      this.tree.append(otherwise, this.statement());
      this.tree.append(node, this.close(otherwise), field.alternative);
    }
    return this.close(node);
  }

  /** `while` and `switch`. */
  private headed(type: number): number {
    const { id, field } = this.types;
    const node = this.leaf(type);
    this.tree.append(node, this.parenthesized(), field.condition);
    if (type === id.switch_statement && this.peek() !== 123) this.giveUp();
    this.tree.append(node, this.statement(), field.body);
    return this.close(node);
  }

  private forLoop(): number {
    const { id, field } = this.types;
    const node = this.leaf(id.for_statement);
    this.take(40);
    if (this.opensDeclaration()) this.tree.append(node, this.declaration());
    else {
      if (this.peek() !== 59) this.tree.append(node, this.commaExpression());
      this.take(59);
    }
    if (this.peek() !== 59) this.tree.append(node, this.commaExpression(), field.condition);
    this.take(59);
    if (this.peek() !== 41) this.tree.append(node, this.commaExpression(), field.update);
    this.take(41);
    this.tree.append(node, this.statement(), field.body);
    return this.close(node);
  }

  /** A `case` and what follows up to the next one. */
  private caseLabel(): number {
    const { id } = this.types;
    const isDefault = this.peek() === DEFAULT;
    const node = this.leaf(id.case_statement);
    if (!isDefault) this.tree.append(node, this.expression());
    this.take(58);
    this.close(node);
    for (let k = this.peek(); k !== 125 && k !== CASE && k !== DEFAULT && !this.failed; k = this.peek()) this.tree.append(node, this.item());
    return this.close(node);
  }
}

/** Functions of more tokens are generated code: tree-sitter reads them, and the arrays here stay small. */
const MAX_TOKENS = 50_000;

let reader: PlainBody | undefined;

/**
 * The tree of a masked function definition; it is good until the next call.
 * @returns undefined where the function is not plain
 */
export function plainBody(m: Mask): NodeCursor | undefined {
  if (m.last - m.first > MAX_TOKENS) return undefined;
  reader ??= new PlainBody();
  return reader.read(m);
}
