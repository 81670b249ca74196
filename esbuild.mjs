#!/usr/bin/env node
/**
 * Builds dist/: the bundles of client, server, command line and worker, the two wasm files, facts.json, and the list and the
 * licences of everything that is bundled.
 *
 *   node esbuild.mjs [--dev] [--watch] [--outdir DIR] [--only PART,…]
 *
 * `--dev` keeps names and adds source maps; `--watch` builds again on every change (facts are built once).
 * The parts are client, clientBrowser, server, serverMain, cli, cliMain, cliWorker, matrixPage, worker, yaml, chokidar, facts, wasm and licenses;
 * `--only` builds just those named.
 */
import { build, context } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sbom } from './scripts/sbom.mjs';

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const WASM = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-c/tree-sitter-c.wasm'];

/** CommonJS inside an ES module bundle (commander) asks for node's own modules with `require`. */
const REQUIRE_BANNER = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** web-tree-sitter makes an address of its wasm's name, though it is given the bytes, and a worker's own may be a blob's, which takes no names. */
const NO_ADDRESS = JSON.stringify('https://ebpf-lens.invalid/');

const NODE_CJS = { platform: 'node', format: 'cjs', target: 'node20' };

/** Libraries that few runs need, in files of their own beside the others: package → part, and file. */
const LIBRARIES = { yaml: 'yaml', chokidar: 'chokidar' };
/** Modules of Node.js that few runs need, and that take milliseconds to load. */
const SLOW = ['crypto', 'child_process', 'worker_threads', 'zlib'];

/**
 * The bundles. The extension's own package is "type": "module", so what must be CommonJS, because VS Code's extension
 * host loads it so (a browser's too) or because it starts faster, is called .cjs.
 */
const BUNDLES = {
  client: { entry: 'client/src/node/main.ts', out: 'client.cjs', options: { platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] } },
  clientBrowser: { entry: 'client/src/browser/main.ts', out: 'clientBrowser.cjs', options: { platform: 'browser', format: 'cjs', target: 'es2022', external: ['vscode'] } },
  server: { entry: 'server/src/entry/server.ts', out: 'server.cjs', options: NODE_CJS },
  serverMain: { entry: 'server/src/entry/node.ts', out: 'serverMain.cjs', options: { ...NODE_CJS, plugins: [treeSitterAsCommonJs(), onDemand('yaml')] } },
  cli: { entry: 'server/src/entry/cli.ts', out: 'cli.js', options: { platform: 'node', format: 'esm', target: 'node20', banner: { js: '#!/usr/bin/env node' }, plugins: [mainBeside()] }, executable: true },
  cliMain: { entry: 'server/src/cli/main.ts', out: 'cliMain.js', options: { platform: 'node', format: 'esm', target: 'node20', banner: { js: REQUIRE_BANNER }, plugins: [onDemand('yaml', 'chokidar')] } },
  cliWorker: { entry: 'server/src/entry/cliWorker.ts', out: 'cliWorker.js', options: { platform: 'node', format: 'esm', target: 'node20', plugins: [mainBeside()] } },
  matrixPage: { entry: 'client/src/matrix/page.ts', out: 'matrixPage.js', options: { platform: 'browser', format: 'iife', target: 'es2022' } },
  worker: { entry: 'server/src/entry/worker.ts', out: 'worker.js', options: { platform: 'browser', format: 'iife', target: 'es2022' }, define: { 'import.meta.url': NO_ADDRESS } },
  ...Object.fromEntries(Object.entries(LIBRARIES).map(([name, out]) => [out, { source: `module.exports = require('${name}');`, out: `${out}.cjs`, options: NODE_CJS }])),
};

/** web-tree-sitter's ES module asks for import.meta, which a CommonJS bundle does not have: take its CommonJS file there. */
function treeSitterAsCommonJs() {
  return {
    name: 'tree-sitter-as-commonjs',
    setup(b) {
      b.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: path.join(ROOT, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') }));
    },
  };
}

/**
 * Leaves libraries in files of their own, and loads them, and the slow ones of Node.js, when something of theirs is first used: every start
 * would wait for them.
 */
function onDemand(...libraries) {
  const filter = new RegExp(`^(?:${libraries.join('|')}|(?:node:)?(?:${SLOW.join('|')}))$`);
  return {
    name: 'on-demand',
    setup(b) {
      b.onResolve({ filter }, ({ path: library, namespace }) => (namespace === 'on-demand' ? { path: library, external: true } : { path: library, namespace: 'on-demand' }));
      b.onLoad({ filter, namespace: 'on-demand' }, async ({ path: library }) => {
        const file = library in LIBRARIES ? `./${LIBRARIES[library]}.cjs` : library;
        const getter = (name) => `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('${file}')${name === 'default' ? '' : `.${name}`} });`;
        const names = Object.keys(await import(library)).filter((name) => name !== 'module.exports');
        return { contents: ['exports.__esModule = true;', ...names.map(getter)].join('\n'), loader: 'js' };
      });
      b.onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'on-demand' }, ({ path: file }) => ({ path: file, external: true }));
    },
  };
}

/** Leaves the command line's main part in a file of its own, so that starting the language server does not read it. */
function mainBeside() {
  return {
    name: 'main-beside',
    setup(b) {
      b.onResolve({ filter: /\/cli\/main\.js$/ }, () => ({ path: './cliMain.js', external: true }));
    },
  };
}

/** Reads the command line; throws on what it does not know. */
function parseArgs(argv) {
  const opts = { dev: false, watch: false, outdir: path.join(ROOT, 'dist'), only: undefined };
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i];
    if (a === '--dev') opts.dev = true;
    else if (a === '--watch') opts.watch = true;
    else if (a === '--outdir' && argv[i + 1]) opts.outdir = path.resolve(argv[++i]);
    else if (a === '--only' && argv[i + 1]) opts.only = new Set(argv[++i].split(','));
    else throw new Error(`unknown argument ${a}; see the head of esbuild.mjs`);
  }
  return opts;
}

/** esbuild's options for one bundle. */
function bundleOptions(bundle, opts, version) {
  return {
    absWorkingDir: ROOT,
    ...(bundle.source === undefined ? { entryPoints: [bundle.entry] } : { stdin: { contents: bundle.source, resolveDir: ROOT } }),
    outfile: path.join(opts.outdir, bundle.out),
    bundle: true,
    // Modules go by their place in this folder, also where `node_modules` is a link to another: their names stand in the bundles.
    preserveSymlinks: true,
    // Names stay, so that a stack trace in somebody's report can be read.
    minifyWhitespace: !opts.dev,
    minifySyntax: !opts.dev,
    minifyIdentifiers: false,
    sourcemap: opts.dev,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    define: { __EBPF_LENS_VERSION__: JSON.stringify(version), ...bundle.define },
    mainFields: bundle.options.platform === 'browser' ? ['browser', 'module', 'main'] : ['module', 'main'],
    ...bundle.options,
  };
}

/** Builds facts.json from data/; every problem in the data fails the build. */
async function buildFacts(outdir) {
  const child = spawn(process.execPath, [path.join(ROOT, 'data/build/run.mjs'), 'facts', '--out', path.join(outdir, 'facts.json')], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('facts.json could not be built from data/');
}

/** Names of the npm packages whose files went into the bundles. */
function packagesOf(metafiles) {
  const dirs = new Set();
  for (const meta of metafiles)
    for (const input of Object.keys(meta.inputs)) {
      const m = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (m) dirs.add(m[1]);
    }
  for (const wasm of WASM) dirs.add(`node_modules/${wasm.split('/')[0]}`);
  return [...dirs].sort();
}

/** The text of every bundled package's licence; a package without one fails the build. */
async function licenseText(dirs) {
  const seen = new Map();
  for (const dir of dirs) {
    const pkg = JSON.parse(await readFile(path.join(ROOT, dir, 'package.json'), 'utf8'));
    const files = (await readdir(path.join(ROOT, dir))).filter((f) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(f)).sort();
    if (!files.some((f) => /^(licen[cs]e|copying)/i.test(f))) throw new Error(`${pkg.name} has no licence file`);
    const texts = await Promise.all(files.map((f) => readFile(path.join(ROOT, dir, f), 'utf8')));
    seen.set(`${pkg.name}@${pkg.version}`, `${pkg.name} ${pkg.version} (${pkg.license})\n\n${texts.map((t) => t.replace(/\r\n/g, '\n').trim()).join('\n\n')}\n`);
  }
  const line = `\n${'-'.repeat(80)}\n\n`;
  return `eBPF Lens contains these packages.\n${line}${[...seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, t]) => t).join(line)}`;
}

/** Bundles, or starts watching; returns the metafiles of what was bundled. */
async function buildBundles(opts, wanted) {
  const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const metafiles = [];
  for (const [name, bundle] of Object.entries(BUNDLES)) {
    if (!wanted(name)) continue;
    const options = bundleOptions(bundle, opts, version);
    if (opts.watch) await (await context({ ...options, logLevel: 'info' })).watch();
    else metafiles.push((await build(options)).metafile);
    if (bundle.executable && !opts.watch) await chmod(options.outfile, 0o755);
  }
  return metafiles;
}

/** Builds all that is asked for into `opts.outdir`. */
async function main(opts) {
  const wanted = (part) => opts.only === undefined || opts.only.has(part);
  await mkdir(opts.outdir, { recursive: true });
  const metafiles = await buildBundles(opts, wanted);
  if (wanted('wasm')) for (const wasm of WASM) await copyFile(path.join(ROOT, 'node_modules', wasm), path.join(opts.outdir, path.basename(wasm)));
  if (wanted('facts')) await buildFacts(opts.outdir);
  if (wanted('licenses') && !opts.watch) {
    const packages = packagesOf(metafiles);
    await writeFile(path.join(opts.outdir, 'THIRD-PARTY-LICENSES.txt'), await licenseText(packages));
    await writeFile(path.join(opts.outdir, 'sbom.cdx.json'), await sbom(ROOT, packages));
  }
}

main(parseArgs(process.argv.slice(2))).catch((error) => {
  // esbuild has printed what is wrong with the sources.
  if (!error.errors) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
