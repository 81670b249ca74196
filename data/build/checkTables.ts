/** Holds the tables that rules decide by against the entries that they name. */
import type { Complain } from './checkLifetime.js';
import type { DataFiles } from './dataFiles.js';

/** Every name must be an entry's; ranges must be ranges; a pair must stand in one row only. */
export function checkTables(files: DataFiles, complain: Complain): void {
  const { mapTypes, depends = {}, helpers } = files.mapHelpers;
  const mapType = (file: string, path: string, name: string): void => {
    if (!files.mapTypes.has(name)) complain(file, path, `no such map type: ${name}`);
  };
  const helper = (path: string, name: string): void => {
    if (!files.helpers.has(name)) complain('map-helpers.yaml', path, `no such helper: ${name}`);
  };
  for (const [part, table] of [['mapTypes', mapTypes], ['depends', depends]] as const) {
    for (const [name, names] of Object.entries(table)) {
      mapType('map-helpers.yaml', `${part}.${name}`, name);
      for (const one of names) helper(`${part}.${name}`, one);
    }
  }
  for (const [name, types] of Object.entries(helpers)) {
    helper(`helpers.${name}`, name);
    for (const type of types) mapType('map-helpers.yaml', `helpers.${name}`, type);
  }
  for (const name of Object.keys(files.mapLimits.mapTypes)) mapType('map-limits.yaml', `mapTypes.${name}`, name);
  for (const [i, group] of files.alternatives.groups.entries()) {
    for (const name of group) if (!files.helpers.has(name) && !files.kfuncs.has(name)) complain('alternatives.yaml', `groups.${i}`, `no such helper or kfunc: ${name}`);
  }
  const structs = new Set<string>();
  for (const [i, table] of files.operations.tables.entries()) {
    if (structs.has(table.struct)) complain('operations.yaml', `tables.${i}.struct`, `${table.struct} has a table already`);
    structs.add(table.struct);
    const members = table.members.map((member) => member.name);
    for (const [k, name] of members.entries()) if (members.indexOf(name) !== k) complain('operations.yaml', `tables.${i}.members.${k}`, `${name} is a member already`);
  }
  checkRegisters(files, complain);
  checkCallees(files, complain);
  const seen = new Set<string>();
  for (const [i, range] of files.returnRanges.ranges.entries()) {
    const say = (path: string, message: string): void => complain('return-ranges.yaml', `ranges.${i}.${path}`, message);
    if (!files.programTypes.has(range.programType)) say('programType', `no such program type: ${range.programType}`);
    if (range.min > range.max) say('min', 'is above max');
    for (const attachType of range.attachTypes) {
      if (!files.attachTypes.has(attachType)) say('attachTypes', `no such attach type: ${attachType}`);
      const pair = `${range.programType} ${attachType}`;
      if (seen.has(pair)) say('attachTypes', `${attachType} has a range already`);
      seen.add(pair);
    }
  }
}

/** A hook is of one kind; what takes a callback is an entry, and stands there once. */
function checkCallees(files: DataFiles, complain: Complain): void {
  const hooks = new Set<string>();
  for (const [i, kind] of files.lsmHooks.kinds.entries()) {
    const say = (path: string, message: string): void => complain('lsm-hooks.yaml', `kinds.${i}.${path}`, message);
    for (const hook of kind.hooks) {
      if (hooks.has(hook)) say('hooks', `${hook} is of another kind already`);
      hooks.add(hook);
    }
    for (const { attachType, min, max } of kind.ranges) {
      if (!files.attachTypes.has(attachType)) say('ranges', `no such attach type: ${attachType}`);
      if (min > max) say('ranges', `${attachType}: min is above max`);
    }
  }
  const takers = new Set<string>();
  for (const [i, { takenBy, returns }] of files.callbacks.callbacks.entries()) {
    const say = (path: string, message: string): void => complain('callbacks.yaml', `callbacks.${i}.${path}`, message);
    for (const name of takenBy) {
      if (!files.helpers.has(name) && !files.kfuncs.has(name)) say('takenBy', `no such helper or kfunc: ${name}`);
      if (takers.has(name)) say('takenBy', `${name} is there already`);
      takers.add(name);
    }
    if (returns && returns.min > returns.max) say('returns', 'min is above max');
  }
}

/** An architecture stands there once, a field in it too, and inside of the structure. */
function checkRegisters(files: DataFiles, complain: Complain): void {
  const { architectures } = files.registers;
  for (const [i, { arch, size, fields }] of architectures.entries()) {
    const say = (path: string, message: string): void => complain('registers.yaml', `architectures.${i}.${path}`, message);
    if (architectures.findIndex((other) => other.arch === arch) !== i) say('arch', `${arch} is there already`);
    const names = fields.flatMap(({ name, user }) => (user === undefined ? [name] : [name, user]));
    for (const [k, name] of names.entries()) if (names.indexOf(name) !== k) say('fields', `${name} is a field already`);
    for (const [k, field] of fields.entries()) if (field.offset >= size) say(`fields.${k}.offset`, `is not below the size, ${size}`);
  }
}
