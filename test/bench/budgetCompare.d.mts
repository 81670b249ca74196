/** Types of budgetCompare.mjs, for its test. */
export interface Verdict {
  readonly name: string;
  readonly value: number | undefined;
  readonly most: number | undefined;
  readonly verdict: 'within' | 'over' | 'unmeasured' | 'unbudgeted';
}
type Ratios = Readonly<Record<string, number>>;
type Budget = Readonly<Record<string, { readonly most: number }>>;
export function compare(measured: Ratios, budget: Budget): Verdict[];
export function judge(measure: (names: readonly string[]) => Promise<Ratios>, budget: Budget, names?: readonly string[]): Promise<{ verdicts: Verdict[]; again: string[]; good: boolean }>;
