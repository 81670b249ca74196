/**
 * Writes a compiled object down as C: what it calls, which fields it touches, which maps and variables it uses, and the questions to
 * the kernel under which it does so. Not what it computes: the outline is for the same analysis that sources get, so that every rule,
 * report and table holds for objects as well.
 */
import type { BtfError } from '../btf/btf.types.js';
import { problem } from '../btf/layout.js';
import type { FactBook } from '../facts/factBook.types.js';
import { FROM_RUST, WITHOUT_LICENSE } from '../model/compiled.js';
import { writeLicense, writeMaps, writeStructOps, writeVariables } from './data.js';
import { FunctionWriter, Surroundings } from './functionText.js';
import { readObject } from './objectFile.js';
import { MAX_OUTLINE, Writer, type Outline } from './outline.types.js';
import { Parts } from './parts.js';
import { isFromRust } from './rust.js';

/**
 * Reads an object and writes its outline. Never throws on any bytes; equal bytes give equal outlines.
 * @param file all of the object
 */
export function outlineOf(file: Uint8Array, facts: FactBook): Outline | { readonly error: BtfError } {
  const object = readObject(file);
  if ('error' in object) return object;
  const parts = new Parts(object);
  const around = new Surroundings(parts, facts);
  const bodies = new Writer();
  for (const fn of parts.functions) if (!bodies.isFull) new FunctionWriter(fn, around, bodies).write();
  const out = new Writer();
  if (isFromRust(parts)) out.line(FROM_RUST);
  else if (isWholeWithoutLicense(parts)) out.line(WITHOUT_LICENSE);
  writeVariables(around.variables, object.btf, out);
  for (const kfunc of around.kfuncs) out.line(`extern int ${kfunc.name}(void) __ksym${kfunc.weak ? ' __weak' : ''};`);
  writeMaps(parts, facts, around.mapUses, out);
  out.append(bodies);
  writeStructOps(parts, out);
  writeLicense(object, out);
  return out.isFull ? problem('too-large', `what it calls and touches would be more than ${MAX_OUTLINE} characters of C`) : out.outline;
}

/** True where no other object is needed, which could hold the licence. */
function isWholeWithoutLicense(parts: Parts): boolean {
  const { sections, symbols } = parts.object;
  return !sections.some((s) => s.name === 'license') && symbols.every((s) => s.section !== 0 || s.name === '' || parts.at(s, 0) !== undefined);
}
