/** The real book for tests: built from data/ once, kept in .cache/ between processes for as long as data/ does not change. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFacts } from '../../data/build/buildFacts.js';
import { formatProblem } from '../../data/build/problems.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import { testKernels } from './kernels.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let json: Promise<string> | undefined;
let book: Promise<FactBook> | undefined;

/** The book that data/ makes. Throws with all problems if data/ is not valid. */
export function loadTestFacts(): Promise<FactBook> {
  return (book ??= loadTestFactsJson().then((text) => loadFactBook(text, testKernels)));
}

/** The text of facts.json that data/ makes. */
export function loadTestFactsJson(): Promise<string> {
  return (json ??= buildOrReuse());
}

async function buildOrReuse(): Promise<string> {
  const cached = path.join(root, '.cache', `facts-${await fingerprint()}.json`);
  const old = await readFile(cached, 'utf8').catch(() => undefined);
  if (old !== undefined) return old;
  const built = await buildFacts(path.join(root, 'data'));
  if (built.problems.length > 0) throw new Error(built.problems.map(formatProblem).join('\n'));
  await mkdir(path.dirname(cached), { recursive: true });
  await writeFile(`${cached}.${process.pid}`, built.json);
  await rename(`${cached}.${process.pid}`, cached);
  return built.json;
}

/** Changes whenever a file that the build reads, or the build itself, changes. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const dir of ['data', 'server/src/facts']) {
    const files = (await readdir(path.join(root, dir), { recursive: true })).filter((file) => /\.(yaml|json|md|ts)$/.test(file)).sort();
    const stats = await Promise.all(files.map((file) => stat(path.join(root, dir, file))));
    files.forEach((file, i) => hash.update(`${file}\0${stats[i]?.mtimeMs}\0${stats[i]?.size}\n`));
  }
  return hash.digest('hex').slice(0, 16);
}
