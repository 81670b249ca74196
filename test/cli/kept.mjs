/**
 * A process that runs the built command again and again, as if each run were a process of its own: `cli.js` is loaded anew each time, what it
 * imports only once. Started by support.ts.
 *   node kept.mjs CLI REQUESTS ANSWERS      (two pipes with a name: `{ cwd, args }` and `{ code, stdout, stderr }`, a line each)
 */
import { once } from 'node:events';
import { createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , cli, requests, answers] = process.argv;
const input = createReadStream(requests);
await once(input, 'open');
const answer = openSync(answers, 'w');
// Both are open on both sides: nobody needs their names any more.
rmSync(path.dirname(requests), { recursive: true });
const lines = createInterface({ input });
let count = 0;

/** Takes what is written to a stream. @returns the pieces */
function caught(stream) {
  const pieces = [];
  stream.write = (chunk, encoding, done) => {
    pieces.push(Buffer.from(chunk, typeof encoding === 'string' ? encoding : undefined));
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
  stream.removeAllListeners('error');
  return pieces;
}

for await (const line of lines) {
  const { cwd, args } = JSON.parse(line);
  process.chdir(cwd);
  process.argv = [process.execPath, cli, ...args];
  process.exitCode = undefined;
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  await import(`${pathToFileURL(cli).href}?${count++}`);
  writeSync(answer, `${JSON.stringify({ code: process.exitCode ?? 0, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })}\n`);
  process.exitCode = undefined;
}
