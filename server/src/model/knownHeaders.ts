/** Headers that are never looked for: libbpf's own, which the tables stand for, and those of the system. */
import { KNOWN_HEADERS } from './libbpfMacros.js';

/** Headers of the kernel's UAPI, the C library and libbpf: they declare no kfunc and wrap none. */
const SYSTEM = /^(?:linux|asm|asm-generic|sys|net|netinet|bits|bpf|uapi)\/|^(?:std\w+|errno|string|limits|vmlinux|inttypes|unistd|signal|time|fcntl|features|endian|byteswap)\.h$/;

/** libbpf's own headers and vmlinux.h are known and never read, wherever they lie. */
export function isKnownHeader(path: string): boolean {
  return KNOWN_HEADERS.has(path.slice(path.lastIndexOf('/') + 1));
}

/** True for a header of the system, by the path that an `#include` says. */
export function isSystemHeader(path: string): boolean {
  return SYSTEM.test(path);
}
