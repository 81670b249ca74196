/** `--format json`: the report as one document. */
import { UsageError } from '../host.js';
import type { CheckJson } from '../report.js';
import { wellFormed } from './uri.js';

/**
 * A document as JSON that every reader takes: no halves of surrogate pairs. And no string in it reads as a command to the CI system that prints it (`printable`): `##` is no JSON outside of strings,
 * and inside it may be written like this.
 * @throws UsageError for a document of more than half a gigabyte
 */
export function toJson(document: unknown): string {
  try {
    return `${JSON.stringify(document, (_key, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value), 2).replace(/#(?=#[\w-]*\[)/g, '\\u0023')}\n`;
  } catch (error) {
    // Of V8, whose strings end at half a gigabyte.
    if (error instanceof RangeError) throw new UsageError('the report is too long for one document of JSON; check fewer files at a time, or use --format text');
    throw error;
  }
}

/** The report as JSON text with a newline at its end. */
export function renderJson(report: CheckJson): string {
  return toJson(report);
}
