/** What a project file says about one file, on top of settings. */
import type { Settings } from '../settings/settings.js';
import { matches } from './glob.js';
import type { FileSettings, ProjectFile, ProjectValues } from './projectFile.types.js';
import { entryOf } from '../text/entryOf.js';

/** What the file's top and the entries of `targets` that match say together, the later ones first in weight. */
export function valuesFor(project: ProjectFile, file: string): ProjectValues {
  const own = inFolder(project, file);
  return project.sets.filter((set) => own !== undefined && matches(set.files, own)).reduce<ProjectValues>((values, set) => joined(values, set.values), project.values);
}

/** Index of the entry of `targets` whose kernel counts for a file; undefined where it is the file's top, or none says one. */
export function kernelSetFor(project: ProjectFile, file: string): number | undefined {
  const own = inFolder(project, file);
  if (own === undefined) return undefined;
  for (let i = project.sets.length - 1; i >= 0; i--) {
    const set = project.sets[i];
    if (set?.values.targetKernel !== undefined && matches(set.files, own)) return i;
  }
  return undefined;
}

/** True where the project file says that a file is not to be checked. */
export function isExcluded(project: ProjectFile, file: string): boolean {
  const own = inFolder(project, file);
  return own !== undefined && matches(project.exclude, own);
}

/**
 * The settings for a file. What the project file says counts; what it does not say, and what a project cannot say, stays. Its include
 * folders come before the user's, which may be needed on this machine.
 * @param file whole path, with `/`
 */
export function applyProject(project: ProjectFile, file: string, settings: Settings): FileSettings {
  const { severity, programs, includePaths = [], defines = [], ...single } = valuesFor(project, file);
  return {
    ...settings,
    ...single,
    severity: { ...settings.severity, ...severity },
    programs: { ...settings.programs, ...programs },
    includePaths: [...includePaths, ...settings.includePaths],
    defines: [...settings.defines, ...defines],
    projectFile: project.path,
    ...(isExcluded(project, file) ? { excluded: true } : {}),
  };
}

/** Settings of the user's that a project file overrules for a file, as `key: theirs, not yours` for the log. */
export function overruled(project: ProjectFile, file: string, settings: Settings): readonly string[] {
  const values = valuesFor(project, file);
  const single = (['targetKernel', 'assumeLicense', 'libbpfVersion', 'architecture'] as const).flatMap((key) => {
    const [ours, theirs] = [settings[key], values[key]];
    return theirs === undefined || ours === '' || ours === 'unknown' || ours === theirs ? [] : [`${key} is ${theirs} there, not ${ours}`];
  });
  const maps = (['severity', 'programs'] as const).flatMap((key) =>
    Object.entries(values[key] ?? {}).flatMap(([name, theirs]) => {
      const ours = entryOf<string>(settings[key], name);
      return ours === undefined || ours === theirs ? [] : [`${key} of ${name} is ${theirs} there, not ${ours}`];
    }),
  );
  return [...single, ...maps];
}

function joined(a: ProjectValues, b: ProjectValues): ProjectValues {
  return {
    ...a,
    ...b,
    severity: { ...a.severity, ...b.severity },
    programs: { ...a.programs, ...b.programs },
    includePaths: [...(a.includePaths ?? []), ...(b.includePaths ?? [])],
    defines: [...(a.defines ?? []), ...(b.defines ?? [])],
  };
}

/** The path below the project's folder; undefined for a file elsewhere. */
function inFolder({ folder }: ProjectFile, file: string): string | undefined {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
}
