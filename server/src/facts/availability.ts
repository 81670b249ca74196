/** Answers "may this be called there": decodes matrices when asked, joins candidates, keeps the answers. */
import { candidatesFor } from './configs.js';
import type { Candidate, Candidates } from './configs.js';
import type { ProgramKey } from './factBook.types.js';
import { LetterTimeline, agreement, combineTimelines, decodeRuns } from './timeline.js';
import type { Letter } from './timeline.js';
import type { FactsJson } from './types.gen.js';

/** The parts of facts.json that answers are made of. */
type Stored = Pick<FactsJson, 'releases' | 'attachTypes' | 'timelines' | 'matrices' | 'configs'>;

/** Where an entity's answers lie in facts.json. */
export interface MatrixRef { readonly kind: 'helper' | 'kfunc'; readonly exists: number; readonly matrix: number }

/** Answers by kind of program and release, out of the stored timelines and matrices; each is made once. */
export class Availability {
  readonly #facts: Stored;
  readonly #optional: ReadonlySet<string>;
  readonly #timelines: (LetterTimeline | undefined)[];
  readonly #matrices: (readonly number[] | undefined)[];
  readonly #answers = new Map<string, LetterTimeline>();
  readonly #candidates = new Map<string, Candidates>();

  constructor(facts: Stored) {
    this.#facts = facts;
    this.#optional = new Set(facts.attachTypes.filter((type) => type.optional).map((type) => type.name));
    this.#timelines = new Array<LetterTimeline | undefined>(facts.timelines.length);
    this.#matrices = new Array<readonly number[] | undefined>(facts.matrices.length);
  }

  /** One stored timeline. */
  timeline(index: number): LetterTimeline {
    return (this.#timelines[index] ??= new LetterTimeline(decodeRuns(this.#facts.timelines[index] ?? ''), this.#facts.releases));
  }

  /** What a program of this kind is told, release by release. */
  answer(entity: MatrixRef, key: ProgramKey): LetterTimeline {
    const keyText = [entity.kind, key.programType, key.attachType, key.sleepable ? 's' : '', key.frags ? 'f' : '', key.target ?? ''].join('|');
    const id = `${entity.exists}|${entity.matrix}|${keyText}`;
    const known = this.#answers.get(id);
    if (known) return known;
    const answer = this.#compute(entity, key, this.#candidatesOf(keyText, entity.kind, key));
    this.#answers.set(id, answer);
    return answer;
  }

  #candidatesOf(keyText: string, kind: MatrixRef['kind'], key: ProgramKey): Candidates {
    let candidates = this.#candidates.get(keyText);
    if (!candidates) this.#candidates.set(keyText, (candidates = candidatesFor(kind, key, this.#facts.configs, this.#optional)));
    return candidates;
  }

  #compute(entity: MatrixRef, key: ProgramKey, { exact, of }: Candidates): LetterTimeline {
    const exists = this.timeline(entity.exists);
    if (of.length === 0) return exists;
    const row = this.#matrix(entity.matrix);
    const timelines = of.map(({ index }) => this.timeline(row[index] ?? -1));
    const first = timelines[0];
    if (exact && first) return first;
    const opinions = combineTimelines(timelines, this.#facts.releases, (letters) => join(letters, of, key.sleepable));
    const joined = contested(timelines, of, key.sleepable) ? combineTimelines([opinions], this.#facts.releases, ([letter]) => (letter === 'd' ? 'u' : (letter ?? 'u'))) : opinions;
    return combineTimelines([exists, joined], this.#facts.releases, ([exist, letter]) => (exist === 'x' ? 'x' : (letter ?? 'u')));
  }

  #matrix(index: number): readonly number[] {
    return (this.#matrices[index] ??= (this.#facts.matrices[index] ?? '').split(',').flatMap((run) => {
      const [value, times] = run.split('*');
      return new Array<number>(Number(times ?? 1)).fill(Number(value));
    }));
  }
}

/**
 * True if on some release one of them allows what another refuses: then it is the hook or attach type that decides, and the
 * refusals of others on older kernels say nothing about one that was not measured (bpf_setsockopt in iter/unix).
 */
function contested(timelines: readonly LetterTimeline[], of: readonly Candidate[], sleepable: boolean): boolean {
  const asked = timelines.filter((_, i) => !of[i]?.witness);
  const starts = new Set(asked.flatMap((timeline) => timeline.runs.map((run) => run.from)));
  return [...starts].some((release) => {
    const letters = asked.map((timeline) => timeline.letterAt(release));
    return letters.includes('d') && letters.some((letter) => letter === 'a' || (letter === 's' && sleepable));
  });
}

/** Joins what several configurations say on one release; witnesses only unsettle a refusal. */
function join(letters: readonly Letter[], of: readonly Candidate[], sleepable: boolean): Letter {
  const asked = of.flatMap((candidate, i) => (candidate.witness ? [] : [i]));
  const own = joinAsked(asked.map((i) => letters[i] ?? 'u'), asked.map((i) => of[i]?.sleepable ?? false), sleepable);
  const doubted = own === 'd' && of.some((candidate, i) => candidate.witness && !refuses(letters[i]) && letters[i] !== 'v');
  return doubted ? 'u' : own;
}

/**
 * For a program that may sleep, "only if sleepable" of a configuration that may not is a yes. For one that may not, a
 * sleepable configuration's yes does not contradict it.
 */
function joinAsked(letters: readonly Letter[], sleeping: readonly boolean[], sleepable: boolean): Letter {
  if (sleepable) return agreement(letters.map((letter, i) => (letter === 's' && !sleeping[i] ? 'a' : letter)));
  const awake = letters.filter((_, i) => !sleeping[i]);
  if (awake.length === 0 || awake.length === letters.length) return agreement(letters);
  const own = agreement(awake);
  const asleep = agreement(letters.filter((_, i) => sleeping[i]));
  if (asleep === 'v') return own;
  if (own === 'v') return refuses(asleep) ? asleep : 'u';
  if (own === 'a' || own === 's') return asleep === 'a' ? own : 'u';
  return refuses(own) && refuses(asleep) ? own : 'u';
}

function refuses(letter: Letter | undefined): boolean {
  return letter === 'd' || letter === 'x';
}
