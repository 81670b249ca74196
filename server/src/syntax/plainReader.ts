/** The place in the tokens of a masked function while its tree is made, the making of nodes, and the names of types. */
import { IDENT } from './lexer.js';
import { NONE, NodeTree } from './nodeTree.js';
import { PRIMITIVE, PlainTokens, QUALIFYING, SIZED, TAGGED } from './plainTokens.js';
import { walkTypes } from './walkTypes.js';

/** Deeper nesting is left to tree-sitter, which keeps its own stack. */
const MAX_DEPTH = 200;

/** The position in the tokens moves on as things are read. After `giveUp` it stands at the end, where nothing can be read. */
export class PlainReader {
  protected readonly types = walkTypes();
  protected readonly tokens = new PlainTokens();
  protected readonly tree = new NodeTree();
  protected at = 0;
  protected depth = 0;
  protected failed = false;
  /** Offset of the chunk in the file. */
  protected base = 0;

  /** Leaves the function to tree-sitter. @returns a node, so that whoever reads goes on to its end */
  protected giveUp(): number {
    this.failed = true;
    this.at = this.tokens.count;
    return this.tree.add(this.types.id.true, 0, 0);
  }

  /** Goes one level deeper; `this.depth--` when it is left. */
  protected descend(): void {
    if (++this.depth > MAX_DEPTH) this.giveUp();
  }

  /** The kind of the token `ahead` of the next one. */
  protected peek(ahead = 0): number {
    const i = this.at + ahead;
    return i < this.tokens.count ? (this.tokens.kind[i] as number) : 0;
  }

  protected take(kind: number): void {
    if (this.peek() === kind) this.at++;
    else this.giveUp();
  }

  /** A node from the next token on; its end is that of this token until it is set. */
  protected open(type: number): number {
    return this.tree.add(type, (this.tokens.start[this.at] as number) - this.base, (this.tokens.end[this.at] as number) - this.base);
  }

  /** A node that begins where `node` does. */
  protected openAt(type: number, node: number): number {
    return this.tree.add(type, this.tree.startOf(node), this.tree.endOf(node));
  }

  /** Ends a node behind the token that was read last. */
  protected close(node: number): number {
    if (!this.failed) this.tree.end(node, (this.tokens.end[this.at - 1] as number) - this.base);
    return node;
  }

  /** A node of one token. */
  protected leaf(type: number): number {
    const node = this.open(type);
    this.at++;
    return node;
  }

  /** True if what is `ahead` cannot be anything but a type: `int`, `struct x`, `name *)`; not so a lone name. */
  protected opensType(ahead: number): boolean {
    const kind = this.peek(ahead);
    if (kind === PRIMITIVE || kind === SIZED || kind === TAGGED || kind === QUALIFYING) return true;
    if (kind !== IDENT) return false;
    let i = ahead + 1;
    while (this.peek(i) === 42 || this.peek(i) === QUALIFYING) i++;
    return i > ahead + 1 && this.peek(i) === 41;
  }

  /** A type with stars behind it, as in a cast; its name goes below `node`. */
  protected typeName(node: number): void {
    this.qualifiers();
    this.specifier(node);
    while (this.peek() === 42 || this.peek() === QUALIFYING) this.at++;
  }

  protected qualifiers(): void {
    while (this.peek() === QUALIFYING) this.at++;
  }

  /** The words of a type, `const` and the like not; a name among them goes below `node`. */
  protected specifier(node: number): void {
    switch (this.peek()) {
      case PRIMITIVE:
        this.at++;
        if (this.peek() === SIZED) this.giveUp();
        return;
      case SIZED:
        while (this.peek() === SIZED) this.at++;
        this.qualifiers();
        if (this.peek() === PRIMITIVE) this.at++;
        while (this.peek() === SIZED) this.at++;
        return;
      case TAGGED:
        this.at++;
        if (this.peek() !== IDENT || this.peek(1) === 123 || this.peek(1) === 58) {
          this.giveUp();
          return;
        }
        break;
      case IDENT:
        break;
      default:
        this.giveUp();
        return;
    }
    const name = this.leaf(this.types.id.type_identifier);
    if (node !== NONE) this.tree.append(node, name);
  }
}
