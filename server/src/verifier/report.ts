/** Reads the report that Linux 7.x puts behind the message (kernel/bpf/diagnostics.c): what, why, where and how it came to it. */
import type { KernelReport, ReportPlace, Statement } from './verifier.types.js';

const HEADER = /^Verification failed: ([^:]{1,100})(?:: (.*))?$/;
const SECTION = /^(Reason|At|Causal path|Active lock|Suggestion):$/;
const PLACE = /^(?:(\S+) @ )?(\S[^:]{0,400}):(\d{1,7}):(\d{1,5})$/;
const INSN_PLACE = /^insn (\d{1,7})$/;
const MARKED = /^>>> *(\d{1,7}) \| (.*)$/;
const ANNOTATION = /^\| *\^-- ([\w -]{1,40}): (.*)$/;
const ANNOTATION_REST = /^\| {4,}(\S.*)$/;
/** More places than the kernel writes. */
const MAX_PLACES = 200;

/** @returns undefined where the log has none */
export function readReport(statements: readonly Statement[]): KernelReport | undefined {
  const lines = statements.flatMap((s) => (s.kind === 'report' ? [s.text] : []));
  const m = HEADER.exec(lines[0]?.trim() ?? '');
  if (m === null) return undefined;
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines.slice(1)) {
    const title = SECTION.exec(line)?.[1];
    if (title === undefined) current.push(line.trim());
    else sections.set(title, (current = []));
  }
  const words = (title: string): string => (sections.get(title) ?? []).filter((line) => line !== '').join(' ');
  const [at] = places(sections.get('At') ?? []);
  const causes = [...places(sections.get('Active lock') ?? []), ...places(sections.get('Causal path') ?? [])];
  return { category: m[1]!, problem: m[2] ?? '', reason: words('Reason'), suggestion: words('Suggestion'), ...(at ? { at } : {}), causes };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function places(lines: readonly string[]): ReportPlace[] {
  const found: Mutable<ReportPlace>[] = [];
  let inInstructions = false;
  for (const line of lines) {
    const place = PLACE.exec(line);
    const insn = INSN_PLACE.exec(line);
    if (place !== null || insn !== null) {
      if (found.length >= MAX_PLACES) break;
      inInstructions = false;
      found.push(place ? { ...(place[1] ? { function: place[1] } : {}), note: { code: '', file: place[2]!, line: Number(place[3]) }, column: Number(place[4]) } : { insn: Number(insn![1]) });
      continue;
    }
    const last = found.at(-1);
    if (last === undefined) continue;
    if (/^Instruction context:$/.test(line)) inInstructions = true;
    else addTo(last, line, inInstructions);
  }
  return found;
}

function addTo(place: Mutable<ReportPlace>, line: string, inInstructions: boolean): void {
  const marked = MARKED.exec(line);
  if (marked !== null) {
    if (inInstructions) {
      place.insn = Number(marked[1]);
      place.code = marked[2]!.replace(/^\([0-9a-f]{2}\) /, '');
    } else if (place.note !== undefined) place.note = { ...place.note, code: marked[2]!.trim() };
    return;
  }
  const annotation = ANNOTATION.exec(line);
  if (annotation !== null) {
    place.label = annotation[1]!;
    place.text = annotation[2]!;
  } else if (place.text !== undefined && !inInstructions) {
    const rest = ANNOTATION_REST.exec(line)?.[1];
    if (rest !== undefined) place.text = `${place.text} ${rest}`;
  }
}
