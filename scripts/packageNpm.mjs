#!/usr/bin/env node
/**
 * Makes the npm package `ebpf-lens` in dist-npm/: the command line, and the library for Node.js and browsers with its
 * declarations. The extension's own package.json is private and another package's; this one is written here.
 *
 *   node scripts/packageNpm.mjs [--out DIR] [--no-build | --dist DIR]
 *
 * Without --no-build the bundles are built first; --dist takes those in another folder. `npm pack` in the folder makes the archive.
 */
import { build } from 'esbuild';
import { generateDtsBundle } from 'dts-bundle-generator';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
/** What the command line and the server need at run time, and the licences of what is in them. */
const FILES = ['cli.js', 'cliMain.js', 'cliWorker.js', 'server.cjs', 'serverMain.cjs', 'yaml.cjs', 'chokidar.cjs', 'facts.json', 'web-tree-sitter.wasm', 'tree-sitter-c.wasm', 'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json'];

function parseArgs(argv) {
  const opts = { out: path.join(ROOT, 'dist-npm'), dist: path.join(ROOT, 'dist'), build: true };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--out' && argv[i + 1]) opts.out = path.resolve(argv[++i]);
    else if (argv[i] === '--no-build') opts.build = false;
    else if (argv[i] === '--dist' && argv[i + 1]) {
      opts.dist = path.resolve(argv[++i]);
      opts.build = false;
    } else throw new Error(`unknown argument ${argv[i]}; see the head of scripts/packageNpm.mjs`);
  }
  return opts;
}

/** The package's own package.json. Nothing is installed with it: all it needs is bundled. */
function manifest({ version, description, license, homepage, repository, bugs, keywords, engines }) {
  const types = (name) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  return {
    name: 'ebpf-lens',
    version,
    description,
    license,
    homepage,
    repository,
    bugs,
    keywords: [...keywords, 'lint', 'cli'],
    type: 'module',
    bin: { 'ebpf-lens': 'dist/cli.js' },
    types: './dist/library.d.ts',
    exports: {
      '.': { browser: types('libraryBrowser'), require: { types: './dist/library.d.cts', default: './dist/library.cjs' }, default: types('library') },
      './browser': types('libraryBrowser'),
      './facts.json': './dist/facts.json',
      './web-tree-sitter.wasm': './dist/web-tree-sitter.wasm',
      './tree-sitter-c.wasm': './dist/tree-sitter-c.wasm',
      './package.json': './package.json',
    },
    files: ['dist', 'docs', 'CHANGELOG.md'],
    engines: { node: engines.node },
    sideEffects: false,
  };
}

/** What web-tree-sitter's ES module asks of import.meta a CommonJS bundle does not have: its CommonJS file stands in. */
const treeSitterAsCommonJs = {
  name: 'tree-sitter-as-commonjs',
  setup: (b) => b.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: path.join(ROOT, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') })),
};

async function bundleLibrary(out) {
  const common = { absWorkingDir: ROOT, bundle: true, format: 'esm', minifyWhitespace: true, minifySyntax: true, legalComments: 'none', logLevel: 'warning' };
  // Programs may have both kinds of modules: there is one library, and the ES module hands it on.
  await build({
    ...common,
    entryPoints: ['server/src/entry/libraryNode.ts'],
    outfile: path.join(out, 'library.cjs'),
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: [treeSitterAsCommonJs],
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': '__url' },
  });
  writeFileSync(path.join(out, 'library.js'), "import library from './library.cjs';\nexport const { createLens } = library;\n");
  // A module of Node.js in here would fail this build: a browser has none. The parser's own branch for Node.js is never taken.
  await build({
    ...common,
    entryPoints: ['server/src/entry/libraryBrowser.ts'],
    outfile: path.join(out, 'libraryBrowser.js'),
    platform: 'browser',
    target: 'es2022',
    mainFields: ['browser', 'module', 'main'],
    define: { 'import.meta.url': JSON.stringify('https://ebpf-lens.invalid/') },
  });
}

/** One file of declarations for each entry, with nothing but the public types in it. */
function declarations(out) {
  const entries = [['libraryNode', 'library'], ['libraryBrowser', 'libraryBrowser']];
  const texts = generateDtsBundle(
    entries.map(([entry]) => ({ filePath: path.join(ROOT, `server/src/entry/${entry}.ts`), output: { noBanner: true, exportReferencedTypes: false } })),
    { preferredConfigPath: path.join(ROOT, 'tsconfig.json') },
  );
  entries.forEach(([, name], i) => writeFileSync(path.join(out, `${name}.d.ts`), texts[i]));
  copyFileSync(path.join(out, 'library.d.ts'), path.join(out, 'library.d.cts'));
}

async function main(opts) {
  if (opts.build) {
    const built = spawnSync(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { stdio: 'inherit' });
    if (built.status !== 0) throw new Error('the build failed');
  }
  const dist = path.join(opts.out, 'dist');
  rmSync(opts.out, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const file of FILES) copyFileSync(path.join(opts.dist, file), path.join(dist, file));
  chmodSync(path.join(dist, 'cli.js'), 0o755);
  await bundleLibrary(dist);
  declarations(dist);
  const extension = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(path.join(opts.out, 'package.json'), `${JSON.stringify(manifest(extension), null, 2)}\n`);
  copyFileSync(path.join(ROOT, 'docs/library.md'), path.join(opts.out, 'README.md'));
  for (const file of ['LICENSE', 'CHANGELOG.md']) copyFileSync(path.join(ROOT, file), path.join(opts.out, file));
  mkdirSync(path.join(opts.out, 'docs'));
  for (const file of ['cli.md', 'ci.md']) copyFileSync(path.join(ROOT, 'docs', file), path.join(opts.out, 'docs', file));
  cpSync(path.join(ROOT, 'docs/rules'), path.join(opts.out, 'docs/rules'), { recursive: true });
}

main(parseArgs(process.argv.slice(2))).catch((error) => {
  if (!error.errors) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
