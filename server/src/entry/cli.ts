/** Entry of dist/cli.js: gives the command line its terminal. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../cli/main.js';

declare const __EBPF_LENS_VERSION__: string;

const assetDir = dirname(fileURLToPath(import.meta.url));

// A reader that has seen enough (`| head -1`) closes the pipe: that is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode);
    throw error;
  });

const { NO_COLOR, TERM } = process.env;
process.exitCode = await run(process.argv.slice(2), {
  version: __EBPF_LENS_VERSION__,
  assetDir,
  colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  serve: async () => {
    // The server's own bundle: the same that the editor starts.
    await import(/* not bundled */ new URL('./server.cjs', import.meta.url).href);
    await new Promise(() => undefined);
  },
});
