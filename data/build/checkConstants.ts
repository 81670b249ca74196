/** Constants name entities that exist, with parameters that these have. */
import { checkLifetime } from './checkLifetime.js';
import type { Complain } from './checkLifetime.js';
import type { DataFiles } from './dataFiles.js';
import type { ConstantData } from '../../server/src/facts/types.gen.js';

type Owner = ConstantData['belongs'][number];

export function checkConstants(files: DataFiles, complain: Complain): void {
  for (const [name, constant] of files.constants) {
    const file = `constants/${name}.yaml`;
    if (constant.lifetime) checkLifetime(file, 'lifetime', constant.lifetime, files, complain);
    if (!constant.lifetime && constant.libbpf === undefined) complain(file, 'lifetime', 'neither a kernel release nor one of libbpf');
    const use = constant.deprecated?.use;
    if (use !== undefined && !files.constants.has(use)) complain(file, 'deprecated.use', `no such constant: ${use}`);
    for (const [i, owner] of constant.belongs.entries()) {
      const problem = wrongOwner(owner, files);
      if (problem !== undefined) complain(file, `belongs.${i}`, problem);
    }
  }
}

/** What is wrong with an owner; undefined if it exists and has the parameter. */
function wrongOwner(owner: Owner, files: DataFiles): string | undefined {
  const { kind, name, param } = owner;
  switch (kind) {
    case 'helper': {
      const helper = files.helpers.get(name);
      if (helper === undefined) return `no such helper: ${name}`;
      return param === 'return' || helper.params.some((p) => p.name === param) ? undefined : `${name} has no parameter ${param ?? ''}`;
    }
    case 'kfunc': {
      const kfunc = files.kfuncs.get(name);
      if (kfunc === undefined) return `no such kfunc: ${name}`;
      return param === 'return' || new RegExp(`\\b${param}\\s*[,)]`).test(kfunc.proto) ? undefined : `${name} has no parameter ${param ?? ''}`;
    }
    case 'map-type':
      return name === '*' || files.mapTypes.has(name) ? undefined : `no such map type: ${name}`;
    case 'program-type':
      return files.programTypes.has(name) ? undefined : `no such program type: ${name}`;
    case 'attach-type':
      return files.attachTypes.has(name) ? undefined : `no such attach type: ${name}`;
    case 'context-field': {
      const [context = '', field = ''] = name.split('.');
      return files.contexts.get(context)?.fields[field] ? undefined : `no such field: ${name}`;
    }
    case 'command':
      return /^(BPF_[A-Z_]+|netlink|kconfig)$/.test(name) ? undefined : `no command: ${name}`;
  }
}
