/** Asks every feature about a text and holds that each answers or is silent, points into the text, and writes harmless Markdown. */
import { expect } from 'vitest';
import type { Session, Unit } from '../../server/src/analysis.types.js';
import { codeActions } from '../../server/src/features/codeActions/codeActions.js';
import { complete } from '../../server/src/features/completion/completion.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { signature } from '../../server/src/features/signature/signature.js';
import { status } from '../../server/src/features/status.js';
import { symbols } from '../../server/src/features/symbols.js';
import { toMarkdown } from '../../server/src/features/text/markdown.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import type { Settings } from '../../server/src/settings/settings.js';
import type { Span } from '../../server/src/text/span.js';

function inside(length: number, { start, end }: Span): void {
  if (!(start >= 0 && start <= end && end <= length)) throw new Error(`span ${start}-${end} of ${length}`);
}

/** Analyses `text` as a program file and asks about some offsets. */
export function exercise(session: Session, text: string, offsets: readonly number[], settings: Settings = DEFAULT_SETTINGS): Unit {
  const unit = session.analyze({ main: 'a.bpf.c', files: new Map([['a.bpf.c', text]]) }, settings);
  expect(unit.failures).toEqual([]);
  for (const finding of unit.findings) {
    inside(text.length, finding.span);
    for (const fix of finding.fixes) for (const edit of fix.edits) inside(text.length, edit.span);
  }
  for (const symbol of symbols(unit)) inside(text.length, symbol.nameSpan);
  unit.minKernel();
  for (const program of unit.model.programs) unit.minKernel(program);
  for (const wanted of offsets) {
    const offset = Math.min(wanted, text.length);
    const info = hover(unit, offset);
    if (info !== undefined) {
      inside(text.length, info.span);
      toMarkdown(info.sections);
    }
    const list = complete(unit, offset);
    if (list !== undefined) inside(text.length, list.replace);
    signature(unit, offset);
    status(unit, 'a.bpf.c', offset, () => 1);
    for (const action of codeActions(unit, { start: offset, end: offset })) for (const edit of action.edits) inside(text.length, edit.span);
  }
  return unit;
}
