/** Findings about calls that demand a GPL-compatible licence. */
import type { Span } from '../../text/span.js';
import type { EntityCall } from '../../model/model.types.js';
import type { Fix, Report, RuleContext } from '../rule.js';
import { callReport, factOf, unguarded } from './calls.js';
import { judge } from './judge.js';

const ANSWER = {
  helper: '`cannot call GPL-restricted function from non-GPL compatible program`',
  kfunc: '`cannot call kernel function from non-GPL compatible program`',
};

/** One report for each call that is allowed but for the licence, which is known and not compatible. */
export function gplReports(context: RuleContext, kind: EntityCall['kind']): readonly Report[] {
  const { license } = context.model;
  if (license.gplCompatible !== false) return [];
  const reports: Report[] = [];
  for (const call of unguarded(context, kind)) {
    const fact = factOf(context, call);
    if (!fact) continue;
    const programs = call.programs.filter(
      (p) => p.programType !== null && judge(context, fact, p.key).length === 0 && context.facts.gplOnly(fact, p.key) === true,
    );
    if (programs.length === 0) continue;
    const related =
      license.path !== undefined && license.span
        ? [{ path: license.path, span: license.span, message: 'the licence' }]
        : [];
    const finding = callReport(context, call, programs, message(context, call), licenceFixes(context));
    reports.push({ ...finding, related: [...related, ...(finding.related ?? [])] });
  }
  return reports;
}

function message(context: RuleContext, call: EntityCall): string {
  const text = context.model.license.text;
  const which = text === undefined ? 'the licence is not GPL compatible' : `the licence here is "${text}"`;
  const what = call.kind === 'kfunc' ? 'is a kfunc, and kfuncs are' : 'is';
  return `\`${call.name}\` ${what} for GPL-compatible programs only, and ${which}. The verifier says ${ANSWER[call.kind]}.`;
}

/** Which licence to take is the author's decision; a fix offers only the compatible spelling of the one that was meant. */
function licenceFixes(context: RuleContext): readonly Fix[] {
  const { text, path } = context.model.license;
  const at = literalOf(context);
  if (text === undefined || path === undefined || !at) return [];
  const meant = context.facts.gplLicenses.find((name) => spelling(name) === spelling(text));
  return meant === undefined ? [] : [{ title: `Change the licence to "${meant}"`, edits: [{ path, span: at, newText: meant }] }];
}

/** Where the licence's text stands between its quotes, if it is one literal in the variable's own declaration. */
function literalOf(context: RuleContext): Span | undefined {
  const { text, path, span } = context.model.license;
  const file = path === undefined ? undefined : context.model.files.get(path);
  const variable = file?.variables.find((v) => v.nameSpan.start === span?.start);
  if (!file || !variable || text === undefined) return undefined;
  const start = file.text.slice(0, variable.span.end).lastIndexOf(`"${text}"`) + 1;
  return start > variable.nameSpan.end ? { start, end: start + text.length } : undefined;
}

function spelling(licence: string): string {
  return licence.toLowerCase().replace(/[^a-z0-9]/g, '');
}
