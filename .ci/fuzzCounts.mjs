/**
 * Prints what the fuzz and soak tests counted, a line each. Fails where one that must have run left nothing, or counted nothing.
 *   node .ci/fuzzCounts.mjs
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const FOLDER = '.cache/fuzz';
const MUST = ['edits of small files', 'edits of larger files', 'files cut off after every character', 'reports', 'kills of the server', 'mutated files', 'language server traffic', 'soak', 'BTF and ELF', 'types that lead anywhere', 'files that people write', 'answers about hostile programs', 'extremes'];
const told = existsSync(FOLDER) ? readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))) : [];
for (const { name, seed, counts } of told) console.log(`fuzz: ${name}: ${Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`).join(', ')} (seed ${seed})`);
const counted = ({ counts }) => Object.keys(counts).length > 0 && Object.values(counts).every((count) => count > 0);
const silent = MUST.filter((name) => !told.some((one) => one.name === name && counted(one)));
for (const name of silent) console.error(`fuzz: ${name}: nothing was counted`);
process.exit(silent.length > 0 ? 1 : 0);
