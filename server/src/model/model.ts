/** Builds the model of a unit out of its file views: programs, maps, licence, calls, context accesses and requirements. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { FileView } from '../syntax/views.js';
import { LanguageNeeds, architectureOf } from './architecture.js';
import { buildCallGraph } from './callGraph.js';
import { callPath } from './callPath.js';
import { contextAccesses } from './contexts.js';
import { dialectOf } from './dialect.js';
import { Guards } from './guards.js';
import { findLicense } from './license.js';
import { findMaps } from './maps.js';
import type { Model, Requirement, TailCall } from './model.types.js';
import { madeFunctions } from './programMacros.js';
import { findPrograms } from './programModel.js';
import { Reach, entityCalls } from './reach.js';
import { findRequirements, mapRequirements } from './requirements.js';
import { tailCalls } from './tailCalls.js';
import { indexUnit, withMadeFunctions } from './unitIndex.js';

/**
 * @param main view of the main file.
 * @param files views of all files of the unit by path, `main` included.
 */
export function buildModel(main: FileView, files: ReadonlyMap<string, FileView>, facts: FactBook, settings: Settings): Model {
  const written = indexUnit(main, files);
  const made = madeFunctions(written);
  const index = withMadeFunctions(written, made);
  const { programs, sections } = findPrograms(index, made, facts, settings);
  const maps = findMaps(index, facts);
  const dialect = dialectOf(index, programs);
  const graph = buildCallGraph(index, facts);
  const guards = new Guards(index, graph);
  const reach = new Reach(graph, guards, programs);
  const calls = entityCalls(graph, guards, reach);
  const accesses = contextAccesses(graph, index, facts, guards, reach, programs);
  const architecture = architectureOf(index, settings);
  const sources = { index, facts, graph, guards, reach, programs, maps, calls, accesses, needs: new LanguageNeeds(facts, architecture) };
  let requirements: readonly Requirement[] | undefined;
  let mapNeeds: readonly Requirement[] | undefined;
  let tails: readonly TailCall[] | undefined;
  const ofMaps = (): readonly Requirement[] => (mapNeeds ??= mapRequirements(sources));
  return {
    main, files, programs, maps, license: findLicense(index, facts, settings), calls, contextAccesses: accesses, sections,
    // Diagnostics do not need them: who shows the least kernel pays for it, once.
    get requirements() {
      return (requirements ??= dialect ? [] : findRequirements({ ...sources, ofMaps }));
    },
    ...(dialect === undefined ? {} : { dialect }),
    mapRequirement: (map) => ofMaps().find((r) => r.path === map.path && r.span.start === map.typeSpan.start),
    get tailCalls() {
      return (tails ??= tailCalls(sources));
    },
    functionNode: (fn) => graph.byFunction.get(fn),
    callPath: (fn, program) => callPath(graph, fn, program),
  };
}
