/** Which headers are read, from where, and that nothing makes it endless. */
import { describe, expect, it } from 'vitest';
import { collectInput, normalizePath } from '../../server/src/model/includes.js';

function collect(files: Record<string, string>, main = 'src/main.bpf.c', includePaths: readonly string[] = []) {
  const asked: string[] = [];
  const input = collectInput(main, files[main]!, (path) => {
    asked.push(path);
    return files[path];
  }, includePaths);
  return { input, asked, paths: [...input.files.keys()] };
}

describe('collecting includes', () => {
  it('finds a quoted header beside the includer, and what that header includes beside it', () => {
    const { paths, input } = collect({
      'src/main.bpf.c': '#include "lib/a.h"\n',
      'src/lib/a.h': '#include "../b.h"\n',
      'src/b.h': '',
    });
    expect(paths).toEqual(['src/main.bpf.c', 'src/lib/a.h', 'src/b.h']);
    expect(input.includes.get('src/lib/a.h')?.get('../b.h')).toBe('src/b.h');
  });

  it('looks for angled headers in the include paths first, and never for those of the system', () => {
    const { paths, asked } = collect({ 'src/main.bpf.c': '#include <b.h>\n#  include <linux/c.h>\n', 'src/b.h': '', 'inc/b.h': '', 'src/linux/c.h': '' }, undefined, ['inc']);
    expect(paths).toEqual(['src/main.bpf.c', 'inc/b.h']);
    expect(asked).toEqual(['inc/b.h', 'inc/linux/c.h']);
  });

  it('looks in the folders above the main file and their include folders, up to the repository', () => {
    const files = {
      '/r/scheds/rust/x/src/main.bpf.c': '#include <scx/common.bpf.h>\n#include "top.h"\n#include "beyond.h"\n',
      '/r/scheds/include/scx/common.bpf.h': '#include "deep.h"\n',
      '/r/scheds/include/scx/deep.h': '',
      '/r/top.h': '', '/r/.git/HEAD': 'ref: refs/heads/main\n',
      '/beyond.h': '',
    };
    const { paths } = collect(files, '/r/scheds/rust/x/src/main.bpf.c');
    expect(paths).toEqual(['/r/scheds/rust/x/src/main.bpf.c', '/r/scheds/include/scx/common.bpf.h', '/r/top.h', '/r/scheds/include/scx/deep.h']);
  });

  it('goes three folders up where no repository is in sight, and out of the folder that a relative path starts in', () => {
    const near = collect({ '/a/b/c/d/e/main.c': '#include "x.h"\n#include "y.h"\n', '/a/b/x.h': '', '/a/y.h': '' }, '/a/b/c/d/e/main.c');
    expect(near.paths).toEqual(['/a/b/c/d/e/main.c', '/a/b/x.h']);
    const relative = collect({ 'progs/main.c': '#include "x.h"\n', '../include/x.h': '' }, 'progs/main.c');
    expect(relative.paths).toEqual(['progs/main.c', '../include/x.h']);
  });

  it('does not read what it knows already: libbpf\'s headers and vmlinux.h', () => {
    const { asked } = collect({ 'src/main.bpf.c': '#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n#include "bpf_tracing.h"\n' }, undefined, ['inc']);
    expect(asked).toEqual([]);
  });

  it('ends on a cycle, and reads a file that is included twice once', () => {
    const { asked, paths } = collect({ 'src/main.bpf.c': '#include "a.h"\n#include "a.h"\n', 'src/a.h': '#include "main.bpf.c"\n#include "a.h"\n' });
    expect(paths).toEqual(['src/main.bpf.c', 'src/a.h']);
    expect(asked).toEqual(['src/a.h']);
  });

  it('stops at 200 files and 64 levels', () => {
    const chain = collectInput('f0.h', '#include "f1.h"\n', (path) => `#include "f${Number(/\d+/.exec(path)![0]) + 1}.h"\n`, []);
    expect(chain.files.size).toBeLessThanOrEqual(65);
    const wide = collectInput('main.c', Array.from({ length: 1000 }, (_, i) => `#include "h${i}.h"`).join('\n'), () => '', []);
    expect(wide.files.size).toBe(200);
  });

  it('leaves out a header that would make the unit larger than 16 MB', () => {
    const big = 'x'.repeat(9 * 1024 * 1024);
    const input = collectInput('main.c', '#include "a.h"\n#include "b.h"\n#include "c.h"\n', (path) => (path === 'c.h' ? 'int c;' : big), []);
    expect([...input.files.keys()]).toEqual(['main.c', 'a.h', 'c.h']);
  });

  it('takes absolute and missing paths as they are', () => {
    const { paths } = collect({ '/p/main.c': '#include "/q/a.h"\n#include "gone.h"\n', '/q/a.h': '' }, '/p/main.c');
    expect(paths).toEqual(['/p/main.c', '/q/a.h']);
  });

  it('folds dots in paths', () => {
    expect(normalizePath('a/./b/../c.h')).toBe('a/c.h');
    expect(normalizePath('../a/../b.h')).toBe('../b.h');
    expect(normalizePath('/../a.h')).toBe('/a.h');
  });
});
