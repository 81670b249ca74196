/** Features, drivers, link types and concepts: versions that hold, and names of things that exist. */
import { checkLifetime } from './checkLifetime.js';
import type { Complain } from './checkLifetime.js';
import { checkDistributions } from './checkDistributions.js';
import type { DataFiles } from './dataFiles.js';
import { parseTemplate } from '../../server/src/verifier/templates.js';

export function checkTopics(files: DataFiles, complain: Complain): void {
  const known = knownNames(files);
  checkFeatures(files, known, complain);
  checkDrivers(files, complain);
  checkLinkTypes(files, complain);
  checkDistributions(files, complain);
  for (const [name, concept] of files.concepts) {
    concept.see.forEach((wanted, i) => {
      if (wanted === name || !names(known, wanted)) complain(`concepts/${name}.md`, `see.${i}`, `no such entry: ${wanted}`);
    });
  }
  checkVerifierMessages(files, known, complain);
  checkWords(files, complain);
}

/** Templates that can be read, each once; names that exist. */
function checkVerifierMessages(files: DataFiles, known: ReadonlySet<string>, complain: Complain): void {
  const seen = new Set<string>();
  for (const [name, message] of files.verifierMessages) {
    const file = `verifier-messages/${name}.yaml`;
    message.match.forEach((text, i) => {
      if (seen.has(text)) complain(file, `match.${i}`, 'another message has this template');
      seen.add(text);
      try {
        parseTemplate(text);
      } catch (error) {
        complain(file, `match.${i}`, error instanceof Error ? error.message : String(error));
      }
    });
    message.see?.forEach((wanted, i) => {
      if (!names(known, wanted)) complain(file, `see.${i}`, `no such entry: ${wanted}`);
    });
    if ((message.wrong === undefined) !== (message.right === undefined)) complain(file, 'wrong', 'an example needs both what is wrong and what is right');
  }
}

function checkFeatures(files: DataFiles, known: ReadonlySet<string>, complain: Complain): void {
  for (const [name, feature] of files.features) {
    const file = `features/${name}.yaml`;
    checkLifetime(file, 'lifetime', feature.lifetime, files, complain);
    feature.byArch?.forEach(({ lifetime, missing }, i) => {
      if ((lifetime === undefined) === (missing === undefined)) complain(file, `byArch.${i}`, 'needs either a lifetime or the release that lacks it');
      if (lifetime) checkLifetime(file, `byArch.${i}.lifetime`, lifetime, files, complain);
      if (missing !== undefined && !files.kernels.releases.includes(missing)) complain(file, `byArch.${i}.missing`, `${missing} is no known release`);
    });
    const arches = (feature.byArch ?? []).map(({ arch }) => arch);
    if (new Set(arches).size < arches.length) complain(file, 'byArch', 'an architecture is named twice');
    feature.needs?.forEach((wanted, i) => {
      if (!names(known, wanted)) complain(file, `needs.${i}`, `no such entry: ${wanted}`);
    });
  }
}

function checkDrivers(files: DataFiles, complain: Complain): void {
  for (const [name, driver] of files.drivers) {
    for (const key of ['native', 'fragments', 'zeroCopy'] as const) {
      const ability = driver[key];
      if (ability) checkLifetime(`drivers/${name}.yaml`, `${key}.lifetime`, ability.lifetime, files, complain);
    }
  }
}

function checkLinkTypes(files: DataFiles, complain: Complain): void {
  const values = new Map<number, string>();
  for (const [name, type] of files.linkTypes) {
    const file = `link-types/${name}.yaml`;
    checkLifetime(file, 'lifetime', type.lifetime, files, complain);
    const other = values.get(type.value);
    if (type.aliasOf === undefined && other !== undefined) complain(file, 'value', `${type.value} is ${other}'s`);
    values.set(type.value, name);
    if (type.aliasOf !== undefined && !files.linkTypes.has(type.aliasOf)) complain(file, 'aliasOf', `no such link type: ${type.aliasOf}`);
    for (const wanted of type.programTypes ?? []) if (!files.programTypes.has(wanted)) complain(file, 'programTypes', `no such program type: ${wanted}`);
    for (const wanted of type.attachTypes ?? []) if (!files.attachTypes.has(wanted)) complain(file, 'attachTypes', `no such attach type: ${wanted}`);
  }
}

/** A word leads to one feature, driver and concept at most. */
function checkWords(files: DataFiles, complain: Complain): void {
  for (const kind of ['features', 'drivers', 'concepts'] as const) {
    const owners = new Map<string, string>();
    const entries: [string, { readonly aliases?: readonly string[] }][] = [...files[kind]];
    for (const [name, entry] of entries) {
      for (const word of [name, ...(entry.aliases ?? [])]) {
        const owner = owners.get(word);
        if (owner !== undefined) complain(`${kind}/${name}`, 'aliases', `${word} is ${owner}'s`);
        owners.set(word, name);
      }
    }
  }
}

function knownNames(files: DataFiles): ReadonlySet<string> {
  const { helpers, kfuncs, programTypes, attachTypes, mapTypes, linkTypes, sections, contexts, constants, macros, features, concepts } = files;
  return new Set([helpers, kfuncs, programTypes, attachTypes, mapTypes, linkTypes, contexts, constants, macros, features, concepts].flatMap((kind) => [...kind.keys()]).concat([...sections.values()].map((def) => def.name)));
}

/** Is there an entry of this name, or, for `bpf_dynptr_*`, one that begins so? */
function names(known: ReadonlySet<string>, wanted: string): boolean {
  return wanted.endsWith('*') ? [...known].some((name) => name.startsWith(wanted.slice(0, -1))) : known.has(wanted);
}
