/** Distributions as the command line and the editor list them. */
import { expect, test } from 'vitest';
import { distributionTexts } from '../../server/src/features/distributions.js';
import { loadTestFacts } from '../support/facts.js';

test('each with its kernels, and how long it is supported', async () => {
  const texts = distributionTexts(await loadTestFacts(), '2026-11-22');
  const of = (name: string): object | undefined => texts.find((text) => text.name === name);
  expect(of('debian11')).toEqual({ name: 'debian11', title: 'Debian 11 (bullseye)', kernels: '5.10', support: 'ended 2024-08-14' });
  expect(of('rhel9.6')).toMatchObject({ kernels: '5.14 (BPF of 6.12)', support: '' });
  expect(of('rhel9.4')).toMatchObject({ kernels: '5.14 (BPF of 6.6)' });
  expect(of('sles15sp7')).toMatchObject({ kernels: '6.4 (and later things)', support: 'until 2031-07-31' });
  expect(of('android15')).toMatchObject({ kernels: 'gki-6.1, gki-6.6' });
  // What was believed of these before their sources were read: 6.6 since WSL 2.4, 6.17 on 24.04, 5.15 in Bottlerocket.
  expect(of('wsl2')).toMatchObject({ kernels: '5.15, 6.6, 6.18' });
  expect(of('ubuntu24.04-hwe')).toMatchObject({ kernels: '7.0' });
  expect(of('bottlerocket')).toMatchObject({ kernels: '6.1, 6.12' });
  expect(of('eks1.33')).toMatchObject({ kernels: 'amzn2023-6.12', support: 'ended 2026-07-29' });
  expect(texts.every(({ kernels }) => kernels !== '')).toBe(true);
});
