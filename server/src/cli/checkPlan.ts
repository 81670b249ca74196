/** What is to be done with one file: plain data, so that it can be handed to another thread. */
import type { Settings } from '../settings/settings.js';
import type { TargetBounds } from './kernelOption.js';

/** Out of the options, and of the project file where there is one (`projectFiles.ts`). */
export interface CheckPlan {
  readonly settings: Settings;
  /** Each target by itself; none where nobody named one. */
  readonly targets: readonly TargetBounds[];
  /** Tells the content of the files that targets name; results are kept under it. */
  readonly stamps?: string;
}
