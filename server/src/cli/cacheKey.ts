/** What a result depends on, as one hash: the build, the settings, and every text that was read for it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHeader } from '../features/ebpfFile.js';
import type { CollectedInput } from '../model/includes.js';
import type { CheckPlan } from './checkPlan.js';

/** What makes the answers: a build that differs in one of them answers differently. */
const PARTS = ['cliMain.js', 'facts.json', 'web-tree-sitter.wasm', 'tree-sitter-c.wasm'];

const sha = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Stands for this build. @throws what the system says */
export function buildIdentity(assetDir: string, version: string): string {
  return sha(JSON.stringify([version, ...PARTS.map((name) => sha(readFileSync(join(assetDir, name))))]));
}

/** Makes keys for the inputs of a run. */
export class CacheKeys {
  private readonly hashes = new Map<string, { readonly text: string; readonly hash: string }>();

  /** @param build as `buildIdentity` gave it */
  constructor(private readonly build: string) {}

  /** @returns undefined for what depends on more than its own texts: a header is judged for the files around it that include it */
  keyOf(input: CollectedInput, plan: CheckPlan): string | undefined {
    if (isHeader(input.main)) return undefined;
    const files = [...input.files].map(([path, text]) => [path, path === input.main ? sha(text) : this.hashOf(path, text)]);
    const includes = [...input.includes].map(([path, resolved]) => [path, [...resolved]]);
    return sha(JSON.stringify([this.build, plan, input.main, files, includes]));
  }

  private hashOf(path: string, text: string): string {
    const known = this.hashes.get(path);
    if (known?.text === text) return known.hash;
    if (this.hashes.size > 1_000) this.hashes.clear();
    const hash = sha(text);
    this.hashes.set(path, { text, hash });
    return hash;
  }
}
