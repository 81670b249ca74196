/**
 * No record is indexed by a name that somebody else chose but through `entryOf`, which knows own entries only: `constructor` and `__proto__` are
 * names that programs, maps, settings and files may have. The compiler's own types say what is a record and what is a constant.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { entryOf } from '../../server/src/text/entryOf.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OWN = 'server/src/text/entryOf.ts';

/** Where a program indexes by what is no constant, or asks `in`, as `file:line text`. */
function lookUps(program: ts.Program, wanted: (file: string) => boolean): readonly string[] {
  const checker = program.getTypeChecker();
  const found: string[] = [];
  const isConstant = (type: ts.Type): boolean => (type.isUnion() ? type.types : [type]).every((t) => t.isStringLiteral() || (t.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.ESSymbolLike | ts.TypeFlags.Index | ts.TypeFlags.TypeParameter)) !== 0);
  /** Written into an object that inherits nothing. */
  const isWriteToNull = (node: ts.ElementAccessExpression): boolean => {
    const { parent, expression } = node;
    if (!ts.isBinaryExpression(parent) || parent.left !== node || parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
    const declaration = checker.getSymbolAtLocation(expression)?.valueDeclaration;
    return declaration !== undefined && ts.isVariableDeclaration(declaration) && declaration.initializer?.getText().startsWith('Object.create(null)') === true;
  };
  /** A key that `for (… in …)` gave is one that the object has. */
  const isOwnKey = (key: ts.Expression): boolean => {
    const declaration = checker.getSymbolAtLocation(key)?.valueDeclaration;
    return declaration !== undefined && ts.isVariableDeclaration(declaration) && ts.isForInStatement(declaration.parent.parent);
  };
  for (const file of program.getSourceFiles()) {
    if (!wanted(file.fileName)) continue;
    const visit = (node: ts.Node): void => {
      const dynamic = ts.isElementAccessExpression(node) && !isConstant(checker.getTypeAtLocation(node.argumentExpression)) && !isOwnKey(node.argumentExpression) && !isWriteToNull(node);
      const asked = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword && !isConstant(checker.getTypeAtLocation(node.left));
      if (dynamic || asked) found.push(`${file.fileName.replace(ROOT, '')}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText()}`);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

it('sources index records through entryOf only', () => {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => readFileSync(path, 'utf8')) as { config: unknown };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const names = fileNames.filter((name) => /\/(?:server|client)\/src\//.test(name));
  expect(names.length).toBeGreaterThan(300);
  expect(lookUps(ts.createProgram(names, options), (file) => names.includes(file) && !file.endsWith(OWN))).toEqual([]);
});

it('finds what it looks for', () => {
  const text = `declare const record: Record<string, number>; declare const name: string; declare const list: number[]; declare const n: number; declare const k: 'a' | 'b';
export const all = [record[name], name in record, record['a'], list[n], record[k], 'a' in record];
const none = Object.create(null) as Record<string, number>; none[name] = 1; const plain: Record<string, number> = {}; plain[name] = 1;
for (const key in record) all.push(record[key]);\n`;
  const options: ts.CompilerOptions = { strict: true, target: ts.ScriptTarget.ES2022, noEmit: true };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => (path === '/x.ts' ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) : getSourceFile(path, ...rest));
  expect(lookUps(ts.createProgram(['/x.ts'], options, host), (file) => file === '/x.ts').map((line) => line.split(' ').slice(1).join(' '))).toEqual(['record[name]', 'name in record', 'plain[name]']);
});

it('an entry is the record\'s own', () => {
  const record: Readonly<Record<string, unknown>> = JSON.parse('{ "a": 1, "__proto__": 2 }') as Record<string, unknown>;
  expect(entryOf(record, 'a')).toBe(1);
  expect(entryOf(record, '__proto__')).toBe(2);
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'b']) expect(entryOf(record, name)).toBeUndefined();
});
