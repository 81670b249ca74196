/** Runs one of the build scripts: bundles data/build/main.ts with esbuild and imports the result, since node 20 reads no TypeScript. */
import { build } from 'esbuild';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');
const outfile = path.join(root, '.cache', `data-build-${process.pid}.mjs`);
await mkdir(path.dirname(outfile), { recursive: true });
await build({ entryPoints: [path.join(here, 'main.ts')], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' });
const { main } = await import(pathToFileURL(outfile).href);
const { rm } = await import('node:fs/promises');
await rm(outfile, { force: true });
process.exitCode = await main(process.argv.slice(2), root);
