/** Loaded ahead of a program (`node --import`): appends the path of every file and folder that is opened to the file that `READS` names, a line each. */
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const { appendFileSync } = fs;
let busy = false;
function note(path) {
  if (busy || typeof path === 'number') return;
  busy = true;
  appendFileSync(process.env.READS, `${JSON.stringify(path instanceof URL ? fileURLToPath(path) : String(path))}\n`);
  busy = false;
}
for (const [module, names] of [[fs, ['openSync', 'open', 'readFileSync', 'readFile', 'readdirSync', 'readdir', 'createReadStream', 'opendirSync', 'opendir', 'readlinkSync', 'cpSync', 'copyFileSync']], [fs.promises, ['open', 'readFile', 'readdir', 'opendir']]]) {
  for (const name of names) {
    const real = module[name];
    module[name] = (path, ...rest) => {
      note(path);
      return real.call(module, path, ...rest);
    };
  }
}
syncBuiltinESMExports();
