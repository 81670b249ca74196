/** The list of what is bundled, as a CycloneDX document (https://cyclonedx.org, 1.6). The same packages always give the same bytes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** `pkg:npm/%40scope/name@1.2.3`, as package URLs spell scopes. */
const purlOf = ({ name, version }) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/** The lock file's `sha512-BASE64` as CycloneDX wants it. */
function hashesOf(integrity) {
  const found = /^sha512-(\S+)/.exec(integrity ?? '');
  if (!found) throw new Error('a bundled package has no sha512 in package-lock.json');
  return [{ alg: 'SHA-512', content: Buffer.from(found[1], 'base64').toString('hex') }];
}

/** A folder as the lock file names it, also where `node_modules` is a link to another place. */
const inLock = (dir) => dir.slice(dir.indexOf('node_modules/'));

/** One package; its group is the scope, as npm's own documents have it. */
function component(pkg, integrity) {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.+)$/.exec(pkg.name);
  return {
    type: 'library', 'bom-ref': purlOf(pkg), ...(group ? { group } : {}), name, version: pkg.version,
    licenses: [{ license: { id: pkg.license } }], purl: purlOf(pkg), hashes: hashesOf(integrity),
  };
}

/**
 * @param {string} root folder of package.json and package-lock.json
 * @param {readonly string[]} dirs the bundled packages' folders, relative to it (`node_modules/yaml`)
 * @returns {Promise<string>} the document as JSON
 * @throws if a package is not in the lock file
 */
export async function sbom(root, dirs) {
  const json = async (...parts) => JSON.parse(await readFile(path.join(root, ...parts), 'utf8'));
  const [own, lock] = await Promise.all([json('package.json'), json('package-lock.json')]);
  const components = await Promise.all(dirs.map(async (dir) => component(await json(dir, 'package.json'), lock.packages[inLock(dir)]?.integrity)));
  components.sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const subject = { type: 'application', 'bom-ref': purlOf(own), name: own.name, version: own.version, licenses: [{ license: { id: own.license } }], purl: purlOf(own) };
  const document = {
    bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
    metadata: { component: subject },
    components,
    dependencies: [{ ref: subject['bom-ref'], dependsOn: components.map((c) => c['bom-ref']) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
