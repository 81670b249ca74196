/**
 * Prints the command in README.md that stands in the code block after the line `<!-- ci: NAME -->`, so that the page and
 * CI cannot say different things.   node .ci/readmeCommand.mjs NAME
 */
import { readFileSync } from 'node:fs';

const name = process.argv[2];
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const commands = [...readme.matchAll(/<!-- ci: (\w+) -->\n+```sh\n([^\n]+)\n```/g)].filter((match) => match[1] === name).map((match) => match[2]);
if (commands.length !== 1) {
  console.error(`README.md has ${commands.length} commands marked "ci: ${name}", it should have one line in one block`);
  process.exit(1);
}
console.log(commands[0]);
