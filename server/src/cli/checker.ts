/** Checks one input after another in one thread, with what they share. */
import { CacheKeys } from './cacheKey.js';
import { checkFile } from './checkFile.js';
import { failedCheck } from './checked.js';
import type { CheckPlan } from './checkPlan.js';
import { loadEngine, type Engine } from './engine.js';
import { Headers } from './headers.js';
import { analysable, ObjectError } from './objectInput.js';
import { reasonOf } from './readText.js';
import type { PlainChecked } from './reporters/reporter.js';

/** What a thread needs to begin. Plain data. */
export interface CheckerOptions {
  readonly assetDir: string;
  /** The build's identity, where results are to be cached. */
  readonly build?: string;
}

/** One input. Plain data. */
export interface CheckTask {
  readonly path: string;
  readonly text: string;
  readonly plan: CheckPlan;
}

/** A result with what belongs to it. Plain data. */
export interface CheckerResult {
  readonly checked: PlainChecked;
  /** What is to be told about project files. */
  readonly notes: readonly string[];
  /** What the result may be kept under; absent where it may not. */
  readonly key?: string;
}

export class Checker {
  private readonly headers: Headers;
  private readonly keys: CacheKeys | undefined;

  private constructor(private readonly engine: Engine, build: string | undefined) {
    this.headers = new Headers((path) => engine.session.forget(path));
    this.keys = build === undefined ? undefined : new CacheKeys(build);
  }

  static async start({ assetDir, build }: CheckerOptions): Promise<Checker> {
    return new Checker(await loadEngine(assetDir), build);
  }

  /** Never throws. */
  check({ path, text, plan }: CheckTask): CheckerResult {
    let checked: PlainChecked;
    let key: string | undefined;
    try {
      const files = this.headers.collect(path, text, plan.settings);
      checked = checkFile({ ...this.engine, headers: this.headers, path, files: analysable(files, this.engine.facts) }, plan);
      if (checked.entry.error === undefined) key = this.keys?.keyOf(files, plan);
    } catch (error) {
      checked = failedCheck(path, error instanceof ObjectError ? error.message : `could not be analysed: ${reasonOf(error)}`);
    }
    this.engine.session.forget(path);
    this.headers.trim();
    return { checked, notes: this.headers.takeNotes(), ...(key === undefined ? {} : { key }) };
  }

  dispose(): void {
    this.engine.session.dispose();
  }
}
