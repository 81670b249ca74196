/** Every part of the editor's side beside the status bar. */
import type { Part } from './part.js';
import { clangdSetup } from './clangdSetup.js';
import { languageStatus } from './languageStatus.js';
import { lensCommands } from './lens.js';
import { newProgramPart } from './newProgram.js';
import { projectFile } from './projectFile.js';
import { Reference } from './reference.js';
import { switchRuleOff } from './switchRuleOff.js';
import { verifierLog } from './verifierLog.js';
import { workspaceParts } from './workspaceParts.js';

export const PARTS: readonly Part[] = [lensCommands, (context) => new Reference((method, params) => context.request(method, params)), switchRuleOff, workspaceParts, verifierLog, newProgramPart, clangdSetup, projectFile, languageStatus];
