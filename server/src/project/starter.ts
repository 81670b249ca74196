/** The project file that a project begins with: every key as a comment, so that nothing changes before somebody wants it to. */
import type { Detected } from './detect.js';
import { TOP_KEYS } from './projectKeys.js';

/** Where the schema is for editors that look for it in the file itself. */
export const SCHEMA_URL = 'https://raw.githubusercontent.com/ebpf-lens/ebpf-lens/main/schemas/ebpf-lens.schema.json';

const WIDTH = 110;

/**
 * @param kernel the target kernel to begin with, as in the setting; '' for none
 * @param detected what the project's own files say; absent where nobody looked
 */
export function starter(kernel = '', detected?: Detected): string {
  const kernels = kernel.split(',').filter((part) => part !== '');
  const blocks = TOP_KEYS.map(({ name, description, example }) => {
    const found = detected?.keys.find((key) => key.name === name);
    if (found !== undefined) return `${wrapped(plain(description))}\n${wrapped(`As found: ${found.from}.`)}\n${found.sure ? '' : '# '}${name}: ${found.value}\n`;
    const said = name === 'kernel' && kernels.length > 0;
    const value = said ? (kernels.length > 1 ? `[${kernels.map((k) => `'${k}'`).join(', ')}]` : `'${kernels[0]}'`) : example;
    return `${wrapped(plain(description))}\n${said ? '' : '# '}${name}: ${value}\n`;
  });
  const head = [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    '# What eBPF Lens is to know of this project, in the editor and on the command line. The nearest such file above a file counts.',
    ...(detected?.notes ?? []).map(wrapped),
  ];
  return `${head.join('\n')}\n\n${blocks.join('\n')}`;
}

/** The keys' first sentences are enough here; the page in docs/ has the rest. */
function plain(description: string): string {
  const end = description.search(/\.\s/);
  return (end < 0 ? description : description.slice(0, end + 1)).replace(/`/g, '');
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

