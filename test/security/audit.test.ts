/** What CI makes of npm's audit: npm itself asks a registry of our own, which answers as npm's documentation says, and once not at all. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';

interface Verdict {
  readonly answered: boolean;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}
const { judgeAudit } = (await import(new URL('../../.ci/audit.mjs', import.meta.url).href)) as { judgeAudit(output: string, bundled: ReadonlySet<string>): Verdict };

/** What the registry answers to the names and versions that it is sent. */
let answer: (asked: Readonly<Record<string, readonly string[]>>) => object | undefined;
let asked: Readonly<Record<string, readonly string[]>> = {};
let registry: Server;
let project: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'ebpf-lens-audit-'));
  const packages = { 'left-shipped': '1.2.3', 'left-tool': '4.5.6' };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'audited', version: '1.0.0', dependencies: packages }));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify({
    name: 'audited', version: '1.0.0', lockfileVersion: 3, requires: true,
    packages: { '': { name: 'audited', version: '1.0.0', dependencies: packages }, ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version, resolved: `http://127.0.0.1/${name}.tgz`, integrity: 'sha512-AAAA' }])) },
  }));
  registry = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const reply = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/-/npm/v1/security/advisories/bulk') {
        const body = Buffer.concat(chunks);
        asked = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()) as typeof asked;
        const found = answer(asked);
        return found === undefined ? reply(405, {}) : reply(200, found);
      }
      const name = (request.url ?? '').slice(1);
      const version = packages[name as keyof typeof packages];
      return version === undefined ? reply(404, {}) : reply(200, { name, 'dist-tags': { latest: version }, versions: Object.fromEntries([version, '9.9.9'].map((each) => [each, { name, version: each, dist: { tarball: `http://127.0.0.1/${name}.tgz`, integrity: 'sha512-AAAA' } }])) });
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  registry.close();
  rmSync(project, { recursive: true, force: true });
});

/** Runs the real npm against it. */
function audit(): Promise<string> {
  const { port } = registry.address() as AddressInfo;
  return new Promise((resolve) => {
    execFile('npm', ['audit', '--json', '--registry', `http://127.0.0.1:${port}/`, '--fetch-retries', '0', '--cache', mkdtempSync(join(project, 'cache-'))], { cwd: project, timeout: 120_000 }, (_error, stdout) => resolve(stdout));
  });
}

const advisory = (id: number, severity: string): object => ({ id, url: `https://github.com/advisories/GHSA-${id}`, title: `Advisory ${id}`, severity, vulnerable_versions: '<9.0.0', cwe: ['CWE-1333'], cvss: { score: 7.5, vectorString: null } });
const SHIPPED = new Set(['left-shipped']);

it('finds a vulnerability of what is shipped, and notes others', async () => {
  answer = () => ({ 'left-shipped': [advisory(1, 'high')], 'left-tool': [advisory(2, 'critical')] });
  const verdict = judgeAudit(await audit(), SHIPPED);
  expect(asked).toEqual({ 'left-shipped': ['1.2.3'], 'left-tool': ['4.5.6'] });
  expect(verdict.answered).toBe(true);
  expect(verdict.problems).toEqual(['left-shipped 1.2.3: a known vulnerability, high: Advisory 1 (https://github.com/advisories/GHSA-1)']);
  expect(verdict.notes).toEqual(['left-tool 4.5.6: a known vulnerability, critical: Advisory 2 (https://github.com/advisories/GHSA-2) (used to build and test only)', expect.stringMatching(/^2 packages with known vulnerabilities among \d+ /)]);
});

it('a lesser one of what is shipped is no failure', async () => {
  answer = () => ({ 'left-shipped': [advisory(1, 'moderate')] });
  expect(judgeAudit(await audit(), SHIPPED)).toMatchObject({ answered: true, problems: [] });
});

it('no advisories are an answer', async () => {
  answer = () => ({});
  expect(judgeAudit(await audit(), SHIPPED)).toEqual({ answered: true, problems: [], notes: [expect.stringMatching(/^0 packages with known vulnerabilities among \d+ that are installed$/)] });
});

it('a registry that does not answer is told from one that knows of nothing', async () => {
  answer = () => undefined;
  const verdict = judgeAudit(await audit(), SHIPPED);
  expect(verdict).toMatchObject({ answered: false, problems: [] });
  expect(verdict.notes.join()).toContain('405');
  for (const output of ['', 'null', '[]', '{}', '{"vulnerabilities":{}}', '{"auditReportVersion":9,"vulnerabilities":{}}', '{"error":{"summary":"no network"}}']) expect(judgeAudit(output, SHIPPED)).toMatchObject({ answered: false, problems: [] });
});
