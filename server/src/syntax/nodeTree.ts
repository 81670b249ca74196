/** A syntax tree in arrays, and the way through one, be it ours or tree-sitter's. */

/** What the walk over a body needs of a tree: a place in it that moves. tree-sitter's `TreeCursor` is one. */
export interface NodeCursor {
  readonly nodeTypeId: number;
  readonly currentFieldId: number;
  /** Offsets from the start of the chunk. */
  readonly startIndex: number;
  readonly endIndex: number;
  readonly nodeIsMissing: boolean;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** No node. */
export const NONE = 0;

/** Nodes as numbers, from 1. Arrays are used again for the next tree. Nodes are made in any order and then put below each other. */
export class NodeTree implements NodeCursor {
  private type = new Uint16Array(2048);
  private field = new Uint16Array(2048);
  private from = new Int32Array(2048);
  private to = new Int32Array(2048);
  private parent = new Int32Array(2048);
  private first = new Int32Array(2048);
  private last = new Int32Array(2048);
  private next = new Int32Array(2048);
  private count = 1;
  private at = NONE;

  /** Forgets all nodes. */
  clear(): void {
    this.count = 1;
    this.at = NONE;
  }

  /** A node without children. */
  add(type: number, start: number, end: number): number {
    const node = this.count++;
    if (node === this.type.length) this.grow();
    this.type[node] = type;
    this.field[node] = 0;
    this.from[node] = start;
    this.to[node] = end;
    this.parent[node] = this.first[node] = this.last[node] = this.next[node] = NONE;
    return node;
  }

  /** Puts `child` behind the other children of `node`, in a field of it. */
  append(node: number, child: number, field = 0): void {
    this.parent[child] = node;
    this.field[child] = field;
    const last = this.last[node] as number;
    if (last === NONE) this.first[node] = child;
    else this.next[last] = child;
    this.last[node] = child;
  }

  /** Sets where a node ends. */
  end(node: number, end: number): void {
    this.to[node] = end;
  }

  typeOf(node: number): number {
    return this.type[node] as number;
  }

  startOf(node: number): number {
    return this.from[node] as number;
  }

  endOf(node: number): number {
    return this.to[node] as number;
  }

  /** The tree as a cursor that stands on `node`. */
  walk(node: number): NodeCursor {
    this.at = node;
    return this;
  }

  get nodeTypeId(): number {
    return this.type[this.at] as number;
  }

  get currentFieldId(): number {
    return this.field[this.at] as number;
  }

  get startIndex(): number {
    return this.from[this.at] as number;
  }

  get endIndex(): number {
    return this.to[this.at] as number;
  }

  get nodeIsMissing(): boolean {
    return false;
  }

  gotoFirstChild(): boolean {
    return this.go(this.first[this.at] as number);
  }

  gotoNextSibling(): boolean {
    return this.go(this.next[this.at] as number);
  }

  gotoParent(): boolean {
    return this.go(this.parent[this.at] as number);
  }

  private go(node: number): boolean {
    if (node === NONE) return false;
    this.at = node;
    return true;
  }

  private grow(): void {
    const size = this.type.length * 2;
    const wider = <T extends Uint16Array | Int32Array>(old: T, fresh: T): T => (fresh.set(old), fresh);
    this.type = wider(this.type, new Uint16Array(size));
    this.field = wider(this.field, new Uint16Array(size));
    this.from = wider(this.from, new Int32Array(size));
    this.to = wider(this.to, new Int32Array(size));
    this.parent = wider(this.parent, new Int32Array(size));
    this.first = wider(this.first, new Int32Array(size));
    this.last = wider(this.last, new Int32Array(size));
    this.next = wider(this.next, new Int32Array(size));
  }
}
