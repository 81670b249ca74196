/** Hover: what stands under the cursor decides which of the kinds answers; the first that does wins. */
import type { Unit } from '../../analysis.types.js';
import type { CursorRole } from '../../syntax/views.js';
import type { HoverInfo } from '../text/info.js';
import { hoverAttachType } from './attachType.js';
import { hoverContext } from './contextStruct.js';
import { hoverField } from './field.js';
import { hoverHelper } from './helper.js';
import { hoverKfunc } from './kfunc.js';
import { hoverMacro } from './macro.js';
import { hoverMapType } from './mapType.js';
import { hoverProgramType } from './programType.js';
import { hoverSection } from './section.js';

/** One kind of hover: answers, or leaves it to the next. Never looks at the text, only at the role. */
export type HoverProvider = (unit: Unit, role: CursorRole, offset: number) => HoverInfo | undefined;

const PROVIDERS: readonly HoverProvider[] = [
  hoverSection,
  hoverField,
  hoverHelper,
  hoverKfunc,
  hoverProgramType,
  hoverAttachType,
  hoverMapType,
  hoverContext,
  hoverMacro,
];

/** What to show for an offset of the unit's main file; undefined for nothing. */
export function hover(unit: Unit, offset: number): HoverInfo | undefined {
  const role = unit.roleAt(offset);
  if (role.kind === 'none') return undefined;
  for (const provider of PROVIDERS) {
    const info = provider(unit, role, offset);
    if (info !== undefined) return info;
  }
  return undefined;
}
