/** URIs as plain paths and back, as far as finding included files needs it. */

const URI = /^([A-Za-z][\w+.-]*:\/\/[^/]*)(\/.*)$/;

/** `file:///a%20b/c.h` → `/a b/c.h`; undefined for what has no path to go along (`untitled:1`) or is not well encoded. */
export function pathOfUri(uri: string): string | undefined {
  const m = URI.exec(uri);
  if (m === null) return undefined;
  try {
    return decodeURIComponent(m[2]!);
  } catch {
    return undefined;
  }
}

/** The URI of an absolute path on the same host, by the same scheme, as `neighbour`. */
export function uriOfPath(path: string, neighbour: string): string {
  const prefix = URI.exec(neighbour)?.[1] ?? 'file://';
  const absolute = path.startsWith('/') ? path : `/${path}`;
  return prefix + encodePath(absolute);
}

/** A path as VS Code writes it into a URI, so that the same file has the same name from both sides. */
export function encodePath(path: string): string {
  return path.split('/').map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');
}

/** One name for all spellings of a URI: clients and we encode paths differently, and a drive of Windows is written large or small. */
export function keyOf(uri: string): string {
  try {
    return decodeURIComponent(uri).replace(/^file:\/\/\/[A-Z]:/, (drive) => drive.toLowerCase());
  } catch {
    return uri;
  }
}
