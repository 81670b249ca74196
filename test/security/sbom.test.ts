/** The list of bundled packages that goes into the extension: complete, and each entry good enough to look a vulnerability up by. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

const read = (name: string): string => readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');
const document = JSON.parse(read('sbom.cdx.json')) as { readonly components: readonly Component[]; readonly dependencies: readonly { readonly dependsOn: readonly string[] }[] };
const nameOf = ({ group, name, version }: Component): string => `${group === undefined ? '' : `${group}/`}${name} ${version}`;

it('lists the packages whose licences go along, and no others', () => {
  const licensed = [...read('THIRD-PARTY-LICENSES.txt').matchAll(/^-{80}\n\n(\S+ \S+) \(/gm)].map(([, name]) => name!);
  expect(licensed.length).toBeGreaterThan(5);
  expect(document.components.map(nameOf).sort()).toEqual(licensed.sort());
});

it('names each by a package URL of its version, and by what the lock file says it holds', () => {
  for (const component of document.components) {
    expect(component.purl).toBe(`pkg:npm/${nameOf(component).replace(/^@/, '%40').replace(' ', '@')}`);
    expect(component.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }]);
  }
  expect(document.dependencies[0]?.dependsOn).toEqual(document.components.map((c) => c['bom-ref']));
});
