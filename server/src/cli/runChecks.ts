/** Runs `check` over the inputs, in this thread. */
import { checkFile } from './checkFile.js';
import { failedCheck } from './checked.js';
import type { CheckPlan } from './checkPlan.js';
import { loadEngine, type Engine } from './engine.js';
import { Headers } from './headers.js';
import { reasonOf, type ReadResult } from './readText.js';
import type { PlainChecked } from './reporters/reporter.js';

/** Checks one input after another, with what they share. */
export class Checker {
  private readonly headers: Headers;

  private constructor(private readonly engine: Engine, private readonly plan: CheckPlan) {
    this.headers = new Headers((path) => engine.session.forget(path));
  }

  static async start(assetDir: string, plan: CheckPlan): Promise<Checker> {
    return new Checker(await loadEngine(assetDir), plan);
  }

  /** @returns the result, and what is to be told about project files. Never throws. */
  check(path: string, text: ReadResult): { readonly checked: PlainChecked; readonly notes: readonly string[] } {
    if ('error' in text) return { checked: failedCheck(path, text.error), notes: [] };
    let checked: PlainChecked;
    try {
      checked = checkFile({ ...this.engine, headers: this.headers, path, files: this.headers.collect(path, text.text, this.plan.settings) }, this.plan);
    } catch (error) {
      checked = failedCheck(path, `could not be analysed: ${reasonOf(error)}`);
    }
    this.engine.session.forget(path);
    this.headers.trim();
    return { checked, notes: this.headers.takeNotes() };
  }

  dispose(): void {
    this.engine.session.dispose();
  }
}
