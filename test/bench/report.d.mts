/** Types of report.mjs, for its test. */
export interface Limit {
  readonly what: string;
  readonly where: string;
  readonly value: number | null;
  readonly bound: number;
  readonly unit: string;
  readonly atLeast: boolean;
}
export function limit(what: string, where: string, value: number, bound: number, unit?: string, atLeast?: boolean): Limit;
export function verdict(limit: Limit): 'met' | 'missed' | undefined;
export function exponent(xs: readonly number[], ys: readonly number[]): number;
export function replaceBetween(page: string, text: string): string;
