/** Project files for the command line: finds each input's, says its mistakes, and puts options over it. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { PROJECT_FILE } from '../project/projectKeys.js';
import type { Mistake, ProjectFile, Vocabulary } from '../project/projectFile.types.js';
import { projectFolders, REPOSITORY_SIGNS } from '../project/projectFolders.js';
import { applyProject, isExcluded } from '../project/projectSettings.js';
import { readProjectFile, unreadableProjectFile } from '../project/readProjectFile.js';
import { RULES } from '../rules/index.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { CheckPlan } from './checkPlan.js';
import { UsageError, type CliHost } from './host.js';
import { stampsOf } from './kernelFiles.js';
import { parseTargets, targetSetting, type TargetOption } from './kernelOption.js';
import { readText } from './readText.js';
import { printable } from './terminal.js';

/** The options that say which project file counts, and what counts more. */
export interface ProjectOptions {
  readonly kernel?: string;
  /** A file that counts for every input, or false for none at all. */
  readonly config?: string | false;
}

/** A mistake in a project file, as reports list it. */
export interface ProblemJson {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const slashes = (path: string): string => path.replaceAll('\\', '/');

const WORDS: Vocabulary = {
  ruleIds: RULES.map((rule) => rule.id),
  kernelProblem(text) {
    try {
      parseTargets(text);
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) return error.message.replace(/^--kernel:? ?/, '').replaceAll('--kernel ', '');
      throw error;
    }
  },
};

export class ProjectFiles {
  /** By folder; undefined where there is none for it. */
  private readonly byFolder = new Map<string, ProjectFile | undefined>();
  private readonly byPath = new Map<string, ProjectFile | undefined>();
  private readonly given: ProjectFile | undefined;
  private readonly told = new Set<string>();
  private readonly aims = new Map<string, TargetOption>();
  private readonly stamps = new Map<string, string>();
  private readonly fromOption: TargetOption | null;

  /**
   * @throws UsageError for a `--config` that cannot be read, and a `--kernel` that is no target
   */
  constructor(private readonly options: ProjectOptions) {
    this.fromOption = options.kernel === undefined ? null : parseTargets(options.kernel);
    this.given = typeof options.config === 'string' ? readGiven(options.config) : undefined;
  }

  /** What an input is analysed with: the options over what its project file says. */
  planFor(path: string): CheckPlan {
    const whole = slashes(resolve(path));
    const project = this.of(whole);
    const settings = project === undefined ? DEFAULT_SETTINGS : applyProject(project, whole, DEFAULT_SETTINGS);
    const targets = (this.fromOption ?? this.aimOf(settings.targetKernel))?.targets ?? [];
    const targetKernel = targets.map(targetSetting).join();
    const stamps = this.stampsOf(targetKernel);
    return { targets, settings: { ...settings, targetKernel }, ...(stamps === '' ? {} : { stamps }) };
  }

  /** True for a file that its project file leaves out. */
  leavesOut(path: string): boolean {
    const whole = slashes(resolve(path));
    const project = this.of(whole);
    return project !== undefined && isExcluded(project, whole);
  }

  /** All targets that were asked for up to now, each once. */
  targets(): TargetOption | null {
    if (this.fromOption !== null) return this.fromOption;
    return this.aims.size === 0 ? null : parseTargets([...this.aims.keys()].join());
  }

  /** The mistakes in the project files that were met since the last time. */
  takeProblems(): readonly ProblemJson[] {
    return [...(this.given ? [this.given] : []), ...this.byPath.values()].flatMap((project) => {
      if (project === undefined || this.told.has(project.path)) return [];
      this.told.add(project.path);
      return project.mistakes.map(({ line, column, message }: Mistake): ProblemJson => ({ path: shown(project.path), line, column, message }));
    });
  }

  /** Files do not change while a run lasts. */
  private stampsOf(target: string): string {
    let stamps = this.stamps.get(target);
    if (stamps === undefined) this.stamps.set(target, (stamps = stampsOf(target)));
    return stamps;
  }

  private aimOf(kernel: string): TargetOption | null {
    if (kernel === '') return null;
    let aim = this.aims.get(kernel);
    if (aim === undefined) this.aims.set(kernel, (aim = parseTargets(kernel)));
    return aim;
  }

  private of(file: string): ProjectFile | undefined {
    if (this.options.config === false) return undefined;
    if (this.given !== undefined) return this.given;
    const passed: string[] = [];
    let found: ProjectFile | undefined;
    for (const folder of projectFolders(file)) {
      if (this.byFolder.has(folder)) {
        found = this.byFolder.get(folder);
        break;
      }
      passed.push(folder);
      found = this.in(folder);
      if (found !== undefined || REPOSITORY_SIGNS.some((sign) => existsSync(`${folder}/${sign}`))) break;
    }
    for (const folder of passed) this.byFolder.set(folder, found);
    return found;
  }

  private in(folder: string): ProjectFile | undefined {
    const path = `${folder}/${PROJECT_FILE}`;
    const result = readText(path);
    const project = 'text' in result ? readProjectFile(result.text, path, WORDS) : isMissing(result.error) ? undefined : unreadableProjectFile(path, result.error);
    this.byPath.set(path, project);
    return project;
  }
}

/** The file of `--config`. It is for the working folder, wherever it lies. */
function readGiven(name: string): ProjectFile {
  const result = readText(name);
  if ('error' in result) throw new UsageError(`--config: ${printable(name)}: ${result.error}`);
  return readProjectFile(result.text, slashes(resolve(name)), WORDS, slashes(resolve('.')));
}

const isMissing = (error: string): boolean => /^no such file|^a part of the path|^the name is too long/.test(error);

/** As short as it can be said from the working folder. */
function shown(path: string): string {
  const short = slashes(relative(process.cwd(), path));
  return short.length < path.length ? short : path;
}

/** Says what is wrong in project files that were not met before. @returns the mistakes */
export function tellProblems(projects: ProjectFiles, { err }: CliHost): readonly ProblemJson[] {
  const problems = projects.takeProblems();
  for (const { path, line, column, message } of problems) err(`${printable(path)}:${line}:${column}: ${printable(message)}\n`);
  return problems;
}

/** Says what is worth knowing of the targets. @returns all that were asked for */
export function tellTargets(projects: ProjectFiles, { err }: CliHost): TargetOption | null {
  const aim = projects.targets();
  for (const note of aim?.notes ?? []) err(`ebpf-lens: note: ${printable(note)}\n`);
  return aim;
}
