/** A constant or flag in words: value, meaning, who takes it. */
import type { ConstantFact, ConstantOwner, FactBook } from '../../facts/factBook.types.js';
import { typeTitle } from '../programs.js';
import { code, paragraph, type Inline, type InfoSection, type Line } from '../text/info.js';
import { codes, factsSection, pitfallSection, sourceNames, summarySections, versionText } from './common.js';

/** Names of one owner's kind that fit on a line. */
const MAX_OWNERS = 4;
const MAX_SIBLINGS = 8;

/** @param here the parameter in which it stands in the source, where that is known to take it. */
export function describeConstant(facts: FactBook, fact: ConstantFact, here?: ConstantOwner): readonly InfoSection[] {
  return [
    { kind: 'code', code: definition(fact) },
    ...summarySections(fact.doc),
    ...pitfallSection(fact.doc),
    ...factsSection([
      ['Here', here && ownerLine(facts, [here])],
      ['Since', sinceLine(fact)],
      ['Where', groupOwners(fact.belongs).flatMap((group, i): Line => [...(i > 0 ? ['; '] : []), ...ownerLine(facts, group)])],
      ['Now called', fact.use === undefined ? undefined : [code(fact.use)]],
      ['Header', [code(fact.header)]],
      ['Others', siblings(facts, fact)],
    ]),
  ];
}

/** A line for lists: the constant and what it means. */
export function constantLine(fact: ConstantFact): InfoSection {
  return paragraph(code(fact.name), fact.doc ? `: ${fact.doc.summary}` : '');
}

/** `BPF_F_USER_STACK = 1ULL << 8` with the number behind it, where the expression does not show it. */
function definition(fact: ConstantFact): string {
  const number = constantNumber(fact.value);
  const plain = number === undefined || fact.value === number.toString();
  const hex = plain || number < 10n ? '' : `, 0x${number.toString(16)}`;
  const told = plain ? '' : ` /* ${number}${fact.value.startsWith('0x') ? '' : hex} */`;
  return `${fact.name}${fact.args ?? ''} = ${fact.value}${told}`;
}

/** The value of a literal, of one shifted by another, or of such joined by `|`; undefined for anything else. */
export function constantNumber(value: string): bigint | undefined {
  const parts = value.split('|').map(term);
  return parts.includes(undefined) ? undefined : (parts as bigint[]).reduce((all, part) => all | part, 0n);
}

function term(value: string): bigint | undefined {
  const bare = value.trim().replace(/^\((.*)\)$/, '$1').trim();
  const m = /^(-?)(0[xX][\da-fA-F]+|\d+)(?:[uUlL]{0,3})(?:\s*<<\s*(\d+))?$/.exec(bare);
  if (m === null) return undefined;
  const number = BigInt(m[2]!) << BigInt(m[3] ?? '0');
  return m[1] === '-' ? -number : number;
}

function sinceLine(fact: ConstantFact): string {
  if (fact.lifetime) return `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`;
  return `libbpf ${fact.libbpf ?? ''}, any kernel`;
}

/** Owners of one kind that take it in the same place. */
function groupOwners(owners: readonly ConstantOwner[]): readonly (readonly ConstantOwner[])[] {
  const groups = new Map<string, ConstantOwner[]>();
  for (const owner of owners) {
    const id = `${owner.kind === 'kfunc' ? 'helper' : owner.kind} ${owner.param ?? ''}`;
    const group = groups.get(id);
    if (group) group.push(owner);
    else groups.set(id, [owner]);
  }
  return [...groups.values()];
}

/** `flags of bpf_redirect`, `returned by XDP programs`, `map_flags of BPF_MAP_TYPE_HASH and 3 more`. */
function ownerLine(facts: FactBook, owners: readonly ConstantOwner[]): Line {
  const { kind, param = '' } = owners[0]!;
  const names = capped(owners.map((owner) => ownerName(facts, owner)));
  switch (kind) {
    case 'program-type':
      return param === 'return' ? ['returned by ', ...names, ' programs'] : [`${param} of `, ...names, ' programs'];
    case 'context-field':
      return names;
    case 'command':
      return commandLine(owners);
    default:
      return param === 'return' ? ['returned by ', ...names] : [code(param), ' of ', ...names];
  }
}

function ownerName(facts: FactBook, owner: ConstantOwner): Inline {
  if (owner.kind === 'program-type') return typeTitle(facts, owner.name);
  return owner.name === '*' ? 'any map' : code(owner.name);
}

function commandLine(owners: readonly ConstantOwner[]): Line {
  const { name, param } = owners[0]!;
  if (name === 'netlink') return owners.length > 1 ? ['netlink requests and ', ...codes(owners.slice(1).map((o) => o.name))] : ['netlink requests'];
  if (name === 'kconfig') return [code('__kconfig'), ' options'];
  return [...(param === undefined ? [] : [code(param), ' of ']), ...codes(owners.map((owner) => owner.name)), ' of ', code('bpf()')];
}

function capped(names: readonly Inline[]): Line {
  const shown = names.slice(0, MAX_OWNERS).flatMap((name, i): Inline[] => (i === 0 ? [name] : [', ', name]));
  return names.length > MAX_OWNERS ? [...shown, ` and ${names.length - MAX_OWNERS} more`] : shown;
}

/** Constants of the same group by their values. */
function siblings(facts: FactBook, fact: ConstantFact): Line {
  const others = [...facts.constants.values()].filter((other) => other.group === fact.group && other.name !== fact.name).sort((a, b) => order(a) - order(b)).map((other) => other.name);
  const line = codes(others.slice(0, MAX_SIBLINGS));
  return others.length > MAX_SIBLINGS ? [...line, ` and ${others.length - MAX_SIBLINGS} more`] : line;
}

const order = (fact: ConstantFact): number => Number(constantNumber(fact.value) ?? Number.MAX_SAFE_INTEGER);
