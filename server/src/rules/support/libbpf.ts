/** Releases of libbpf, as texts: "0.0.3", "1.2", "HEAD" for what is not released. */
import type { RuleContext } from '../rule.js';

/** Compares two releases by their numbers; `HEAD` is above all. */
export function compareLibbpf(a: string, b: string): number {
  const [x, y] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const [p = 0, q = 0] = [x[i], y[i]];
    if (p !== q) return p < q ? -1 : 1;
  }
  return 0;
}

/** Is the user's libbpf at least this release? Undefined where no setting says which it is. */
export function libbpfAtLeast(context: RuleContext, release: string): boolean | undefined {
  const { libbpf } = context;
  return libbpf === undefined ? undefined : compareLibbpf(libbpf, release) >= 0;
}

function numbers(release: string): readonly number[] {
  return release === 'HEAD' ? [Infinity] : release.replace(/^v/, '').split('.').map(Number);
}
