/** `--diff COMMIT` over repositories that the real git made: packs, work trees, borrowed objects, shallow clones, renames, broken bytes. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync, appendFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedLines, parseUnifiedDiff } from '../../server/src/cli/changedLines.js';
import { applyDelta } from '../../server/src/cli/git/delta.js';
import { Repository } from '../../server/src/cli/git/repository.js';
import { changedSince } from '../../server/src/cli/gitBase.js';
import { UsageError } from '../../server/src/cli/host.js';

const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'ebpf-lens-git-')));
const up = path.join(top, 'up');
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.c', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b.c' };
let clock = 1_700_000_000;
const git = (dir: string, ...args: string[]): string => {
  const date = `${clock++} +0000`;
  return execFileSync('git', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } }).trim();
};
const source = (n: number, lines = 40): string => Array.from({ length: lines }, (_, i) => `int f${n}_${i}(void) { return ${i}; }\n`).join('');
const write = (dir: string, name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  writeFileSync(path.join(dir, name), text);
};
/** Lines up to `last` that changed since a base. */
const changed = (dir: string, base: string, name: string, last = 45): number[] => {
  const changes = changedSince(base, dir);
  return Array.from({ length: last }, (_, i) => i + 1).filter((line) => changes.touches(path.join(dir, name), line, line));
};

beforeAll(() => {
  mkdirSync(up);
  git(up, 'init', '-q', '-b', 'main');
  for (let n = 0; n < 20; n++) write(up, `src/deep/a${n}.c`, source(n));
  git(up, 'add', '-A');
  git(up, 'commit', '-qm', 'one');
  git(up, 'tag', '-a', 'v1', '-m', 'one');
  git(up, 'checkout', '-qb', 'feat');
  write(up, 'src/deep/a1.c', source(1).replace('return 5', 'return 55'));
  git(up, 'mv', 'src/deep/a2.c', 'src/moved.c');
  git(up, 'mv', 'src/deep/a3.c', 'src/edited.c');
  write(up, 'src/edited.c', source(3).replace('return 7', 'return 77'));
  write(up, 'src/new.c', 'int n;\nint m;\n');
  git(up, 'add', '-A');
  git(up, 'commit', '-qm', 'two');
  git(up, 'checkout', '-q', 'main');
  for (let i = 0; i < 6; i++) {
    write(up, 'src/deep/a9.c', source(9).replace('return 3;', `return 3${i};`));
    git(up, 'commit', '-qam', `main ${i}`);
  }
  git(up, 'checkout', '-q', 'feat');
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const sees = (dir: string, base = 'main...'): void => {
  expect(changed(dir, base, 'src/deep/a1.c')).toEqual([6]);
  expect(changed(dir, base, 'src/deep/a0.c')).toEqual([]);
  expect(changed(dir, base, 'src/moved.c')).toEqual([]);
  expect(changed(dir, base, 'src/edited.c')).toEqual([8]);
  expect(changed(dir, base, 'src/new.c', 2)).toEqual([1, 2]);
};

describe('what changed', () => {
  it('is read out of loose objects', () => sees(up));

  it('is read out of packs with deltas, by packed references', () => {
    const packed = path.join(top, 'packed');
    git(top, 'clone', '-q', '--no-local', up, packed);
    git(packed, 'gc', '-q', '--aggressive');
    git(packed, 'pack-refs', '--all');
    sees(packed, 'origin/main...');
    for (const oid of git(packed, 'rev-list', '--objects', '--all').split('\n').map((line) => line.slice(0, 40))) {
      const type = git(packed, 'cat-file', '-t', oid);
      const object = new Repository(packed).objects.read(oid);
      expect(object?.type).toBe(type);
      if (type === 'blob') expect(new Repository(packed).blobId(object!.data)).toBe(oid);
    }
  });

  it('is read in another work tree, and in a clone that borrows objects', () => {
    git(up, 'worktree', 'add', '-q', '--detach', path.join(top, 'tree'), 'feat');
    sees(path.join(top, 'tree'));
    git(top, 'clone', '-q', '--shared', up, path.join(top, 'shared'));
    sees(path.join(top, 'shared'), 'origin/main...');
  });

  it('is read by any name of a commit', () => {
    for (const base of ['v1', 'refs/tags/v1', 'HEAD~1', 'HEAD^', '@^1', 'HEAD^{commit}~', git(up, 'rev-parse', 'HEAD~1'), git(up, 'rev-parse', '--short=7', 'HEAD~1'), 'main~6', 'main...', 'main...HEAD']) sees(up, base);
    expect(changed(up, 'main', 'src/deep/a9.c')).toEqual([4]);
    expect(changed(up, 'main...', 'src/deep/a9.c')).toEqual([]);
  });

  it('is not there for names of nothing, and names are no paths', () => {
    for (const base of ['nothing', 'HEAD~99', 'main^2', '../../etc/passwd', 'config', 'HEAD@{1}', 'dead', ' ']) expect(() => changedSince(base, up), base).toThrow(UsageError);
  });

  it('is read by the beginning of a name that git describe gives, and by one in capitals', () => {
    for (const base of [git(up, 'describe', '--long', '--abbrev=8', 'HEAD~1'), git(up, 'rev-parse', 'HEAD~1').toUpperCase()]) sees(up, base);
  });

  it.each([
    ['HEAD@{1}', /more than this build understands/],
    ['@{u}', /more than this build understands/],
    [':/two', /more than this build understands/],
    ['HEAD:src', /more than this build understands/],
    ['v1^{tree}', /more than this build understands/],
    ['main..HEAD', /is a range; name the commit where it begins/],
    ['main..', /is a range; name the commit where it begins/],
    ['v1...main', /is a range; name the commit where it begins/],
  ])('says of %s what is the matter', (base, says) => expect(() => changedSince(base, up)).toThrow(says));

  it('is read where the file really lies, whatever link leads there', () => {
    symlinkSync('src', path.join(up, 'linked'));
    expect(changed(up, 'main...', 'linked/deep/a1.c')).toEqual([6]);
    symlinkSync('deep/a1.c', path.join(up, 'src/link.c'));
    expect(changed(up, 'main...', 'src/link.c')).toEqual([6]);
    rmSync(path.join(up, 'linked'));
    rmSync(path.join(up, 'src/link.c'));
  });

  it('is read in a submodule by the commit that was recorded of it', () => {
    const dir = path.join(top, 'super');
    mkdirSync(dir);
    git(dir, 'init', '-q', '-b', 'main');
    git(dir, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', '-b', 'feat', `file://${up}`, 'sub');
    git(path.join(dir, 'sub'), 'checkout', '-q', 'HEAD~1');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-qm', 'before');
    git(path.join(dir, 'sub'), 'checkout', '-q', 'feat');
    expect(changed(dir, 'HEAD', 'sub/src/deep/a1.c')).toEqual([6]);
    expect(changed(dir, 'HEAD', 'sub/src/deep/a0.c')).toEqual([]);
    expect(changed(path.join(dir, 'sub'), 'HEAD', 'src/deep/a1.c')).toEqual([]);
  });

  it('takes files for new that stand where a submodule was', () => {
    const dir = path.join(top, 'vendored');
    mkdirSync(dir);
    git(dir, 'init', '-q', '-b', 'main');
    for (const name of ['sub', 'file.c']) git(dir, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', '-b', 'feat', `file://${up}`, name);
    git(dir, 'commit', '-qm', 'before');
    for (const name of ['sub', 'file.c']) {
      git(dir, 'rm', '-qf', name);
      rmSync(path.join(dir, '.git/modules', name), { recursive: true });
    }
    write(dir, 'sub/x.c', 'a\nb\n');
    write(dir, 'file.c', 'a\nb\n');
    expect(changed(dir, 'HEAD', 'sub/x.c', 2)).toEqual([1, 2]);
    expect(changed(dir, 'HEAD', 'file.c', 2)).toEqual([1, 2]);
  });

  it('is read with the objects that replace others, and without sha1', () => {
    const dir = path.join(top, 'sha256');
    git(top, 'init', '-q', '-b', 'main', '--object-format=sha256', dir);
    for (const text of ['a\nb\n', 'a\nc\n', 'a\nc\nd\n']) {
      write(dir, 'x.c', text);
      git(dir, 'add', '-A');
      git(dir, 'commit', '-qm', 'x');
    }
    expect(changed(dir, 'HEAD~2', 'x.c', 3)).toEqual([2, 3]);
    git(dir, 'gc', '-q');
    expect(changed(dir, 'HEAD~2', 'x.c', 3)).toEqual([2, 3]);
    git(dir, 'replace', 'HEAD~2', 'HEAD~1');
    expect(changed(dir, 'HEAD~2', 'x.c', 3)).toEqual([3]);
    git(dir, 'pack-refs', '--all');
    expect(changed(dir, 'HEAD~2', 'x.c', 3)).toEqual([3]);
  });

  it('is not looked for in another repository than the one that GIT_DIR names', () => {
    const before = process.env['GIT_DIR'];
    try {
      process.env['GIT_DIR'] = path.join(up, '.git');
      sees(up);
      process.env['GIT_DIR'] = path.join(top, 'packed/.git');
      expect(() => changedSince('HEAD', up)).toThrow(/GIT_DIR names another repository/);
    } finally {
      if (before === undefined) delete process.env['GIT_DIR'];
      else process.env['GIT_DIR'] = before;
    }
  });

  it('is what git says it is, whatever is edited', () => {
    const text = source(4);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(38), fc.constantFrom('drop', 'change', 'add')), { maxLength: 6 }), (edits) => {
        const lines = text.split('\n');
        for (const [at, how] of edits) lines.splice(at, how === 'add' ? 0 : 1, ...(how === 'drop' ? [] : [`int x${at};`]));
        write(up, 'src/deep/a4.c', lines.join('\n'));
        const byGit = changedLines(parseUnifiedDiff(git(up, 'diff', '-U0', 'HEAD', '--', 'src/deep/a4.c'))!, up);
        const all = Array.from({ length: lines.length }, (_, i) => i + 1);
        // Two diffs may tell apart different lines of a repeated text; where none repeats they agree.
        if (new Set(lines).size === lines.length) expect(all.filter((n) => changedSince('HEAD', up).touches(path.join(up, 'src/deep/a4.c'), n, n))).toEqual(all.filter((n) => byGit.touches(path.join(up, 'src/deep/a4.c'), n, n)));
      }),
      { numRuns: 25 },
    );
    git(up, 'checkout', '-q', '--', 'src/deep/a4.c');
  });
});

describe('a checkout as CI makes it', () => {
  const clone = (name: string, ...args: string[]): string => {
    git(top, 'clone', '-q', '--no-local', '--branch', 'feat', ...args, `file://${up}`, name);
    git(path.join(top, name), 'checkout', '-q', '--detach');
    return path.join(top, name);
  };

  it('of one commit says what is missing, and has what is fetched beside it', () => {
    const dir = clone('shallow', '--depth', '1');
    for (const base of ['HEAD^', 'origin/main', 'HEAD~2']) expect(() => changedSince(base, dir)).toThrow(/shallow; fetch more of the history \(fetch-depth: 0/);
    git(dir, 'fetch', '-q', '--depth', '1', 'origin', 'main');
    expect(changed(dir, 'FETCH_HEAD', 'src/deep/a1.c')).toEqual([6]);
    expect(() => changedSince('FETCH_HEAD...', dir)).toThrow(/no commit in common with HEAD that is here; fetch more/);
  });

  it('without file contents says that they are missing', () => {
    git(up, 'config', 'uploadpack.allowFilter', 'true');
    const dir = clone('partial', '--filter=blob:none');
    expect(() => changed(dir, 'HEAD~1', 'src/deep/a1.c')).toThrow(/its blob [0-9a-f]{10} is not here, the clone is partial/);
  });

  it('with grafts is not read as if it had none', () => {
    const dir = clone('grafted');
    write(dir, '.git/info/grafts', `${git(dir, 'rev-parse', 'HEAD')}\n`);
    expect(() => changedSince('HEAD~1', dir)).toThrow(/grafted/);
  });

  it('of two commits has the base of a pull request', () => sees(clone('two', '--depth', '2'), 'HEAD^1'));
});

describe('a diff', () => {
  const touched = (text: string): number[] => [1, 2, 3, 4, 5, 6, 7].filter((n) => changedLines(parseUnifiedDiff(text)!, top).touches(path.join(top, 'x.c'), n, n));
  it.each([
    ['@@ -5 +4,0 @@\n-gone\n', [5]],
    ['@@ -1,2 +0,0 @@\n-a\n-b\n', [1]],
    ['@@ -3,3 +3,2 @@\n a\n-b\n c\n', [4]],
    ['@@ -3,3 +3,3 @@\n a\n-b\n+B\n c\n', [4]],
    ['@@ -2,0 +3 @@\n+new\n', [3]],
  ])('%j', (hunk, lines) => expect(touched(`--- a/x.c\n+++ b/x.c\n${hunk}`)).toEqual(lines));
});

describe('bytes that lie', () => {
  it('make no delta that reaches out of its base', () => {
    const base = Buffer.from('abcdefgh');
    expect(applyDelta(base, Buffer.from([8, 5, 0x90, 3, 2, 0x78, 0x79]), 100).toString()).toBe('abcxy');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(applyDelta(base, Buffer.from(bytes), 1000).length).toBeLessThanOrEqual(1000);
        } catch (error) {
          expect((error as Error).message).toMatch(/^a delta /);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('make no trees without end', () => {
    const dir = path.join(top, 'bomb');
    git(top, 'init', '-q', dir);
    const mktree = (entries: string): string => execFileSync('git', ['mktree'], { cwd: dir, encoding: 'utf8', input: entries, env }).trim();
    let tree = mktree('');
    for (let level = 0; level < 9; level++) tree = mktree(Array.from({ length: 10 }, (_, i) => `040000 tree ${tree}\tfolder${i}\n`).join(''));
    expect(() => [...new Repository(dir).files(tree)]).toThrow('its trees have no end');
  });

  it('are told of by the name of their file', () => {
    const dir = path.join(top, 'damaged');
    git(top, 'clone', '-q', '--no-local', up, dir);
    const name = git(dir, 'rev-parse', 'HEAD');
    write(dir, `.git/objects/${name.slice(0, 2)}/${name.slice(2)}`, 'no object');
    for (const file of readdirSync(path.join(dir, '.git/objects/pack'))) rmSync(path.join(dir, '.git/objects/pack', file));
    expect(() => changedSince('HEAD', dir)).toThrow(`object ${name} is damaged; git fsck tells more`);
  });

  it('end with a message, never with something else', () => {
    const dir = path.join(top, 'broken');
    git(top, 'clone', '-q', '--no-local', up, dir);
    git(dir, 'gc', '-q');
    const folder = path.join(dir, '.git/objects/pack');
    const files = readdirSync(folder).filter((name) => /\.(?:pack|idx)$/.test(name)).map((name) => path.join(folder, name));
    for (const file of files) {
      chmodSync(file, 0o644);
      copyFileSync(file, `${file}.whole`);
    }
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 5 }), fc.boolean(), (file, changes, cut) => {
        const bytes = readFileSync(`${file}.whole`);
        for (const [where, value] of changes) bytes[Math.floor(where * (bytes.length - 1))] = value;
        writeFileSync(file, cut ? bytes.subarray(0, Math.floor(changes[0]![0] * bytes.length)) : bytes);
        try {
          changedSince('origin/main...', dir).touches(path.join(dir, 'src/new.c'), 1, 1);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        } finally {
          renameSync(`${file}.whole`, file);
          copyFileSync(file, `${file}.whole`);
        }
      }),
      { numRuns: 60 },
    );
    appendFileSync(path.join(dir, '.git/objects/info/alternates'), `${path.join(dir, '.git/objects')}\n../objects\n`, { flag: 'a' });
    sees(dir, 'origin/main...');
  });
});
