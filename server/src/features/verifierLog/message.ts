/** What an entry about a message of the verifier or a loader says, with and without a log. */
import type { VerifierMessageFact } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { Captures } from '../../verifier/verifier.types.js';
import { code, listed, paragraph, type InfoSection, type Line } from '../text/info.js';
import { filled } from './fill.js';

/** What a message means, where it comes from, what to do; `captures` is what the log put into it. */
export function messageSections(fact: VerifierMessageFact, captures: Captures): readonly InfoSection[] {
  const lines = (texts: readonly string[]): Line[] => texts.map((text) => filled(text, captures));
  return [
    { kind: 'paragraph', line: filled(fact.means, captures) },
    ...(fact.causes.length > 0 ? [{ kind: 'list', title: 'Likely causes', items: lines(fact.causes) } as const] : []),
    { kind: 'list', title: 'What to do', items: lines(fact.fix) },
    ...(fact.wrong !== undefined && fact.right !== undefined ? [paragraph('Refused:'), { kind: 'code', code: fact.wrong.trim() } as const, paragraph('Accepted:'), { kind: 'code', code: fact.right.trim() } as const] : []),
    ...(fact.since === undefined ? [] : [paragraph(`The kernel writes this since Linux ${formatRelease(fact.since)}.`)]),
    ...(fact.see.length > 0 ? [paragraph('More in the reference: ', ...listed(fact.see.map(code)), '.')] : []),
  ];
}

const FROM: Readonly<Record<VerifierMessageFact['from'], string>> = { verifier: 'The verifier', report: 'The verifier of Linux 7.x, in its report,', libbpf: 'libbpf', loader: 'The loader or the system call' };

/** An entry by itself: its forms first. */
export function describeMessage(fact: VerifierMessageFact): readonly InfoSection[] {
  return [
    { kind: 'list', title: `${FROM[fact.from]} says`, items: fact.match.map((template) => [code(templateText(template))]) },
    ...messageSections(fact, {}),
  ];
}

/** A template (`verifier/templates.ts`) as people read it: an ellipsis for each hole, no anchors. */
export function templateText(template: string): string {
  return template.replace(/^\^/, '').replace(/\{[^{}]*\}/g, '…').replace(/\$$/, '');
}
