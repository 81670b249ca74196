/**
 * The units of files that include an open header and are not open themselves: what the header is judged for. They are found by the
 * workspace's index, analysed in the background, and let go with the header.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Input, Unit } from '../analysis.types.js';
import type { Settings } from '../settings/settings.js';
import type { UnitSource } from './unitSource.js';
import { keyOf } from './uriPath.js';
import type { IndexContext, WorkspaceIndex } from './workspaceIndex.js';

/** Includers that are analysed for a header: enough for every type of program that there is among them, as a rule. */
const MAX_UNITS = 12;
/** Headers whose includers are kept; beyond, the longest unused are let go. */
const MAX_HEADERS = 6;
/** Quiet time after an edit of the header, or of what includes it. */
const SETTLE_MS = 250;

/** What a header's text must have to be worth looking for its includers. */
const SIGN = /\b(?:bpf_\w|BPF_\w|SEC\s*\()/;

export interface HeaderContext extends Omit<IndexContext, 'source'> {
  readonly index: WorkspaceIndex;
  /** Its own, since the index lets go of its texts whenever it is done. */
  readonly source: UnitSource;
  /** The open header, if it is open. */
  header(uri: string): TextDocument | undefined;
  /** Called when the units of an open header are others than before. */
  changed(uri: string): void;
}

interface Kept {
  includers: readonly { readonly uri: string; readonly input: Input; readonly settings: Settings }[];
  units: readonly Unit[];
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Told apart by it: work that was overtaken stops. */
  generation: number;
}

export class HeaderUnits {
  /** By the header's URI, least recently used first. */
  private readonly kept = new Map<string, Kept>();
  private listening = false;

  constructor(private readonly context: HeaderContext) {}

  /** Units of files that are not open; those that have an older text of the header only if `stale` ones are good enough. */
  of(uri: string, stale = false): readonly Unit[] {
    const open = new Set([...this.context.openUris()].map(keyOf));
    const text = stale ? undefined : this.context.header(uri)?.getText();
    const fits = (unit: Unit): boolean => stale || unit.input.files.get(uri) === text;
    return this.kept.get(uri)?.units.filter((unit) => !open.has(keyOf(unit.model.main.path)) && fits(unit)) ?? [];
  }

  /** A header is shown: its includers are looked for, once. */
  shown(header: TextDocument): void {
    const known = this.kept.get(header.uri);
    if (known) {
      this.kept.delete(header.uri);
      this.kept.set(header.uri, known);
      return;
    }
    if (!SIGN.test(header.getText())) return;
    this.listen();
    const kept: Kept = { includers: [], units: [], timer: undefined, generation: 0 };
    this.kept.set(header.uri, kept);
    for (const [uri] of this.kept) if (this.kept.size > MAX_HEADERS) this.closed(uri);
    this.schedule(header.uri, kept, true);
  }

  /** The open header has a new text. */
  edited(uri: string): void {
    const kept = this.kept.get(uri);
    if (kept && kept.includers.length > 0) this.schedule(uri, kept, false);
  }

  closed(uri: string): void {
    const kept = this.kept.get(uri);
    if (!kept) return;
    clearTimeout(kept.timer);
    kept.generation++;
    this.kept.delete(uri);
    if (this.kept.size === 0) this.context.source.clear();
  }

  dispose(): void {
    for (const uri of [...this.kept.keys()]) this.closed(uri);
  }

  /** What the index reads anew may include an open header, or no longer. */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    this.context.index.onAnalysed((changed) => {
      for (const [uri, kept] of this.kept) {
        const concerned = kept.includers.some((i) => keyOf(i.uri) === keyOf(changed)) || this.context.index.includersOf(uri).some((i) => keyOf(i) === keyOf(changed));
        if (concerned) this.schedule(uri, kept, true);
      }
    });
  }

  private schedule(uri: string, kept: Kept, anew: boolean): void {
    clearTimeout(kept.timer);
    const generation = ++kept.generation;
    if (anew) kept.includers = [];
    kept.timer = setTimeout(() => {
      kept.timer = undefined;
      this.context.guard.run('header', () => this.look(uri, kept, generation));
    }, SETTLE_MS);
  }

  private async look(uri: string, kept: Kept, generation: number): Promise<void> {
    const { background } = this.context;
    const facts = (await this.context.loaded())?.facts;
    await this.context.index.ready;
    if (facts === undefined || kept.generation !== generation) return;
    if (kept.includers.length === 0) await this.read(uri, kept);
    const units: Unit[] = [];
    for (const { input, settings } of kept.includers) {
      await background.turn();
      const header = this.context.header(uri);
      if (kept.generation !== generation || header === undefined) return;
      units.push(this.context.source.session(facts).analyze({ ...input, files: new Map(input.files).set(uri, header.getText()) }, settings));
    }
    kept.units = units;
    this.context.changed(uri);
  }

  private async read(uri: string, kept: Kept): Promise<void> {
    const uris = this.choose(uri);
    const settings = await this.context.configuration.of(uris, () => this.schedule(uri, kept, true));
    // Texts may have changed on the disk.
    this.context.source.clear();
    const includers: { uri: string; input: Input; settings: Settings }[] = [];
    for (const [i, includer] of uris.entries()) {
      const opened = await this.context.source.open(includer, settings[i]!);
      if (opened === undefined || opened === 'gone' || !opened.input.files.has(uri)) continue;
      includers.push({ uri: includer, input: opened.input, settings: settings[i]! });
    }
    kept.includers = includers;
  }

  /** Files that include the header and are not open: first one for each type of program, then others. */
  private choose(uri: string): readonly string[] {
    const { index } = this.context;
    const open = new Set([...this.context.openUris()].map(keyOf));
    const all = index.includersOf(uri).filter((includer) => !open.has(keyOf(includer)));
    const types = new Set<string>();
    const first = all.filter((includer) => {
      const before = types.size;
      for (const { programType } of index.file(includer)?.programs ?? []) if (programType !== null) types.add(programType);
      return types.size > before;
    });
    return [...new Set([...first, ...all])].slice(0, MAX_UNITS);
  }
}
