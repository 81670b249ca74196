/** Targets as users write them: releases compared as kernel versions, ranges, distributions, and what the host looked up. */
import { describe, expect, it } from 'vitest';
import type { Kernel, KernelsByName } from '../../server/src/facts/kernel.js';
import { distributionNamed } from '../../server/src/model/distributionNames.js';
import { namesToLookUp, parseTarget } from '../../server/src/model/target.js';
import { loadTestFacts } from '../support/facts.js';

const facts = await loadTestFacts();
const BOOK = { releases: [5004, 5009, 5010, 5015, 6001], distributions: facts.distributions };
const parse = (text: string) => parseTarget(text, BOOK);

/** The kernels of somebody's own in a target, as `label release/bpf`. */
function kernels(text: string): readonly string[] {
  const parsed = parse(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.target.parts.flatMap(({ kernel }) => (kernel ? [`${kernel.label} ${kernel.release}/${kernel.bpf}${kernel.backports ? '+' : ''}`] : []));
}

describe('reading a target', () => {
  it('takes one release', () => {
    expect(parse('5.15')).toMatchObject({ target: { min: 5015, max: 5015, releases: [5015], parts: [{ releases: [5015] }] } });
  });

  it('takes a range with both ends and the releases within, 5.9 before 5.10', () => {
    expect(parse('5.9..5.15')).toMatchObject({ target: { min: 5009, max: 5015, releases: [5009, 5010, 5015] } });
  });

  it("takes a distribution's long names of releases, and releases that the book does not know", () => {
    expect(parse('6.1.0-18-amd64')).toMatchObject({ target: { min: 6001, max: 6001, releases: [6001] } });
    expect(parse('5.14..9.9')).toMatchObject({ target: { min: 5014, max: 9009, releases: [5014, 5015, 6001, 9009] } });
  });

  it('takes several, and leaves out what lies between them', () => {
    expect(parse('6.1, 5.4..5.10')).toMatchObject({ target: { min: 5004, max: 6001, releases: [5004, 5009, 5010, 6001] } });
    expect(parse('5.15,5.9..5.15')).toEqual(parse('5.9..5.15'));
  });

  it.each([',', '5.4,', ',5.4', '5.4,five', '', 'five', '5', '5.15..', '..6.1', '5.4..6.1..6.8', '5.4-6.1'])('says what is wrong with "%s"', (text) => {
    expect(parse(text)).toHaveProperty('error');
  });

  it('says that a range is the wrong way round', () => {
    expect(parse('6.8..5.4')).toEqual({ error: '"6.8..5.4" ends before it begins: write 5.4..6.8' });
  });
});

describe('distributions', () => {
  it('have kernels, by name, alias and in any case', () => {
    expect(kernels('ubuntu22.04')).toEqual(['ubuntu22.04 5015/5015']);
    expect(kernels('Jammy-HWE')).toEqual(['jammy-hwe 6008/6008']);
    expect(kernels('rhel9.6')).toEqual(['rhel9.6 5014/6012']);
    expect(kernels('rocky9.4')).toEqual(['rocky9.4 5014/6006+']);
    expect(kernels('sles15sp6')).toEqual(['sles15sp6 6004/6004+']);
    expect(kernels('amzn2')).toEqual(['amzn2 (4.14) 4014/4014', 'amzn2 (5.10) 5010/5010']);
    expect(kernels('android15')).toEqual(['gki-6.1 6001/6001+', 'gki-6.6 6006/6006+']);
  });

  it('mix with releases, each kernel once', () => {
    const parsed = parse('5.4..5.10,debian12,android15,gki-6.6');
    expect(parsed).toMatchObject({ target: { min: 5004, max: 6006, parts: [{ releases: [5004, 5009, 5010] }, { kernel: { label: 'debian12' } }, { kernel: { label: 'gki-6.1' } }, { kernel: { label: 'gki-6.6' } }] } });
  });

  it('are the same kernels each time, since answers are kept by them', () => {
    const [a, b] = [parse('rhel9.4'), parse('5.4,rhel9.4')];
    expect('target' in a && 'target' in b && a.target.parts[0]?.kernel === b.target.parts[1]?.kernel).toBe(true);
  });

  it.each([
    ['RHEL 8.6', 'rhel8.6'], ['rhel-8.6', 'rhel8.6'], ['Red Hat Enterprise Linux 8.6', 'rhel8.6'], ['Ubuntu 20.04', 'ubuntu20.04'], ['ubuntu-22.04', 'ubuntu22.04'], ['Ubuntu 22.04 LTS', 'ubuntu22.04'],
    ['bookworm', 'bookworm'], ['Debian 12', 'debian12'], ['al2023', 'al2023'], ['Amazon Linux 2023', 'amazonlinux2023'], ['gki-android14-6.1', 'gki-android14-6.1'], ['Rocky Linux 9.4', 'rocky9.4'], ['SLES 15 SP4', 'sles15sp4'],
    ['openSUSE Leap 15.6', 'leap15.6'], ['OpenWrt 23.05', 'openwrt23.05'], ['Azure Linux 3', 'azurelinux3'], ['Flatcar', 'flatcar'],
  ])('are known however they are spelled: %s', (text, label) => expect(kernels(text).map((kernel) => kernel.split(' ')[0]!.toLowerCase())).toEqual([label]));

  it('stand for each of their minor releases, by their own name', () => {
    expect(kernels('el9').slice(0, 3)).toEqual(['rhel9.0 5014/5014+', 'rhel9.1 5014/5016+', 'rhel9.2 5014/6000+']);
    expect(kernels('rocky8')).toContain('rocky8.4 4018/5009+');
    expect(kernels('centos8').at(-1)).toMatch(/^centos8\.5 /);
  });

  it('make ranges', () => {
    const names = (text: string) => kernels(text).map((kernel) => kernel.split(' ')[0]);
    expect(names('rhel8.8..rhel9.1')).toEqual(['rhel8.8', 'rhel8.9', 'rhel8.10', 'rhel9.0', 'rhel9.1']);
    expect(names('Ubuntu 20.04 .. Ubuntu 24.04')).toEqual(['ubuntu20.04', 'ubuntu22.04', 'ubuntu24.04']);
    // Releases with kernels of another distribution are each meant; names that gather minor releases are not.
    expect(names('eks1.31..eks1.36')).toEqual(['amzn2023', 'amzn2023-6.12', 'amzn2023-6.18']);
    expect(names('android14..android16')).toEqual(['gki-5.10', 'gki13-5.15', 'gki-5.15', 'gki-6.1', 'gki-6.6', 'gki-6.12']);
    expect(names('talos1.8..talos1.10')).toEqual(['talos1.8', 'talos1.9', 'talos1.10']);
    expect(parse('rhel8.8..debian12')).toEqual({ error: expect.stringContaining('not releases of one distribution') as string });
    expect(parse('rhel9.1..rhel8.8')).toEqual({ error: expect.stringContaining('write rhel8.8..rhel9.1') as string });
  });

  it('need a release', () => {
    expect(parse('debian')).toEqual({ error: expect.stringContaining('does not say which release: debian10, debian11, debian12, debian13') as string });
    expect(parse('RHEL')).toEqual({ error: expect.stringContaining('rhel7, rhel8, rhel9, rhel10') as string });
  });

  it('are guessed where the name is wrong', () => {
    expect(parse('rhl 8'))
      .toEqual({ error: expect.stringContaining('did you mean rhel8?') as string });
    expect(parse('ubunto22.04')).toEqual({ error: expect.stringContaining('did you mean ubuntu22.04?') as string });
    expect(parse('ubunt22')).toEqual({ error: expect.stringContaining('did you mean ubuntu22.04?') as string });
    expect(parse('debain12')).toEqual({ error: expect.stringContaining('did you mean debian12?') as string });
    expect(parse('linus6')).toEqual({ error: expect.not.stringContaining('did you mean') as string });
    expect(parse('plan9')).toEqual({ error: expect.stringContaining('no distribution that is known') as string });
  });

  it('all have kernels and a source', () => {
    expect(facts.distributions.size).toBeGreaterThan(80);
    for (const { name, sources } of facts.distributions.values()) {
      expect(kernels(name), name).not.toHaveLength(0);
      expect(sources, name).not.toHaveLength(0);
    }
    expect(distributionNamed(facts.distributions, 'BOOKWORM')?.supportEnd).toBe('2026-07-11');
  });
});

describe('what the host looks up', () => {
  it('is files and the running kernel', () => {
    expect(namesToLookUp('5.4..6.8, ./a.btf,running,rhel9.4,vmlinux,C:\\k\\b.btf,5.8.0-63-generic.btf')).toEqual(['./a.btf', 'running', 'vmlinux', 'C:\\k\\b.btf', '5.8.0-63-generic.btf']);
  });

  it('stands for a kernel, for none, or for part of another', () => {
    const kernel: Kernel = { label: './a.btf', release: 5010, bpf: 5010, backports: false };
    const found: KernelsByName = new Map<string, Kernel | { error: string } | { joins: string }>([['./a.btf', kernel], ['m.btf', { joins: './a.btf' }], ['running', { error: 'no Linux here' }]]);
    expect(parseTarget('./a.btf,m.btf', BOOK, found)).toMatchObject({ target: { min: 5010, kernel, parts: [{ kernel }] } });
    expect(parseTarget('5.4,running', BOOK, found)).toEqual({ error: 'no Linux here' });
    expect(parse('./a.btf')).toEqual({ error: expect.stringContaining('cannot be read here') as string });
    expect(parse('running')).toEqual({ error: expect.stringContaining('cannot be asked here') as string });
  });
});
