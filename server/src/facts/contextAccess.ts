/** Answers "may this program read or write that field of its context". */
import type { Availability } from './availability.js';
import type { ProgramKey, ProgramTypeFact } from './factBook.types.js';
import { LetterTimeline, agreement, combineTimelines } from './timeline.js';
import type { FactsContext, FactsJson } from './types.gen.js';
import { entryOf } from '../text/entryOf.js';

type Access = NonNullable<FactsContext['access']>;

/** Answers by context, field, kind of program and release. */
export class ContextAccess {
  readonly #access: ReadonlyMap<string, Access>;
  readonly #stored: Availability;
  readonly #types: ReadonlyMap<string, ProgramTypeFact>;
  readonly #unknown: LetterTimeline;
  readonly #releases: FactsJson['releases'];

  constructor(facts: Pick<FactsJson, 'contexts' | 'releases'>, stored: Availability, types: ReadonlyMap<string, ProgramTypeFact>) {
    this.#access = new Map(facts.contexts.flatMap((context) => (context.access ? [[context.name, context.access] as const] : [])));
    this.#stored = stored;
    this.#types = types;
    this.#releases = facts.releases;
    this.#unknown = new LetterTimeline([{ from: 0, letter: 'u' }], facts.releases);
  }

  /** Unknown for structs that are not checked by a table, fields that no table names, and programs that get another context. */
  answer(context: string, field: string, key: ProgramKey, mode: 'read' | 'write'): LetterTimeline {
    const access = this.#access.get(context);
    if (!access || key.programType === null || this.#types.get(key.programType)?.context !== context) return this.#unknown;
    const timelines = tablesFor(access, key.programType, key.attachType).flatMap((fields) => {
      const pair = entryOf(fields, field);
      const index = mode === 'read' ? pair?.[0] : pair?.[1];
      return index === undefined ? [] : [this.#stored.timeline(index)];
    });
    const [first, second] = timelines;
    if (first && !second) return first;
    return first ? combineTimelines(timelines, this.#releases, agreement) : this.#unknown;
  }
}

/** The attach type's own table, else the type's, else all of the type, whose agreement counts. */
function tablesFor(access: Access, programType: string, attachType: string | null): Access[string][] {
  const own = (attachType === null ? undefined : entryOf(access, `${programType}|${attachType}`)) ?? entryOf(access, `${programType}|*`);
  if (own) return [own];
  return Object.entries(access).flatMap(([key, fields]) => (key.startsWith(`${programType}|`) ? [fields] : []));
}
