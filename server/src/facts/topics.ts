/** Features, drivers, link types, concepts and messages of the verifier out of facts.json: what the file leaves out is an empty list. */
import type { ConceptFact, DriverFact, FactBook, FeatureFact, LinkTypeFact, Source, VerifierMessageFact } from './factBook.types.js';
import type { DistributionFact } from './distribution.types.js';
import { LazyMap } from './lazyMap.js';
import { entriesOf, type FactsParts } from './factsText.js';

export type Topics = Pick<FactBook, 'features' | 'drivers' | 'linkTypes' | 'distributions' | 'concepts' | 'verifierMessages'>;

/** @param sources turns the file's short form into sources */
export function loadTopics(facts: FactsParts, sources: (list: readonly (readonly string[])[]) => readonly Source[]): Topics {
  const features = new LazyMap(facts.features, (data): FeatureFact => ({
    ...data, kind: 'feature', sources: sources(data.sources), aliases: data.aliases ?? [], byArch: data.byArch ?? [], needs: data.needs ?? [],
    capabilities: data.capabilities ?? [], kernelConfig: data.kernelConfig ?? [],
  }));
  const drivers = new LazyMap(facts.drivers, (data): DriverFact => ({ ...data, kind: 'driver', sources: sources(data.sources), aliases: data.aliases ?? [] }));
  const linkTypes = new LazyMap(entriesOf(facts.linkTypes), (data): LinkTypeFact => ({
    ...data, kind: 'link-type', sources: sources(data.sources), programTypes: data.programTypes ?? [], attachTypes: data.attachTypes ?? [],
  }));
  const distributions = new LazyMap(facts.distributions, (data): DistributionFact => ({
    ...data, kind: 'distribution', sources: sources(data.sources), aliases: data.aliases ?? [], includes: data.includes ?? [], kernels: data.kernels.map((kernel) => ({ ...kernel, backports: kernel.backports ?? false })),
  }));
  const concepts = new LazyMap(facts.concepts, (data): ConceptFact => ({ ...data, kind: 'concept', aliases: data.aliases ?? [] }));
  const verifierMessages = new LazyMap(facts.verifierMessages, (data): VerifierMessageFact => ({
    ...data, kind: 'verifier-message', sources: sources(data.sources), causes: data.causes ?? [], see: data.see ?? [], generic: data.generic ?? false, hot: data.hot ?? false, registers: data.registers ?? true,
  }));
  return { features, drivers, linkTypes, distributions, concepts, verifierMessages };
}
