/**
 * Questions that ask one another, maybe in circles, to a bounded depth. What a question is answered depends only on how deep it may ask,
 * never on which questions came before: so answers can be kept while others are found anew.
 */

/** What is known about one question. */
export class Answer<V> {
  /** The answer that no further depth changes, from `height` on. */
  exact: V | undefined;
  /** How many questions had to be asked below one another for the exact answer. */
  height = Infinity;
  /** Answers that the bound cut short, by the depth that was left. */
  readonly cut: (V | undefined)[] = [];

  /** Every depth at which there is an answer, lowest first. */
  depths(): readonly number[] {
    const depths = this.cut.flatMap((value, left) => (value === undefined ? [] : [left]));
    return (Number.isFinite(this.height) ? [...depths, this.height] : depths).sort((a, b) => a - b);
  }

  /** The answer at one of `depths()`. */
  at(left: number): V | undefined {
    return left >= this.height ? this.exact : this.cut[left];
  }
}

/** The answer kept under a key; a new one, about which nothing is known, if there is none. */
export function answerOf<K, V>(answers: { get(key: K): Answer<V> | undefined; set(key: K, answer: Answer<V>): unknown }, key: K): Answer<V> {
  let answer = answers.get(key);
  if (!answer) answers.set(key, (answer = new Answer()));
  return answer;
}

/** Counts how deep questions lead into one another, and cuts them short. */
export class Asking {
  private left: number;
  /** How deep the present question has asked; infinite once the bound cut something short. */
  private needed = 0;

  /** @param most how many questions may be asked below one another. */
  constructor(private readonly most: number) {
    this.left = most;
  }

  /**
   * The answer to a question that may ask others.
   * @param cost 1, or 0 for a question that all those below it pay for.
   * @param fallback the answer where the bound allows none.
   */
  ask<V>(known: Answer<V>, cost: 0 | 1, fallback: V, compute: () => V): V {
    if (known.height <= this.left) {
      this.needed = Math.max(this.needed, known.height);
      return known.exact!;
    }
    const cut = cost > this.left ? fallback : known.cut[this.left];
    if (cut !== undefined) {
      this.needed = Infinity;
      return cut;
    }
    const outer = this.needed;
    this.needed = 0;
    this.left -= cost;
    let value: V;
    try {
      value = compute();
    } finally {
      this.left += cost;
    }
    const height = this.needed + cost;
    this.needed = Math.max(outer, height);
    if (Number.isFinite(height)) {
      known.exact = value;
      known.height = height;
    } else known.cut[this.left] = value;
    return value;
  }

  /** Asks with only so much depth left. @returns the answer, and whether the bound left it whole. */
  askAt<V>(left: number, ask: () => V): { readonly value: V; readonly whole: boolean } {
    const outer = this.needed;
    this.needed = 0;
    this.left = left;
    try {
      return { value: ask(), whole: Number.isFinite(this.needed) };
    } finally {
      this.left = this.most;
      this.needed = outer;
    }
  }
}
