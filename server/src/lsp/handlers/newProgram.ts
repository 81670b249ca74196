/** New programs, and clangd's file for them. */
import { newProgram, newProgramChoices } from '../../features/newProgram/newProgram.js';
import { setUpClangd } from '../../project/clangdSetup.js';
import { headerFolders } from '../../project/headerFolders.js';
import {
  CLANGD_SETUP_REQUEST, NEW_PROGRAM_CHOICES_REQUEST, NEW_PROGRAM_REQUEST,
  type ClangdSetupParams, type ClangdSetupResult, type NewProgramChoices, type NewProgramParams, type NewProgramResult,
} from '../messages.js';
import type { HandlerSet } from './handlerSet.js';

export const newProgramHandlers: HandlerSet = {
  register({ connection, ofFacts }) {
    connection.onRequest(NEW_PROGRAM_CHOICES_REQUEST, ofFacts('newProgramChoices', (facts): NewProgramChoices => newProgramChoices(facts)));
    connection.onRequest(NEW_PROGRAM_REQUEST, ofFacts('newProgram', (facts, params: NewProgramParams): NewProgramResult => newProgram(facts, params)));
    connection.onRequest(CLANGD_SETUP_REQUEST, ofFacts('clangdSetup', (_facts, params: ClangdSetupParams) => clangdSetup(params)));
  },
};

function clangdSetup({ existing, arch, headers, machineDirs, otherFiles }: ClangdSetupParams): ClangdSetupResult {
  const made = setUpClangd(existing, { arch, includeDirs: [...headerFolders(headers, arch), ...machineDirs], otherFiles });
  return 'error' in made ? made : { ...made, hasVmlinux: headers.some((header) => header.endsWith('/vmlinux.h')) };
}
