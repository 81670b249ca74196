/** Conditions of code that no tree tells of, such as statements that are a macro's argument: read from its tokens, brackets and semicolons. */
import { describeTokens } from './conditions.js';
import { tokenAt } from './sequence.js';
import { CONTROL, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { Condition } from './views.js';

/** Words that a condition in parentheses follows, and what kind of one. */
const ASKING: ReadonlyMap<string, Condition['kind']> = new Map([['if', 'if'], ['while', 'loop'], ['switch', 'switch']]);
const LEAVING: ReadonlySet<string> = new Set(['return', 'goto', 'break', 'continue']);
/** More in one another, or one after the other, do not count. */
const MAX_OPEN = 64;
/** Characters of a condition that are looked at: code in code without a tree may be a condition once for each level. */
const MAX_CONDITION = 400;
/** A statement without braces is looked through for so many tokens: a thousand of them in one another would be looked through a thousand times. */
const MAX_STATEMENT = 1000;

/** Tokens `from` to before `to` stand under a condition. What ends with a jump says something of all that follows, too. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly condition: Condition;
  leaves: boolean;
}

/** Follows the conditions from token to token; the tokens have to come in order. */
export class LooseConditions {
  /** Those that the walk has not come to yet, and those that it is in; the innermost last. */
  private readonly ahead: Stretch[] = [];
  private readonly open: Stretch[] = [];
  /** The one that ended last: an `else` may follow. */
  private ended: Stretch | undefined;
  private list: readonly Condition[];

  /**
   * @param to behind the last token
   * @param outer what all of the tokens stand under
   */
  constructor(private readonly m: Mask, private readonly to: number, private readonly outer: readonly Condition[]) {
    this.list = outer;
  }

  /** The conditions that the word at token `i` stands under. */
  at(i: number): readonly Condition[] {
    const { m, open } = this;
    this.moveTo(i);
    if ((flagsOf(m.tokens.word[i] as number) & CONTROL) === 0) return this.list;
    const word = m.word(i);
    const kind = ASKING.get(word);
    const innermost = open.at(-1);
    if (kind !== undefined) this.expect(i, kind);
    else if (word === 'else') this.expectOther(i);
    else if (innermost !== undefined && LEAVING.has(word)) innermost.leaves = true;
    return this.list;
  }

  private moveTo(i: number): void {
    const { ahead, open } = this;
    let changed = false;
    for (let last = open.at(-1); last !== undefined && last.to <= i; last = open.at(-1)) {
      open.pop();
      this.ended = last;
      changed = true;
      if (last.leaves && last.condition.taken && last.condition.kind === 'if' && open.length < MAX_OPEN) open.push({ from: last.to, to: open.at(-1)?.to ?? this.to, condition: { ...last.condition, kind: 'early-exit', taken: false }, leaves: false });
    }
    for (let next = ahead.at(-1); next !== undefined && next.from <= i; next = ahead.at(-1)) {
      ahead.pop();
      if (next.to <= i || open.length >= MAX_OPEN) continue;
      open.push(next);
      changed = true;
    }
    if (changed) this.list = [...this.outer, ...open.map(({ condition }) => condition)];
  }

  private expect(i: number, kind: Condition['kind']): void {
    const { m } = this;
    const close = m.kind(i + 1) === 40 ? m.close(i + 1) : -1;
    if (close < 0 || close >= this.to || close === i + 2) return;
    const { start } = m.spanOf(i + 2);
    const behind = Math.min(close, Math.max(i + 3, tokenAt(m, start + MAX_CONDITION)));
    const condition = describeTokens(kind, m.tokens, i + 2, behind, m.raw(i + 2, behind), m.spanOf(i + 2, behind), true);
    this.ahead.push({ from: close + 1, to: this.statementEnd(close + 1), condition, leaves: false });
  }

  /** What stands behind `else` at token `i` does so where the condition before it does not hold. */
  private expectOther(i: number): void {
    if (this.ended?.to !== i || this.ended.condition.kind !== 'if') return;
    this.ahead.push({ from: i + 1, to: this.statementEnd(i + 1), condition: { ...this.ended.condition, taken: false }, leaves: false });
  }

  /** Behind the block that begins at a token, or behind the next semicolon. */
  private statementEnd(from: number): number {
    const { m } = this;
    const end = Math.min(this.to, from + MAX_STATEMENT);
    for (let i = from; i < end; i++) {
      const k = m.kind(i);
      if (k === 59) return i + 1;
      const close = k === 40 || k === 91 || k === 123 ? m.close(i) : -1;
      if (close < 0) continue;
      if (k === 123) return close + 1;
      i = close;
    }
    return end;
  }
}
