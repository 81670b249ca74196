/** Builds the model of a unit out of its file views: programs, maps, licence, calls, context accesses and requirements. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { FileView } from '../syntax/views.js';
import { LanguageNeeds, architectureOf } from './architecture.js';
import { callPaths } from './callPath.js';
import { limitNotes, unseen } from './limits.js';
import type { ContextAccess, EntityCall, Model, Requirement, TailCall } from './model.types.js';
import { places } from './reach.js';
import { findRequirements, languageRequirementsAt, mapRequirements } from './requirements.js';
import { tailCalls } from './tailCalls.js';
import { UnitState, type UnitMemory } from './unitState.js';

/**
 * @param main view of the main file.
 * @param files views of all files of the unit by path, `main` included.
 * @param memory what is remembered of the main file: the model that came of it before is not to be used any more.
 */
export function buildModel(main: FileView, files: ReadonlyMap<string, FileView>, facts: FactBook, settings: Settings, memory: UnitMemory = {}): Model {
  const { index, written, graph, guards, reach, programs, sections, maps, license, dialect, calls: callGroups, accesses: accessGroups } = UnitState.of(memory, main, files, facts, settings);
  const architecture = architectureOf(index, settings);
  let calls: readonly EntityCall[] | undefined;
  let accesses: readonly ContextAccess[] | undefined;
  const known = { index, facts, graph, guards, reach, programs, maps, callGroups, needs: new LanguageNeeds(facts, architecture, settings.libbpfVersion) };
  const sources = {
    ...known,
    get calls() {
      return (calls ??= callGroups.flat());
    },
    get accesses() {
      return (accesses ??= accessGroups.flat());
    },
  };
  let requirements: readonly Requirement[] | undefined;
  let mapNeeds: readonly Requirement[] | undefined;
  let tails: readonly TailCall[] | undefined;
  const ofMaps = (): readonly Requirement[] => (mapNeeds ??= mapRequirements(known));
  return {
    main, files, programs, maps, license, names: written, callGroups, accessGroups, sections, limits: [...unseen(files, main), ...limitNotes(index)],
    get calls() {
      return sources.calls;
    },
    get contextAccesses() {
      return sources.accesses;
    },
    // Diagnostics do not need them: who shows the least kernel pays for it, once.
    get requirements() {
      return (requirements ??= dialect ? [] : findRequirements({ ...sources, ofMaps }));
    },
    languageRequirementsAt: (offset, fn) => (dialect ? [] : languageRequirementsAt({ ...known, ofMaps }, main.path, offset, fn)),
    ...(dialect === undefined ? {} : { dialect }),
    mapRequirement: (map) => ofMaps().find((r) => r.path === map.path && r.span.start === map.typeSpan.start),
    get tailCalls() {
      return (tails ??= tailCalls(sources));
    },
    functionNode: (fn) => graph.byFunction.get(fn),
    callPaths: (fn, programs) => callPaths(graph, fn, programs),
    conditionsAt: (fn, conditions, at) => {
      const node = graph.byFunction.get(fn);
      const more = node === undefined ? [] : guards.conditionsByMacros(node, at);
      return more.length === 0 ? conditions : [...conditions, ...more];
    },
    placesOf: (fn, conditions, at) => {
      const node = graph.byFunction.get(fn);
      return node === undefined ? [] : places(node, at === undefined ? { conditions } : { conditions, at }, undefined, guards, reach);
    },
  };
}
