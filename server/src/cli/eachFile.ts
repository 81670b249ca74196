/** The loop that every command over files has: finds, reads and collects each input, and lets go of it afterwards. */
import type { Session } from '../analysis.types.js';
import type { CollectedInput } from '../model/includes.js';
import type { CheckPlan } from './checkPlan.js';
import { loadEngine, type Engine } from './engine.js';
import { Headers } from './headers.js';
import { UsageError, type CliHost } from './host.js';
import { expandInputs, NO_INPUT, type InputOptions } from './inputs.js';
import type { TargetOption } from './kernelOption.js';
import { ProjectFiles, tellProblems, tellTargets, type ProjectOptions } from './projectFiles.js';
import { reasonOf } from './readText.js';
import { analysable, ObjectError } from './objectInput.js';
import { printable } from './terminal.js';

/** One input with all that it includes. */
export interface Opened extends Engine {
  readonly path: string;
  readonly files: CollectedInput;
  readonly session: Session;
  readonly headers: Headers;
}

/** What a command does with its inputs. */
export interface FileCommand<T> {
  /** Analyses one; what it throws becomes an error of that input. Nothing of the session may be kept. */
  analyse(opened: Opened, plan: CheckPlan): T;
  /** Stands for an input that could not be read or analysed. */
  failed(path: string, error: string): T;
  /** Takes each result as it comes. */
  take(result: T): void;
}

/**
 * Runs a command over files and folders.
 * @param command its name, for the message about missing paths
 * @param options which files of folders are taken, and which project files count
 * @returns the targets that were asked for in all, and whether project files have mistakes
 * @throws UsageError without paths, and for a project file or target that is none
 */
export async function eachFile<T>(command: string, paths: readonly string[], options: InputOptions & ProjectOptions, host: CliHost, { analyse, failed, take }: FileCommand<T>): Promise<{ readonly aim: TargetOption | null; readonly mistaken: boolean }> {
  const projects = new ProjectFiles(options);
  if (paths.length === 0) throw new UsageError(`${command} needs at least one file or folder`);
  const engine = await loadEngine(host.assetDir);
  const { session } = engine;
  const headers = new Headers((path) => session.forget(path));
  let any = false;
  let mistaken = false;
  try {
    for (const input of expandInputs(paths, { ...options, leavesOut: (path) => projects.leavesOut(path) })) {
      any = true;
      const plan = projects.planFor(input.path);
      mistaken = tellProblems(projects, host).length > 0 || mistaken;
      const text = input.read();
      let result: T;
      try {
        result = 'error' in text ? failed(input.path, text.error) : analyse({ ...engine, headers, path: input.path, files: analysable(headers.collect(input.path, text.text, plan.settings), engine.facts) }, plan);
      } catch (error) {
        result = failed(input.path, error instanceof ObjectError ? error.message : `could not be analysed: ${reasonOf(error)}`);
      }
      session.forget(input.path);
      headers.trim();
      for (const note of headers.takeNotes()) host.err(`ebpf-lens: ${printable(note)}\n`);
      take(result);
    }
  } finally {
    session.dispose();
  }
  mistaken = tellProblems(projects, host).length > 0 || mistaken;
  if (!any) host.err(NO_INPUT);
  return { aim: tellTargets(projects, host), mistaken };
}
