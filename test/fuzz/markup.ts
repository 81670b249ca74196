/** Texts that are markup, commands or escapes to somebody, and readers that tell whether they got through. */
import fc from 'fast-check';
import { createRequire } from 'node:module';

/** Pieces that mean something to a terminal, a CI system, Markdown, HTML, XML, a spreadsheet or JavaScript. */
const PIECES = [
  '\u001b[31m', '\u001b]0;title\u0007', '\u009b2J', '\r', '\n', '\r\n', '\u2028', '\u2029', '\0', '\b', '\u007f', '\u202e', '\u2066', '\u061c', '\ud800', '\udc00', '\ufeff', '\uffff', '\u{10ffff}',
  '::error::x', '\n::error file=a::x', '::stop-commands::t', '##[set-output name=a]b', '##vso[task.setvariable variable=a]b', '##teamcity[x]', '%0A', '%25', '%', '::', ',', 'file=', '#', '?', '&', ';',
  '<script>alert(1)</script>', '</script>', '<img src=x onerror=alert(1)>', '<a href="command:workbench.action.quit">', '<!--', ']]>', '<![CDATA[', '&lt;', '&#60;', '<?xml', '"/>', "'",
  '[x](command:workbench.action.terminal.new)', '[x](https://evil.example)', '![x](https://evil.example/x.png)', '<https://evil.example>', 'https://evil.example/', 'http://evil.example', 'www.evil.example', 'WWW.evil.example', 'mailto:a@evil.example', 'a@evil.example', '@team', '$(zap)',
  '`', '``', '```', '~~~', '```\n\n[x](command:y)', '| a | b |', '\\', '*', '_', '# ', '- ', '1. ', '> ', '    ', '\t', '{0}', '${1}', '=1+1', '../../etc/passwd', 'C:\\con', '__proto__', 'constructor', '{{', '[[', '\u00a0', 'ü', '🐝',
];

/** A text out of such pieces, and anything else. */
export const hostile: fc.Arbitrary<string> = fc.array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) }, { weight: 2, arbitrary: fc.constantFrom('a', 'map', ' ', 'x_1') }), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')).filter((text) => text !== '');

const load = createRequire(import.meta.url);
// The readers that come with the packager of extensions: a change of that is to be noticed here.
const beside = createRequire(load.resolve('@vscode/vsce/package.json'));
interface Token { readonly type: string; readonly content: string; readonly children: readonly Token[] | null; attrGet(name: string): string | null }
const MarkdownIt = beside('markdown-it') as new (options: object) => { parse(text: string, env: object): Token[] };
const reader = new MarkdownIt({ html: true, linkify: true });

/** What a reader of Markdown that allows HTML, and makes links of addresses, would make of a text: where it leads, what it loads, and its raw HTML. */
export function active(markdown: string): { readonly links: readonly string[]; readonly images: readonly string[]; readonly html: readonly string[] } {
  const [links, images, html]: string[][] = [[], [], []];
  const visit = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.type === 'link_open') links!.push(token.attrGet('href') ?? '');
      else if (token.type === 'image') images!.push(token.attrGet('src') ?? '');
      else if (token.type.startsWith('html')) html!.push(token.content);
      if (token.children) visit(token.children);
    }
  };
  visit(reader.parse(markdown, {}));
  return { links: links!, images: images!, html: html! };
}

const { Parser } = createRequire(beside.resolve('xml2js/package.json'))('./lib/xml2js.js') as { Parser: new (options: object) => { parseString(text: string, done: (error: Error | null, result: unknown) => void): void } };

/** Reads XML strictly. @throws what is wrong with it */
export function parseXml(text: string): unknown {
  let read: unknown;
  new Parser({ strict: true, async: false }).parseString(text, (error, result) => {
    if (error) throw error;
    read = result;
  });
  return read;
}
