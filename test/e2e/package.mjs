/** Packs the extension as it is published and looks at what is in the package. */
import { createVSIX } from '@vscode/vsce';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** All that the package may hold, and must. */
export const ALLOWED = [
  'LICENSE.txt', 'changelog.md', 'package.json', 'readme.md',
  'dist/THIRD-PARTY-LICENSES.txt', 'dist/client.cjs', 'dist/clientBrowser.cjs', 'dist/facts.json', 'dist/matrixPage.css', 'dist/matrixPage.js', 'dist/sbom.cdx.json', 'dist/server.cjs', 'dist/serverMain.cjs', 'dist/tree-sitter-c.wasm', 'dist/web-tree-sitter.wasm', 'dist/worker.js', 'dist/yaml.cjs',
  'images/icon.png', 'images/view.svg', ...['clangd', 'hover', 'matrix', 'new', 'sample', 'target'].map((name) => `images/walkthrough/${name}.svg`), 'schemas/ebpf-lens.schema.json', 'syntaxes/bpf-verifier-log.tmLanguage.json', 'syntaxes/ebpf.injection.tmLanguage.json',
];
/** Packed; the wasm grammar and the facts are most of it. */
const MAX_MIB = 3;

/** Seconds since 1970 that every entry of the package has as its time, so that the same sources give the same bytes: 2026-01-01. */
const ENTRY_TIME = '1767225600';

/** Builds and packs. @returns the path of the VSIX. */
export async function pack(outDir, root = ROOT) {
  process.env.SOURCE_DATE_EPOCH ??= ENTRY_TIME;
  fs.mkdirSync(outDir, { recursive: true });
  const vsix = path.join(outDir, 'ebpf-lens.vsix');
  await createVSIX({ cwd: root, packagePath: vsix, dependencies: false });
  return vsix;
}

/** Entries of a zip, read from its central directory: each with its name and a function that gives its bytes. */
function zipEntries(file) {
  const zip = fs.readFileSync(file);
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [method, size, length, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)];
    const name = zip.toString('utf8', at + 46, at + 46 + length);
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const bytes = () => {
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + size);
      return method === 0 ? packed : inflateRawSync(packed);
    };
    return { name, bytes };
  });
}

/** Beside the extension's folder a VSIX holds two files that describe it. */
const extensionEntries = (vsix) => zipEntries(vsix).filter(({ name }) => name.startsWith('extension/')).map(({ name, bytes }) => ({ name: name.slice('extension/'.length), bytes }));

/** Puts the extension that is in a VSIX into a folder. */
export function unpack(vsix, folder) {
  for (const { name, bytes } of extensionEntries(vsix)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes());
  }
}

/** @returns what is wrong with the package, one sentence an entry. */
export function packageProblems(vsix) {
  // vsce gives the licence and the pages names of its own
  const files = extensionEntries(vsix).map(({ name }) => name);
  const mib = fs.statSync(vsix).size / 2 ** 20;
  return [
    ...files.filter((file) => !ALLOWED.includes(file)).map((file) => `${file} is in the package and should not be.`),
    ...ALLOWED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package.`),
    ...(mib > MAX_MIB ? [`The package has ${mib.toFixed(1)} MiB, more than ${MAX_MIB}.`] : []),
  ];
}
