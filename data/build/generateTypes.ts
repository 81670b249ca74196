/** Writes server/src/facts/types.gen.ts from data/schema/*.schema.json, or checks that it is up to date. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compile } from 'json-schema-to-typescript';

const HEADER = '/** Generated from data/schema by `node data/build/run.mjs types`. Do not edit. */\n';

/** @returns 0, or 1 if `check` is set and the file on disk differs. */
export async function generateTypes(root: string, check: boolean): Promise<number> {
  const out = path.join(root, 'server/src/facts/types.gen.ts');
  const text = await typesText(path.join(root, 'data', 'schema'));
  const old = await readFile(out, 'utf8').catch(() => '');
  if (old === text) return 0;
  if (check) {
    console.error('server/src/facts/types.gen.ts is out of date: run `node data/build/run.mjs types`');
    return 1;
  }
  await writeFile(out, text);
  return 0;
}

/** The whole text of types.gen.ts. */
export async function typesText(schemaDir: string): Promise<string> {
  const files = (await readdir(schemaDir)).filter((file) => file.endsWith('.schema.json')).sort();
  const $defs: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const file of files) {
    const schema = JSON.parse(rewriteRefs(await readFile(path.join(schemaDir, file), 'utf8'), file)) as Record<string, unknown>;
    const inner = (schema['$defs'] ?? {}) as Record<string, unknown>;
    for (const [name, def] of Object.entries(inner)) $defs[`${stem(file)}_${name}`] = def;
    delete schema['$defs'];
    delete schema['$id'];
    if (file === 'common.schema.json') continue;
    $defs[stem(file)] = schema;
    properties[stem(file)] = { $ref: `#/$defs/${stem(file)}` };
  }
  const all = { title: 'DataKinds', type: 'object', additionalProperties: false, properties, $defs };
  return compile(all as Parameters<typeof compile>[0], 'DataKinds', { bannerComment: HEADER, format: false, ignoreMinAndMaxItems: true });
}

/** All schemas become one, so that a shared part is declared once. */
function rewriteRefs(text: string, file: string): string {
  return text
    .replace(/"common\.schema\.json#\/\$defs\/(\w+)"/g, '"#/$defs/common_$1"')
    .replace(/"#\/\$defs\/(?!common_)(\w+)"/g, `"#/$defs/${stem(file)}_$1"`);
}

function stem(file: string): string {
  return file.replace('.schema.json', '');
}
