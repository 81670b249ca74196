/** Analyses one input of `check`. The result depends on the texts and the plan only, but for a header, which is judged for its includers. */
import { TOO_LONG } from '../model/limits.js';
import { plainChecked, withEntry } from './checked.js';
import { judgedByIncluders } from './checkHeader.js';
import type { CheckPlan } from './checkPlan.js';
import type { Opened } from './eachFile.js';
import { targetSetting, type TargetBounds } from './kernelOption.js';
import { fileEntry, type FileJson, type FindingJson } from './report.js';
import type { PlainChecked } from './reporters/reporter.js';

/** Analyses one input. */
export function checkFile(opened: Opened, { settings, targets }: CheckPlan): PlainChecked {
  const { path, files, session } = opened;
  const unit = session.analyze(files, settings);
  for (const limit of unit.model.limits ?? []) opened.headers.note(`${path}: ${limit}`);
  const checked = plainChecked(path, unit);
  const { entry } = checked;
  // A session keeps one unit a path: what is asked of this one has been asked.
  const failed = unit.failures.map((f) => `the rule ${f.rule} failed: ${f.error.split('\n', 1)[0]}`);
  const broken = [...(unit.model.main.tooLong ? [`is ${TOO_LONG}`] : []), ...failed].join('; ');
  if (targets.length > 1 && entry.findings.length > 0) nameTargets(entry, targets, (t) => fileEntry(path, session.analyze(files, { ...settings, targetKernel: targetSetting(t) })));
  const whole = judgedByIncluders(broken ? withError(entry, broken) : entry, opened, settings);
  if (whole === entry) return checked;
  return whole.includedBy === undefined ? { ...checked, entry: whole } : withEntry(checked, whole, files.files);
}

/**
 * Says for each finding which of several targets fail: those that, taken alone, have a finding of its rule at its place, or
 * at least one of the same subject there (what is a gap between two targets is too new for the second alone).
 */
function nameTargets(entry: FileJson, targets: readonly TargetBounds[], checkAlone: (target: TargetBounds) => FileJson): void {
  const place = (f: FindingJson, ...more: string[]): string => JSON.stringify([f.path, f.line, f.column, f.endLine, f.endColumn, f.subject, ...more]);
  const alone = targets.map((target) => ({ name: targetSetting(target), found: new Set(checkAlone(target).findings.flatMap((f) => [place(f), place(f, f.rule)])) }));
  for (const finding of entry.findings) {
    const same = alone.filter(({ found }) => found.has(place(finding, finding.rule)));
    const failing = same.length > 0 ? same : alone.filter(({ found }) => found.has(place(finding)));
    if (failing.length > 0) finding.targets = failing.map((t) => t.name);
  }
}

/** The same entry with an error beside what was found. */
function withError({ path, ...rest }: FileJson, error: string): FileJson {
  return { path, error, ...rest };
}
