#!/usr/bin/env node
/**
 * Holds a short bench to `budget.json`, by ratios of processor time to floors in the same run, never by seconds. Continuous integration runs it.
 *
 *   npm run build && npm run budget [-- --only NAME,…] [--slow RULE=MS] [--renew] [--dist DIR]
 *
 * A ratio over its budget is measured a second time before it counts. `--slow` lets a rule waste time, to see the budget hold. After a
 * change that is meant to cost something, or that saves much: `--renew` measures three times and writes each median with a headroom of a half.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './budgetCompare.mjs';
import { measure, NAMES } from './budgetWork.mjs';
import { ROOT } from './core.mjs';
import { median } from './report.mjs';

const FILE = path.join(import.meta.dirname, 'budget.json');
const HEADROOM = 1.5;
const { values } = parseArgs({ options: { only: { type: 'string' }, slow: { type: 'string' }, renew: { type: 'boolean', default: false }, dist: { type: 'string', default: path.join(ROOT, 'dist') } } });

async function main() {
  const { ratios, ...head } = JSON.parse(readFileSync(FILE, 'utf8'));
  if (!existsSync(path.join(values.dist, 'cli.js'))) throw new Error(`${values.dist} is not built: npm run build`);
  const slow = /^([\w-]+)=(\d+)$/.exec(values.slow ?? '');
  if (values.slow !== undefined && !slow) throw new Error('--slow takes RULE=MS');
  const options = { dist: path.resolve(values.dist), slow: slow && { rule: slow[1], ms: Number(slow[2]) } };
  const names = values.only?.split(',') ?? NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new Error(`--only takes ${NAMES.join(', ')}, not ${unknown.join(', ')}`);
  if (values.renew) {
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(await measure(names, options));
    for (const name of names) {
      const measured = median(runs.map((run) => run[name]));
      ratios[name] = { what: ratios[name]?.what ?? '', measured: Number(measured.toFixed(2)), most: Number((measured * HEADROOM).toFixed(2)) };
      console.log(`${name}: ${runs.map((run) => run[name].toFixed(2)).join(', ')}; at most ${ratios[name].most} from now on`);
    }
    writeFileSync(FILE, `${JSON.stringify({ ...head, ratios }, null, 2)}\n`);
    return;
  }
  const start = performance.now();
  const { verdicts, again, good } = await judge((which) => measure(which, options), ratios, names);
  for (const { name, value, most, verdict } of verdicts) {
    console.log(`budget: ${name}: ${value?.toFixed(2) ?? '–'} of ${most ?? '–'} ${ratios[name]?.what ?? ''}: ${verdict === 'over' ? 'OVER ITS BUDGET, twice' : verdict}${again.includes(name) && verdict === 'within' ? ', at the second try' : ''}`);
  }
  console.log(`budget: ${verdicts.filter((v) => v.verdict === 'within').length} of ${verdicts.length} within, in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  if (!good) {
    console.error('What is over its budget has become slower against its floor; after a change that is meant to: npm run budget -- --renew');
    process.exitCode = 1;
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
