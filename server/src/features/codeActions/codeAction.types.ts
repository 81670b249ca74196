/** What an action that is offered at a place consists of. */
import type { Finding, Fix } from '../../rules/rule.js';

/** The protocol's words: `quickfix` mends or silences, `refactor.rewrite` says the same in another way. */
export type ActionKind = 'quickfix' | 'refactor.rewrite';

export interface CodeActionData {
  readonly title: string;
  readonly kind: ActionKind;
  /** What it mends or silences. */
  readonly finding?: Finding;
  readonly edits: Fix['edits'];
  /** The only correction of its finding, so that it may be taken unseen. */
  readonly preferred: boolean;
  /** Instead of edits: the rule whose severity the client is to set to `off` in the workspace's settings. */
  readonly switchesOff?: string;
}
