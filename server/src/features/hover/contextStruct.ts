/** Hover on a context struct's name, `struct xdp_md`. */
import { describeContext } from '../describe/context.js';
import type { HoverProvider } from './provider.js';

const MAX_FIELDS = 16;

export const hoverContext: HoverProvider = (unit, role) => {
  const fact = role.kind === 'type' ? unit.facts.contexts.get(role.name) : undefined;
  if (fact === undefined || role.kind === 'none') return undefined;
  const sections = describeContext(unit.facts, fact).map((section) => (section.kind === 'code' ? { ...section, code: cut(section.code) } : section));
  return { span: role.span, sections };
};

function cut(code: string): string {
  const lines = code.split('\n');
  return lines.length <= MAX_FIELDS + 1 ? code : [...lines.slice(0, MAX_FIELDS), `/* and ${lines.length - MAX_FIELDS} more */`].join('\n');
}
