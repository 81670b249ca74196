/** Compiles language features, XDP drivers, link types, pages about ideas and the messages of the verifier and loaders. */
import { without } from '../../server/src/facts/without.js';
import type { CommonVersion, ConceptData, DriverData, FactsConcept, FactsDriver, FactsFeature, FactsLinkType, FactsVerifierMessage, FeatureData, LinkTypeData, VerifierMessageData } from '../../server/src/facts/types.gen.js';
import type { Parts } from './compileNames.js';

export function compileFeatures(list: readonly FeatureData[], parts: Parts, release: (version: CommonVersion) => number): FactsFeature[] {
  return list.map((data) => ({
    ...without(data, 'lifetime', 'sources', 'byArch'), lifetime: parts.lifetime(data.lifetime), sources: parts.short(data.sources),
    ...(data.byArch
      ? { byArch: data.byArch.map(({ arch, lifetime, missing }) => ({ arch, ...(lifetime ? { lifetime: parts.lifetime(lifetime) } : {}), ...(missing ? { missing: release(missing) } : {}) })) }
      : {}),
    ...parts.doc('features', data.name),
  }));
}

export function compileDrivers(list: readonly DriverData[], parts: Parts): FactsDriver[] {
  return list.map((data) => {
    const ability = (value: DriverData['native']) => ({ lifetime: parts.lifetime(value.lifetime), ...(value.note ? { note: value.note } : {}) });
    const { native, fragments, zeroCopy, mtu } = data;
    return {
      ...without(data, 'native', 'fragments', 'zeroCopy', 'mtu'), native: ability(native),
      ...(fragments ? { fragments: ability(fragments) } : {}), ...(zeroCopy ? { zeroCopy: ability(zeroCopy) } : {}), ...(mtu ? { mtu: without(mtu, 'sources') } : {}),
      sources: unique([native, fragments, zeroCopy, mtu].flatMap((part) => (part ? parts.short(part.sources) : []))),
      ...parts.doc('drivers', data.name),
    };
  });
}

export function compileLinkTypes(list: readonly LinkTypeData[], parts: Parts): FactsLinkType[] {
  return [...list].sort((a, b) => a.value - b.value).map((data) => ({
    ...without(data, 'lifetime', 'sources'), lifetime: parts.lifetime(data.lifetime), sources: parts.short(data.sources), ...parts.doc('link-types', data.name),
  }));
}

export function compileConcepts(pages: ReadonlyMap<string, ConceptData>): FactsConcept[] {
  return [...pages].map(([name, data]) => ({ name, ...data }));
}

export function compileVerifierMessages(messages: ReadonlyMap<string, VerifierMessageData>, parts: Parts, release: (version: CommonVersion) => number): FactsVerifierMessage[] {
  return [...messages].map(([name, { since, until, ...data }]) => ({
    name, ...without(data, 'sources'), ...(since ? { since: release(since) } : {}), ...(until ? { until: release(until) } : {}), sources: parts.short(data.sources),
  }));
}

function unique(sources: readonly string[][]): string[][] {
  return [...new Map(sources.map((source) => [source.join(), source])).values()];
}
