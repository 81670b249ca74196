/** What `check` is to do with every file, out of the options: plain data, so that each thread can make its own. */
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { Settings } from '../settings/settings.js';
import { UsageError } from './host.js';
import { parseTargets, targetSetting, type TargetBounds, type TargetOption } from './kernelOption.js';

/** The options that say how a file is analysed. */
export interface PlanOptions {
  readonly kernel?: string;
  readonly config?: string;
}

/** Settings and targets of a run. */
export interface CheckPlan {
  readonly aim: TargetOption | null;
  readonly targets: readonly TargetBounds[];
  readonly settings: Settings;
}

/** @throws UsageError for a target that is none */
export function planOf({ kernel, config }: PlanOptions): CheckPlan {
  const aim = kernel === undefined ? null : parseTargets(kernel);
  if (config !== undefined) throw new UsageError('--config: this build does not read configuration files yet');
  const targets = aim?.targets ?? [];
  return { aim, targets, settings: { ...DEFAULT_SETTINGS, targetKernel: targets.map(targetSetting).join() } };
}
