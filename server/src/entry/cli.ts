/** Entry of dist/cli.js: gives the command line its terminal. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../cli/main.js';

declare const __EBPF_LENS_VERSION__: string;

/** A writer that goes quiet when the reader has seen enough (`| head -1`), which is no error of ours. */
function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code === 'EPIPE') return;
    process.exitCode = 2;
    if (stream !== process.stderr) process.stderr.write(`ebpf-lens: cannot write the report: ${error.message}\n`, () => process.exit(2));
  });
  return (text) => {
    if (open) stream.write(text);
  };
}

const { NO_COLOR, TERM } = process.env;
const code = await run(process.argv.slice(2), {
  version: __EBPF_LENS_VERSION__,
  assetDir: dirname(fileURLToPath(import.meta.url)),
  colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
  columns: process.stdout.columns,
  out: writer(process.stdout),
  err: writer(process.stderr),
  serve: async () => {
    // The server's own bundle, the same that the editor starts; it ends the process when the client says so.
    await import(new URL('./server.cjs', import.meta.url).href);
    await new Promise(() => undefined);
  },
});
// Not process.exit: what is still in the pipe has to get out.
process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
