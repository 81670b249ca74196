/**
 * The groups of steps, in the order in which they run. A group needs no other to have run; its steps may build on each other, and each
 * group may be run a second time from its start. `core` is always the first, as its first step needs that no server runs yet. A step is
 * [what it shows, async ({ ui, vscode, workspace }) => …] and fails by throwing.
 */
import { STEPS as around } from './around.mjs';
import { STEPS as core } from './core.mjs';
import { STEPS as first } from './first.mjs';
import { STEPS as project } from './project.mjs';
import { STEPS as recovery } from './recovery.mjs';
import { STEPS as targets } from './targets.mjs';
import { STEPS as verifierLog } from './verifierLog.mjs';
import { STEPS as writing } from './writing.mjs';
import { STEPS as workspace } from './workspace.mjs';

export const GROUPS = { core, around, writing, workspace, first, verifierLog, project, targets, recovery };
