/** Entry of dist/server.cjs: the language server in a node process, over standard input and output or node's IPC. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { loadEngine } from '../cli/engine.js';
import { readText } from '../cli/readText.js';
import { startServer } from '../lsp/startServer.js';
import { fileURLToPath } from 'node:url';

declare const __EBPF_LENS_VERSION__: string;

startServer(createConnection(ProposedFeatures.all), {
  version: __EBPF_LENS_VERSION__,
  load: () => loadEngine(__dirname),
  readFile: async (uri) => {
    if (!uri.startsWith('file:')) return undefined;
    const result = readText(fileURLToPath(uri));
    return 'text' in result ? result.text : undefined;
  },
});
