/** The second gate: what JSON Schema cannot say about one file, one kind, and the whole book. */
import { checkConstants } from './checkConstants.js';
import { checkLifetime } from './checkLifetime.js';
import type { Complain } from './checkLifetime.js';
import { checkMacros, macroParams } from './checkMacros.js';
import { checkTables } from './checkTables.js';
import { checkTopics } from './checkTopics.js';
import { folderOf } from './dataFiles.js';
import type { DataFiles } from './dataFiles.js';
import type { Problem } from './problems.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { CommonLifetime, CommonListing, CommonMeasured } from '../../server/src/facts/types.gen.js';

/** @returns every problem found, in the files' order. */
export function checkMeaning(files: DataFiles): Problem[] {
  const problems: Problem[] = [];
  const complain: Complain = (file, path, message) => problems.push({ file, path, message });
  checkNames(files, complain);
  checkKernels(files, complain);
  checkHelpers(files, complain);
  checkKfuncs(files, complain);
  checkTypes(files, complain);
  checkSections(files, complain);
  checkContexts(files, complain);
  checkConstants(files, complain);
  checkMacros(files, complain);
  checkTables(files, complain);
  checkTopics(files, complain);
  checkTexts(files, complain);
  return problems;
}

const number = (version: string): number => parseRelease(version) ?? NaN;

/** A file is called as its entry. */
function checkNames(files: DataFiles, complain: Complain): void {
  for (const kind of ['helpers', 'kfuncs', 'programTypes', 'attachTypes', 'mapTypes', 'sections', 'contexts', 'constants', 'macros', 'features', 'drivers', 'linkTypes', 'distributions'] as const) {
    for (const [file, entry] of files[kind]) {
      const wanted = kind === 'sections' ? file.replace(/^legacy\//, '').replaceAll('__', '/') : file;
      const name = kind === 'sections' && entry.name === wanted.replaceAll('/', '__') ? wanted.replaceAll('/', '__') : wanted;
      if (entry.name !== name) complain(`${folderOf(kind)}/${file}.yaml`, 'name', `is ${entry.name}, the file says ${name}`);
    }
  }
}

function checkKernels(files: DataFiles, complain: Complain): void {
  const releases = files.kernels.releases.map(number);
  releases.forEach((release, i) => {
    const before = releases[i - 1];
    if (before !== undefined && release <= before) complain('kernels.yaml', `releases.${i}`, 'releases must ascend');
    if (before !== undefined && release !== before + 1 && release % 1000 !== 0) complain('kernels.yaml', `releases.${i}`, 'a release is missing before it');
  });
  for (const [i, kernel] of files.kernels.measured.entries()) {
    if (!files.kernels.releases.includes(kernel.release)) complain('kernels.yaml', `measured.${i}.release`, `${kernel.release} is no known release`);
    if (!kernel.name.startsWith(`${kernel.release}.`)) complain('kernels.yaml', `measured.${i}.name`, `${kernel.name} is no ${kernel.release}`);
  }
  for (const [name, config] of Object.entries(files.configs)) {
    if (!files.programTypes.has(config.programType)) complain('configs.yaml', `${name}.programType`, `no such program type: ${config.programType}`);
    if (config.attachType !== null && !files.attachTypes.has(config.attachType)) complain('configs.yaml', `${name}.attachType`, `no such attach type: ${config.attachType}`);
  }
}

function checkKnown(file: string, known: string | undefined, lifetime: CommonLifetime, files: DataFiles, complain: Complain): void {
  if (known !== undefined && known.length !== files.kernels.measured.length) complain(file, 'known', `${known.length} letters for ${files.kernels.measured.length} measured kernels`);
  for (const [i, letter] of [...(known ?? '')].entries()) {
    const kernel = files.kernels.measured[i]?.release;
    if (kernel === undefined || letter !== 'y') continue;
    if (number(kernel) < number(lifetime.since)) complain(file, 'since', `${lifetime.since}, but ${kernel} has it`);
    if (lifetime.max !== undefined && number(kernel) > number(lifetime.max)) complain(file, 'lifetime.max', `${lifetime.max}, but ${kernel} has it`);
  }
}

function checkMatrix(file: string, measured: CommonMeasured | undefined, listed: readonly CommonListing[] | undefined, files: DataFiles, complain: Complain): void {
  const seen = new Set<string>();
  for (const [letters, configs] of Object.entries(measured ?? {})) {
    if (letters.length !== files.kernels.measured.length) complain(file, `measured.${letters}`, `${letters.length} letters for ${files.kernels.measured.length} measured kernels`);
    for (const config of configs) {
      if (!files.configs[config]) complain(file, `measured.${letters}`, `no such configuration: ${config}`);
      if (seen.has(config)) complain(file, `measured.${letters}`, `${config} is named twice`);
      seen.add(config);
    }
    if ([...configs].sort().join() !== configs.join()) complain(file, `measured.${letters}`, 'must be sorted');
  }
  for (const [i, listing] of (listed ?? []).entries()) {
    for (const type of listing.programTypes) if (type !== '*' && !files.programTypes.has(type)) complain(file, `listed.${i}`, `no such program type: ${type}`);
    for (const type of listing.attachTypes ?? []) if (!files.attachTypes.has(type)) complain(file, `listed.${i}`, `no such attach type: ${type}`);
  }
}

function checkHelpers(files: DataFiles, complain: Complain): void {
  const byId = new Map<number, string>();
  for (const [name, helper] of files.helpers) {
    const file = `helpers/${name}.yaml`;
    const other = byId.get(helper.id);
    if (other !== undefined) complain(file, 'id', `${helper.id} is ${other}'s`);
    byId.set(helper.id, name);
    checkLifetime(file, 'since', { since: helper.since }, files, complain);
    checkKnown(file, helper.known, { since: helper.since }, files, complain);
    checkMatrix(file, helper.measured, helper.listed, files, complain);
    for (const prefer of helper.prefer ?? []) if (!files.helpers.has(prefer) && !files.kfuncs.has(prefer)) complain(file, 'prefer', `no such helper or kfunc: ${prefer}`);
  }
}

function checkKfuncs(files: DataFiles, complain: Complain): void {
  for (const [name, kfunc] of files.kfuncs) {
    const file = `kfuncs/${name}.yaml`;
    checkLifetime(file, 'lifetime', kfunc.lifetime, files, complain);
    checkKnown(file, kfunc.known, kfunc.lifetime, files, complain);
    checkMatrix(file, kfunc.measured, kfunc.listed, files, complain);
    for (const key of ['replacedBy', 'partner'] as const) {
      const other = kfunc[key];
      if (other !== undefined && !files.kfuncs.has(other)) complain(file, key, `no such kfunc: ${other}`);
    }
    if (kfunc.flags.includes('KF_ACQUIRE') && kfunc.partner === undefined) complain(file, 'partner', 'acquires something, but names nothing that releases it');
    if (kfunc.proto !== '' && !kfunc.proto.includes(`${name}(`)) complain(file, 'proto', `declares something else than ${name}`);
  }
}

function checkTypes(files: DataFiles, complain: Complain): void {
  for (const [name, type] of files.programTypes) {
    const file = `program-types/${name}.yaml`;
    checkLifetime(file, 'lifetime', type.lifetime, files, complain);
    for (const attach of type.attachTypes) if (!files.attachTypes.has(attach)) complain(file, 'attachTypes', `no such attach type: ${attach}`);
    if (type.context !== null && type.context !== 'pt_regs' && !files.contexts.has(type.context)) complain(file, 'context', `no such context: ${type.context}`);
  }
  for (const [name, type] of files.attachTypes) {
    const file = `attach-types/${name}.yaml`;
    if (type.lifetime) checkLifetime(file, 'lifetime', type.lifetime, files, complain);
    if (type.lifetime && !type.sources) complain(file, 'sources', 'a version without a source');
  }
  for (const [name, type] of files.mapTypes) {
    const file = `map-types/${name}.yaml`;
    checkLifetime(file, 'lifetime', type.lifetime, files, complain);
    if (type.aliasOf !== undefined && !files.mapTypes.has(type.aliasOf)) complain(file, 'aliasOf', `no such map type: ${type.aliasOf}`);
  }
}

function checkSections(files: DataFiles, complain: Complain): void {
  const orders = new Map<number, string>();
  for (const [name, section] of files.sections) {
    const file = `sections/${name}.yaml`;
    if (!files.programTypes.has(section.programType)) complain(file, 'programType', `no such program type: ${section.programType}`);
    if (section.attachType !== null && !files.attachTypes.has(section.attachType)) complain(file, 'attachType', `no such attach type: ${section.attachType}`);
    if (section.lifetime) checkLifetime(file, 'lifetime', section.lifetime, files, complain);
    const other = orders.get(section.order);
    if (other !== undefined) complain(file, 'order', `${section.order} is ${other}'s`);
    orders.set(section.order, name);
    if (name.startsWith('legacy/') !== (section.legacy !== undefined)) complain(file, 'legacy', 'legacy names, and only they, lie in sections/legacy');
  }
  for (let i = 0; i < orders.size; i += 1) if (!orders.has(i)) complain('sections', '', `no section has order ${i}`);
}

function checkContexts(files: DataFiles, complain: Complain): void {
  for (const [name, context] of files.contexts) {
    const file = `contexts/${name}.yaml`;
    for (const [field, at] of Object.entries(context.fields)) {
      if (at.lifetime) checkLifetime(file, `fields.${field}.lifetime`, at.lifetime, files, complain);
      if (at.lifetime && !at.sources) complain(file, `fields.${field}.sources`, 'a version without a source');
    }
    if (context.checked !== (context.access !== undefined)) complain(file, 'access', 'a checked context, and only it, has a table of access');
    for (const [key, { kernels }] of Object.entries(context.access ?? {})) {
      const [type = '', attach = ''] = key.split('|');
      if (!files.programTypes.has(type)) complain(file, `access.${key}`, `no such program type: ${type}`);
      if (attach !== '*' && !files.attachTypes.has(attach)) complain(file, `access.${key}`, `no such attach type: ${attach}`);
      for (const [kernel, table] of Object.entries(kernels)) {
        for (const field of Object.values(table).flat()) if (!context.fields[field]) complain(file, `access.${key}.${kernel}`, `no such field: ${field}`);
      }
    }
  }
}

/** Texts speak of entries and parameters that exist. */
function checkTexts(files: DataFiles, complain: Complain): void {
  const entities: Readonly<Record<string, (name: string) => boolean>> = {
    helpers: (name) => files.helpers.has(name),
    kfuncs: (name) => files.kfuncs.has(name),
    'program-types': (name) => files.programTypes.has(name),
    'attach-types': (name) => files.attachTypes.has(name),
    'map-types': (name) => files.mapTypes.has(name),
    sections: (name) => files.sections.has(name) || files.sections.has(`legacy/${name}`),
    contexts: (name) => files.contexts.has(name),
    constants: (name) => files.constants.has(name),
    macros: (name) => files.macros.has(name),
    features: (name) => files.features.has(name),
    drivers: (name) => files.drivers.has(name),
    'link-types': (name) => files.linkTypes.has(name),
  };
  for (const [key, text] of files.texts) {
    const file = `text/${key}.yaml`;
    const slash = key.indexOf('/');
    const folder = key.slice(0, slash);
    const name = key.slice(slash + 1);
    if (!entities[folder]?.(name)) complain(file, '', `a text about nothing: there is no ${folder}/${name}`);
    const params = paramNames(folder, name, files);
    for (const param of Object.keys(text.params ?? {})) if (!params.has(param)) complain(file, `params.${param}`, `${name} has no such parameter`);
    for (const field of Object.keys(text.fields ?? {})) if (!files.contexts.get(name)?.fields[field]) complain(file, `fields.${field}`, `${name} has no such field`);
    for (const prefer of text.prefer ?? []) if (!files.helpers.has(prefer) && !files.kfuncs.has(prefer)) complain(file, 'prefer', `no such helper or kfunc: ${prefer}`);
  }
}

function paramNames(folder: string, name: string, files: DataFiles): Set<string> {
  if (folder === 'helpers') return new Set((files.helpers.get(name)?.params ?? []).map((param) => (param.type === '...' ? '...' : param.name)));
  if (folder === 'macros') return new Set(macroParams(files.macros.get(name)?.args ?? null));
  const proto = files.kfuncs.get(name)?.proto ?? '';
  const inner = proto.slice(proto.indexOf('(') + 1);
  return new Set(inner.match(/\w+(?=\s*(\[\w*\])?\s*[,)])/g) ?? []);
}
