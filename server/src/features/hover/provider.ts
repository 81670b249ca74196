/** What one kind of hover is. */
import type { Unit } from '../../analysis.types.js';
import type { CursorRole } from '../../syntax/views.js';
import type { HoverInfo } from '../text/info.js';

/** Answers, or leaves it to the next kind. Never looks at the text, only at the role. */
export type HoverProvider = (unit: Unit, role: CursorRole, offset: number) => HoverInfo | undefined;
