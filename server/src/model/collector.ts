/** Gathers requirements: each thing once a program, at its first place, free places before guarded ones. */
import type { Lifetime } from '../facts/factBook.types.js';
import type { Span } from '../text/span.js';
import type { Program, Requirement, RequirementKind } from './model.types.js';

/** Where and until when something is needed; one object for all the programs that it is true of. */
interface Use {
  readonly lifetime: Lifetime;
  readonly path: string;
  readonly span: Span;
  readonly guard: string | undefined;
  /** True where the guard is the programs' own `#if`. */
  readonly own?: true;
}

/** The guard of something, and whether it is one for its programs, as a use takes it. */
export function standing({ guard, own }: { readonly guard?: string | undefined; readonly own?: true | undefined }): Pick<Use, 'guard' | 'own'> {
  return own ? { guard, own } : { guard };
}

/** How well a place speaks for its program: freely, under its own `#if` only, or under a guard. */
function rank({ guard, own }: Pick<Use, 'guard' | 'own'>): number {
  return guard === undefined ? 2 : own ? 1 : 0;
}

interface Feature {
  readonly feature: string;
  readonly kind: RequirementKind;
  readonly uses: Map<Program | null, Use>;
  /** Lists of programs for which a free place is known, and those for which any is: nothing better can come. */
  readonly free: Set<readonly Program[]>;
  readonly any: Set<readonly Program[]>;
}

/** Keeps for each program and feature the first free place, or else the first guarded one, and joins programs at one place. */
export class Collector {
  private readonly features = new Map<string, Feature>();

  private of(kind: RequirementKind, feature: string, form: string): Feature {
    const id = `${kind} ${feature} ${form}`;
    let known = this.features.get(id);
    if (!known) this.features.set(id, (known = { feature, kind, uses: new Map<Program | null, Use>(), free: new Set(), any: new Set() }));
    return known;
  }

  /**
   * Notes a use in several programs.
   * @param lifetime what it needs in each; undefined where it needs nothing.
   * @param form tells apart uses of one feature that need different things in the same program, such as calls that loaders rewrite
   */
  add(kind: RequirementKind, feature: string, programs: readonly Program[], at: Omit<Use, 'lifetime'>, lifetime: (program: Program | null) => Lifetime | undefined, form = ''): void {
    const known = this.of(kind, feature, form);
    if (known.free.has(programs) || (rank(at) === 0 && known.any.has(programs))) return;
    if (programs.length > 0) (at.guard === undefined ? known.free : known.any).add(programs);
    if (programs.length <= 1) {
      const program = programs[0] ?? null;
      const before = known.uses.get(program);
      const needed = before && rank(before) >= rank(at) ? undefined : lifetime(program);
      if (needed) known.uses.set(program, { ...at, lifetime: needed });
      return;
    }
    const byLifetime = new Map<Lifetime, Use>();
    for (const program of programs) {
      const before = known.uses.get(program);
      if (before && rank(before) >= rank(at)) continue;
      const needed = lifetime(program);
      if (!needed) continue;
      let use = byLifetime.get(needed);
      if (!use) byLifetime.set(needed, (use = { ...at, lifetime: needed }));
      known.uses.set(program, use);
    }
  }

  requirements(): Requirement[] {
    const result: Requirement[] = [];
    for (const { feature, kind, uses } of this.features.values()) {
      const joined = new Map<Use, Program[]>();
      for (const [program, use] of uses) {
        let programs = joined.get(use);
        if (!programs) {
          joined.set(use, (programs = []));
          const { lifetime, path, span, guard, own } = use;
          const base = { feature, kind, lifetime, path, span, programs };
          result.push(guard === undefined ? base : own ? { ...base, guard, own } : { ...base, guard });
        }
        if (program) programs.push(program);
      }
    }
    return result;
  }
}
