/** One session for thousands of analyses: a text is parsed once for all the kernels that it is asked about. */
import { createSession } from '../../../server/src/analysis.js';
import type { Session, Unit } from '../../../server/src/analysis.types.js';
import { DEFAULT_SETTINGS } from '../../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../../support/facts.js';
import { setupSyntax } from '../../support/syntax.js';

const PATH = 'main.bpf.c';
let ready: Promise<void> | undefined;
let session: Session | undefined;

/** Analyses one text for a target kernel. Only the last text's tree is kept. */
export async function analyse(code: string, kernel = ''): Promise<Unit> {
  await (ready ??= setupSyntax());
  session ??= createSession(await loadTestFacts());
  return session.analyze({ main: PATH, files: new Map([[PATH, code]]) }, { ...DEFAULT_SETTINGS, targetKernel: kernel });
}
