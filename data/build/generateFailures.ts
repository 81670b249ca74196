/**
 * Writes docs/FAILURES-6.12.md: the programs of Linux 6.12's BPF selftests that the verifier must refuse for an access to the
 * context, a helper, a kfunc or sleeping, and which of them the analysis finds with 6.12 as the target. Run as
 * `node data/build/run.mjs failures --corpus DIR [--check]`; DIR holds the kernel's tree.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectInput } from '../../server/src/analysis.js';
import type { Unit } from '../../server/src/analysis.types.js';
import type { Program } from '../../server/src/model/model.types.js';
import type { Finding } from '../../server/src/rules/rule.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { openSession } from './generateFindings.js';

export const FAILURES_PAGE = 'docs/FAILURES-6.12.md';
const PROGS = 'tools/testing/selftests/bpf/progs';
const KERNEL = '6.12';

/** Messages that are ours to find, with the rules that may say it. */
const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/invalid bpf_context access/, /^context-/],
  [/program of this type cannot use helper|unknown func |helper call is not allowed in probe/, /^helper-/],
  [/calling kernel function \S* ?is not allowed|calling kernel function$|calling kernel function [a-z]\w*$/, /^kfunc-/],
  [/must be sleepable to call sleepable kfunc|sleepable kfunc/, /^kfunc-needs-sleepable$/],
  [/sleepable helper|helper call might sleep/, /^helper-needs-sleepable$/],
];

/** Why a program is not found, by file and name. */
const REASONS: Readonly<Record<string, string>> = {
  'preempt_lock.c preempt_sleepable_helper': 'the program may sleep, but not between the kfuncs that disable preemption: a matter of flow',
  'verifier_d_path.c d_path_reject': 'the helper is for the type; it is refused by the function attached to (`btf_allowlist_d_path`)',
  'verifier_global_subprogs.c anon_user_mem_invalid': 'the context is handed to a global function as plain memory: a matter of types of arguments',
};

/** One program that must not load. */
interface Row {
  readonly file: string;
  readonly program: string;
  readonly message: string;
  readonly found: string | undefined;
}

/** Texts of `__msg("…")` on a program, those that a macro of the file puts there too. */
function messagesOf(program: Program, unit: Unit): readonly string[] {
  const own = program.fn.annotations;
  if (own.some((a) => a.name === '__failure')) {
    return own.filter((a) => a.name === '__msg').map((a) => a.args.join(',').trim().replace(/^"|"$/g, ''));
  }
  const maker = unit.model.main.defines.find((d) => d.name === program.section.use.macro);
  if (!maker || !/\b__failure\b/.test(maker.body)) return [];
  return [...maker.body.matchAll(/\b__msg\("([^"]*)/g)].map((m) => m[1] ?? '');
}

function finds(finding: Finding, program: Program, rules: RegExp, message: string): boolean {
  if (!rules.test(finding.rule) || !finding.programs.includes(program.name)) return false;
  const named = /\b(bpf_\w+)/.exec(message.replace('bpf_context', ''))?.[1];
  return named === undefined || finding.subject === named;
}

function rowsOf(file: string, unit: Unit): readonly Row[] {
  const rows: Row[] = [];
  for (const program of unit.model.programs) {
    if (program.path !== unit.model.main.path) continue;
    for (const message of messagesOf(program, unit)) {
      const kind = KINDS.find(([said]) => said.test(message));
      if (!kind) continue;
      const finding = unit.findings.find((f) => finds(f, program, kind[1], message));
      const text = unit.model.files.get(finding?.path ?? '')?.text ?? '';
      const found = finding && `line ${text.slice(0, finding.span.start).split('\n').length}: \`${finding.rule}\``;
      rows.push({ file, program: program.name, message, found });
      break;
    }
  }
  return rows;
}

/** The page's text for the kernel tree in `corpus`, and how many are there and found. */
export async function failuresPage(root: string, corpus: string): Promise<{ readonly text: string; readonly all: number; readonly found: number; readonly unexplained: readonly string[] }> {
  const session = await openSession(root);
  const folder = join(corpus, PROGS);
  const rows: Row[] = [];
  for (const name of readdirSync(folder).filter((n) => n.endsWith('.c')).sort()) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    if (!/\b__failure\b/.test(text)) continue;
    const read = (p: string): string | undefined => {
      try {
        return readFileSync(p, 'utf8');
      } catch {
        return undefined;
      }
    };
    rows.push(...rowsOf(name, session.analyze(collectInput(path, text, read, []), { ...DEFAULT_SETTINGS, targetKernel: KERNEL })));
    session.forget(path);
  }
  session.dispose();
  const unexplained = rows.filter((r) => r.found === undefined && reasonOf(r) === undefined).map((r) => `${r.file} ${r.program}: ${r.message}`);
  return { text: page(rows), all: rows.length, found: rows.filter((r) => r.found !== undefined).length, unexplained };
}

function reasonOf(row: Row): string | undefined {
  return REASONS[`${row.file} ${row.program}`] ?? REASONS[row.file];
}

function page(rows: readonly Row[]): string {
  const lines = rows.map((r) => `| ${r.file} | \`${r.program}\` | ${r.message.replace(/\|/g, '\\|')} | ${r.found ?? `missed: ${reasonOf(r) ?? 'not explained'}`} |`);
  const found = rows.filter((r) => r.found !== undefined).length;
  return `<!-- Generated by \`node data/build/run.mjs failures --corpus DIR\`; DIR is Debian's linux-source-6.12. -->

# What is found of Linux 6.12's programs that must not load

The programs of \`${PROGS}\` whose \`__failure\` message is about an access to the context, the availability of a helper or
kfunc, or sleeping: ${found} of ${rows.length} are found with \`--kernel ${KERNEL}\`, by the rule that speaks of it and on that program.

| file | program | the verifier's message | found |
|---|---|---|---|
${lines.join('\n')}
`;
}

/** The command: writes the page, or with `check` compares it. @returns the exit code */
export async function generateFailures(root: string, corpus: string, check: boolean): Promise<number> {
  const { text, all, found, unexplained } = await failuresPage(root, corpus);
  for (const one of unexplained) console.error(`no reason is given for ${one}`);
  console.error(`${found} of ${all} found`);
  const file = join(root, FAILURES_PAGE);
  if (!check) {
    writeFileSync(file, text);
    return unexplained.length > 0 ? 1 : 0;
  }
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same) console.error(`${FAILURES_PAGE} is not what the analysis finds`);
  return same ? 0 : 1;
}
