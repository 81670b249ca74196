/** What the bench prints: a table for each file, and the limits with what was measured against them. */

/** The q-quantile, interpolated; NaN of nothing. */
export function quantile(values, q) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (at - low);
}

/** The middle value. */
export const median = (values) => quantile(values, 0.5);

const number = (x, digits = 1) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const ratio = (x) => (Number.isFinite(x) ? `${x >= 10 ? x.toFixed(1) : x.toFixed(2)}×` : '–');

const ROWS = [
  ['start: spawn → initialize', (r) => median(r.start), 1],
  ['open → diagnostics', (r) => median(r.open), 1],
  ['open → diagnostics, right after the start', (r) => median(r.openCold), 1],
  ['hover p50', (r) => median(r.hover), 2],
  ['hover p95', (r) => quantile(r.hover, 0.95), 2],
  ['completion after ctx-> p50', (r) => median(r.completion), 2],
  ['edit → diagnostics p50', (r) => median(r.edit), 2],
  ['edit → diagnostics p95', (r) => quantile(r.edit, 0.95), 2],
  ['peak memory, MiB', (r) => Math.max(...r.memory), 0],
  ['answers: hovers / completions / diagnostics', (r) => `${r.hoverAnswers} / ${r.items} / ${r.diagnostics}`, 0],
];

/** Lines up the cells of a Markdown table. */
function align(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => r[i].length)));
  const line = (r) => `| ${r.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join(' | ')} |`;
  return [line(rows[0]), `|${widths.map((w, i) => (i === 0 ? '-'.repeat(w + 2) : `${'-'.repeat(w + 1)}:`)).join('|')}|`, ...rows.slice(1).map(line)].join('\n');
}

/** Medians of one file in ms, with the ratios to the echo server and to clangd. */
export function table({ file, lines, results }) {
  const names = Object.keys(results);
  const head = ['ms', ...names, 'ours / echo', ...(results.clangd ? ['clangd / ours'] : [])];
  const rows = ROWS.map(([label, of, digits]) => {
    const values = names.map((n) => of(results[n]));
    if (typeof values[0] === 'string') return [label, ...values, '', ...(results.clangd ? [''] : [])];
    const ours = of(results.ours);
    return [label, ...values.map((v) => number(v, digits)), ratio(ours / of(results.echo)), ...(results.clangd ? [ratio(of(results.clangd) / ours)] : [])];
  });
  return `\n${file}, ${lines} lines\n${align([head, ...rows])}`;
}

/** The limits: what is measured, on which files, and how much it may be at most (or at least). */
export function verdicts(all) {
  const rows = [];
  let met = true;
  const limit = (file, what, value, bound, atLeast = false, unit = '×') => {
    const known = Number.isFinite(value);
    const good = known && (atLeast ? value >= bound : value <= bound);
    if (known && !good) met = false;
    rows.push([what, String(file.lines), known ? `${value.toFixed(2)} ${unit}` : 'not measured', `${atLeast ? 'at least' : 'at most'} ${bound} ${unit}`, good ? 'met' : known ? 'MISSED' : '–']);
  };
  for (const file of all) {
    const { echo, ours, clangd } = file.results;
    limit(file, 'start against echo', median(ours.start) / median(echo.start), 1.35);
    limit(file, 'hover p95 against echo', quantile(ours.hover, 0.95) / quantile(echo.hover, 0.95), 1.5);
    limit(file, 'completion p50 against echo', median(ours.completion) / median(echo.completion), 1.5);
    if (file.lines <= 6000) limit(file, 'edit → diagnostics p50', median(ours.edit), 3, false, 'ms');
    if (clangd && file.lines >= 4000) limit(file, 'edit against clangd, its debounce included', median(clangd.edit) / median(ours.edit), 80, true);
    if (clangd) limit(file, 'open against clangd', median(clangd.open) / median(ours.open), file.lines <= 100 ? 40 : file.lines <= 700 ? 15 : 8, true);
    limit(file, 'peak memory', Math.max(...ours.memory), 90, false, 'MiB');
  }
  const [small, large] = [all[0], all.at(-1)];
  if (all.length > 1) limit(large, `hover p50 against that in ${small.lines} lines`, median(large.results.ours.hover) / median(small.results.ours.hover), 1.25);
  return { text: `\nLimits\n${align([['what', 'lines', 'measured', 'limit', ''], ...rows])}`, met };
}
