/** Judges what `npm audit --json` wrote: its report, version 2, or what it says when the registry does not answer. */

/**
 * @param {string} output what npm wrote on standard output
 * @param {ReadonlySet<string>} bundled names of the packages that users get
 * @returns {{ answered: boolean, problems: string[], notes: string[] }} `problems` fail the build; where nothing was answered, `notes` say why
 */
export function judgeAudit(output, bundled) {
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { answered: false, problems: [], notes: ['npm wrote no report'] };
  }
  const { vulnerabilities, metadata, message, error } = report ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null || report.auditReportVersion !== 2) {
    return { answered: false, problems: [], notes: [message ?? error?.summary ?? (report?.auditReportVersion === undefined ? 'npm wrote no report' : `npm's report has version ${report.auditReportVersion}, which is not known here`)] };
  }
  const problems = [];
  const notes = [];
  for (const [name, { severity, range, via = [] }] of Object.entries(vulnerabilities)) {
    // An entry without an advisory of its own is there for what it depends on, which has an entry, too.
    const advisories = via.filter((one) => typeof one === 'object').map(({ title, url }) => `${title ?? 'an advisory'} (${url ?? 'no address'})`);
    const text = `${name} ${range}: a known vulnerability, ${severity}${advisories.length > 0 ? `: ${advisories.join('; ')}` : ''}`;
    if (bundled.has(name) && /^(?:high|critical)$/.test(severity)) problems.push(text);
    else notes.push(`${text}${bundled.has(name) ? '' : ' (used to build and test only)'}`);
  }
  notes.push(`${Object.keys(vulnerabilities).length} packages with known vulnerabilities among ${metadata?.dependencies?.total ?? 'all'} that are installed`);
  return { answered: true, problems, notes };
}
