/** Entry of dist/cli.js: gives the command line its terminal, or hands the process to the language server. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

declare const __EBPF_LENS_VERSION__: string;

/** The server's own bundle, the same that the editor starts; it ends the process when the client says so. */
function serve(): Promise<never> {
  createRequire(import.meta.url)('./server.cjs');
  return new Promise(() => undefined);
}

/** A writer that goes quiet when the reader has seen enough (`| head -1`), which is no error of ours. @param closed is called then */
function writer(stream: NodeJS.WriteStream, closed?: () => void): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code === 'EPIPE') return closed?.();
    process.exitCode = 2;
    if (stream !== process.stderr) process.stderr.write(`ebpf-lens: cannot write the report: ${error.message}\n`, () => process.exit(2));
  });
  return (text) => {
    if (open) stream.write(text);
  };
}

const args = process.argv.slice(2);
// Editors wait for this: nothing else of the command line, a file of its own in dist/, is loaded on the way.
if (args[0] === 'lsp' && args[1] === '--stdio') await serve();

// A run is over before optimised code has paid for its making: over the kernel's selftests the optimiser took as much processor time as the analysis.
// And what a file leaves behind is dead when the next is read, so a young generation that grows at once has little to copy.
setFlagsFromString('--interrupt-budget=1000000');
setFlagsFromString('--semi-space-growth-factor=16');

const { autoColour, mayShowProgress, run } = await import('../cli/main.js');
const deaf = new AbortController();
const code = await run(args, {
  version: __EBPF_LENS_VERSION__,
  assetDir: dirname(fileURLToPath(import.meta.url)),
  colour: autoColour(process.env, process.stdout.isTTY === true),
  progress: mayShowProgress(process.env, process.stderr.isTTY === true) ? process.stderr.columns || 80 : undefined,
  columns: process.stdout.columns || undefined,
  out: writer(process.stdout, () => deaf.abort()),
  err: writer(process.stderr),
  deaf: deaf.signal,
  serve,
});
// Not process.exit: what is still in the pipe has to get out.
process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
