/** Basic blocks of one function, and which of them are reached only by way of one side of a branch. */
import { fallsThrough, targetOf, type Instruction } from './instructions.js';

export interface Block {
  readonly index: number;
  readonly instructions: readonly Instruction[];
  /** Blocks that may come next: of a branch the one jumped to, then the one behind it. */
  readonly next: number[];
  readonly before: number[];
}

/** Cuts a function into blocks in the order of their addresses; jumps out of it lead nowhere. */
export function blocksOf(instructions: readonly Instruction[]): readonly Block[] {
  const positions = new Map(instructions.map((i, at) => [i.at, at]));
  const starts = new Set([0]);
  instructions.forEach((i, at) => {
    const target = targetOf(i);
    if (target === undefined && fallsThrough(i)) return;
    starts.add(at + 1);
    const to = target === undefined ? undefined : positions.get(target);
    if (to !== undefined) starts.add(to);
  });
  const sorted = [...starts].filter((at) => at < instructions.length).sort((a, b) => a - b);
  const blocks = sorted.map((start, index): Block => ({ index, instructions: instructions.slice(start, sorted[index + 1] ?? instructions.length), next: [], before: [] }));
  const byStart = new Map(sorted.map((start, index) => [start, index]));
  for (const block of blocks) {
    const last = block.instructions.at(-1)!;
    const target = targetOf(last);
    const to = target === undefined ? undefined : byStart.get(positions.get(target) ?? -1);
    if (to !== undefined) block.next.push(to);
    const behind = block.index + 1;
    if (fallsThrough(last) && behind < blocks.length && !block.next.includes(behind)) block.next.push(behind);
    for (const next of block.next) blocks[next]!.before.push(block.index);
  }
  return blocks;
}

/** Blocks that are reached from the first. @param without an edge that is not taken */
export function reachable(blocks: readonly Block[], without?: { readonly from: number; readonly to: number }): Uint8Array {
  const seen = new Uint8Array(blocks.length);
  if (blocks.length === 0) return seen;
  const stack = [0];
  seen[0] = 1;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const next of blocks[at]!.next) {
      if (seen[next] === 1 || (without?.from === at && without.to === next)) continue;
      seen[next] = 1;
      stack.push(next);
    }
  }
  return seen;
}

/** Jumps to a block that is being walked through: a loop. The blocks whose last instruction makes one. */
export function backEdges(blocks: readonly Block[]): readonly Block[] {
  const state = new Uint8Array(blocks.length);
  const found: Block[] = [];
  const stack: { readonly block: Block; next: number }[] = [];
  const enter = (index: number): void => {
    state[index] = 1;
    stack.push({ block: blocks[index]!, next: 0 });
  };
  if (blocks.length > 0) enter(0);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.block.next[top.next++];
    if (next === undefined) {
      state[top.block.index] = 2;
      stack.pop();
    } else if (state[next] === 1) found.push(top.block);
    else if (state[next] === 0) enter(next);
  }
  return [...new Set(found)];
}
