/**
 * The keys of a project file. Those that are settings too come from the table of settings, so that both take the same values; the
 * schema, the reference page, the reader and the starter all come from here.
 */
import { SETTINGS_TABLE, type SettingRow } from '../settings/table.js';
import { entryOf } from '../text/entryOf.js';

export const PROJECT_FILE = '.ebpf-lens.yaml';

export type ProjectKeyType = 'string' | 'kernels' | 'strings' | 'string-map' | 'paths' | 'globs' | 'sets';

export interface ProjectKey {
  readonly name: string;
  readonly type: ProjectKeyType;
  /** One paragraph of Markdown. */
  readonly description: string;
  /** The setting that it is in the editor. */
  readonly setting?: SettingRow;
  /** As YAML, on one line. */
  readonly example: string;
  /** Where it may stand: at the top, in an entry of `targets`, or in both. */
  readonly where: 'top' | 'set' | 'both';
}

/** What is said otherwise here than in the editor's settings. */
const OWN: Readonly<Record<string, Partial<Pick<ProjectKey, 'type' | 'description' | 'example'>>>> = {
  kernel: {
    type: 'kernels',
    description: 'The kernels that the programs must load on: a release (`5.15`), a range with both ends (`5.4..6.8`), a distribution (`rhel9.4`, `ubuntu20.04..ubuntu24.04`), a BTF file (`kernels/appliance.btf`), `running`, or a list of these. Whatever one of them does not have is reported.',
    example: "['5.4..6.8', rhel8]",
  },
  license: { example: 'Dual BSD/GPL' },
  libbpf: { example: "'1.2'" },
  rules: { description: 'How severe what a rule reports is, by the id of the rule.', example: '{ unknown-section: off }' },
  programs: { example: '{ "my_classifier_*": tc, custom/filter: cgroup_skb/ingress }' },
  includePaths: {
    type: 'paths',
    description: 'Folders in which `#include`s are looked for, relative to the folder of this file and below it. Those of the machine, outside of the project, belong into the editor\'s settings or the compiler\'s flags.',
    example: '[bpf/include, third_party/libbpf/src]',
  },
  macros: { example: '[__TARGET_ARCH_x86, MAX_CPUS=128]' },
  architecture: { example: 'arm64' },
};

const FILES: ProjectKey = {
  name: 'files',
  type: 'globs',
  where: 'set',
  description: 'The files that the entry is for, as globs relative to the folder of this file. Each entry needs it.',
  example: "['src/xdp/**', '*_kern.c']",
};

/** In the order in which people read about them. */
export const PROJECT_KEYS: readonly ProjectKey[] = [
  ...SETTINGS_TABLE.flatMap((row): ProjectKey[] => {
    if (row.project === undefined) return [];
    const type = row.type === 'strings' || row.type === 'string-map' ? row.type : 'string';
    return [{ name: row.project, type, where: 'both', description: row.description, example: row.example ?? "''", setting: row, ...entryOf(OWN, row.project) }];
  }),
  {
    name: 'targets',
    type: 'sets',
    where: 'top',
    description: 'What holds for some files only. Each entry names `files` and says any of the keys above anew for them; where several entries match a file, the later one counts. Lists add to what the file says at its top, maps do so key by key.',
    example: "[{ files: 'src/xdp/**', kernel: '5.15..6.12' }]",
  },
  {
    name: 'exclude',
    type: 'globs',
    where: 'top',
    description: 'Files that are not checked: left out where a folder is searched, and without problems in the editor. A file that is named on the command line is checked all the same.',
    example: "['third_party/**', '*.skel.h']",
  },
  FILES,
];

/** Keys that may stand at the top of a file. */
export const TOP_KEYS: readonly ProjectKey[] = PROJECT_KEYS.filter((key) => key.where !== 'set');
/** Keys that may stand in an entry of `targets`. */
export const SET_KEYS: readonly ProjectKey[] = [FILES, ...PROJECT_KEYS.filter((key) => key.where === 'both')];
