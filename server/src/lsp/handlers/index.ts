/** Every set of handlers that the server has. */
import { callHierarchyHandlers } from './callHierarchy.js';
import { codeActionHandlers } from './codeActions.js';
import { completionHandlers } from './completion.js';
import type { HandlerSet } from './handlerSet.js';
import { hoverHandlers } from './hover.js';
import { inlayHintHandlers } from './inlayHints.js';
import { lensHandlers } from './lens.js';
import { linkHandlers } from './links.js';
import { navigationHandlers } from './navigation.js';
import { matrixHandlers } from './matrix.js';
import { newProgramHandlers } from './newProgram.js';
import { projectFileHandlers } from './projectFile.js';
import { referenceHandlers } from './reference.js';
import { semanticTokenHandlers } from './semanticTokens.js';
import { signatureHandlers } from './signature.js';
import { statusHandlers } from './status.js';
import { symbolHandlers } from './symbols.js';
import { targetHandlers } from './targets.js';
import { verifierLogHandlers } from './verifierLog.js';
import { workspaceHandlers } from './workspace.js';

export const HANDLER_SETS: readonly HandlerSet[] = [hoverHandlers, completionHandlers, signatureHandlers, codeActionHandlers, symbolHandlers, statusHandlers, referenceHandlers, lensHandlers, inlayHintHandlers, semanticTokenHandlers, navigationHandlers, callHierarchyHandlers, linkHandlers, workspaceHandlers, matrixHandlers, newProgramHandlers, projectFileHandlers, targetHandlers, verifierLogHandlers];
