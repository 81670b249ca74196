/** The npm package: packed, installed without a network into an empty folder, its command run, its library type-checked and run. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, runWell } from '../support/run.js';
import { builtCli } from './support.js';

const ROOT = path.join(import.meta.dirname, '../..');
let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
const installed = (...parts: string[]): string => at('app/node_modules/ebpf-lens', ...parts);

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-npm-'));
  await runWell(process.execPath, [path.join(ROOT, 'scripts/packageNpm.mjs'), '--dist', builtCli(), '--out', at('package')]);
  await runWell('npm', ['pack', '--silent', '--pack-destination', dir], { cwd: at('package') });
  const archive = readdirSync(dir).find((name) => name.endsWith('.tgz'))!;
  mkdirSync(at('app'));
  writeFileSync(at('app/package.json'), '{ "name": "app", "private": true, "type": "module" }');
  await runWell('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', at(archive)], { cwd: at('app') });
  await typeCheck();
});
/** What the compiler says of all that imports the package: one run, since it costs seconds, over what must be fine and what must not. */
let told: string;
async function typeCheck(): Promise<void> {
  const example = /```ts\n([^]*?)```/.exec(readFileSync(installed('README.md'), 'utf8'))![1]!;
  writeFileSync(at('app/example.ts'), example);
  writeFileSync(at('app/wrong.ts'), "import { createLens } from 'ebpf-lens';\nconst lens = await createLens();\nlens.analyze({ txt: '' });\n");
  writeFileSync(at('app/web.ts'), "import { createLens, type Lens } from 'ebpf-lens/browser';\nexport const open = (bytes: Uint8Array): Promise<Lens> => createLens({ facts: {}, runtime: bytes, language: bytes });\n");
  writeFileSync(at('app/common.cts'), `
    import { createLens, type FindingJson, type Lens } from 'ebpf-lens';
    const open: () => Promise<Lens> = createLens;
    async function main(): Promise<void> {
      const lens = await open();
      const findings: FindingJson[] = lens.analyze('SEC("xdp") int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }').findings;
      const again = await import('ebpf-lens');
      console.log(findings.map((finding) => finding.rule).join(), again.createLens === createLens);
      lens.dispose();
    }
    void main();
  `);
  const flags = ['--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', '--types', 'node', '--typeRoots', path.join(ROOT, 'node_modules/@types')];
  told = (await run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags, 'example.ts', 'web.ts', 'common.cts', 'wrong.ts'], { cwd: at('app') })).stdout;
}
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('holds what it must and nothing else, and installs no other package', () => {
  expect(readdirSync(at('app/node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['ebpf-lens']);
  expect(readdirSync(installed()).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json']);
  expect(readdirSync(installed('dist')).sort()).toEqual([
    'THIRD-PARTY-LICENSES.txt', 'chokidar.cjs', 'cli.js', 'cliMain.js', 'cliWorker.js', 'facts.json', 'library.cjs', 'library.d.cts', 'library.d.ts', 'library.js', 'libraryBrowser.d.ts', 'libraryBrowser.js', 'sbom.cdx.json', 'server.cjs', 'serverMain.cjs', 'tree-sitter-c.wasm', 'web-tree-sitter.wasm', 'yaml.cjs',
  ]);
  const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).not.toHaveProperty('private');
  for (const key of ['dependencies', 'devDependencies', 'scripts', 'contributes', 'main']) expect(manifest).not.toHaveProperty(key);
  expect(manifest['version']).toBe((JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }).version);
});

it('names packages that are in it among the licences', () => {
  const text = readFileSync(installed('dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['commander', 'web-tree-sitter', 'tree-sitter-c', 'yaml', 'picomatch', 'ignore']) expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
});

it('links lead to pages that are in it', () => {
  for (const [, link] of readFileSync(installed('README.md'), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)) expect(existsSync(installed(link!)), link).toBe(true);
});

it('has the command, threads included', async () => {
  const files = Array.from({ length: 30 }, (_, i) => `p${i}.bpf.c`);
  files.forEach((name, i) => writeFileSync(at('app', name), `SEC("xdp") int f${i}(struct xdp_md *ctx) { return bpf_probe_write_user(0, 0, 0); }\nchar LICENSE[] SEC("license") = "GPL";\n`));
  const ran = await run(at('app/node_modules/.bin/ebpf-lens'), ['check', '--jobs', '2', '--format', 'json', ...files], { cwd: at('app') });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 1, stderr: '' });
  expect((JSON.parse(ran.stdout) as { files: { path: string }[] }).files.map((f) => f.path)).toEqual(files);
});

it('has types that hold: what uses them well is fine, what does not is told', () => {
  expect(told.trim().split('\n')).toEqual([expect.stringMatching(/^wrong\.ts\(3,16\): error TS\d+: .*'txt'/)]);
});

it('has the library: the example of its page runs', async () => {
  const ran = await run(process.execPath, ['example.js'], { cwd: at('app') });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(/^\d+:\d+: `bpf_skb_load_bytes` is not allowed in XDP programs.*\[helper-not-allowed\]$/m);
  expect(ran.stdout).toMatch(/^needs Linux \d+\.\d+$/m);
  expect(ran.stdout).toMatch(/^Since: .*Linux 4\.5/m);
  expect(ran.stdout).toMatch(/^\d+\n$/m);
  expect(ran.status).toBe(0);
});

it('has the library for CommonJS too, the same one', async () => {
  // Without what newer releases of Node.js do for `require` of an ES module.
  const ran = await run(process.execPath, ['--no-experimental-require-module', 'common.cjs'], { cwd: at('app') });
  expect({ stdout: ran.stdout, stderr: ran.stderr }).toEqual({ stdout: 'helper-not-allowed true\n', stderr: '' });
});

it('has a library for browsers that needs no Node.js', async () => {
  expect(readFileSync(installed('dist/libraryBrowser.js'), 'utf8')).not.toMatch(/^import\b[^;]*from\s*["']/m);
  // As a browser is: nothing of Node.js in sight once the files are there.
  writeFileSync(at('app/browser.js'), `
    import { readFileSync } from 'node:fs';
    const bytes = (name) => new Uint8Array(readFileSync('node_modules/ebpf-lens/dist/' + name));
    const assets = { facts: new TextDecoder().decode(bytes('facts.json')), runtime: bytes('web-tree-sitter.wasm'), language: bytes('tree-sitter-c.wasm') };
    for (const name of ['process', 'Buffer', 'global', 'require']) delete globalThis[name];
    const { createLens } = await import('ebpf-lens/browser');
    const lens = await createLens(assets);
    const call = (condition) => '#if' + condition + '\\nbpf_probe_write_user(0, 0, 0);\\n#endif\\n';
    const text = 'SEC("xdp") int f(struct xdp_md *ctx) {\\n' + call('def OLD') + 'return bpf_xdp_get_buff_len(ctx); }\\nchar LICENSE[] SEC("license") = "GPL";\\n';
    let refused;
    try { lens.analyze(text, { kernel: 'banana' }); } catch (error) { refused = error.constructor.name; }
    console.log(JSON.stringify({
      old: lens.analyze(text, { kernel: '5.10' }).findings.map((f) => f.rule),
      fine: lens.analyze(text, { kernel: '6.1' }).findings,
      header: lens.analyze({ path: 'a/b.c', text: '#include "n.h"\\n' + text, readHeader: (p) => (p === 'a/n.h' ? 'static int n(void) { return bpf_loop(1, 0, 0, 0); }\\n' : undefined) }, { kernel: '6.1' }).findings,
      refused, known: lens.explain('bpf_loop').known, unknown: lens.explain('bpf_lop').known,
      helpers: [lens.facts(['helper'], '4.8').length, lens.facts(['helper'], '6.1').length],
    }));
    lens.dispose();
  `);
  const ran = await run(process.execPath, ['browser.js'], { cwd: at('app') });
  expect(ran.stderr).toBe('');
  const { helpers, ...said } = JSON.parse(ran.stdout) as { helpers: [number, number] };
  expect(said).toEqual({ old: ['helper-newer-than-target'], fine: [], header: [], refused: 'RangeError', known: true, unknown: false });
  expect(helpers[0]).toBeLessThan(helpers[1]);
});
