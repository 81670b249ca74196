/** Entry of dist/cliWorker.js: a thread of the command line's --jobs. All it needs is in the command line's main file beside it. */
import { serveChecks } from '../cli/main.js';

await serveChecks();
