/**
 * Flags maps defined as `struct bpf_map_def` in the section `maps`. Evidence: libbpf's commit "libbpf: drop legacy
 * BPF map definitions" before 1.0; the message is in bpf_object__init_user_maps().
 */
import { FROM_RUST } from '../model/compiled.js';
import type { MapDef, Model } from '../model/model.types.js';
import { defineRule, type Fix, type RuleContext } from './rule.js';
import { once } from './support/keep.js';
import { libbpfAtLeast } from './support/libbpf.js';

export const legacyMapDefinition = defineRule({
  id: 'legacy-map-definition',
  severity: 'info',
  doc: {
    summary: 'The map is defined the old way, as `struct bpf_map_def`, which libbpf 1.0 and later refuse.',
    why:
      "libbpf 1.0 removed these definitions, and `struct bpf_map_def` with them: it says `elf: legacy map definitions in 'maps' section are not supported by libbpf v1.0+` " +
      'and loads nothing of the object. A map in `.maps` also tells tools the types of its key and value. Where the setting for the libbpf version says 1.0 or later this is a warning.',
    bad: {
      code: `struct bpf_map_def SEC("maps") counters = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 16,
};
`,
    },
    good: {
      code: `struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
	__uint(max_entries, 16);
} counters SEC(".maps");
`,
    },
    exceptions: "Other structs in `maps` (`struct bpf_elf_map` of iproute2) are other loaders' business, so are compiled objects of Rust, which aya loads, and so are definitions where the setting for the libbpf version says less than 1.0.",
  },
  run(context, report) {
    const refused = libbpfAtLeast(context, '1.0');
    if (refused === false || context.model.main.text.startsWith(FROM_RUST)) return;
    for (const map of context.model.maps) {
      if (!map.legacy || !/^(?:const )?struct bpf_map_def$/.test(map.variable.type.trim())) continue;
      if (!map.variable.sections.some((use) => use.parts.some((part) => /^maps(?:\/|$)/.test(part.value)))) continue;
      report({
        path: map.path, span: map.variable.nameSpan, subject: map.name, programs: [], fixes: () => (declarations(context).get(declarationOf(map)) === 1 ? rewrite(map, context.model) : []),
        ...(refused ? { severity: 'warning' as const } : {}),
        message: `\`${map.name}\` is defined as \`struct bpf_map_def\`, which libbpf 1.0 and later refuse: \`elf: legacy map definitions in 'maps' section are not supported by libbpf v1.0+\`.`,
      });
    }
  },
});

const TAKEN_OVER = new Set(['type', 'key_size', 'value_size', 'max_entries', 'map_flags']);

/** Where the declaration of a map begins, which may declare several. */
const declarationOf = ({ path, variable }: MapDef): string => `${path} ${variable.span.start}`;

/** How many maps a declaration defines; asked for only where a correction is. */
function declarations(context: RuleContext): ReadonlyMap<string, number> {
  return once(context, 'maps by declaration', () => {
    const counts = new Map<string, number>();
    for (const map of context.model.maps) counts.set(declarationOf(map), (counts.get(declarationOf(map)) ?? 0) + 1);
    return counts;
  });
}

/** The same map, the only one of its declaration, in `.maps`, comments kept; none where the definition has more than the kernel's own members, or is hidden by a macro. */
function rewrite(map: MapDef, { files }: Model): readonly Fix[] {
  const text = files.get(map.path)?.text ?? '';
  const { mapAttributes, nameSpan, span, sections, isStatic } = map.variable;
  if (mapAttributes.length === 0 || !mapAttributes.every((a) => a.macro === '' && TAKEN_OVER.has(a.name) && a.conditions.length === map.variable.conditions.length) || sections.length !== 1) return [];
  const open = text.indexOf('{', nameSpan.end);
  const close = text.lastIndexOf('}', span.end - 1);
  if (open < 0 || close < open || close >= span.end || /\/[*/]/.test(text.slice(span.start, open))) return [];
  const edit = (start: number, end: number, newText: string): Fix['edits'][number] => ({ path: map.path, span: { start, end }, newText });
  const members = mapAttributes.map((a) => {
    const comma = /^\s*,/.exec(text.slice(a.valueSpan.end, close))?.[0].length ?? 0;
    return edit(text.lastIndexOf('.', a.nameSpan.start), a.valueSpan.end + comma, `__uint(${a.name}, ${a.value});`);
  });
  const edits = [edit(span.start, open, `${isStatic ? 'static ' : ''}struct `), ...members, edit(close + 1, close + 1, ` ${map.name} SEC(".maps")`)];
  return [{ title: 'Define the map in `.maps`', edits, safe: true }];
}
