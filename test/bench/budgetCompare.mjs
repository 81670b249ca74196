/** Compares ratios that were measured with those that the budget allows. */

/**
 * Each name with its verdict: `within`; `over` what it may be; `unmeasured`: in the budget, without a number; `unbudgeted`: a number that
 * the budget does not know.
 * @param measured ratio by name; @param budget `{ most }` by name
 */
export function compare(measured, budget) {
  const names = [...new Set([...Object.keys(budget), ...Object.keys(measured)])];
  return names.map((name) => {
    const [value, most] = [measured[name], budget[name]?.most];
    const verdict = !Number.isFinite(most) ? 'unbudgeted' : !Number.isFinite(value) ? 'unmeasured' : value > most ? 'over' : 'within';
    return { name, value, most, verdict };
  });
}

/**
 * Measures, and measures once more what is over its budget: it counts only if it is so twice, the better of both being told.
 * @param measure takes names, gives the ratio by name. @param names what to measure, all of the budget by default
 * @returns the verdicts, `again` (names measured twice), and whether all is well; nothing to compare is not well
 */
export async function judge(measure, budget, names = Object.keys(budget)) {
  const wanted = Object.fromEntries(names.map((name) => [name, budget[name]]));
  let verdicts = compare(await measure(names), wanted);
  const again = verdicts.filter((v) => v.verdict === 'over').map((v) => v.name);
  if (again.length > 0) {
    const second = await measure(again);
    const better = Object.fromEntries(verdicts.map(({ name, value }) => [name, name in second ? Math.min(value, second[name]) : value]));
    verdicts = compare(better, wanted);
  }
  return { verdicts, again, good: verdicts.length > 0 && verdicts.every((v) => v.verdict === 'within') };
}
