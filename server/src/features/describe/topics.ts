/** Language features, XDP drivers and link types in words. */
import type { DriverAbility, DriverFact, DriverMtu, FactBook, FeatureFact, LinkTypeFact } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { code, paragraph, prose, strong, type InfoSection, type Line } from '../text/info.js';
import { codes, factsSection, pitfallSection, sourceNames, summarySections, versionText } from './common.js';
import { entryOf } from '../../text/entryOf.js';

/** The whole entry of a feature of the language or its loaders. */
export function describeFeature(fact: FeatureFact): readonly InfoSection[] {
  return [
    paragraph(strong('Language feature: '), fact.title),
    ...summarySections(fact.doc),
    ...pitfallSection(fact.doc),
    ...factsSection([
      ['Since', `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['By architecture', archText(fact)],
      ['By', codes(fact.needs)],
      ['Instead of', fact.replaces === undefined ? undefined : prose(fact.replaces)],
      ['Capabilities', codes(fact.capabilities)],
      ['Configuration', codes(fact.kernelConfig)],
    ]),
  ];
}

/** `x86-64 5.5, arm64 6.0, riscv64 between 6.1 and 6.12, not on loongarch64 (6.12)`. */
function archText(fact: FeatureFact): string | undefined {
  if (fact.byArch.length === 0) return undefined;
  const have = fact.byArch.flatMap(({ arch, lifetime }) => (lifetime ? [`${arch} ${versionText(lifetime).replaceAll('Linux ', '')}`] : []));
  const lack = fact.byArch.flatMap(({ arch, missing }) => (missing === undefined ? [] : [`${arch} not yet in ${formatRelease(missing)}`]));
  return [...have, ...lack].join(', ');
}

/** The whole entry of a network driver: what it can do for XDP, and from when on. */
export function describeDriver(fact: DriverFact): readonly InfoSection[] {
  return [
    paragraph(strong('XDP driver '), code(fact.name), `: ${fact.title}`),
    ...summarySections(fact.doc),
    ...factsSection([
      ['Native XDP', abilityLine(fact.native)],
      ['Offload', fact.offload ? 'the device itself can run programs' : 'no'],
      ['Fragments', fact.fragments ? abilityLine(fact.fragments) : 'not known to take them'],
      ['AF_XDP without copying', fact.zeroCopy ? abilityLine(fact.zeroCopy) : 'not known to offer it'],
      ['Maximum MTU', mtuText(fact.mtu?.plain)],
      ['… with fragments', mtuText(fact.mtu?.fragments)],
      ['On MTU', fact.mtu?.note === undefined ? undefined : prose(fact.mtu.note)],
      ['Note', fact.note === undefined ? undefined : prose(fact.note)],
      ['Sources', sourceNames(fact.sources).trim().replace(/^\((.*)\)$/, '$1')],
    ]),
  ];
}

function abilityLine({ lifetime, note }: DriverAbility): Line {
  return [versionText(lifetime), ...(note === undefined ? [] : ['. ', ...prose(note)])];
}

const WITHOUT_NUMBER: Readonly<Record<string, string>> = {
  unlimited: 'the driver sets none',
  firmware: 'the firmware decides',
  members: 'that of the devices below it',
};

/** `3520 bytes`, or by architecture where they differ. Computed for pages of 4 KiB. */
function mtuText(mtu: DriverMtu | undefined): string | undefined {
  if (mtu === undefined) return undefined;
  if (typeof mtu === 'string') return entryOf(WITHOUT_NUMBER, mtu) ?? mtu;
  const byBytes = new Map<number, string[]>();
  for (const [arch, bytes] of Object.entries(mtu)) byBytes.set(bytes, [...(byBytes.get(bytes) ?? []), arch]);
  const parts = [...byBytes].map(([bytes, arches]) => (byBytes.size === 1 ? `${bytes}` : `${bytes} on ${arches.join(', ')}`));
  return `${parts.join('; ')} (computed for pages of 4 KiB)`;
}

/** The whole entry of a type of link. */
export function describeLinkType(facts: FactBook, fact: LinkTypeFact): readonly InfoSection[] {
  const titles = fact.programTypes.flatMap((name) => facts.programTypes.get(name) ?? []);
  return [
    paragraph('Link type ', code(fact.name), `, value ${fact.value}`),
    ...summarySections(fact.doc),
    ...factsSection([
      ['Since', `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['Same as', fact.aliasOf === undefined ? undefined : [code(fact.aliasOf)]],
      ['Program types', codes(titles.map((type) => type.name))],
      ['Attach types', codes(fact.attachTypes)],
    ]),
    ...pitfallSection(fact.doc),
  ];
}
