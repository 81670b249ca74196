/** `check` of a header by itself: judged for the programs of the project that include it, and it says so. */
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mayInclude } from '../../server/src/cli/includers.js';
import { Workspace } from './support.js';

let workspace: Workspace;
beforeEach(() => void (workspace = new Workspace()));
afterEach(() => workspace.remove());

function write(name: string, text: string): string {
  workspace.write(name, text);
  return path.join(workspace.dir, name);
}
const program = (section: string, name: string): string => `#include "../inc/middle.h"\nSEC("${section}") int ${name}(void *ctx) { return parse(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n`;

it('takes what the programs that include it say, once, with all their names', () => {
  write('.git/HEAD', 'ref: x\n');
  const header = write('inc/parse.h', 'static inline int parse(void *ctx)\n{\n\treturn bpf_skb_load_bytes(ctx, 0, 0, 0);\n}\n');
  write('inc/middle.h', '#include "parse.h"\n');
  write('src/a.bpf.c', program('xdp', 'one'));
  write('src/b.bpf.c', program('xdp', 'two'));
  write('src/c.bpf.c', program('tc', 'three'));
  const { code, report } = workspace.check(header);
  const [entry] = report.files;
  expect(entry!.includedBy).toHaveLength(3);
  expect(entry!.findings).toMatchObject([{ rule: 'helper-not-allowed', line: 3, programs: ['one', 'two'] }]);
  expect(entry!.findings[0]).not.toHaveProperty('path');
  expect(code).toBe(1);
  expect(workspace.run('check', header).stdout).toMatch(/judged for the programs of .*a\.bpf\.c, .*b\.bpf\.c, .*c\.bpf\.c\n/);
});

it('looks below the project only, follows no links, and ends where headers include each other', () => {
  const header = write('p/inc/a.h', '#include "b.h"\n');
  write('p/.clangd', '');
  write('p/inc/b.h', '#include "a.h"\n');
  const source = write('p/src/x.bpf.c', '#include "b.h"\n');
  write('q/y.bpf.c', '#include "a.h"\n');
  symlinkSync(path.join(workspace.dir, 'p'), path.join(workspace.dir, 'p/inc/loop'));
  expect(mayInclude(header)).toEqual([source]);
});
