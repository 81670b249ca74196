/**
 * What is known of a unit, kept from one analysis to the next. Where an edit changed bodies of functions only, all that is known by
 * names stays, and what was found out about other functions too; any other edit makes everything anew.
 */
import type { FactBook } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { FileView } from '../syntax/views.js';
import { buildCallGraph, type CallGraph, type GraphNode } from './callGraph.js';
import { ContextFlow } from './contexts.js';
import { dialectOf } from './dialect.js';
import { Guards } from './guards.js';
import { findLicense } from './license.js';
import { findMaps } from './maps.js';
import type { ContextAccess, Dialect, EntityCall, LicenseInfo, MapDef, Program, ResolvedSection } from './model.types.js';
import { madeFunctions } from './programMacros.js';
import { ProgramFinder } from './programModel.js';
import { Reach, entityCalls } from './reach.js';
import { changedBodies, type BodyChange } from './surroundings.js';
import { indexUnit, refreshIndex, replaceInIndex, withMadeFunctions, type UnitIndex } from './unitIndex.js';

/** Finds out about one unit. All fields are those of the latest analysis, and so are the objects in them: they change in place. */
export class UnitState {
  /** Names that are written out. */
  readonly written: UnitIndex;
  /** With those that macros make. */
  readonly index: UnitIndex;
  readonly programs: readonly Program[];
  readonly sections: readonly ResolvedSection[];
  readonly license: LicenseInfo;
  readonly graph: CallGraph;
  maps: readonly MapDef[];
  dialect: Dialect | undefined;
  guards: Guards;
  reach: Reach;
  /** Function by function; the same list as long as nothing about it changes. */
  calls: readonly (readonly EntityCall[])[] = [];
  accesses: readonly (readonly ContextAccess[])[] = [];
  private flow: ContextFlow;
  private readonly finder: ProgramFinder;
  /** By the number of the function's node. */
  private readonly callsOf: (readonly EntityCall[] | undefined)[] = [];

  constructor(private main: FileView, private files: ReadonlyMap<string, FileView>, private readonly facts: FactBook, private readonly settings: Settings) {
    this.written = indexUnit(main, files);
    const made = madeFunctions(this.written);
    this.index = withMadeFunctions(this.written, made);
    this.finder = new ProgramFinder(this.index, facts, settings);
    ({ programs: this.programs, sections: this.sections } = this.finder.all(made));
    this.maps = findMaps(this.index, facts);
    this.dialect = dialectOf(this.index, this.programs);
    this.license = findLicense(this.index, facts, settings);
    this.graph = buildCallGraph(this.index, facts);
    this.guards = new Guards(this.index, this.graph);
    this.reach = new Reach(this.graph, this.guards, this.programs);
    this.flow = new ContextFlow(this.graph, this.index, facts, this.programs);
    this.gather();
  }

  /** Takes later texts of the same unit; false if they say more than that bodies changed: then this object is of no use any more. */
  update(main: FileView, files: ReadonlyMap<string, FileView>, facts: FactBook, settings: Settings): boolean {
    if (facts !== this.facts || settings.programs !== this.settings.programs || settings.assumeLicense !== this.settings.assumeLicense) return false;
    const changes = main.path === this.main.path ? changedBodies(this.files, files) : undefined;
    if (changes === undefined) return false;
    this.main = main;
    this.files = files;
    for (const index of new Set([this.written, this.index])) {
      refreshIndex(index, main, files);
      for (const { path, old, now } of changes) replaceInIndex(index, path, old, now);
    }
    if (!changes.every((change) => this.replaceProgram(change))) return false;
    // Values stand at places in the text, and a text without programs may be another dialect's.
    if (this.maps.some((map) => map.values !== undefined)) this.maps = findMaps(this.index, facts);
    if (this.programs.length === 0) this.dialect = dialectOf(this.index, this.programs);
    this.replaceBodies(changes);
    return true;
  }

  /** A program keeps its identity, and so does its section. */
  private replaceProgram({ path, old, now }: BodyChange): boolean {
    const before = old.bodySpan ? this.programs.filter((p) => p.fn === old) : [];
    const after = this.finder.of(now, path)?.programs ?? [];
    if (before.length !== after.length) return false;
    for (const [i, program] of before.entries()) {
      const { fn, section } = after[i]!;
      Object.assign(program.section, { use: section.use });
      Object.assign(program, { fn });
    }
    return true;
  }

  private replaceBodies(changes: readonly BodyChange[]): void {
    const nodes = new Set<GraphNode>();
    const callees = new Set<GraphNode>();
    const before = new Map<GraphNode, string>();
    const note = (node: GraphNode): void => node.callees.forEach((edge) => callees.add(edge.node));
    for (const { old } of changes) {
      const node = this.graph.byFunction.get(old);
      if (!node) continue;
      before.set(node, this.reach.passesOn(node));
      note(node);
    }
    for (const { old, now } of changes) {
      const node = this.graph.replace(old, now);
      if (!node) continue;
      nodes.add(node);
      note(node);
    }
    const known = this.guards.replaced([...nodes], callees);
    if (!known) this.guards = new Guards(this.index, this.graph);
    const same = known && [...nodes].every((node) => this.reach.passesOn(node) === before.get(node));
    if (!same) this.reach = new Reach(this.graph, this.guards, this.programs);
    if (!this.flow.replaced(nodes)) this.flow = new ContextFlow(this.graph, this.index, this.facts, this.programs);
    else if (!same) this.flow.reachChanged();
    if (same) for (const node of nodes) this.callsOf[node.id] = undefined;
    else this.callsOf.length = 0;
    this.gather();
  }

  /** Puts together what is known function by function. */
  private gather(): void {
    const calls: (readonly EntityCall[])[] = [];
    for (const node of this.graph.nodes) {
      const own = (this.callsOf[node.id] ??= entityCalls(node, this.guards, this.reach));
      if (own.length > 0) calls.push(own);
    }
    this.calls = calls;
    this.accesses = this.flow.accesses(this.guards, this.reach);
  }

  /** The state of a unit: the remembered one, brought up to date, or a new one. */
  static of(memory: UnitMemory, main: FileView, files: ReadonlyMap<string, FileView>, facts: FactBook, settings: Settings): UnitState {
    if (memory.state?.update(main, files, facts, settings) !== true) memory.state = new UnitState(main, files, facts, settings);
    return memory.state;
  }
}

/** What a session remembers of one main file. */
export interface UnitMemory {
  state?: UnitState;
}
