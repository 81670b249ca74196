/** Which roles are the bare use of a name, and hence may be a helper, kfunc or constant. */
import type { CursorRole } from '../../syntax/views.js';

/** The name under the cursor where it is used as a callee, value or macro; undefined for sections, fields and types. */
export function usedName(role: CursorRole): string | undefined {
  return role.kind === 'callee' || role.kind === 'identifier' || role.kind === 'macro' ? role.name : undefined;
}
