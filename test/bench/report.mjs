#!/usr/bin/env node
/**
 * What the bench measured, as text: tables, and limits with what was measured against them. A report is plain data (`bench.mjs --json`),
 * so that the page is written from the file and never by hand:
 *
 *   node test/bench/report.mjs --markdown bench.json [--write docs/PERFORMANCE.md]
 *
 * `--write` replaces what stands between the lines `<!-- bench -->` and `<!-- /bench -->` of a page.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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

export const number = (x, digits = 1) => (Number.isFinite(x) ? x.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '–');
export const ratio = (x) => (Number.isFinite(x) ? `${x >= 10 ? x.toFixed(1) : x.toFixed(2)}×` : '–');

/**
 * One limit with what was measured.
 * @param value null in JSON where nothing was measured; @param atLeast true where more is better
 */
export const limit = (what, where, value, bound, unit = '×', atLeast = false) => ({ what, where, value: Number.isFinite(value) ? value : null, bound, unit, atLeast });

/** `met`, `missed`, or undefined where nothing was measured. */
export const verdict = ({ value, bound, atLeast }) => (value === null ? undefined : (atLeast ? value >= bound : value <= bound) ? 'met' : 'missed');

/** How steep `ys` grow with `xs`, as the exponent of a power (1: in proportion), by least squares over the logarithms. */
export function exponent(xs, ys) {
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  const [mu, mv] = [mean(u), mean(v)];
  return u.reduce((sum, x, i) => sum + (x - mu) * (v[i] - mv), 0) / u.reduce((sum, x) => sum + (x - mu) ** 2, 0);
}

/** Lines up the cells of a Markdown table; the first column is text. */
function align(head, body) {
  const rows = [head, ...body];
  const widths = head.map((_, i) => Math.max(3, ...rows.map((r) => String(r[i]).length)));
  const line = (r) => `| ${r.map((c, i) => (i === 0 ? String(c).padEnd(widths[i]) : String(c).padStart(widths[i]))).join(' | ')} |`;
  return [line(head), `|${widths.map((w, i) => (i === 0 ? '-'.repeat(w + 2) : `${'-'.repeat(w + 1)}:`)).join('|')}|`, ...body.map(line)].join('\n');
}

const valued = (value, unit) => (value === null ? 'not measured' : `${number(value, Math.abs(value) >= 100 ? 0 : 2)} ${unit}`.trim());

/** The limits of some parts as one table. */
function limitTable(parts) {
  const rows = parts.flatMap((part) => part.limits).map((l) => [l.what, l.where, valued(l.value, l.unit), `${l.atLeast ? '≥' : '≤'} ${l.bound.toLocaleString('en')} ${l.unit}`.trim(), verdict(l) ?? '–']);
  return align(['', 'where', 'measured', 'limit', ''], rows);
}

/** A part as Markdown, without its limits. */
export function partText({ title, note, tables }) {
  return [`### ${title}`, ...(note ? [note] : []), ...tables.map((t) => [...(t.title ? [`${t.title}:`] : []), align(t.head, t.rows)].join('\n\n'))].join('\n\n');
}

/** All limits of a report, and how many are missed. */
export function limitText({ parts }) {
  const all = parts.flatMap((part) => part.limits);
  const missed = all.filter((l) => verdict(l) === 'missed').length;
  return `### Limits\n\n${all.length} limits, ${missed === 0 ? 'none missed' : `${missed} missed`}.\n\n${limitTable(parts)}`;
}

/** Where and when, in a paragraph. */
function machineText({ date, seconds, machine: m }) {
  const load = (l) => l.map((x) => x.toFixed(1)).join(', ');
  return `Measured on ${date.slice(0, 16).replace('T', ' ')} UTC in ${Math.round(seconds)} s: ${m.cpus} processors (${m.model}), ${Math.round(m.memory)} GiB, ${m.system}, node ${m.node}. ` +
    `Load average over 1, 5 and 15 minutes at the start: ${load(m.loadBefore)}; at the end: ${load(m.loadAfter)} (the bench itself is about 1 to 2). Commit ${m.commit}.`;
}

/** A whole report as Markdown. */
export const markdown = (report) => [machineText(report), limitText(report), ...report.parts.map(partText)].join('\n\n');

const MARKS = ['<!-- bench -->', '<!-- /bench -->'];

/** A page with `text` between its marks. @throws where the page has not each mark once, in order */
export function replaceBetween(page, text) {
  const [start, end] = MARKS.map((mark) => page.indexOf(mark));
  if (start < 0 || end < start || MARKS.some((mark) => page.indexOf(mark) !== page.lastIndexOf(mark))) throw new Error(`the page has to have ${MARKS.join(' and ')} once, in this order`);
  return `${page.slice(0, start + MARKS[0].length)}\n${text}\n${page.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { markdown: { type: 'string' }, write: { type: 'string' } } });
  if (!values.markdown) throw new Error('see the head of report.mjs');
  const text = markdown(JSON.parse(readFileSync(values.markdown, 'utf8')));
  if (values.write) writeFileSync(values.write, replaceBetween(readFileSync(values.write, 'utf8'), text));
  else console.log(text);
}
