/** `--format json`: the report as one document. */
import type { CheckJson } from '../report.js';

/** The report as JSON text with a newline at its end. */
export function renderJson(report: CheckJson): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
