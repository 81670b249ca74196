/** `--format json`: the report as one document. */
import type { CheckJson } from '../report.js';
import { wellFormed } from './uri.js';

/**
 * A document as JSON that every reader takes: no halves of surrogate pairs. And no string in it reads as a command to the CI system that prints it (`printable`): `##` is no JSON outside of strings,
 * and inside it may be written like this.
 */
export function toJson(document: unknown): string {
  return `${JSON.stringify(document, (_key, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value), 2).replace(/#(?=#[\w-]*\[)/g, '\\u0023')}\n`;
}

/** The report as JSON text with a newline at its end. */
export function renderJson(report: CheckJson): string {
  return toJson(report);
}
