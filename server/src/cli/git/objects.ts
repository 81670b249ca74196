/**
 * Objects of a git repository, read as they are asked for: loose ones and those in packs (Documentation/gitformat-pack in git). Packs are
 * never read as a whole, so that the size of a repository does not matter, and nothing in them is believed.
 */
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { namesIn, openWithoutWaiting, readAt } from '../readText.js';
import { applyDelta } from './delta.js';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

/** Why a repository cannot be read; the message is for its user. */
export class GitError extends Error {}

/** A larger one is no source. */
const MAX_OBJECT = 64 * 1024 * 1024;
const MAX_DELTAS = 5_000;
/** Of all deltas between an object and the one that is whole. */
const MAX_DELTA_BYTES = 2 * MAX_OBJECT;
/** Bases of deltas that are kept, since their neighbours need them too. */
const MAX_KEPT = 32 * 1024 * 1024;
const MAX_ALTERNATES = 20;
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFS_DELTA = 6;
const REF_DELTA = 7;
const INDEX_MAGIC = 0xff744f63;
const INDEX_HEAD = 8;
const NAMES = INDEX_HEAD + 256 * 4;

/** Unpacks what stands at the beginning of some bytes. @param where names the file in the message */
function inflated(bytes: Buffer, where: string): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_OBJECT });
  } catch {
    throw new GitError(`${where} is damaged; git fsck tells more`);
  }
}

/** A pack with its index. */
class Pack {
  private readonly index: number;
  private pack: { readonly fd: number; readonly size: number } | undefined;
  private readonly fanout: Buffer;

  constructor(private readonly path: string, private readonly hash: number) {
    this.index = openWithoutWaiting(`${path}.idx`);
    this.fanout = readAt(this.index, NAMES, 0);
    if (this.fanout.length < NAMES || this.fanout.readUInt32BE(0) !== INDEX_MAGIC || this.fanout.readUInt32BE(4) !== 2) throw new GitError(`${path}.idx is no index of version 2`);
  }

  private below(byte: number): number {
    return byte < 0 ? 0 : this.fanout.readUInt32BE(INDEX_HEAD + byte * 4);
  }

  private nameAt(at: number): string {
    return readAt(this.index, this.hash, NAMES + at * this.hash).toString('hex');
  }

  /** The number of the first name that is not below `name`, a whole one or the beginning of one of at least two digits. */
  private firstFrom(name: string): number {
    const byte = parseInt(name.slice(0, 2), 16);
    let [low, high] = [this.below(byte - 1), this.below(byte)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.nameAt(middle) < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where in the pack an object is. */
  offsetOf(oid: string): number | undefined {
    const at = this.firstFrom(oid);
    const count = this.below(255);
    if (at >= count || this.nameAt(at) !== oid) return undefined;
    const offsets = NAMES + count * (this.hash + 4);
    const short = readAt(this.index, 4, offsets + at * 4);
    if (short.length < 4) return undefined;
    const offset = short.readUInt32BE(0);
    if (offset < 0x80000000) return offset;
    const long = readAt(this.index, 8, offsets + count * 4 + (offset - 0x80000000) * 8);
    return long.length < 8 ? undefined : Number(long.readBigUInt64BE(0));
  }

  /** Names that begin so, two at most: more are no answer. */
  beginningWith(prefix: string): readonly string[] {
    const at = this.firstFrom(prefix);
    return [at, at + 1].filter((i) => i < this.below(255)).map((i) => this.nameAt(i)).filter((name) => name.startsWith(prefix));
  }

  /** An object's bytes as the pack has them: of a delta with where its base is. */
  entryAt(offset: number): { readonly kind: number; readonly base: number | string | undefined; readonly data: Buffer } {
    const { fd, size } = (this.pack ??= this.openPack());
    const head = readAt(fd, 64, offset);
    let at = 0;
    const byte = (): number => {
      const value = head[at++];
      if (value === undefined) throw new GitError(`${this.path}.pack ends too early`);
      return value;
    };
    let next = byte();
    const kind = (next >> 4) & 7;
    let length = next & 15;
    for (let scale = 16; next & 0x80; scale *= 128) length += ((next = byte()) & 0x7f) * scale;
    let base: number | string | undefined;
    if (kind === OFS_DELTA) {
      next = byte();
      let back = next & 0x7f;
      while (next & 0x80) back = (back + 1) * 128 + ((next = byte()) & 0x7f);
      base = offset - back;
      if (back <= 0 || base < 0) throw new GitError(`${this.path}.pack has a delta of nothing`);
    } else if (kind === REF_DELTA) {
      base = head.toString('hex', at, at + this.hash);
      at += this.hash;
    }
    if (length > MAX_OBJECT) throw new GitError(`an object has more than ${MAX_OBJECT / 1024 / 1024} MiB`);
    // What deflate may need at most, for bytes that do not get smaller.
    const bound = Math.min(size - offset - at, length + (length >> 8) + 1024);
    const data = inflated(readAt(fd, Math.max(0, bound), offset + at), `${this.path}.pack`);
    if (data.length !== length) throw new GitError(`${this.path}.pack has an object of another length than it says`);
    return { kind, base, data };
  }

  private openPack(): { readonly fd: number; readonly size: number } {
    const fd = openWithoutWaiting(`${this.path}.pack`);
    return { fd, size: fstatSync(fd).size };
  }

  close(): void {
    closeSync(this.index);
    if (this.pack) closeSync(this.pack.fd);
  }
}

/** All objects of a repository, those that it borrows from others included. */
export class ObjectStore {
  private readonly folders: readonly string[];
  private packs: readonly Pack[] | undefined;
  private readonly kept = new Map<string, GitObject>();
  private keptBytes = 0;

  /**
   * @param folder the repository's `objects`
   * @param hash bytes of an object's name: 20, or 32 where they are SHA-256
   */
  constructor(folder: string, private readonly hash: number) {
    const folders = [folder];
    for (let i = 0; i < folders.length && folders.length < MAX_ALTERNATES; i++) {
      const lines = (readFile(join(folders[i]!, 'info/alternates'))?.toString('utf8') ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      for (const line of lines) if (!folders.includes(resolve(folders[i]!, line))) folders.push(resolve(folders[i]!, line));
    }
    this.folders = folders;
  }

  /**
   * @returns undefined for an object that is not there
   * @throws Error for one that cannot be read
   */
  read(oid: string): GitObject | undefined {
    return this.packed(oid, 0) ?? this.loose(oid);
  }

  /** The objects whose names begin so; two of several. @param prefix at least four digits */
  beginningWith(prefix: string): readonly string[] {
    const found = new Set<string>(this.openPacks().flatMap((pack) => pack.beginningWith(prefix)));
    for (const folder of this.folders) {
      const rest = prefix.slice(2);
      for (const name of namesIn(join(folder, prefix.slice(0, 2)))) if (name.startsWith(rest) && name.length === this.hash * 2 - 2) found.add(prefix.slice(0, 2) + name);
    }
    return [...found].slice(0, 2);
  }

  close(): void {
    for (const pack of this.packs ?? []) pack.close();
    this.packs = undefined;
  }

  private openPacks(): readonly Pack[] {
    return (this.packs ??= this.folders.flatMap((folder) =>
      namesIn(join(folder, 'pack'))
        .filter((name) => name.endsWith('.idx'))
        .map((name) => new Pack(join(folder, 'pack', name.slice(0, -4)), this.hash)),
    ));
  }

  private packed(oid: string, depth: number): GitObject | undefined {
    for (const pack of this.openPacks()) {
      const offset = pack.offsetOf(oid);
      if (offset !== undefined) return this.unpack(pack, offset, depth);
    }
    return undefined;
  }

  /** Follows deltas down to an object that is whole, and applies them. */
  private unpack(pack: Pack, start: number, depth: number): GitObject {
    const deltas: Buffer[] = [];
    let deltaBytes = 0;
    const packId = this.openPacks().indexOf(pack);
    let object: GitObject | undefined;
    for (let offset = start; object === undefined; ) {
      object = this.kept.get(`${packId} ${offset}`);
      if (object !== undefined) break;
      if (deltas.length + depth > MAX_DELTAS) throw new GitError('deltas of deltas have no end');
      const { kind, base, data } = pack.entryAt(offset);
      const type = TYPES[kind];
      if (type !== undefined) object = { type, data };
      else {
        deltas.push(data);
        deltaBytes += data.length;
        if (deltaBytes > MAX_DELTA_BYTES) throw new GitError(`deltas of an object have more than ${MAX_DELTA_BYTES / 1024 / 1024} MiB`);
        if (typeof base === 'number') offset = base;
        else if (base !== undefined) object = this.packed(base, depth + deltas.length) ?? this.loose(base);
        else throw new GitError(`an object has the unknown type ${kind}`);
        if (typeof base === 'string' && object === undefined) throw new GitError('the base of a delta is missing');
      }
    }
    const { type } = object;
    const data = deltas.reduceRight((base, delta) => applyDelta(base, delta, MAX_OBJECT), object.data);
    return this.keep(`${packId} ${start}`, { type, data });
  }

  private keep(key: string, object: GitObject): GitObject {
    if (this.keptBytes > MAX_KEPT) {
      this.kept.clear();
      this.keptBytes = 0;
    }
    this.kept.set(key, object);
    this.keptBytes += object.data.length;
    return object;
  }

  private loose(oid: string): GitObject | undefined {
    for (const folder of this.folders) {
      const file = readFile(join(folder, oid.slice(0, 2), oid.slice(2)));
      if (file === undefined) continue;
      const whole = inflated(file, `object ${oid}`);
      const head = /^(commit|tree|blob|tag) (\d+)\0/.exec(whole.toString('latin1', 0, 40));
      if (!head) throw new GitError(`object ${oid} is no object`);
      return { type: head[1] as ObjectType, data: whole.subarray(head[0].length) };
    }
    return undefined;
  }
}

/** A regular file's bytes; undefined if there is none, or none that may be read. */
export function readFile(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openWithoutWaiting(path);
    const stat = fstatSync(fd);
    return stat.isFile() && stat.size <= MAX_OBJECT ? readFileSync(fd) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
