/** Completion and hovers in project files: what the book and the rules know about the words that may stand there. */
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem, type CompletionList, type CompletionParams, type Hover, type HoverParams, type MarkupContent } from 'vscode-languageserver';
import { parseTarget } from '../../analysis.js';
import type { FactBook } from '../../facts/factBook.types.js';
import { describeKernel } from '../../facts/kernel.js';
import { formatRelease, parseRelease } from '../../facts/kernelVersion.js';
import { distributionTexts } from '../../features/distributions.js';
import { LONG_TERM } from '../../features/matrix.js';
import { withoutMarkup } from '../../features/text/withoutMarkup.js';
import { distributionNamed } from '../../model/distributionNames.js';
import { projectHelp, projectOffers, type HelpWord, type HelpWords, type Offer } from '../../project/projectHelp.js';
import { RULES } from '../../rules/index.js';
import { isProjectFile } from '../projectConfigs.js';
import { RULE_PAGES } from '../toProtocol.js';
import type { HandlerContext } from './handlerSet.js';

const KINDS: Readonly<Record<Offer['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property, value: CompletionItemKind.EnumMember, rule: CompletionItemKind.Property, target: CompletionItemKind.Value,
};
const LICENSES = ['GPL', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Proprietary'];
/** Kernels of one target that a hover lists. */
const MAX_LISTED = 24;

const kept = new WeakMap<FactBook, HelpWords>();

/** Made once for a book; support is told as of that day. */
function wordsOf(facts: FactBook): HelpWords {
  let words = kept.get(facts);
  if (!words) kept.set(facts, (words = makeWords(facts, new Date().toISOString().slice(0, 10))));
  return words;
}

function makeWords(facts: FactBook, today: string): HelpWords {
  const distributions = distributionTexts(facts, today).map(({ name, title, kernels, support }): HelpWord => ({ name, detail: kernels, text: support === '' ? title : `${title}, support ${support}` }));
  const releases = [...facts.releases].reverse().map(formatRelease);
  // What most targets name comes first.
  const long: readonly string[] = LONG_TERM.filter((name) => releases.includes(name)).reverse();
  return {
    rules: RULES.map(({ id, severity, doc }): HelpWord => ({ name: id, detail: severity, text: `${doc.summary}\n\n[${id}](${RULE_PAGES}${id}.md)` })),
    targets: [...long.map((name): HelpWord => ({ name, detail: 'long-term release' })), { name: 'running', detail: 'the kernel of this machine' }, ...releases.filter((name) => !long.includes(name)).map((name): HelpWord => ({ name, detail: 'Linux release' })), ...distributions],
    licenses: LICENSES,
    sections: facts.sections.map(({ name, programType }): HelpWord => ({ name, detail: programType })),
    describeTarget: (text) => describeTarget(facts, text, distributions),
  };
}

function describeTarget(facts: FactBook, text: string, distributions: readonly HelpWord[]): HelpWord | undefined {
  if (text === 'running') return { name: text, text: 'The kernel of the machine that checks, by its types where they can be read (`/sys/kernel/btf`).' };
  if (/[/\\]|\.btf$/.test(text)) return { name: text, text: 'The kernel that these types describe: BTF, a `vmlinux`, or an image that boots.' };
  const parsed = parseTarget(text, facts);
  if ('error' in parsed) return undefined;
  const { parts, releases } = parsed.target;
  const kernels = parts.flatMap(({ kernel }) => (kernel ? [`- ${describeKernel(kernel)}`] : []));
  const known = distributionNamed(facts.distributions, text);
  const about = known && distributions.find(({ name }) => name === known.name)?.text;
  if (kernels.length > 0) return { name: text, text: [about, known?.note, kernels.slice(0, MAX_LISTED).join('\n')].filter((part) => part !== undefined).join('\n\n') };
  if (releases.length === 1) return { name: text, text: `Linux ${formatRelease(parseRelease(text) ?? releases[0]!)}` };
  return { name: text, text: `Linux ${formatRelease(releases[0]!)} to ${formatRelease(releases.at(-1)!)}, ${releases.length} releases: code must load on each.` };
}

/** True if a request asks about a project file. Clients send what they like: what names no file asks about none. */
export function isAboutProject(params: { readonly textDocument?: { readonly uri?: unknown } | null }): boolean {
  const uri = params.textDocument?.uri;
  return typeof uri === 'string' && isProjectFile(uri);
}

function markup(text: string, markdown: boolean): MarkupContent {
  return markdown ? { kind: MarkupKind.Markdown, value: text } : { kind: MarkupKind.PlainText, value: withoutMarkup(text) };
}

/** What may be written at the cursor. */
export function completeProject({ service, client }: HandlerContext, { textDocument, position }: CompletionParams): CompletionList | null {
  const facts = service.facts();
  const text = service.projects.textOf(textDocument.uri);
  if (!facts || !text) return null;
  const offers = projectOffers(text.getText(), text.offsetAt(position), wordsOf(facts));
  if (!offers) return null;
  const range = { start: text.positionAt(offers.span.start), end: text.positionAt(offers.span.end) };
  const { completionMarkdown, completionNotes, editorCommands } = client();
  return {
    isIncomplete: false,
    items: offers.entries.map((offer, i): CompletionItem => ({
      label: offer.name,
      kind: KINDS[offer.kind],
      ...(offer.detail === undefined ? {} : completionNotes ? { labelDetails: { description: offer.detail } } : { detail: offer.detail }),
      ...(offer.text === undefined ? {} : { documentation: markup(offer.text, completionMarkdown) }),
      sortText: String(i).padStart(4, '0'),
      filterText: offer.name,
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: { range, newText: offer.insert },
      ...(offer.more && editorCommands ? { command: { title: 'Suggest', command: 'editor.action.triggerSuggest' } } : {}),
    })),
  };
}

/** What the word under the pointer means. */
export function hoverProject({ service, client }: HandlerContext, { textDocument, position }: HoverParams): Hover | null {
  const facts = service.facts();
  const text = service.projects.textOf(textDocument.uri);
  const help = facts && text && projectHelp(text.getText(), text.offsetAt(position), wordsOf(facts));
  if (!help || help.word.text === undefined) return null;
  return { contents: markup(help.word.text, client().hoverMarkdown), range: { start: text.positionAt(help.span.start), end: text.positionAt(help.span.end) } };
}
