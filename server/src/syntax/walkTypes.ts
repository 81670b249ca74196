/** Node type and field numbers that the walk over a function's body asks for, looked up once. */
import { getGrammar } from './parser.js';

export interface WalkTypes {
  readonly id: Readonly<Record<(typeof NODES)[number], number>>;
  readonly and: number;
  readonly or: number;
  readonly field: Readonly<Record<(typeof FIELDS)[number], number>>;
  /** By node type: 1 where the walk has no business inside. */
  readonly leaf: Uint8Array;
  /** By node type: 1 where start and end are needed later. */
  readonly wantsStart: Uint8Array;
  isNamed(id: number): boolean;
}

const NODES = [
  'ERROR', 'identifier', 'type_identifier', 'field_identifier', 'statement_identifier', 'primitive_type', 'number_literal', 'string_literal', 'char_literal', 'concatenated_string', 'comment',
  'call_expression', 'field_expression', 'subscript_expression', 'pointer_expression', 'parenthesized_expression', 'assignment_expression', 'update_expression',
  'sizeof_expression', 'generic_expression', 'alignof_expression', 'offsetof_expression', 'conditional_expression', 'binary_expression', 'if_statement', 'else_clause', 'while_statement',
  'for_statement', 'do_statement', 'switch_statement', 'case_statement', 'compound_statement', 'labeled_statement', 'return_statement', 'goto_statement', 'break_statement',
  'continue_statement', 'declaration', 'init_declarator', 'function_definition', 'cast_expression', 'type_descriptor', 'struct_specifier', 'union_specifier', 'enum_specifier',
  'translation_unit', 'expression_statement', 'comma_expression', 'unary_expression', 'true',
] as const;
const FIELDS = ['condition', 'consequence', 'alternative', 'body', 'update', 'left', 'right', 'declarator', 'function', 'name', 'initializer'] as const;
const LEAVES = ['identifier', 'type_identifier', 'field_identifier', 'statement_identifier', 'primitive_type', 'number_literal', 'string_literal', 'char_literal', 'comment', 'offsetof_expression', 'alignof_expression'] as const;
const STARTS = ['call_expression', 'field_expression', 'subscript_expression', 'pointer_expression', 'parenthesized_expression', 'assignment_expression', 'update_expression', 'if_statement', 'while_statement', 'for_statement', 'do_statement', 'switch_statement', 'case_statement', 'return_statement', 'goto_statement', 'break_statement', 'continue_statement'] as const;

let cached: WalkTypes | undefined;

/** The numbers; throws before the parser is loaded. */
export function walkTypes(): WalkTypes {
  if (cached !== undefined) return cached;
  const grammar = getGrammar();
  const id = Object.fromEntries(NODES.map((name) => [name, grammar.type(name)])) as Record<(typeof NODES)[number], number>;
  id.ERROR = 65535;
  const field = Object.fromEntries(FIELDS.map((name) => [name, grammar.field(name)])) as Record<(typeof FIELDS)[number], number>;
  const leaf = new Uint8Array(65536);
  const wantsStart = new Uint8Array(65536);
  for (const name of LEAVES) leaf[id[name]] = 1;
  for (const name of STARTS) wantsStart[id[name]] = 1;
  cached = { id, field, leaf, wantsStart, and: grammar.token('&&'), or: grammar.token('||'), isNamed: (type) => grammar.isNamed(type) };
  return cached;
}
