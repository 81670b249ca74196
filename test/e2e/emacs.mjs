/** The language server in Debian's Emacs through eglot, set up by the block of docs/editors/emacs.md as it stands there; emacs.el has the steps. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blockOf, commandIn, syntaxBlocks } from './editorPages.mjs';
import { remove } from './vscode.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Uses the server in Emacs. @returns outcomes as { name, error? } */
export async function runEmacs() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-emacs-'));
  try {
    const workspace = path.join(folder, 'workspace');
    fs.cpSync(path.join(HERE, 'workspace'), workspace, { recursive: true });
    const init = path.join(folder, 'init.el');
    fs.writeFileSync(init, blockOf('emacs.md', 'emacs'));
    fs.writeFileSync(path.join(workspace, 'other.el'), syntaxBlocks('emacs.md', 'elisp').join('\n'));
    const env = { ...process.env, PATH: `${commandIn(folder)}:${process.env.PATH}`, HOME: folder };
    const { stdout, stderr } = await promisify(execFile)('emacs', ['--batch', '-l', init, '-l', path.join(HERE, 'emacs.el')], { cwd: workspace, env, timeout: 600_000 });
    return stdout.split('\n').filter((line) => line.startsWith('[')).map((line) => {
      const [name, error] = JSON.parse(line);
      return { name, ...(error === undefined ? {} : { error: `${error}\n${stderr}` }) };
    });
  } finally {
    remove(folder);
  }
}
