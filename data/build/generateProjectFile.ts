/**
 * Writes what the keys of project files are into schemas/ebpf-lens.schema.json, for editors, and into the reference of
 * docs/project-file.md. Runs with `settings`, whose table most of the keys come from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SET_KEYS, TOP_KEYS, type ProjectKey } from '../../server/src/project/projectKeys.js';
import { SCHEMA_URL } from '../../server/src/project/starter.js';
import { RULES } from '../../server/src/rules/index.js';
import { SECTION } from '../../server/src/settings/table.js';

const SCHEMA = join('schemas', 'ebpf-lens.schema.json');
const PAGE = join('docs', 'project-file.md');
const [BEGIN, END] = ['<!-- Generated from server/src/project/projectKeys.ts by `node data/build/run.mjs settings`: -->', '<!-- end -->'];

/** The JSON Schema of a project file. */
export function projectSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: SCHEMA_URL,
    title: 'eBPF Lens project file',
    description: 'What eBPF Lens is to know of a project: .ebpf-lens.yaml',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: properties(TOP_KEYS),
  };
}

/** The two files as they should be. */
export function projectOutputs(root: string): ReadonlyMap<string, string> {
  const page = readFileSync(join(root, PAGE), 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no place for the reference: ${BEGIN} … ${END}`);
  return new Map([
    [SCHEMA, `${JSON.stringify(projectSchema(), null, 2)}\n`],
    [PAGE, `${page.slice(0, begin)}${BEGIN}\n\n${reference()}\n${page.slice(end)}`],
  ]);
}

const properties = (keys: readonly ProjectKey[]): object => Object.fromEntries(keys.map((key) => [key.name, { ...schemaOf(key), description: plain(key.description), markdownDescription: key.description }]));

/** Text in YAML is often read as a number or a truth value: `5.10`, `off`. */
const WORD = { type: ['string', 'number', 'boolean', 'null'] };
const WORDS = { anyOf: [WORD, { type: 'array', items: { type: ['string', 'number', 'boolean'] } }] };

function schemaOf(key: ProjectKey): object {
  const { type, setting } = key;
  switch (type) {
    case 'kernels':
      return { anyOf: [{ type: ['string', 'number', 'null'] }, { type: 'array', items: { type: ['string', 'number'] } }], examples: ['5.15', '5.4..6.8', ['5.4..5.10', '6.1']] };
    case 'strings':
    case 'paths':
    case 'globs':
      return WORDS;
    case 'string-map': {
      if (key.name !== 'rules') return { type: ['object', 'null'], additionalProperties: { type: ['string', 'number', 'boolean'] } };
      const severity = { enum: Object.keys(setting?.values ?? {}), markdownEnumDescriptions: Object.values(setting?.values ?? {}) };
      return { type: ['object', 'null'], additionalProperties: false, properties: Object.fromEntries(RULES.map((rule) => [rule.id, { ...severity, description: rule.doc.summary }])) };
    }
    case 'sets':
      return { type: ['array', 'null'], items: { type: 'object', required: ['files'], additionalProperties: false, properties: properties(SET_KEYS) } };
    default:
      if (setting?.values) return { enum: [...Object.keys(setting.values), null], markdownEnumDescriptions: [...Object.values(setting.values), ''] };
      // A pattern holds for strings only: an unquoted version is a number to who validates.
      return { ...WORD, ...(setting?.pattern === undefined ? {} : { pattern: setting.pattern }) };
  }
}

const plain = (markdown: string): string => markdown.replace(/`/g, '');

function reference(): string {
  const keys = [...TOP_KEYS.filter((key) => key.where === 'both'), ...TOP_KEYS.filter((key) => key.where === 'top'), ...SET_KEYS.filter((key) => key.where === 'set')];
  return keys.map(entry).join('\n');
}

function entry({ name, description, example, setting, where }: ProjectKey): string {
  const place = where === 'set' ? 'Only in an entry of `targets`. ' : where === 'top' ? 'Only at the top. ' : '';
  const twin = setting === undefined ? '' : ` In the editor's settings it is \`${SECTION}.${setting.key}\`.`;
  const values = setting?.values ? `\n${Object.entries(setting.values).filter(([value]) => value !== '').map(([value, text]) => `- \`${value}\`: ${text}\n`).join('')}` : '';
  return `### \`${name}\`\n\n${place}${description}${twin}\n\n\`\`\`yaml\n${name}: ${example}\n\`\`\`\n${values}`;
}
