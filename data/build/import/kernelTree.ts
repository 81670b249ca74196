/** Reads what a kernel's source tree says about eBPF: helper numbers, licences, kfunc sets and their registrations, uapi enums. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface TreeKfunc {
  readonly flags: readonly string[];
  /** Program types that it is registered for; BPF_PROG_TYPE_UNSPEC means all. */
  readonly programTypes: readonly string[];
  readonly file: string;
}

export interface KernelTree {
  /** `6.1.192`, by the tree's own Makefile. */
  readonly version: string;
  /** Helper (`bpf_x`) → number. */
  readonly helpers: ReadonlyMap<string, number>;
  /** Helper → what its prototypes say; both values where variants differ. */
  readonly gplOnly: ReadonlyMap<string, ReadonlySet<boolean>>;
  readonly kfuncs: ReadonlyMap<string, TreeKfunc>;
  /** uapi enum → members, without those that only mark an end. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

const ENUMS = ['bpf_prog_type', 'bpf_map_type', 'bpf_attach_type', 'bpf_link_type'];
/** Where program types, helpers and kfuncs are defined. */
const FOLDERS = ['kernel', 'net', 'fs', 'drivers/hid', 'drivers/media/rc'];

/** @throws an Error where this is no kernel tree. */
export async function readKernelTree(root: string): Promise<KernelTree> {
  const uapi = await readFile(path.join(root, 'include/uapi/linux/bpf.h'), 'utf8');
  const makefile = await readFile(path.join(root, 'Makefile'), 'utf8');
  const sources = new Map<string, string>();
  for (const folder of FOLDERS) {
    const files = await readdir(path.join(root, folder), { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => name.endsWith('.c')).sort()) {
      const name = `${folder}/${file}`;
      const text = await readFile(path.join(root, name), 'utf8');
      if (/bpf_func_proto|BTF_ID_FLAGS|btf_kfunc_id_set/.test(text)) sources.set(name, withoutComments(text));
    }
  }
  return {
    version: versionOf(makefile),
    helpers: helperNumbers(uapi),
    gplOnly: licences(sources),
    kfuncs: kfuncs(sources),
    enums: new Map(ENUMS.map((name) => [name, enumMembers(withoutComments(uapi), name)])),
  };
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ');
}

/** VERSION, PATCHLEVEL and SUBLEVEL of the top Makefile. */
export function versionOf(makefile: string): string {
  const part = (name: string): string | undefined => new RegExp(`^${name} *= *(\\d+)`, 'm').exec(makefile)?.[1];
  const [version, patch, sub] = [part('VERSION'), part('PATCHLEVEL'), part('SUBLEVEL')];
  if (version === undefined || patch === undefined) throw new Error('Makefile: no VERSION and PATCHLEVEL');
  return [version, patch, ...(sub === undefined ? [] : [sub])].join('.');
}

/** `FN(x, 6, ##ctx)` of ___BPF_FUNC_MAPPER (6.2 and later), or `FN(x),` counted from 0 of __BPF_FUNC_MAPPER. */
export function helperNumbers(uapi: string): Map<string, number> {
  const start = /#define _{2,3}BPF_FUNC_MAPPER\(FN[^)]*\)/.exec(uapi);
  if (start === null) throw new Error('include/uapi/linux/bpf.h: no BPF_FUNC_MAPPER');
  const lines = uapi.slice(start.index).split('\n');
  const end = lines.findIndex((line) => !line.trimEnd().endsWith('\\'));
  const found = [...lines.slice(0, end + 1).join('\n').replace(/\/\*.*?\*\//gs, '').matchAll(/\bFN\((\w+)(?:\s*,\s*(\d+))?/g)].filter((m) => m[1] !== 'unspec' || m[2] === undefined);
  const out = new Map<string, number>();
  found.forEach((m, i) => {
    if (m[1] !== 'unspec') out.set(`bpf_${m[1]}`, m[2] === undefined ? i : Number(m[2]));
  });
  return out;
}

/** Which prototypes each `case BPF_FUNC_x:` returns, and what those say about the licence. */
export function licences(sources: ReadonlyMap<string, string>): Map<string, Set<boolean>> {
  const protos = new Map<string, boolean>();
  const returned = new Map<string, Set<string>>();
  for (const text of sources.values()) {
    for (const [, name, body] of text.matchAll(/struct\s+bpf_func_proto\s+(\w+)\s*(?:__\w+\s*)?=\s*\{([^}]*)\}/g)) protos.set(name!, /\.gpl_only\s*=\s*true/.test(body!));
    for (const [helper, proto] of returnedProtos(text)) (returned.get(helper) ?? returned.set(helper, new Set()).get(helper)!).add(proto);
  }
  const out = new Map<string, Set<boolean>>();
  for (const [helper, names] of returned) {
    const values = new Set([...names].flatMap((name) => protos.get(name) ?? []));
    if (values.size > 0) out.set(helper, values);
  }
  return out;
}

/** `case BPF_FUNC_a: case BPF_FUNC_b: … return &proto;` → [a, proto], [b, proto]; a return belongs to the cases right before it. */
function* returnedProtos(text: string): Iterable<[helper: string, proto: string]> {
  let open: string[] = [];
  let afterReturn = false;
  for (const [token, helper, proto] of text.matchAll(/\bcase\s+BPF_FUNC_(\w+)\s*:|&(\w+_proto\w*)\b|\bdefault\s*:|\breturn\b/g)) {
    if (helper !== undefined) {
      if (afterReturn) open = [];
      afterReturn = false;
      open.push(`bpf_${helper}`);
    } else if (proto !== undefined) for (const name of open) yield [name, proto];
    else if (token.startsWith('default')) open = [];
    else afterReturn = true;
  }
}

/** Members of `enum name { … }` in the header, markers aside. */
export function enumMembers(header: string, name: string): string[] {
  const body = new RegExp(`enum\\s+${name}\\s*\\{([^}]*)\\}`).exec(header)?.[1] ?? '';
  const members = body.replace(/^\s*#.*$/gm, '').split(',').map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? '');
  return members.filter((member) => member !== '' && !/^_{0,2}MAX_|_UNSPEC$/.test(member));
}

/** Every kfunc of a set that is registered for programs, with its flags and the types. */
export function kfuncs(sources: ReadonlyMap<string, string>): Map<string, TreeKfunc> {
  const out = new Map<string, TreeKfunc>();
  for (const [file, text] of sources) {
    const types = registeredSets(text);
    for (const [, set, body] of text.matchAll(/\bBTF_(?:SET8|KFUNCS)_START\((\w+)\)([\s\S]*?)\bBTF_(?:SET8|KFUNCS)_END\(\1\)/g)) {
      const programTypes = types.get(set!) ?? [];
      if (programTypes.length === 0) continue;
      for (const [, name, flags] of body!.matchAll(/\bBTF_ID_FLAGS\(\s*func\s*,\s*(\w+)\s*(?:,([^)]*))?\)/g)) {
        const known = out.get(name!);
        out.set(name!, {
          flags: [...new Set([...(known?.flags ?? []), ...(flags?.match(/KF_\w+/g) ?? [])])].sort(),
          programTypes: [...new Set([...(known?.programTypes ?? []), ...programTypes])].sort(),
          file: known?.file ?? file,
        });
      }
    }
  }
  return out;
}

/** Set of ids → program types, through `struct btf_kfunc_id_set v = { .set = &ids }` and `register_btf_kfunc_id_set(TYPE, &v)`. */
function registeredSets(text: string): Map<string, string[]> {
  const variables = new Map([...text.matchAll(/struct\s+btf_kfunc_id_set\s+(\w+)\s*=\s*\{[^}]*?\.set\s*=\s*&(\w+)/g)].map((m) => [m[1]!, m[2]!] as const));
  const out = new Map<string, string[]>();
  for (const [, type, variable] of text.matchAll(/register_btf_kfunc_id_set\(\s*(\w+)\s*,\s*&(\w+)/g)) {
    const set = variables.get(variable!);
    if (set !== undefined) out.set(set, [...(out.get(set) ?? []), type!]);
  }
  return out;
}
