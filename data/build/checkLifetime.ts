/** What holds for every version in data/: the check that all kinds share. */
import type { DataFiles } from './dataFiles.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { CommonLifetime } from '../../server/src/facts/types.gen.js';

/** Takes a problem: the file below data/, the place in it, what is wrong. */
export type Complain = (file: string, path: string, message: string) => void;

const number = (version: string): number => parseRelease(version) ?? NaN;

/** Versions that are real, in order, and never later than a measured kernel that has the thing. */
export function checkLifetime(file: string, path: string, lifetime: CommonLifetime, files: DataFiles, complain: Complain): void {
  for (const [key, version] of Object.entries(lifetime)) {
    if (!files.kernels.releases.includes(version) && version !== '3.14') complain(file, `${path}.${key}`, `${version} is no known release`);
  }
  const { since, after, max, gone } = lifetime;
  if (after !== undefined && number(after) >= number(since)) complain(file, `${path}.after`, `${after} is not before ${since}`);
  if (max !== undefined && number(max) < number(since)) complain(file, `${path}.max`, `removed after ${max}, but added in ${since}`);
  if (gone !== undefined && (max === undefined || number(gone) <= number(max))) complain(file, `${path}.gone`, `${gone} is not after the last release that has it`);
}
