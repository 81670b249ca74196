/** For which processor the programs are built, and what arrives later there, where the JIT must know how. */
import type { FactBook, Lifetime } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { UnitIndex } from './unitIndex.js';

/** Names as in libbpf's `__TARGET_ARCH_…` (bpf_tracing.h), and as in the facts. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['x86', 'x86-64'], ['i386', 'x86-32'], ['arm64', 'arm64'], ['arm', 'arm'], ['s390', 's390x'],
  ['riscv', 'riscv64'], ['powerpc', 'powerpc64'], ['loongarch', 'loongarch64'], ['mips', 'mips64'],
]);

/**
 * The architecture that the setting or the one `__TARGET_ARCH_…` in sight names, as the facts call it (`arm64`, `s390x`).
 * Undefined where nothing says so, or the texts say several.
 */
export function architectureOf(index: UnitIndex, settings: Settings): string | undefined {
  if (settings.architecture !== '') return NAMES.get(settings.architecture);
  const defined = [...NAMES].filter(([name]) => index.defines.has(`__TARGET_ARCH_${name}`));
  return defined.length === 1 ? defined[0]![1] : undefined;
}

/** A feature of the language or loader as a requirement names it. */
export interface LanguageNeed {
  readonly feature: string;
  readonly lifetime: Lifetime;
}

/** Reads features off the book, for one architecture or for none in particular. */
export class LanguageNeeds {
  private readonly known = new Map<string, LanguageNeed | null>();

  /** @param libbpf the user's release of libbpf, `1.2`; empty where nobody says. */
  constructor(private readonly facts: FactBook, readonly architecture: string | undefined, private readonly libbpf = '') {}

  /** Whether `bpf_printk` of the user's libbpf keeps its formats in `.rodata`: since 0.6. */
  get formatsAreData(): boolean {
    return !/^v?0\.[0-5](?:\.|$)/.test(this.libbpf);
  }

  /** What the feature of this id (`data/features`) needs; undefined for one that the book does not have. */
  of(id: string): LanguageNeed | undefined {
    return this.remembered(id, () => {
      const fact = this.facts.features.get(id);
      return fact && (this.later(id) ?? { feature: lower(fact.title), lifetime: fact.lifetime });
    });
  }

  /** The same, where it comes later on this architecture than elsewhere; undefined where it does not, or that is not known. */
  later(id: string): LanguageNeed | undefined {
    return this.remembered(`${id} later`, () => {
      const fact = this.architecture === undefined ? undefined : this.facts.features.get(id);
      const here = fact?.byArch.find((row) => row.arch === this.architecture)?.lifetime;
      if (!fact || !here || here.since <= fact.lifetime.since) return undefined;
      return { feature: `${lower(fact.title)} on ${this.architecture!}`, lifetime: here };
    });
  }

  private remembered(id: string, find: () => LanguageNeed | undefined): LanguageNeed | undefined {
    let need = this.known.get(id);
    if (need === undefined) this.known.set(id, (need = find() ?? null));
    return need ?? undefined;
  }
}

/** `Calls between …` inside of a sentence; a title that begins with a short form (`BPF links`) keeps it. */
function lower(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
