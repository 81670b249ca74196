/**
 * Writes or amends a `.clangd` so that clangd reads eBPF C as clang compiles it. Pure: what is there comes in as text, what was found
 * as paths. Format: clangd's "Configuration" manual. What the user wrote, comments included, stays as it is.
 */
import { isMap, isScalar, isSeq, type Document, type YAMLSeq } from 'yaml';
import { parseYaml } from './parseYaml.js';

export interface ClangdFound {
  /** As in `__TARGET_ARCH_x86`. */
  readonly arch: string;
  /** Folders for `#include`s, whole paths with `/`: that of `vmlinux.h`, that above `bpf/bpf_helpers.h`, the machine's own `asm/types.h`. */
  readonly includeDirs: readonly string[];
  /** Files with eBPF C whose names do not say so, relative to the folder of the `.clangd`. */
  readonly otherFiles?: readonly string[];
}

export interface ClangdText {
  readonly text: string;
  /** False where the text says all that is needed already. */
  readonly changed: boolean;
}

/** Names that eBPF C goes by. */
const PATTERN = '.*\\.bpf\\.[ch]';
/** Flags for the machine's own compiler in a `compile_commands.json`, which clang refuses for this target. */
const REMOVED = ['-m*', '-fsanitize*', '-fcf-protection*'];
/**
 * What idioms of eBPF C trip. `vmlinux.h` and libbpf's headers are included for macros and types that reach the file through others, so that
 * clangd takes them for unused; the others come from the kernel's own declarations in `vmlinux.h`,
 * from loops that are not unrolled, and from packets' ends being compared with headers.
 */
const SUPPRESSED = ['unused-includes', '-Wmissing-declarations', '-Wpass-failed', '-Waddress-of-packed-member', '-Wcompare-distinct-pointer-types'];
/** The list of single files that is still read with ease. */
const MAX_FILES = 30;

/**
 * @param existing the file's text; undefined if there is none
 * @returns the new text, or a sentence that says why the old one cannot be amended
 */
export function setUpClangd(existing: string | undefined, found: ClangdFound): ClangdText | { readonly error: string } {
  const old = existing ?? '';
  let list: readonly Document[];
  try {
    list = parseYaml(old, { keepSourceTokens: true });
  } catch (error) {
    return { error: `The .clangd that is there cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const broken = list.flatMap((d) => d.errors)[0];
  if (broken) return { error: `The .clangd that is there is no YAML: ${broken.message.split('\n', 1)[0]}` };
  const ours = list.find((d) => isMap(d.contents) && patternsOf(d).includes(PATTERN));
  if (!ours) return { text: appended(old, fragment(found)), changed: true };
  return amended(old, list, ours, found);
}

function patternsOf(document: Document): readonly string[] {
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const condition = typeof value === 'object' && value !== null ? (value as { If?: { PathMatch?: unknown } }).If?.PathMatch : undefined;
  return (Array.isArray(condition) ? condition : [condition]).filter((p): p is string => typeof p === 'string');
}

/** Regular expressions for the files' paths; clangd matches the whole path. */
function patterns({ otherFiles = [] }: ClangdFound): readonly string[] {
  const named = new RegExp(`^${PATTERN}$`);
  const others = otherFiles.filter((file) => !named.test(file)).slice(0, MAX_FILES);
  return [PATTERN, ...[...others].sort().map((file) => file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))];
}

function flags({ arch, includeDirs }: ClangdFound): readonly string[] {
  return ['--target=bpf', `-D__TARGET_ARCH_${arch}`, ...includeDirs.map(includeFlag)];
}

/** The machine's own folder comes last, as it does for the compiler: its headers are not meant for this target. */
const includeFlag = (dir: string): string => (/^\/usr\/include(?:\/|$)/.test(dir) ? `-idirafter${dir}` : `-I${dir}`);

const quoted = (text: string): string => (/^[\w/.+=-]+$/.test(text) && !text.startsWith('-m') ? text : `'${text.replace(/'/g, "''")}'`);

function fragment(found: ClangdFound): string {
  const list = (items: readonly string[]): string => items.map((item) => `    - ${quoted(item)}\n`).join('');
  return (
    '# eBPF C, as clang compiles it for the kernel (written by eBPF Lens; edit it as you like)\n' +
    `If:\n  PathMatch:\n${list(patterns(found))}` +
    `CompileFlags:\n  # the build's flags for the machine itself\n  Remove:\n${list(REMOVED)}  Add:\n${list(flags(found))}` +
    `Diagnostics:\n  # what idioms of eBPF C trip\n  Suppress:\n${list(SUPPRESSED)}`
  );
}

/** Behind what is there, as a document of its own: the old text stays byte by byte. */
function appended(old: string, added: string): string {
  if (old.trim() === '') return added;
  const eol = old.includes('\r\n') ? '\r\n' : '\n';
  const ended = old.endsWith('\n') ? old : `${old}${eol}`;
  const separator = /(?:^|\n)(?:---|\.\.\.)[ \t]*\r?\n?$/.test(old) ? '' : `---${eol}`;
  return `${ended}${separator}${added.replace(/\n/g, eol)}`;
}

/** Adds what is missing to the document that is for eBPF C; folders that are named in another way count as there. */
function amended(old: string, list: readonly Document[], ours: Document, found: ClangdFound): ClangdText {
  const added = [
    ...addTo(ours, ['If', 'PathMatch'], patterns(found)),
    ...addTo(ours, ['CompileFlags', 'Remove'], REMOVED),
    ...addTo(ours, ['CompileFlags', 'Add'], flags(found)),
    ...addTo(ours, ['Diagnostics', 'Suppress'], SUPPRESSED),
  ];
  if (added.length === 0) return { text: old, changed: false };
  const eol = old.includes('\r\n') ? '\r\n' : '\n';
  const texts = list.map((d) => d.toString({ lineWidth: 0 }).replace(/^(?:---|\.\.\.)[ \t]*\n/, '').replace(/\n(?:---|\.\.\.)[ \t]*\n?$/, '\n'));
  return { text: texts.join('---\n').replace(/\r?\n/g, eol), changed: true };
}

/** @returns the items that were not there */
function addTo(document: Document, path: readonly [string, string], items: readonly string[]): readonly string[] {
  const node: unknown = document.getIn(path, true);
  const present = new Set(values(node).flatMap((v) => equivalents(v)));
  const missing = items.filter((item) => !equivalents(item).some((e) => present.has(e)) && !isOverruled(item, present));
  if (missing.length === 0) return [];
  if (isSeq(node)) for (const item of missing) (node as YAMLSeq).add(document.createNode(item));
  else document.setIn(path, document.createNode([...values(node), ...missing]));
  return missing;
}

function values(node: unknown): readonly string[] {
  if (isSeq(node)) return node.items.map((item) => (isScalar(item) ? String(item.value) : '')).filter((v) => v !== '');
  return isScalar(node) && typeof node.value === 'string' ? [node.value] : [];
}

/** `-I/x`, `-isystem/x` and `-idirafter/x` name the same folder; `-target bpf` comes as two flags. */
function equivalents(flag: string): readonly string[] {
  const dir = /^(?:-I|-isystem|-idirafter|-iquote)\s*(\/.*)$/.exec(flag)?.[1]?.replace(/(?<!\/)\/+$/, '');
  if (dir !== undefined) return [`folder ${dir}`];
  return /^(?:--target=|-target$|-target=)/.test(flag) ? ['target'] : [flag];
}

/** Somebody who compiles for another architecture said so. */
const isOverruled = (flag: string, present: ReadonlySet<string>): boolean => flag.startsWith('-D__TARGET_ARCH_') && [...present].some((p) => p.startsWith('-D__TARGET_ARCH_'));
