/** Paths as other tools want them: relative to the folder of the run where they are in it. */
import { isAbsolute, relative, resolve, sep } from 'node:path';

const slashes = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path);

/**
 * A path without detours, with `/`.
 * @param cwd the folder that the path is seen from
 * @returns relative to `cwd` for what is in it, else absolute
 */
export function plainPath(path: string, cwd: string): string {
  const absolute = resolve(cwd, path);
  const inside = relative(cwd, absolute);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return slashes(outside || inside === '' ? absolute : inside);
}

/** Text without halves of surrogate pairs, which neither UTF-8 nor a URI can hold. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Makes a URI of what `plainPath` returned: a relative reference, or a `file:` URI. */
export function toUri(path: string): string {
  // Not encodeURI: it leaves `?` and `#`, and a `:` in the first segment would read as a scheme.
  const encoded = wellFormed(path).split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('/')) return `file://${encoded}`;
  const drive = /^([A-Za-z])%3A\//.exec(encoded);
  return drive ? `file:///${drive[1]}:${encoded.slice(4)}` : encoded;
}
