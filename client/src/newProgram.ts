/** "New Program": a few questions, and a file that compiles. Also the sample of the walkthrough. */
import { Disposable, QuickPickItemKind, Uri, WorkspaceEdit, Position, commands, window, workspace } from 'vscode';
import type { QuickPickItem, TextDocument } from 'vscode';
import { NEW_PROGRAM_CHOICES_REQUEST, NEW_PROGRAM_REQUEST } from '../../server/src/lsp/messages.js';
import type { NewProgramChoices, NewProgramParams, NewProgramResult, NewProgramSection } from '../../server/src/lsp/messages.js';
import type { Part, PartContext } from './part.js';
import { SAMPLE } from './sample.js';

const TITLE = 'New eBPF program';
/** What most programs are, in front of the others. */
const COMMON = ['BPF_PROG_TYPE_XDP', 'BPF_PROG_TYPE_SCHED_CLS', 'BPF_PROG_TYPE_TRACING', 'BPF_PROG_TYPE_KPROBE', 'BPF_PROG_TYPE_TRACEPOINT', 'BPF_PROG_TYPE_LSM'];
const COMMON_MAPS = ['BPF_MAP_TYPE_HASH', 'BPF_MAP_TYPE_ARRAY', 'BPF_MAP_TYPE_RINGBUF', 'BPF_MAP_TYPE_PERCPU_ARRAY', 'BPF_MAP_TYPE_LRU_HASH'];

export const newProgramPart: Part = (context) =>
  Disposable.from(
    commands.registerCommand('ebpfLens.newProgram', () => run(context)),
    commands.registerCommand('ebpfLens.openSample', async () => {
      await window.showTextDocument(await workspace.openTextDocument({ language: 'c', content: SAMPLE }));
    }),
    commands.registerCommand('ebpfLens.openWalkthrough', () => commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.extension.id}#firstMinutes`, false)),
  );

interface Entry<T> extends QuickPickItem {
  readonly value?: T;
}

async function run({ request }: PartContext): Promise<void> {
  const choices = await request<NewProgramChoices | null>(NEW_PROGRAM_CHOICES_REQUEST, {});
  if (!choices) {
    void window.showErrorMessage('eBPF Lens: the program types could not be loaded; see the log.');
    return;
  }
  const params = await ask(choices);
  if (!params) return;
  const made = await request<NewProgramResult | null>(NEW_PROGRAM_REQUEST, params);
  if (!made || 'error' in made) void window.showErrorMessage(`eBPF Lens: ${made?.error ?? 'the program could not be written; see the log.'}`);
  else await window.showTextDocument(await open(made.fileName, made.text));
}

/** The questions in turn; undefined as soon as one is not answered. */
async function ask(choices: NewProgramChoices): Promise<NewProgramParams | undefined> {
  const types = choices.types.map((type) => ({ label: type.title, description: type.programType, detail: type.summary, value: type }));
  const type = await window.showQuickPick(grouped(types, (t) => COMMON.indexOf(t.programType)), { title: `${TITLE}: its type`, placeHolder: 'What the program is', matchOnDescription: true, matchOnDetail: true });
  if (!type?.value) return undefined;
  const { sections } = type.value;
  const section = sections.length === 1 ? sections[0] : (await window.showQuickPick(sections.map(sectionEntry), { title: `${TITLE}: where it is attached`, placeHolder: `The section of the ${type.label} program`, matchOnDescription: true }))?.value;
  if (!section) return undefined;
  const target = section.target === undefined ? '' : await askTarget(section.section, section.target);
  if (target === undefined) return undefined;
  const maps = choices.mapTypes.map((map) => ({ label: map.name, description: map.since === '' ? '' : `Linux ${map.since}`, detail: map.summary, value: map.name }));
  const chosen = await window.showQuickPick(grouped(maps, (name) => COMMON_MAPS.indexOf(name)), { title: `${TITLE}: its maps`, placeHolder: 'The maps that it uses; none is fine too', canPickMany: true, matchOnDetail: true });
  return chosen && { section: section.section, ...(target === '' ? {} : { target }), mapTypes: chosen.flatMap((m) => m.value ?? []) };
}

/** Those with a rank in front, by it, then a line, then the others as they come. */
function grouped<T>(entries: readonly (Entry<T> & { readonly value: T })[], rank: (value: T) => number): Entry<T>[] {
  const common = entries.filter((e) => rank(e.value) >= 0).sort((a, b) => rank(a.value) - rank(b.value));
  return [...common, { label: 'others', kind: QuickPickItemKind.Separator }, ...entries.filter((e) => rank(e.value) < 0)];
}

function sectionEntry(section: NewProgramSection): Entry<NewProgramSection> {
  const facts = [section.attachType, section.sleepable ? 'may sleep' : '', section.since === '' ? '' : `Linux ${section.since}`].filter((s) => s !== null && s !== '');
  return { label: `SEC("${section.section}${section.target ? '/…' : ''}")`, description: facts.join(' · '), value: section };
}

function askTarget(section: string, { grammar, example }: { readonly grammar: string; readonly example: string }): Thenable<string | undefined> {
  return window.showInputBox({
    title: `${TITLE}: what it is attached to`,
    prompt: `SEC("${section}/${grammar}")`,
    value: example,
    validateInput: (value) => (/["\\]/.test(value) ? 'Quotes and backslashes cannot stand in a section' : undefined),
  });
}

/** A document that is not saved yet: in the workspace's folder under the program's name, where that is free, else without a name. */
async function open(fileName: string, content: string): Promise<TextDocument> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const file = folder && Uri.joinPath(folder, fileName);
  const uri = file?.with({ scheme: 'untitled' });
  const taken = file === undefined || file.scheme !== 'file' || workspace.textDocuments.some((d) => d.uri.toString() === uri?.toString()) || (await exists(file));
  if (taken || !uri) return workspace.openTextDocument({ language: 'c', content });
  const document = await workspace.openTextDocument(uri);
  const edit = new WorkspaceEdit();
  edit.insert(uri, new Position(0, 0), content);
  await workspace.applyEdit(edit);
  return document;
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
