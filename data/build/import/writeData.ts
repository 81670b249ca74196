/** Writes data files: the same text for the same facts, so that a re-import shows only what changed. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Document, isCollection, isMap, isScalar, visit } from 'yaml';

/** One folder of data/ becomes exactly these entries; files of entries that are gone are deleted. */
export async function writeFolder(dataDir: string, folder: string, entries: ReadonlyMap<string, unknown>, kind: string): Promise<void> {
  const dir = path.join(dataDir, folder);
  await mkdir(dir, { recursive: true });
  const wanted = new Set([...entries.keys()].map((name) => `${name}.yaml`));
  for (const file of await readdir(dir, { recursive: true })) if (file.endsWith('.yaml') && !wanted.has(file)) await rm(path.join(dir, file));
  for (const [name, value] of entries) {
    const file = path.join(dir, `${name}.yaml`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, toYaml(value, kind));
  }
}

/** YAML with short collections on one line, and a first comment that says which schema holds. */
export function toYaml(value: unknown, kind: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = ` Schema: data/schema/${kind}.schema.json`;
  visit(document, {
    Collection(_key, node, ancestors) {
      if (ancestors.length < 2) return;
      const items = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
      const flat = items.every((item) => isScalar(item) || (isCollection(item) && item.items.length === 0));
      if (flat) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 140, flowCollectionPadding: false });
}
